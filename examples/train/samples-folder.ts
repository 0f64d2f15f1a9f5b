/** Where the samples lie, and the list of them that training keeps up to date. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../../public/models');

export interface Reached {
  readonly model: string;
  readonly seed: number;
  readonly parameters: number;
  readonly trainedOn: number;
  readonly heldOut: { readonly count: number; readonly seed: number };
  /** Share of the held-out items. */
  readonly accuracy?: number;
  /** Of the held-out tokens, each row's first left out. */
  readonly perplexity?: number;
  readonly untrainedPerplexity?: number;
  /** Of one who knows the grammar. */
  readonly bestPerplexity?: number;
}

export function readSample(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(folder, name)));
}

export function writeSample(name: string, bytes: Uint8Array): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), bytes);
}

export function readReached(): Readonly<Record<string, Reached>> {
  try {
    return JSON.parse(readFileSync(join(folder, 'reached.json'), 'utf8'));
  } catch {
    return {};
  }
}

/** Writes what training reached, the other samples' entries kept. */
export function writeReached(sample: string, reached: Reached): void {
  const entries = Object.entries({ ...readReached(), [sample]: reached }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(join(folder, 'reached.json'), `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
}
