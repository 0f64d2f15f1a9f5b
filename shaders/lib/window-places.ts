/** Where the elements of a sliding window lie. */
import type { WindowShape } from './window.js';

/** Elements of a window in one channel. */
export function tapsOf({ kernelHeight, kernelWidth }: WindowShape): number {
  return kernelHeight * kernelWidth;
}

/** Flat position in a plane of X of element `tap` of the window of output pixel `at`, or −1 in the padding. */
export function placeUnder(shape: WindowShape, at: number, tap: number): number {
  const { height, width, outWidth, kernelWidth } = shape;
  const y = Math.floor(at / outWidth) * shape.strideY + 1 - shape.top + Math.floor(tap / kernelWidth) * shape.dilationY;
  const x = (at % outWidth) * shape.strideX + 1 - shape.left + (tap % kernelWidth) * shape.dilationX;
  return y >= 0 && y < height && x >= 0 && x < width ? y * width + x : -1;
}
