/** Matrix products in f64 with the sum of absolute products, which error bounds are made of. */

/** Unit roundoff of binary32, 2⁻²⁴. */
export const f32Roundoff = 2 ** -24;

/** γ_k = k·u/(1 − k·u): relative error bound of a sum of k products in any order (Higham, Accuracy and Stability, §3.1). */
export function gamma(k: number, roundoff: number): number {
  return (k * roundoff) / (1 - k * roundoff);
}

export interface MatmulRows {
  /** Row-major, `rows.length × n`. */
  readonly values: Float64Array;
  /** Σ|a||b| for each element. */
  readonly magnitudes: Float64Array;
}

/** Rows `rows` of A·B for row-major A (m × k) and B (k × n), accumulated in f64. */
export function matmulRows(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { n, k }: { readonly n: number; readonly k: number },
  rows: ArrayLike<number>,
): MatmulRows {
  const values = new Float64Array(rows.length * n);
  const magnitudes = new Float64Array(rows.length * n);
  for (let r = 0; r < rows.length; r++) {
    const from = rows[r]! * k;
    const row = values.subarray(r * n, (r + 1) * n);
    const size = magnitudes.subarray(r * n, (r + 1) * n);
    for (let p = 0; p < k; p++) accumulate(row, size, a[from + p]!, b, p * n);
  }
  return { values, magnitudes };
}

function accumulate(row: Float64Array, size: Float64Array, factor: number, b: ArrayLike<number>, from: number): void {
  for (let j = 0; j < row.length; j++) {
    const product = factor * b[from + j]!;
    row[j]! += product;
    size[j]! += Math.abs(product);
  }
}
