/** Outputs of all items, and how those of two contestants agree. */
import { bestClasses } from '../../../../src/models/quantize/accuracy.js';
import type { HostValue } from '../../../../src/models/run/values.js';
import type { Contestant, Output } from './contestant.js';

export interface Batch {
  readonly inputs: ReadonlyMap<string, HostValue>;
  readonly from: number;
  readonly count: number;
}

export interface Outputs {
  readonly items: number;
  /** Elements of one item. */
  readonly width: number;
  /** Elements that one best is taken of: the last dimension that is not 1. */
  readonly classes: number;
  /** Items × width. */
  readonly data: Float64Array;
}

/** Runs every batch. @throws what the contestant throws, and Error for an output whose first dimension is not the items. */
export async function outputsOf(
  contestant: Contestant,
  batches: Iterable<Batch>,
  items: number,
  onItems: (done: number) => void,
): Promise<Outputs> {
  let outputs: Outputs | undefined;
  for (const { inputs, from, count } of batches) {
    const output = await contestant.prepare(inputs)();
    const { width, classes } = formOf(output, count);
    outputs ??= { items, width, classes, data: new Float64Array(items * width) };
    if (width !== outputs.width) throw new Error(`Outputs have ${width} elements an item, and ${outputs.width} before`);
    outputs.data.set(output.data, from * width);
    onItems(from + count);
  }
  if (outputs === undefined) throw new Error('There are no items');
  return outputs;
}

function formOf({ dims, data }: Output, count: number): Pick<Outputs, 'width' | 'classes'> {
  if (data.length % count !== 0 || (count > 1 && dims[0] !== count))
    throw new Error(`The first output is [${dims}] for ${count} items: its first dimension is not the items`);
  const width = data.length / count;
  const sizes = dims.slice(1).filter((size) => size !== 1);
  return { width, classes: dims.length === 1 ? width : (sizes.at(-1) ?? 1) };
}

export interface Agreement {
  readonly differing: number;
  readonly firstDiffering?: number;
  readonly largest: number;
  readonly relative: number;
}

/**
 * Items whose best class differs, and the largest difference. NaN and infinities are right only where the reference has the
 * same: elsewhere the difference is infinite.
 * @throws Error where the outputs are of another form.
 */
export function agreement(found: Outputs, expected: Outputs): Agreement {
  const { width, classes, items } = expected;
  if (found.width !== width || found.items !== items)
    throw new Error(`Outputs are ${found.items} × ${found.width}, the reference's ${items} × ${width}`);
  const [mine, theirs] = [found, expected].map(({ data }) => bestClasses({ classes, data })) as [
    Int32Array,
    Int32Array,
  ];
  const rows = width / classes;
  const different = new Set<number>();
  mine.forEach((best, row) => {
    if (best !== theirs[row]) different.add(Math.floor(row / rows));
  });
  let [largest, most] = [0, 0];
  expected.data.forEach((value, i) => {
    const other = found.data[i]!;
    if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
    if (!Object.is(value, other)) largest = Math.max(largest, distance(value, other));
  });
  const [firstDiffering] = different;
  return {
    differing: different.size,
    ...(firstDiffering === undefined ? {} : { firstDiffering }),
    largest,
    relative: largest === 0 ? 0 : largest / most,
  };
}

function distance(a: number, b: number): number {
  const difference = Math.abs(a - b);
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}

/** Share of items whose best class is their label; undefined where there is not one class an item. */
export function top1Of({ items, width, classes, data }: Outputs, labels: ArrayLike<number>): number | undefined {
  if (width !== classes) return undefined;
  const right = bestClasses({ classes, data }).filter((best, item) => best === labels[item]).length;
  return right / items;
}
