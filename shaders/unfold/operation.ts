/** Windows of images as columns of a matrix: what turns a convolution into a matrix product (im2col). */
import { defineOperation } from '../../src/kernel/operation.js';
import { type WindowShape, windowParameters } from '../lib/window.js';
import { placeUnder, tapsOf } from '../lib/window-places.js';

export interface UnfoldShape extends WindowShape {
  /** First channel of X that is taken, and how many. */
  readonly firstChannel: number;
  readonly taken: number;
  /** First image of X that is taken, and how many. */
  readonly firstImage: number;
  readonly images: number;
}

const unit = {
  ...{ strideY: 1, strideX: 1, dilationY: 1, dilationX: 1, top: 1, left: 1, batch: 1 },
  ...{ firstChannel: 0, firstImage: 0, images: 1 },
} as const;

const layer = (channels: number, side: number): UnfoldShape => ({
  ...unit,
  ...{ channels, taken: channels, height: side, width: side, outHeight: side, outWidth: side },
  ...{ kernelHeight: 3, kernelWidth: 3, top: 2, left: 2 },
});

export const unfold = defineOperation<UnfoldShape>({
  id: 'unfold',
  title: 'Unfold windows',
  summary: 'columns[c·taps + t][i·pixels + p] = X[i][c] under element t of the window of pixel p, 0 in the padding.',
  parameters: [
    ...windowParameters,
    { name: 'firstChannel', about: 'first channel that is taken', min: 0 },
    { name: 'taken', about: 'channels that are taken' },
    { name: 'firstImage', about: 'first image that is taken', min: 0 },
    { name: 'images', about: 'images that are taken' },
  ],
  valid: ({ channels, firstChannel, taken, batch, firstImage, images }) =>
    (firstChannel + taken <= channels && firstImage + images <= batch) ||
    `there are ${channels} channels in ${batch} images`,
  bindings: [
    {
      name: 'X',
      access: 'read',
      element: 'u32',
      length: ({ batch, channels, height, width }) => batch * channels * height * width,
      about: 'batch × channels × height × width words',
    },
    {
      name: 'columns',
      access: 'read_write',
      element: 'u32',
      length: wordsOf,
      about: 'taken · taps rows of images · pixels words',
    },
  ],
  inputs: ({ batch, channels, height, width }, random) => ({
    X: Uint32Array.from({ length: batch * channels * height * width }, () => 1 + random.below(2 ** 32 - 1)),
  }),
  reference: ({ X }, shape, pick) => {
    const { channels, height, width, outHeight, outWidth, firstChannel, firstImage, images } = shape;
    const pixels = outHeight * outWidth;
    const taps = tapsOf(shape);
    const columns = images * pixels;
    const rows = pick(shape.taken * taps);
    const values = new Float64Array(rows.length * columns);
    rows.forEach((row, r) => {
      const channel = firstChannel + Math.floor(row / taps);
      for (let i = 0; i < columns; i++) {
        const place = placeUnder(shape, i % pixels, row % taps);
        const plane = (firstImage + Math.floor(i / pixels)) * channels + channel;
        values[r * columns + i] = place < 0 ? 0 : X![plane * height * width + place]!;
      }
    });
    return [{ output: 'columns', columns, rows, values, bounds: new Float64Array(values.length) }];
  },
  cost: (shape) => ({
    operations: { iadd: 4 * wordsOf(shape) },
    nominal: wordsOf(shape),
    bytesRead: 4 * shape.images * shape.taken * shape.height * shape.width,
    bytesWritten: 4 * wordsOf(shape),
  }),
  cases: [
    {
      ...unit,
      ...{ channels: 1, taken: 1, height: 1, width: 1, outHeight: 1, outWidth: 1, kernelHeight: 1, kernelWidth: 1 },
    },
    { ...layer(3, 9), batch: 3, firstImage: 1, images: 2 },
    {
      ...unit,
      ...{ channels: 6, firstChannel: 4, taken: 2, height: 13, width: 11, kernelHeight: 3, kernelWidth: 2 },
      ...{ strideY: 2, strideX: 3, dilationY: 2, dilationX: 1, top: 3, left: 1, outHeight: 6, outWidth: 4 },
    },
  ],
  presets: [{ title: 'ResNet 3 × 3, 64 channels, 56²', shape: layer(64, 56) }],
  sweep: [7, 14, 28, 56].map((side) => layer(64, side)),
});

/** Words of the columns. */
function wordsOf(shape: UnfoldShape): number {
  return shape.taken * tapsOf(shape) * shape.images * shape.outHeight * shape.outWidth;
}
