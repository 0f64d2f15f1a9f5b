/** C = Â·Ŵᵀ: 4-bit weights times activations that the device quantizes to 8 bits by groups (W4A8). */
import { defineOperation } from '../../src/kernel/operation.js';
import { dequantizeInt4 } from '../../src/numerics/int4.js';
import { unpackInt4Matrix } from '../../src/numerics/int4-layout.js';
import { quantizeInt8Blocks } from '../../src/numerics/int8-blocks.js';
import { f32Roundoff, gamma } from '../../src/numerics/matmul.js';
import { gemmInt4 } from '../gemm-int4/operation.js';
import { a8Cases, a8Presets, gemmSweep } from '../lib/int4/shapes.js';
import { type Int4GemmShape, int4Buffers, schemeOf } from '../lib/int4/weights.js';

const block = 32;

export const gemmInt4A8 = defineOperation<Int4GemmShape>({
  ...gemmInt4,
  id: 'gemm-int4-a8',
  title: 'GEMM int4, int8 activations',
  summary:
    'C = Â·Ŵᵀ, with A quantized to 8 bits by groups on the device and W in 4-bit codes: exact integer dot products (W4A8).',
  parameters: gemmInt4.parameters.map((parameter) =>
    parameter.name === 'scheme' ? { name: 'scheme', about: '1 symmetric, 2 with zero point' } : parameter,
  ),
  valid: (shape) =>
    shape.scheme === 3
      ? 'NF4 codes are not evenly spaced, so they have no integer product; choose scheme 1 or 2, or gemm-int4.'
      : int4Buffers.valid(shape),
  reference: (inputs, shape, pick) => {
    const rows = pick(shape.m);
    const { values, bounds } = quantizedProduct(inputs as unknown as Inputs, shape, rows);
    return [{ output: 'C', columns: shape.n, rows, values, bounds }];
  },
  cost: (shape) => {
    const { m, n, k } = shape;
    return {
      ...gemmInt4.cost(shape),
      operations: {
        dot4: (m * n * k) / 4,
        bit: (2 * n * k) / 8,
        fma32: (m * n * k) / block,
        mul32: m * k + (m * n * k) / block,
        iadd: (m * n * k) / 4,
      },
    };
  },
  cases: a8Cases,
  presets: a8Presets,
  sweep: gemmSweep,
});

interface Inputs {
  readonly A: Float32Array<ArrayBuffer>;
  readonly weights: Uint32Array<ArrayBuffer>;
  readonly scales: Float32Array<ArrayBuffer>;
  readonly zeroPoints: Uint32Array<ArrayBuffer>;
}

/**
 * Integer dot products of 32 are exact; each is converted exactly, multiplied by two scales and summed over k/32 blocks in
 * f32: γ_(k/32 + 2)·Σ|block|. An activation on a rounding tie may take either code, which moves the sum by one step of it.
 */
function quantizedProduct({ A, weights, scales, zeroPoints }: Inputs, shape: Int4GemmShape, rows: Uint32Array) {
  const { n, k, groupSize } = shape;
  const scheme = schemeOf(shape);
  const zeros =
    scheme === 'symmetric' ? new Uint32Array((k / groupSize) * Math.ceil(n / 8)).fill(0x8888_8888) : zeroPoints;
  const matrix = unpackInt4Matrix({ words: weights, scales, zeroPoints: zeros }, { n, k, groupSize, scheme });
  const steps = dequantizeInt4({ ...matrix, scales: new Float32Array(matrix.scales.length).fill(1) });
  const values = new Float64Array(rows.length * n);
  const bounds = new Float64Array(rows.length * n);
  const factor = gamma(k / block + 2, f32Roundoff);
  for (let r = 0; r < rows.length; r++) {
    const a = quantizeInt8Blocks(A.subarray(rows[r]! * k, (rows[r]! + 1) * k), groupSize);
    for (let j = 0; j < n; j++) {
      const at = r * n + j;
      for (let from = 0; from < k; from += block) {
        const group = Math.floor(from / groupSize);
        const scale = a.scales[group]! * matrix.scales[(j * k) / groupSize + group]!;
        let sum = 0;
        let doubt = 0;
        for (let p = from; p < from + block; p++) {
          sum += a.codes[p]! * steps[j * k + p]!;
          doubt += a.uncertain[p]! * Math.abs(steps[j * k + p]!);
        }
        values[at]! += sum * scale;
        bounds[at]! += (factor * Math.abs(sum) + (1 + factor) * doubt) * scale;
      }
    }
  }
  return { values, bounds };
}
