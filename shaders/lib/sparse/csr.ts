/** What operations share whose weights are in compressed sparse rows. */
import type { Binding } from '../../../src/kernel/operation.js';
import { encodeCsr } from '../../../src/numerics/sparse/csr.js';
import { keepLargest } from '../../../src/numerics/sparse/prune.js';
import { rowsByLength } from '../../../src/numerics/sparse/row-order.js';
import { type DensityShape, keptWeights } from './operation.js';

type WeightShape = Pick<DensityShape, 'm' | 'k' | 'densityPerMille'> & Readonly<Record<string, number>>;

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

/** The buffers of W, pruned by magnitude. @param dense m × k. */
export function csrBuffers(dense: Float32Array<ArrayBuffer>, shape: WeightShape) {
  const mask = keepLargest(dense, keptWeights(shape));
  const { rowPtr, colIdx, values } = encodeCsr(dense, { rows: shape.m, columns: shape.k }, mask);
  return { rowPtr, colIdx, values, rowOrder: rowsByLength(rowPtr) };
}
