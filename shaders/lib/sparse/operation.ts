/** What operations with a sparse left operand share: the dense operands, the density and the reference. */
import type { Binding, Cost, Parameter, PickRows, Reference } from '../../../src/kernel/operation.js';
import { sparseRows } from '../../../src/numerics/sparse/product.js';
import { countAtDensity } from '../../../src/numerics/sparse/prune.js';
import { square } from '../gemm-cases.js';
import { type GemmShape, productBinding } from '../gemm-shape.js';

/** W m×k is sparse, C m×n = W · X. */
export interface DensityShape extends GemmShape {
  readonly densityPerMille: number;
}

export function sparseSquare(size: number, densityPerMille: number): DensityShape {
  return { ...square(size), densityPerMille };
}

export const productParameters: readonly Parameter[] = [
  { name: 'm', about: 'rows of W and C' },
  { name: 'n', about: 'columns of X and C; 1 for a matrix-vector product' },
  { name: 'k', about: 'columns of W, rows of X' },
];

export const densityParameter: Parameter = {
  name: 'densityPerMille',
  about: 'kept weights in thousandths of all: 10 keeps 1 %',
};

/** The dense operands, which follow the sparse one. */
export const denseBindings: readonly Binding<GemmShape>[] = [
  { name: 'X', access: 'read', element: 'f32', length: ({ n, k }) => k * n, about: 'k × n, row-major' },
  productBinding,
];

/** `true`, or why there is no such density. */
export function validDensity({ densityPerMille }: { readonly densityPerMille: number }): true | string {
  return (
    (densityPerMille >= 1 && densityPerMille <= 1000) ||
    `A density of ${densityPerMille} per mille is impossible; choose 1 … 1000.`
  );
}

/** Weights kept, from the shape alone: W is pruned to exactly so many, so that lengths follow from the shape. */
export function keptWeights({ m, k, densityPerMille }: Pick<DensityShape, 'm' | 'k' | 'densityPerMille'>): number {
  return countAtDensity(m * k, densityPerMille);
}

/** @param stored weights that are multiplied with. @param weightBytes of the sparse operand, indices and all. */
export function sparseCost({ m, n, k }: GemmShape, stored: number, weightBytes: number): Cost {
  return {
    operations: { fma32: stored * n },
    nominal: 2 * stored * n,
    bytesRead: weightBytes + 4 * k * n,
    bytesWritten: 4 * m * n,
  };
}

/** The product with the dense matrix that the sparse one decodes to, within γ of each row's non-zeros. */
export function prunedProduct(
  dense: Float32Array,
  x: ArrayLike<number>,
  { m, n, k }: GemmShape,
  pick: PickRows,
  output = 'C',
): readonly Reference[] {
  const rows = pick(m);
  return [{ output, columns: n, rows, ...sparseRows(dense, x as Float32Array, { n, k }, rows) }];
}
