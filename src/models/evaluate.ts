/** Feeds a data set through a model in batches and collects what comes out, item by item. */
import type { Outcome } from '../kernel/outcome.js';
import { failed, unsupported } from '../kernel/outcome.js';
import type { Model } from './graph.js';
import type { SessionParts } from './run/program.js';
import { rebatched, takesAnyBatch } from './run/rebatch.js';
import { createModelSession, type ModelSession } from './run/session.js';
import type { HostTensor, HostValue } from './run/values.js';

/** Where items come from. */
export interface Feed {
  readonly count: number;
  /** Items of every batch, where the model takes no fewer: the last one is repeated as often as is wanting. */
  readonly whole?: number;
  /** Inputs of the model for so many items, stacked along their first dimension. */
  readonly batch: (from: number, count: number) => ReadonlyMap<string, HostValue>;
}

/** A model that takes so many items at once. */
export interface Batched {
  readonly model: Model;
  readonly session: ModelSession;
  readonly batch: number;
  /** Why fewer items are taken at once than asked for. */
  readonly note?: string;
}

/** Largest difference, relative to the largest magnitude, at which batched and single items still count as the same. */
const sameWithin = 1e-3;

/**
 * A session for batches. A model exported for one item is opened to batches where its outputs then stay the same, which is
 * tried on the first items; else it runs item by item.
 */
export async function batchedSession(
  model: Model,
  parts: SessionParts,
  feed: Feed,
  batch: number,
): Promise<Outcome<{ readonly batched: Batched }>> {
  if (feed.whole !== undefined) {
    const note = `The model takes ${feed.whole} items at once, no more and no fewer.`;
    return { status: 'ok', batched: single(model, parts, feed.whole, note) };
  }
  const wanted = Math.min(batch, feed.count);
  if (wanted <= 1 || takesAnyBatch(model)) return { status: 'ok', batched: single(model, parts, Math.max(1, wanted)) };
  const open = rebatched(model);
  if (open === undefined)
    return { status: 'ok', batched: single(model, parts, 1, 'The model takes a fixed number of items.') };
  const [one, many] = [createModelSession(model, parts), createModelSession(open, parts)];
  let together = false;
  try {
    const apart = await runApart(one, feed, Math.min(2, wanted));
    if (apart.status !== 'ok') return apart;
    const outcome = await many.run(feed.batch(0, apart.outputs.length));
    if (outcome.status !== 'ok' && isLost(outcome)) return outcome;
    together = outcome.status === 'ok' && agree(firstOutput(outcome.run), apart.outputs);
  } finally {
    one.destroy();
    if (!together) many.destroy();
  }
  if (together) return { status: 'ok', batched: { model: open, session: many, batch: wanted } };
  return { status: 'ok', batched: single(model, parts, 1, 'The model does not take batches: it runs item by item.') };
}

/** The first outputs of the first items, one run each. */
async function runApart(
  session: ModelSession,
  feed: Feed,
  count: number,
): Promise<Outcome<{ readonly outputs: readonly (HostTensor | undefined)[] }>> {
  const outputs: (HostTensor | undefined)[] = [];
  for (let i = 0; i < count; i++) {
    const outcome = await session.run(feed.batch(i, 1));
    if (outcome.status !== 'ok') return outcome;
    outputs.push(firstOutput(outcome.run));
  }
  return { status: 'ok', outputs };
}

/** Whether nothing more can be computed on the device. */
export function isLost(outcome: { readonly status: string; readonly cause?: string }): boolean {
  return outcome.status === 'failed' && outcome.cause === 'device-lost';
}

function single(model: Model, parts: SessionParts, batch: number, note?: string): Batched {
  return { model, session: createModelSession(model, parts), batch, ...(note === undefined ? {} : { note }) };
}

function firstOutput({ outputs }: { readonly outputs: ReadonlyMap<string, HostValue> }): HostTensor | undefined {
  const [first] = outputs.values();
  return first?.kind === 'tensor' ? first : undefined;
}

function agree(together: HostTensor | undefined, apart: readonly (HostTensor | undefined)[]): boolean {
  if (together === undefined || together.dims[0] !== apart.length) return false;
  const size = together.data.length / apart.length;
  const most = together.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return apart.every(
    (one, i) =>
      one?.data.length === size &&
      one.data.every((value, k) => Math.abs(value - together.data[i * size + k]!) <= sameWithin * most),
  );
}

export interface Evaluation {
  /** Elements of the first output per item. */
  readonly width: number;
  /** Items × width. */
  readonly outputs: Float64Array;
  readonly dims: readonly number[];
}

export interface EvaluateOptions {
  readonly signal?: AbortSignal;
  readonly onItems?: (done: number) => void;
}

/** Runs all items; the last batch may be shorter. */
export async function evaluate(
  { session, batch }: Pick<Batched, 'session' | 'batch'>,
  feed: Feed,
  { signal, onItems }: EvaluateOptions = {},
): Promise<Outcome<{ readonly evaluation: Evaluation }>> {
  let outputs: Float64Array | undefined;
  let [width, dims]: [number, readonly number[]] = [0, []];
  for (let from = 0; from < feed.count; from += batch) {
    const count = Math.min(batch, feed.count - from);
    const outcome = signal?.aborted ? undefined : await session.run(feed.batch(from, count), signal);
    if (outcome === undefined || signal?.aborted)
      return failed('cancelled', `Cancelled after ${from} of ${feed.count} items.`);
    if (outcome.status !== 'ok') return outcome;
    const first = firstOutput(outcome.run);
    if (first === undefined)
      return unsupported('The first output of the model is no tensor, so items cannot be compared.');
    const held = feed.whole ?? count;
    if (first.dims[0] !== held && held > 1) {
      return unsupported(
        `The first output is [${first.dims}] for ${held} items: its first dimension is not the items.`,
      );
    }
    width = first.data.length / held;
    dims = first.dims.slice(1);
    outputs ??= new Float64Array(width * feed.count);
    outputs.set(first.data.subarray(0, count * width), from * width);
    onItems?.(from + count);
  }
  return { status: 'ok', evaluation: { width, outputs: outputs ?? new Float64Array(), dims } };
}
