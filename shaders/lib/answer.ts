/** The forms in which operations give their exact answers. */
import type { PickRows, Reference, Unquantized } from '../../src/kernel/operation.js';
import { f32Roundoff, gamma, matmulRows } from '../../src/numerics/matmul.js';
import type { Random } from '../../src/numerics/random.js';

/**
 * One output, row by row.
 * @param fill writes the exact values of a row, and bounds where they are not 0.
 */
export function answerByRow(
  output: string,
  columns: number,
  rows: Uint32Array,
  fill: (row: number, values: Float64Array, bounds: Float64Array) => void,
): readonly Reference[] {
  const values = new Float64Array(rows.length * columns);
  const bounds = new Float64Array(values.length);
  rows.forEach((row, r) => {
    const [from, to] = [r * columns, (r + 1) * columns];
    fill(row, values.subarray(from, to), bounds.subarray(from, to));
  });
  return [{ output, columns, rows, values, bounds }];
}

/** One output of single elements that a kernel has to hit exactly. */
export function exactAnswer(output: string, rows: Uint32Array, value: (row: number) => number): readonly Reference[] {
  return [{ output, columns: 1, rows, values: Float64Array.from(rows, value), bounds: new Float64Array(rows.length) }];
}

/** Sizes of C m×n = A m×k · B k×n. */
interface ProductShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/**
 * A·B in f64.
 * @param boundOf how far an element with this Σ|a||b| may be off; what a sum of k products in f32 may be where left out.
 */
export function productAnswer(
  { a, b }: { readonly a: ArrayLike<number>; readonly b: ArrayLike<number> },
  shape: ProductShape,
  pick: PickRows,
  output = 'C',
  boundOf = (magnitude: number): number => magnitude * gamma(shape.k, f32Roundoff),
): readonly Reference[] {
  const rows = pick(shape.m);
  const { values, magnitudes } = matmulRows(a, b, shape, rows);
  return [{ output, columns: shape.n, rows, values, bounds: magnitudes.map((magnitude) => boundOf(magnitude)) }];
}

/** The product of operands as they were before they were pruned, rounded or quantized. */
export function unquantizedProduct(
  { a, b }: { readonly a: Float32Array; readonly b: Float32Array },
  shape: ProductShape,
  pick: PickRows,
  output = 'C',
): readonly Unquantized[] {
  const rows = pick(shape.m);
  return [{ output, columns: shape.n, rows, values: matmulRows(a, b, shape, rows).values }];
}

/** The same for operands that are drawn anew, A first. */
export function drawnProduct(
  shape: ProductShape,
  random: Random,
  pick: PickRows,
  output = 'C',
): readonly Unquantized[] {
  const a = random.values(shape.m * shape.k);
  const b = random.values(shape.k * shape.n);
  return unquantizedProduct({ a, b }, shape, pick, output);
}
