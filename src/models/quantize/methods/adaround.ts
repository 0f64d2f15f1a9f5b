/** Rounding up or down by what it does to the layer's output instead of to each weight. */
import { gridOf } from '../grid.js';
import { groupAt, type Matrix, type QuantizedMatrix, roundToNearest } from '../matrix.js';
import type { WeightScheme } from '../schemes.js';
import { gram } from './linear-algebra.js';

const mostPasses = 20;

/**
 * Minimizes ‖X(ŵ − w)‖² of each row over the choice, for each weight, of the grid's value below or above it.
 * The problem is AdaRound's (Nagel et al., arXiv 2004.10568, eq. 9); it is solved by flipping single weights while that helps,
 * starting from round-to-nearest, rather than by their continuous relaxation, so the result is never worse on these inputs.
 * @param inputs rows of the layer's inputs, with as many columns as the weights.
 */
export function adaround(matrix: Matrix, weights: WeightScheme, inputs: Matrix): QuantizedMatrix {
  const result = roundToNearest(matrix, weights);
  const grid = gridOf(weights);
  const { rows, columns, data } = matrix;
  const products = gram(inputs);
  const errors = new Float64Array(columns);
  const gradient = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const codes = result.codes.subarray(row * columns, (row + 1) * columns);
    const decode = (code: number, column: number): number => grid.decode(code, groupAt(result, row, column));
    for (let j = 0; j < columns; j++) errors[j] = decode(codes[j]!, j) - data[row * columns + j]!;
    gradient.fill(0);
    for (let j = 0; j < columns; j++) addScaled(gradient, products, j, errors[j]!);
    for (let pass = 0, flipped = true; flipped && pass < mostPasses; pass++) {
      flipped = false;
      for (let j = 0; j < columns; j++) {
        const [below, above] = grid.neighbours(data[row * columns + j]!, groupAt(result, row, j));
        const other = codes[j] === below ? above : below;
        const change = decode(other, j) - decode(codes[j]!, j);
        if (change === 0) continue;
        const gain = 2 * change * gradient[j]! + change ** 2 * products[j * columns + j]!;
        if (gain >= -1e-12 * products[j * columns + j]!) continue;
        codes[j] = other;
        addScaled(gradient, products, j, change);
        flipped = true;
      }
    }
  }
  return result;
}

function addScaled(into: Float64Array, products: Float64Array, row: number, factor: number): void {
  if (factor === 0) return;
  const from = row * into.length;
  for (let i = 0; i < into.length; i++) into[i]! += factor * products[from + i]!;
}
