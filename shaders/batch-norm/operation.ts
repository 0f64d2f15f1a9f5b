/** Channels scaled and shifted by statistics that are given: batch normalisation of a trained model. */
import { defineOperation } from '../../src/kernel/operation.js';
import { bitsOfF32, f32OfBits } from '../lib/elementwise/special.js';
import { approximate, boundOf } from '../lib/running-error.js';

export interface BatchNormShape {
  readonly [name: string]: number;
  readonly outer: number;
  readonly channels: number;
  readonly spatial: number;
  /** Bits of an f32. */
  readonly epsilon: number;
}

const words = ({ outer, channels, spatial }: BatchNormShape): number => outer * channels * spatial;
const perChannel = { access: 'read', element: 'f32', length: ({ channels }: BatchNormShape) => channels } as const;
const epsilon = bitsOfF32(1e-5);

export const batchNorm = defineOperation<BatchNormShape>({
  id: 'batch-norm',
  title: 'Batch normalisation',
  summary: 'y = (x − mean[c]) / √(variance[c] + ε) · scale[c] + bias[c] for outer × channels × spatial elements.',
  parameters: [
    { name: 'outer', about: 'size of the batch' },
    { name: 'channels', about: 'channels' },
    { name: 'spatial', about: 'elements of a channel' },
    { name: 'epsilon', about: 'added to the variance, as the bits of an f32', min: 0 },
  ],
  bindings: [
    { name: 'x', access: 'read', element: 'f32', length: words, about: 'outer × channels × spatial' },
    { name: 'scale', ...perChannel, about: 'one per channel' },
    { name: 'bias', ...perChannel, about: 'one per channel' },
    { name: 'mean', ...perChannel, about: 'one per channel' },
    { name: 'variance', ...perChannel, about: 'one per channel' },
    { name: 'y', access: 'read_write', element: 'f32', length: words, about: 'outer × channels × spatial' },
  ],
  inputs: (shape, random) => ({
    x: random.values(words(shape)),
    scale: random.values(shape.channels),
    bias: random.values(shape.channels),
    mean: random.values(shape.channels),
    variance: random.values(shape.channels).map(Math.abs),
  }),
  reference: ({ x, scale, bias, mean, variance }, shape, pick) => {
    const { channels, spatial } = shape;
    const rows = pick(words(shape));
    const results = Array.from(rows, (i) => {
      const c = Math.floor(i / spatial) % channels;
      const root = approximate(variance![c]!)
        .plus(approximate(f32OfBits(shape.epsilon)))
        .sqrt();
      const normal = approximate(x![i]!).minus(approximate(mean![c]!)).over(root);
      return normal.times(approximate(scale![c]!)).plus(approximate(bias![c]!));
    });
    const values = Float64Array.from(results, ({ value }) => value);
    return [
      { output: 'y', columns: 1, rows, values, bounds: Float64Array.from(results, (r, i) => boundOf(r, values[i]!)) },
    ];
  },
  cost: (shape) => ({
    operations: { add32: 3 * words(shape), mul32: words(shape), sfu: 2 * words(shape) },
    nominal: 6 * words(shape),
    bytesRead: 4 * (words(shape) + 4 * shape.channels),
    bytesWritten: 4 * words(shape),
  }),
  cases: [
    { outer: 1, channels: 1, spatial: 1, epsilon },
    { outer: 3, channels: 5, spatial: 49, epsilon },
    { outer: 7, channels: 33, spatial: 1, epsilon },
    { outer: 1, channels: 16, spatial: 100, epsilon: bitsOfF32(0.01) },
  ],
  presets: [{ title: '64 channels of 112 × 112', shape: { outer: 1, channels: 64, spatial: 12544, epsilon } }],
  sweep: [16, 64, 256, 1024].map((channels) => ({ outer: 1, channels, spatial: 3136, epsilon })),
});
