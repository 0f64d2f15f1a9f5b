/** Sizes of operations that slide a window over images: convolution, its transpose, pooling. */
import type { Parameter } from '../../src/kernel/operation.js';

export interface WindowShape {
  readonly [name: string]: number;
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly dilationY: number;
  readonly dilationX: number;
  /** 1 + rows of padding above: the place of the first row of X among the padded rows, counted from 1. */
  readonly top: number;
  readonly left: number;
}

export const windowParameters: readonly Parameter[] = [
  { name: 'batch', about: 'images' },
  { name: 'channels', about: 'channels of X' },
  { name: 'height', about: 'rows of X' },
  { name: 'width', about: 'columns of X' },
  { name: 'outHeight', about: 'rows of Y' },
  { name: 'outWidth', about: 'columns of Y' },
  { name: 'kernelHeight', about: 'rows of the window' },
  { name: 'kernelWidth', about: 'columns of the window' },
  { name: 'strideY', about: 'rows from window to window' },
  { name: 'strideX', about: 'columns from window to window' },
  { name: 'dilationY', about: 'rows from element to element within the window' },
  { name: 'dilationX', about: 'columns from element to element within the window' },
  { name: 'top', about: '1 + rows of padding above; what is needed below follows from outHeight' },
  { name: 'left', about: '1 + columns of padding on the left' },
];
