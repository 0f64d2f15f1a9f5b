/** Causal attention with several heads: the layer that lets a position see those before it. */
import { type Tape, type Variable, variable } from './tape.js';

/**
 * softmax(q·kᵀ/√d, later positions left out)·v for each head.
 * @param qkv [batch · length, 3 · width]: queries, keys and values side by side, each head's numbers together.
 * @returns [batch · length, width].
 */
export function attend(tape: Tape, qkv: Variable, length: number, heads: number): Variable {
  const width = qkv.dims[1]! / 3;
  const size = width / heads;
  const batch = qkv.dims[0]! / length;
  const y = variable([batch * length, width]);
  const shares = new Float32Array(batch * heads * length * length);
  const scale = 1 / Math.sqrt(size);
  /** Where head `h` of row `r` of item `b` begins: 0 queries, 1 keys, 2 values. */
  const at = (b: number, r: number, part: number, h: number) => (b * length + r) * 3 * width + part * width + h * size;
  const dot = (a: Float32Array, i: number, c: Float32Array, j: number): number => {
    let sum = 0;
    for (let e = 0; e < size; e++) sum += a[i + e]! * c[j + e]!;
    return sum;
  };
  const eachQuery = (visit: (b: number, h: number, r: number, row: Float32Array, out: number) => void): void => {
    for (let b = 0; b < batch; b++) {
      for (let h = 0; h < heads; h++) {
        for (let r = 0; r < length; r++) {
          const from = ((b * heads + h) * length + r) * length;
          visit(b, h, r, shares.subarray(from, from + length), (b * length + r) * width + h * size);
        }
      }
    }
  };
  eachQuery((b, h, r, row, out) => {
    let most = -Infinity;
    for (let c = 0; c <= r; c++) {
      row[c] = scale * dot(qkv.data, at(b, r, 0, h), qkv.data, at(b, c, 1, h));
      most = Math.max(most, row[c]!);
    }
    let total = 0;
    for (let c = 0; c <= r; c++) {
      row[c] = Math.exp(row[c]! - most);
      total += row[c]!;
    }
    for (let c = 0; c <= r; c++) {
      row[c]! /= total;
      const value = at(b, c, 2, h);
      for (let e = 0; e < size; e++) y.data[out + e]! += row[c]! * qkv.data[value + e]!;
    }
  });
  tape.record(() =>
    eachQuery((b, h, r, row, out) => {
      const slopes = new Float32Array(r + 1);
      let mean = 0;
      for (let c = 0; c <= r; c++) {
        const value = at(b, c, 2, h);
        slopes[c] = dot(y.slope, out, qkv.data, value);
        mean += slopes[c]! * row[c]!;
        for (let e = 0; e < size; e++) qkv.slope[value + e]! += row[c]! * y.slope[out + e]!;
      }
      const query = at(b, r, 0, h);
      for (let c = 0; c <= r; c++) {
        const score = scale * row[c]! * (slopes[c]! - mean);
        const key = at(b, c, 1, h);
        for (let e = 0; e < size; e++) {
          qkv.slope[query + e]! += score * qkv.data[key + e]!;
          qkv.slope[key + e]! += score * qkv.data[query + e]!;
        }
      }
    }),
  );
  return y;
}
