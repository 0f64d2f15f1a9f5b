/** The little linear algebra that error feedback needs: Gram matrices, Cholesky factors, triangular inverses. */
import type { Matrix } from '../matrix.js';

/** XᵀX of columns `from` to `to`, row-major and full. */
export function gram({ rows, columns, data }: Matrix, from = 0, to = columns): Float64Array {
  const size = to - from;
  const result = new Float64Array(size * size);
  for (let row = 0; row < rows; row++) {
    const x = data.subarray(row * columns + from, row * columns + to);
    for (let i = 0; i < size; i++) {
      const factor = x[i]!;
      if (factor === 0) continue;
      for (let j = 0; j <= i; j++) result[i * size + j]! += factor * x[j]!;
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) result[j * size + i] = result[i * size + j]!;
  return result;
}

/** L with LLᵀ = A, for a symmetric positive definite A. Pivots that rounding left at or below zero become tiny. */
export function choleskyLower(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * size + k]! * lower[j * size + k]!;
      lower[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-300)) : sum / lower[j * size + j]!;
    }
  }
  return lower;
}

/** The inverse of a lower triangular matrix. */
export function invertLower(lower: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const pivot = lower[i * size + i]!;
    const row = inverse.subarray(i * size, (i + 1) * size);
    for (let k = 0; k < i; k++) {
      const factor = lower[i * size + k]!;
      if (factor === 0) continue;
      for (let j = 0; j <= k; j++) row[j]! -= factor * inverse[k * size + j]!;
    }
    for (let j = 0; j < i; j++) row[j]! /= pivot;
    row[i] = 1 / pivot;
  }
  return inverse;
}
