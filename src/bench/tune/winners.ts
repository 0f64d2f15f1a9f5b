/** Keeps and finds tuned values: what was won on one device says nothing about another, nor about changed source. */
import type { Shape } from '../../kernel/operation.js';
import { adapterName } from '../export.js';
import type { Winner, Winners } from './winners-schema.js';
import { winnersSchemaId } from './winners-schema.js';

/**
 * Shapes that share tuned values: each size counts as the power of two nearest to it (by ratio), and whether it is a
 * multiple of 4 is kept apart, because that decides whether rows can be loaded by vec4. `m=500 n=512 k=511` is
 * `m~512 n~512 k~512+`, where `+` marks a size that is no multiple of 4.
 */
export function shapeClassOf(shape: Shape): string {
  return Object.entries(shape)
    .map(([name, size]) => `${name}~${2 ** Math.round(Math.log2(size))}${size % 4 === 0 ? '' : '+'}`)
    .join(' ');
}

/** First 16 digits of the SHA-256 of a kernel's specialized text. */
export async function sourceHash(code: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code));
  return [...new Uint8Array(digest, 0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What there is now: the device, and the source as it would be compiled. */
export interface Present {
  readonly kernel: string;
  readonly shape: Shape;
  readonly adapter: Winner['adapter'];
  readonly runtime: string;
  /** Hash of the specialized text with these tunables at the present shape. */
  readonly hashOf: (tunables: Winner['tunables']) => Promise<string>;
  /** What to do about stale values, in a sentence; the command to type where left out. */
  readonly advice?: string;
}

export type Lookup =
  | { readonly status: 'ok'; readonly winner: Winner }
  /** Nothing was tuned for this kernel and class of shapes. */
  | { readonly status: 'none' }
  /** Something was, but not for this device or this source; `reason` is a sentence. */
  | { readonly status: 'stale'; readonly reason: string };

export async function lookUp({ winners }: Winners, present: Present): Promise<Lookup> {
  const shapeClass = shapeClassOf(present.shape);
  const fitting = winners.filter((winner) => winner.kernel === present.kernel && winner.shapeClass === shapeClass);
  if (fitting.length === 0) return { status: 'none' };
  const again = present.advice ?? `Run "tilewatt tune ${present.kernel}" here.`;
  const here = fitting.filter(({ adapter }) => sameAdapter(adapter, present.adapter));
  if (here.length === 0) {
    const [there, now] = [adapterName(fitting[0]!.adapter), adapterName(present.adapter)];
    return { status: 'stale', reason: `${present.kernel} was tuned on ${there}, and this is ${now}. ${again}` };
  }
  const same = here.filter(({ runtime }) => runtime === present.runtime);
  if (same.length === 0) {
    const reason = `${present.kernel} was tuned in ${here[0]!.runtime}, and this is ${present.runtime}. ${again}`;
    return { status: 'stale', reason };
  }
  for (const winner of newestFirst(same)) {
    if ((await present.hashOf(winner.tunables)) === winner.source) return { status: 'ok', winner };
  }
  const date = newestFirst(same)[0]!.date.slice(0, 10);
  return {
    status: 'stale',
    reason: `The source of ${present.kernel} is another than when it was tuned on ${date}. ${again}`,
  };
}

/** All of them; of those for the same device, kernel and class of shapes only the newest. */
export function mergeWinners(...files: readonly Winners[]): Winners {
  const kept = new Map<string, Winner>();
  for (const winner of newestFirst(files.flatMap(({ winners }) => winners))) {
    const { kernel, shapeClass, adapter, runtime } = winner;
    const key = JSON.stringify([
      kernel,
      shapeClass,
      runtime,
      adapter.vendor,
      adapter.architecture,
      adapter.description,
    ]);
    if (!kept.has(key)) kept.set(key, winner);
  }
  return { schema: winnersSchemaId, winners: [...kept.values()] };
}

function newestFirst(winners: readonly Winner[]): readonly Winner[] {
  return [...winners].sort((a, b) => Date.parse(b.date) - Date.parse(a.date));
}

function sameAdapter(a: Winner['adapter'], b: Winner['adapter']): boolean {
  return a.vendor === b.vendor && a.architecture === b.architecture && a.description === b.description;
}
