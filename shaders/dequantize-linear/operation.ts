/** Integer codes, a word each, back to f32. */
import { defineOperation } from '../../src/kernel/operation.js';
import {
  perAxis,
  perBlock,
  perTensor,
  type ScaledShape,
  scaleCount,
  scaledParameters,
  scaleOf,
} from '../lib/quantization-axis.js';
import { elements, ulp } from '../lib/reduction/axis.js';

export const dequantizeLinear = defineOperation<ScaledShape>({
  id: 'dequantize-linear',
  title: 'Dequantize',
  summary: 'y = (x − z) · s with a scale s and a zero point z per tensor, place of an axis or block, a word per code.',
  parameters: scaledParameters,
  bindings: [
    { name: 'x', access: 'read', element: 'i32', length: elements, about: 'codes, a word each' },
    { name: 'scale', access: 'read', element: 'f32', length: scaleCount, about: 'scales' },
    { name: 'zero', access: 'read', element: 'i32', length: scaleCount, about: 'zero points' },
    { name: 'y', access: 'read_write', element: 'f32', length: elements, about: 'outer × axis × inner' },
  ],
  inputs: (shape, random) => ({
    x: Int32Array.from({ length: elements(shape) }, () => random.below(256) - 128),
    scale: random.values(scaleCount(shape)).map((value) => (Math.abs(value) + 0.5) / 32),
    zero: Int32Array.from({ length: scaleCount(shape) }, () => random.below(256) - 128),
  }),
  reference: ({ x, scale, zero }, shape, pick) => {
    const rows = pick(elements(shape));
    const values = Float64Array.from(rows, (i) => {
      const s = scaleOf(shape, i);
      return (x![i]! - zero![s]!) * scale![s]!;
    });
    return [{ output: 'y', columns: 1, rows, values, bounds: values.map((value) => ulp * Math.abs(value)) }];
  },
  cost: (shape) => ({
    operations: { mul32: elements(shape), iadd: elements(shape) },
    nominal: 2 * elements(shape),
    bytesRead: 4 * elements(shape) + 8 * scaleCount(shape),
    bytesWritten: 4 * elements(shape),
  }),
  cases: [perTensor(1), perTensor(515), perAxis(3, 5, 7), perBlock(3, 10, 7, 4), perBlock(5, 64, 1, 32)],
  presets: [
    { title: 'Activations, 1 Mi', shape: perTensor(2 ** 20) },
    { title: 'Weights per row (1024 × 1024)', shape: perAxis(1, 1024, 1024) },
  ],
  sweep: [14, 16, 18, 20, 22].map((power) => perTensor(2 ** power)),
});
