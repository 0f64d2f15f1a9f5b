/** The exact product of a sparse matrix, given as the dense matrix with its zeros, and its error bound row by row. */
import { f32Roundoff, gamma } from '../matmul.js';

export interface SparseProduct {
  /** Row-major, `rows.length × n`. */
  readonly values: Float64Array;
  /** γ_z · Σ|w||x| with z the non-zeros of the row: adding exact zeros rounds nothing. */
  readonly bounds: Float64Array;
}

/** Rows `rows` of W·X for row-major W (m × k, mostly zero) and X (k × n), accumulated in f64. */
export function sparseRows(
  w: Float32Array,
  x: Float32Array,
  { n, k }: { readonly n: number; readonly k: number },
  rows: ArrayLike<number>,
): SparseProduct {
  const values = new Float64Array(rows.length * n);
  const bounds = new Float64Array(rows.length * n);
  for (let r = 0; r < rows.length; r++) {
    const row = values.subarray(r * n, (r + 1) * n);
    const size = bounds.subarray(r * n, (r + 1) * n);
    const nonZeros = accumulateRow(row, size, w.subarray(rows[r]! * k, (rows[r]! + 1) * k), x);
    const factor = gamma(nonZeros, f32Roundoff);
    for (let j = 0; j < n; j++) size[j]! *= factor;
  }
  return { values, bounds };
}

function accumulateRow(row: Float64Array, size: Float64Array, weights: Float32Array, x: Float32Array): number {
  let nonZeros = 0;
  for (let p = 0; p < weights.length; p++) {
    const weight = weights[p]!;
    if (weight === 0) continue;
    nonZeros++;
    for (let j = 0; j < row.length; j++) {
      const product = weight * x[p * row.length + j]!;
      row[j]! += product;
      size[j]! += Math.abs(product);
    }
  }
  return nonZeros;
}
