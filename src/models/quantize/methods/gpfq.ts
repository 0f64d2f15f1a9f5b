/** Greedy path-following quantization: each weight is rounded so that the sum so far stays near the float sum. */
import { gridOf } from '../grid.js';
import { groupAt, type Matrix, parametersFor, type QuantizedMatrix } from '../matrix.js';
import type { WeightScheme } from '../schemes.js';

/**
 * One neuron of GPFQ: u ← u + w_t·X_t, q_t = Q(⟨u, X̃_t⟩ / ‖X̃_t‖²), u ← u − q_t·X̃_t, for t in order.
 * Source: Zhang, Zhou and Saab, "Post-training Quantization for Neural Networks with Provable Guarantees", arXiv 2201.11113.
 * @param columns inputs by column, t after t, `samples` long each: float ones, and those of the quantized network so far.
 * @param quantize the value of the alphabet nearest to its argument, for weight t.
 * @returns the quantized weights.
 */
export function gpfqRow(
  weights: ArrayLike<number>,
  columns: { readonly float: Float32Array; readonly quantized: Float32Array; readonly samples: number },
  quantize: (value: number, t: number) => number,
): Float64Array {
  const { float, quantized, samples } = columns;
  const residual = new Float64Array(samples);
  const result = new Float64Array(weights.length);
  for (let t = 0; t < weights.length; t++) {
    const from = t * samples;
    const weight = weights[t]!;
    let [dot, norm] = [0, 0];
    for (let i = 0; i < samples; i++) {
      const x = quantized[from + i]!;
      residual[i]! += weight * float[from + i]!;
      dot += residual[i]! * x;
      norm += x * x;
    }
    // An input that never fires decides nothing.
    const value = quantize(norm === 0 ? weight : dot / norm, t);
    result[t] = value;
    if (norm > 0) for (let i = 0; i < samples; i++) residual[i]! -= value * quantized[from + i]!;
  }
  return result;
}

/**
 * GPFQ with a scheme's grid as alphabet, scales those of round-to-nearest.
 * @param inputs rows of the layer's inputs in float.
 * @param quantizedInputs the same rows as the quantized network makes them; the float ones where left out.
 */
export function gpfq(matrix: Matrix, weights: WeightScheme, inputs: Matrix, quantizedInputs = inputs): QuantizedMatrix {
  const result = parametersFor(matrix, weights);
  const grid = gridOf(weights);
  const { rows, columns, data } = matrix;
  const turned = { float: turn(inputs), quantized: turn(quantizedInputs), samples: inputs.rows };
  for (let row = 0; row < rows; row++) {
    gpfqRow(data.subarray(row * columns, (row + 1) * columns), turned, (value, t) => {
      const parameters = groupAt(result, row, t);
      const code = grid.encode(value, parameters);
      result.codes[row * columns + t] = code;
      return grid.decode(code, parameters);
    });
  }
  return result;
}

function turn({ rows, columns, data }: Matrix): Float32Array {
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = data[row * columns + column]!;
  }
  return result;
}
