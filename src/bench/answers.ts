/** Computes exact answers some rows at a time, so that whoever waits for them can think better of it between two. */
import type { PickRows, Reference } from '../kernel/operation.js';
import type { Random } from '../numerics/random.js';

/** Rows of an output; `bounds` only where they are to be kept. */
type Answer = Pick<Reference, 'output' | 'columns' | 'rows' | 'values'> & Partial<Pick<Reference, 'bounds'>>;

/** Nominal operations of the first rows: about a tenth of a second. */
const firstRows = 2 ** 27;

/** Rows that took less are followed by twice as many, ms. */
const soonMs = 250;

/** Rows at once, in multiples of the first: a second or so. */
const mostGrowth = 8;

/** Rows that cost so much less each than those before show that much of the time is spent whatever their number is. */
const muchLess = 0.75;

export interface AnswerOptions {
  /** What all rows cost, in nominal operations. Few are computed at once. */
  readonly nominal: number;
  readonly nowMs: () => number;
  readonly signal?: AbortSignal | undefined;
  /** Nominal operations of the first rows; for tests. */
  readonly first?: number;
}

/**
 * The rows that `pick` picks, as `compute` computes them. It is called once where the work is small, else for one share of
 * the rows after the other, of each output the same; other work of the thread comes in between, a message to cancel too.
 * @throws the reason of the signal.
 */
export async function answersFor<T extends Answer>(
  compute: (pick: PickRows) => readonly T[],
  pick: PickRows,
  { nominal, nowMs, signal, first = firstRows }: AnswerOptions,
): Promise<readonly T[]> {
  if (!(nominal > 2 * first)) return compute(pick);
  const picked = new Map<number, Uint32Array>();
  const all: PickRows = (count) => {
    const rows = picked.get(count) ?? pick(count);
    picked.set(count, rows);
    return rows;
  };
  const blocks: (readonly T[])[] = [];
  const least = first / nominal;
  let share = least;
  let before = Number.POSITIVE_INFINITY;
  for (let from = 0; from < 1; ) {
    // What would be left as a small remainder is taken along.
    const to = from + 1.5 * share >= 1 ? 1 : from + share;
    const begin = nowMs();
    blocks.push(compute((count) => shareOf(all(count), from, to)));
    const ms = nowMs() - begin;
    const each = ms / (to - from);
    if (ms < soonMs || each < muchLess * before) share = Math.min(2 * share, mostGrowth * least);
    before = each;
    from = to;
    if (from < 1) await breather(signal);
  }
  return blocks[0]!.map((answer, i) =>
    joined(
      answer,
      blocks.map((block) => block[i]!),
    ),
  );
}

function shareOf(rows: Uint32Array, from: number, to: number): Uint32Array {
  return rows.subarray(Math.floor(from * rows.length), to === 1 ? rows.length : Math.floor(to * rows.length));
}

function joined<T extends Answer>(first: T, parts: readonly T[]): T {
  const rows = Uint32Array.from(chained(parts.map((part) => part.rows)));
  const values = chained(parts.map((part) => part.values));
  const bounds = first.bounds ? { bounds: chained(parts.map((part) => part.bounds!)) } : {};
  return ascending({ ...first, rows, values, ...bounds });
}

function chained(arrays: readonly (Uint32Array | Float64Array)[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

/** An output whose rows lie in another order than those that were picked has them mixed. */
function ascending<T extends Answer>(answer: T): T {
  const { rows, columns } = answer;
  if (rows.every((row, r) => r === 0 || row > rows[r - 1]!)) return answer;
  const order = Uint32Array.from(rows.keys()).sort((a, b) => rows[a]! - rows[b]!);
  const sorted = (values: Float64Array): Float64Array =>
    Float64Array.from(values, (_, i) => values[order[Math.floor(i / columns)]! * columns + (i % columns)]!);
  return {
    ...answer,
    rows: Uint32Array.from(order, (r) => rows[r]!),
    values: sorted(answer.values),
    ...(answer.bounds ? { bounds: sorted(answer.bounds) } : {}),
  };
}

/** Lets the thread do what else it has to: a promise alone would not. */
async function breather(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  signal?.throwIfAborted();
}

/**
 * Generators in one and the same state. Arrays are drawn once and copied for the later ones, as drawing takes longer than
 * much of what is computed from them.
 */
export function sameDraws(make: () => Random): () => Random {
  let drawn: Float32Array<ArrayBuffer>[] | undefined;
  return () => {
    const random = make();
    if (drawn) return { ...random, values: replay(drawn) };
    const arrays: Float32Array<ArrayBuffer>[] = [];
    drawn = arrays;
    // Numbers drawn one by one stand between the arrays: those who draw such have to draw everything anew.
    const alone = <T>(draw: T): T => {
      drawn = undefined;
      return draw;
    };
    return {
      next: () => alone(random.next()),
      below: (bound) => alone(random.below(bound)),
      normal: () => alone(random.normal()),
      values(count) {
        const values = random.values(count);
        arrays.push(values);
        return values.slice();
      },
    };
  };
}

function replay(arrays: readonly Float32Array<ArrayBuffer>[]): Random['values'] {
  let at = 0;
  return () => arrays[at++]!.slice();
}
