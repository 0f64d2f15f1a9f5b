/** Everyone's entrance: outputs of all items held against the reference; only who is right is timed. */
import { messageOf } from '../../../../src/gpu/device.js';
import type { Hall } from '../run-work.js';
import type { Contestant } from './contestant.js';
import type { ModelRequest, ModelRow } from './contract.js';
import type { Field, Subject } from './field.js';
import { agreement, type Outputs, outputsOf, top1Of } from './outputs.js';

export type Say = (text: string) => void;

/** What everyone of a comparison shares. */
export interface Meeting {
  readonly hall: Hall;
  readonly subject: Subject;
  readonly request: ModelRequest;
  readonly field: Field;
  readonly reference: Reference | undefined;
  readonly allowed: number;
  readonly say: Say;
}

export interface Reference {
  readonly name: string;
  readonly outputs: Outputs;
}

/** Whoever may be timed. */
export interface Ready {
  readonly contestant: Contestant;
  readonly row: ModelRow;
}

/** Never throws: who does not load, cannot run the model or is wrong says so in the row, and is not timed. */
export async function enter(
  { subject, field, reference, allowed, say }: Omit<Meeting, 'hall' | 'request'>,
  name: string,
  open: () => Promise<Contestant>,
): Promise<Ready | ModelRow> {
  let contestant: Contestant | undefined;
  try {
    contestant = await open();
    const { count, labels } = subject.set;
    const outputs = await outputsOf(contestant, subject.batches(field.batch), count, counter(say, name, count));
    const top1 = labels && top1Of(outputs, labels);
    const found = { name, notes: contestant.notes(), ...(top1 === undefined ? {} : { top1 }) };
    if (reference === undefined) return { contestant, row: { ...found, status: 'ok' } };
    const held = agreement(outputs, reference.outputs);
    const row = { ...found, ...finiteOf(held) };
    if (held.relative <= allowed) return { contestant, row: { ...row, status: 'ok' } };
    contestant.destroy();
    return { ...row, status: 'wrong', reason: `${differenceText(held.relative, allowed)} It is not timed.` };
  } catch (error) {
    contestant?.destroy();
    return failedRow(name, error);
  }
}

/** JSON has no infinities: where a difference is one, the reason tells. */
function finiteOf({ largest, relative, ...rest }: ReturnType<typeof agreement>) {
  return Number.isFinite(relative) ? { ...rest, largest, relative } : rest;
}

export function differenceText(relative: number, allowed: number): string {
  return `An output is off by ${relative.toPrecision(3)} of the largest magnitude; ${allowed} is allowed.`;
}

export function failedRow(name: string, error: unknown): ModelRow {
  const reason = `It could not run here: ${messageOf(error).split('\n')[0]!.slice(0, 500)}. It is not timed.`;
  return { name, status: 'failed', reason, notes: [] };
}

/** About ten lines for all items. */
export function counter(say: Say, title: string, count: number): (done: number) => void {
  let told = 0;
  return (done) => {
    const tenth = Math.floor((10 * done) / count);
    if (tenth > told) say(`${title}: ${done} of ${count} items`);
    told = tenth;
  };
}
