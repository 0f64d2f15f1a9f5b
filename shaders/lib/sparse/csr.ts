/** What operations share whose weights are in compressed sparse rows. */
import type { Binding, Parameter } from '../../../src/kernel/operation.js';
import { encodeCsr } from '../../../src/numerics/sparse/csr.js';
import type { Mask } from '../../../src/numerics/sparse/mask.js';
import { countAtDensity, keepLargest } from '../../../src/numerics/sparse/prune.js';
import { rowsByLength } from '../../../src/numerics/sparse/row-order.js';
import { type DensityShape, keptWeights } from './operation.js';

type WeightShape = Pick<DensityShape, 'm' | 'k' | 'densityPerMille'> & Readonly<Record<string, number>>;

/** How unequal rows may be made: how much of one row is kept, whatever the rest loses by it. */
export const longRowParameter: Parameter = {
  name: 'longRowPerMille',
  about: 'thousandths of the middle row that are kept; 0 where no row is favoured',
  min: 0,
  usual: 0,
};

const stored = (shape: WeightShape): number => Math.max(1, keptWeights(shape));

export const csrBindings: readonly Binding<WeightShape>[] = [
  {
    name: 'rowPtr',
    access: 'read',
    element: 'u32',
    length: ({ m }) => m + 1,
    about: 'first weight of each row, and the end',
  },
  {
    name: 'colIdx',
    access: 'read',
    element: 'u32',
    length: stored,
    about: 'column of each weight, ascending within a row',
  },
  { name: 'values', access: 'read', element: 'f32', length: stored, about: 'kept weights, row by row' },
  { name: 'rowOrder', access: 'read', element: 'u32', length: ({ m }) => m, about: 'rows, longest first' },
];

/** Weights of the long row, of all that are kept; 0 where there is none. */
function longRow({ k, longRowPerMille = 0 }: WeightShape): number {
  return longRowPerMille === 0 ? 0 : countAtDensity(k, longRowPerMille);
}

/** `true`, or why no matrix is so dense with so long a row. */
export function validLongRow(shape: WeightShape): true | string {
  const { m, k, longRowPerMille = 0 } = shape;
  if (longRowPerMille > 1000) return `A row cannot keep ${longRowPerMille} thousandths of itself; choose 0 … 1000.`;
  if (longRowPerMille === 0) return true;
  const [long, kept] = [longRow(shape), keptWeights(shape)];
  if (long > kept) return `A row of ${long} weights is more than the ${kept} that this density keeps of all rows.`;
  const others = (m - 1) * k;
  return (
    kept - long <= others ||
    `The other rows have room for ${others} of the ${kept - long} weights that this density leaves them; choose a longer row.`
  );
}

/** The buffers of W, pruned by magnitude, its middle row apart from the others where that is to be long. @param dense m × k. */
export function csrBuffers(dense: Float32Array<ArrayBuffer>, shape: WeightShape) {
  const { rowPtr, colIdx, values } = encodeCsr(dense, { rows: shape.m, columns: shape.k }, maskFor(dense, shape));
  return { rowPtr, colIdx, values, rowOrder: rowsByLength(rowPtr) };
}

function maskFor(dense: Float32Array<ArrayBuffer>, shape: WeightShape): Mask {
  const [long, kept] = [longRow(shape), keptWeights(shape)];
  if (long === 0) return keepLargest(dense, kept);
  const begin = Math.floor(shape.m / 2) * shape.k;
  const end = begin + shape.k;
  const others = new Float32Array(dense.length - shape.k);
  others.set(dense.subarray(0, begin));
  others.set(dense.subarray(end), begin);
  const elsewhere = keepLargest(others, kept - long);
  const mask = new Uint8Array(dense.length);
  mask.set(elsewhere.subarray(0, begin));
  mask.set(keepLargest(dense.subarray(begin, end), long), begin);
  mask.set(elsewhere.subarray(begin), end);
  return mask;
}
