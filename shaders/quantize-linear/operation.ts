/** f32 to integer codes with a scale and a zero point, a word per code. */

import { defineOperation } from '../../src/kernel/operation.js';
import { roundToEven } from '../../src/numerics/rounding.js';
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

export interface QuantizeShape extends ScaledShape {
  /** Least code modulo 2³². */
  readonly low: number;
  readonly high: number;
}

const int8 = { low: 2 ** 32 - 128, high: 127 };
const uint8 = { low: 0, high: 255 };
const uint4 = { low: 0, high: 15 };

export const quantizeLinear = defineOperation<QuantizeShape>({
  id: 'quantize-linear',
  title: 'Quantize',
  summary:
    'y = clamp(round(x / s) + z) with a scale s and a zero point z per tensor, place of an axis or block, a word per code.',
  parameters: [
    ...scaledParameters,
    { name: 'low', about: 'least code, 2³² − n for −n', min: 0 },
    { name: 'high', about: 'greatest code' },
  ],
  bindings: [
    { name: 'x', access: 'read', element: 'f32', length: elements, about: 'outer × axis × inner' },
    { name: 'scale', access: 'read', element: 'f32', length: scaleCount, about: 'scales' },
    { name: 'zero', access: 'read', element: 'i32', length: scaleCount, about: 'zero points' },
    { name: 'y', access: 'read_write', element: 'i32', length: elements, about: 'codes, a word each' },
  ],
  inputs: (shape, random) => ({
    x: random.values(elements(shape)),
    scale: random.values(scaleCount(shape)).map((value) => (Math.abs(value) + 0.5) / 32),
    zero: Int32Array.from(
      { length: scaleCount(shape) },
      () => (shape.low | 0) + random.below(shape.high - (shape.low | 0) + 1),
    ),
  }),
  reference: ({ x, scale, zero }, shape, pick) => {
    const rows = pick(elements(shape));
    const quotients = Float64Array.from(rows, (i) => x![i]! / scale![scaleOf(shape, i)]!);
    const values = Float64Array.from(rows, (i, at) => {
      const code = roundToEven(quotients[at]!) + zero![scaleOf(shape, i)]!;
      return Math.max(shape.low | 0, Math.min(shape.high, code));
    });
    // A quotient within 2.5 ulp of a half may round to either side.
    const bounds = quotients.map((q) =>
      Math.abs(Math.abs(q - Math.floor(q)) - 0.5) <= 2.5 * ulp * Math.abs(q) ? 1 : 0,
    );
    return [{ output: 'y', columns: 1, rows, values, bounds }];
  },
  cost: (shape) => ({
    operations: { sfu: elements(shape), add32: 2 * elements(shape) },
    nominal: 3 * elements(shape),
    bytesRead: 4 * elements(shape) + 8 * scaleCount(shape),
    bytesWritten: 4 * elements(shape),
  }),
  cases: [
    { ...perTensor(1), ...int8 },
    { ...perTensor(515), ...uint8 },
    { ...perAxis(3, 5, 7), ...int8 },
    { ...perBlock(3, 10, 7, 4), ...uint4 },
    { ...perBlock(5, 64, 1, 32), ...int8 },
  ],
  presets: [
    { title: 'Activations, 1 Mi', shape: { ...perTensor(2 ** 20), ...uint8 } },
    { title: 'Weights per row (1024 × 1024)', shape: { ...perAxis(1, 1024, 1024), ...int8 } },
  ],
  sweep: [14, 16, 18, 20, 22].map((power) => ({ ...perTensor(2 ** power), ...uint8 })),
});
