/** Error feedback by second-order information: each column's rounding error is made up for by the columns after it. */
import { gridOf } from '../grid.js';
import { groupAt, type Matrix, parametersFor, type QuantizedMatrix } from '../matrix.js';
import type { WeightScheme } from '../schemes.js';
import { choleskyLower, gram, invertLower } from './linear-algebra.js';

/** Columns whose errors are fed on together: beyond this, the Gram matrix is taken as block-diagonal. */
const mostColumns = 1024;

/**
 * GPTQ. For columns in order: q = round(w), e = (w − q)/U_jj, and w_k −= e·U_jk for all k > j, with U the upper Cholesky
 * factor of (XᵀX + λI)⁻¹. Scales are those of round-to-nearest.
 * Source: Frantar et al., "GPTQ", arXiv 2210.17323, algorithm 1, without lazy batches; λ = 1 % of the mean diagonal.
 * @param inputs rows of the layer's inputs, with as many columns as the weights.
 */
export function gptq(matrix: Matrix, weights: WeightScheme, inputs: Matrix): QuantizedMatrix {
  const result = parametersFor(matrix, weights);
  const grid = gridOf(weights);
  const { rows, columns } = matrix;
  for (let from = 0; from < columns; from += mostColumns) {
    const to = Math.min(columns, from + mostColumns);
    const upper = inverseFactor(inputs, from, to);
    const size = to - from;
    const left = new Float64Array(size);
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < size; j++) left[j] = matrix.data[row * columns + from + j]!;
      for (let j = 0; j < size; j++) {
        const parameters = groupAt(result, row, from + j);
        const code = grid.encode(left[j]!, parameters);
        result.codes[row * columns + from + j] = code;
        const error = (left[j]! - grid.decode(code, parameters)) / upper[j * size + j]!;
        for (let k = j + 1; k < size; k++) left[k]! -= error * upper[j * size + k]!;
      }
    }
  }
  return result;
}

/** U with UᵀU = (XᵀX + λI)⁻¹, for columns `from` to `to`. */
function inverseFactor(inputs: Matrix, from: number, to: number): Float64Array {
  const size = to - from;
  const hessian = gram(inputs, from, to);
  let mean = 0;
  for (let j = 0; j < size; j++) mean += hessian[j * size + j]! / size;
  for (let j = 0; j < size; j++) hessian[j * size + j]! += 0.01 * mean || 1;
  // H = LLᵀ, so H⁻¹ = L⁻ᵀL⁻¹. The factor wanted is the upper Cholesky one, UᵀU: that of H⁻¹ itself.
  const inverse = invertLower(choleskyLower(hessian, size), size);
  const product = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = i; k < size; k++) {
      const factor = inverse[k * size + i]!;
      if (factor === 0) continue;
      for (let j = 0; j <= i; j++) product[i * size + j]! += factor * inverse[k * size + j]!;
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) product[j * size + i] = product[i * size + j]!;
  const lower = choleskyLower(product, size);
  const upper = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) upper[j * size + i] = lower[i * size + j]!;
  return upper;
}
