/** Windows of images as rows of a matrix: what turns a convolution into a product with filters that are packed row by row. */
import { defineOperation } from '../../src/kernel/operation.js';
import { type WindowShape, windowParameters } from '../lib/window.js';
import { placeUnder, tapsOf } from '../lib/window-places.js';

export interface UnfoldRowsShape extends WindowShape {
  /** First window that is taken, and how many; those of an image follow on those of the image before. */
  readonly firstRow: number;
  readonly rows: number;
  /** Words of a row: the elements of all channels, and zeros after them. */
  readonly rowWords: number;
}

const unit = {
  ...{ strideY: 1, strideX: 1, dilationY: 1, dilationX: 1, top: 1, left: 1, batch: 1, firstRow: 0 },
} as const;

const layer = (channels: number, side: number): UnfoldRowsShape => ({
  ...unit,
  ...{ channels, height: side, width: side, outHeight: side, outWidth: side },
  ...{ kernelHeight: 3, kernelWidth: 3, top: 2, left: 2, rows: side * side, rowWords: 9 * channels },
});

export const unfoldRows = defineOperation<UnfoldRowsShape>({
  id: 'unfold-rows',
  title: 'Unfold windows into rows',
  summary:
    'A[i·pixels + p][c·taps + t] = X[i][c] under element t of the window of pixel p, 0 in the padding and after.',
  parameters: [
    ...windowParameters,
    { name: 'firstRow', about: 'first window that is taken', min: 0 },
    { name: 'rows', about: 'windows that are taken' },
    { name: 'rowWords', about: 'words of a row: channels · taps, and zeros' },
  ],
  valid: (shape) => {
    const windows = shape.batch * shape.outHeight * shape.outWidth;
    if (shape.firstRow + shape.rows > windows) return `there are ${windows} windows`;
    const words = shape.channels * tapsOf(shape);
    return words <= shape.rowWords || `a window has ${words} words`;
  },
  bindings: [
    {
      name: 'X',
      access: 'read',
      element: 'u32',
      length: ({ batch, channels, height, width }) => batch * channels * height * width,
      about: 'batch × channels × height × width words',
    },
    {
      name: 'A',
      access: 'read_write',
      element: 'u32',
      length: ({ rows, rowWords }) => rows * rowWords,
      about: 'rows × rowWords words',
    },
  ],
  inputs: ({ batch, channels, height, width }, random) => ({
    X: Uint32Array.from({ length: batch * channels * height * width }, () => 1 + random.below(2 ** 32 - 1)),
  }),
  reference: ({ X }, shape, pick) => {
    const { channels, height, width, outHeight, outWidth, firstRow, rowWords } = shape;
    const [pixels, taps] = [outHeight * outWidth, tapsOf(shape)];
    const rows = pick(shape.rows);
    const values = new Float64Array(rows.length * rowWords);
    rows.forEach((row, r) => {
      const window = firstRow + row;
      for (let i = 0; i < channels * taps; i++) {
        const place = placeUnder(shape, window % pixels, i % taps);
        const plane = Math.floor(window / pixels) * channels + Math.floor(i / taps);
        values[r * rowWords + i] = place < 0 ? 0 : X![plane * height * width + place]!;
      }
    });
    return [{ output: 'A', columns: rowWords, rows, values, bounds: new Float64Array(values.length) }];
  },
  cost: ({ batch, channels, height, width, outHeight, outWidth, rows, rowWords }) => ({
    operations: { iadd: 4 * rows * rowWords },
    nominal: rows * rowWords,
    bytesRead: 4 * Math.min(batch, Math.ceil(rows / (outHeight * outWidth))) * channels * height * width,
    bytesWritten: 4 * rows * rowWords,
  }),
  cases: [
    {
      ...unit,
      ...{ channels: 1, height: 1, width: 1, outHeight: 1, outWidth: 1, kernelHeight: 1, kernelWidth: 1 },
      ...{ rows: 1, rowWords: 1 },
    },
    { ...layer(3, 9), batch: 3, firstRow: 40, rows: 130, rowWords: 32 },
    {
      ...unit,
      ...{ channels: 6, height: 13, width: 11, kernelHeight: 3, kernelWidth: 2, rowWords: 64, rows: 48, batch: 2 },
      ...{ strideY: 2, strideX: 3, dilationY: 2, dilationX: 1, top: 3, left: 1, outHeight: 6, outWidth: 4 },
    },
  ],
  presets: [{ title: 'ResNet 3 × 3, 64 channels, 56²', shape: layer(64, 56) }],
  sweep: [7, 14, 28, 56].map((side) => layer(64, side)),
});
