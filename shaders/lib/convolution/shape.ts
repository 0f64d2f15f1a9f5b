/** What convolutions share: their sizes, buffers, and the elements that meet in one sum. */
import type { Binding, ElementType, Parameter } from '../../../src/kernel/operation.js';
import { type WindowShape, windowParameters } from '../window.js';

export interface ConvolutionShape extends WindowShape {
  readonly filters: number;
  readonly groups: number;
  /** 1 none, 2 one number for each filter. */
  readonly bias: number;
}

/** One image, one group, no bias, no padding; windows side by side. */
export const plainWindows = {
  ...{ strideY: 1, strideX: 1, dilationY: 1, dilationX: 1, top: 1, left: 1 },
  ...{ batch: 1, groups: 1, bias: 1 },
} as const;

/** A layer of 3 × 3 windows with one pixel of padding, as ResNet has. */
export const layerOf3x3 = (channels: number, side: number, filters = channels) => ({
  ...plainWindows,
  ...{ channels, height: side, width: side, filters, outHeight: side, outWidth: side },
  ...{ kernelHeight: 3, kernelWidth: 3, top: 2, left: 2, bias: 2 },
});

/** One pixel, one weight, one sum. */
export const singlePixel = {
  ...plainWindows,
  ...{ channels: 1, height: 1, width: 1, filters: 1, outHeight: 1, outWidth: 1, kernelHeight: 1, kernelWidth: 1 },
} as const;

export const convolutionParameters: readonly Parameter[] = [
  ...windowParameters,
  { name: 'filters', about: 'channels of Y' },
  { name: 'groups', about: 'groups of channels, each with filters of its own' },
  { name: 'bias', about: '1 none, 2 one number for each filter' },
];

/** `true`, or why the groups are none. */
export function validGroups({ channels, filters, groups }: ConvolutionShape): true | string {
  return (
    (channels % groups === 0 && filters % groups === 0) ||
    `${groups} groups do not divide ${channels} channels and ${filters} filters`
  );
}

/** X, W and bias, in this order. @param weights layout of W, e.g. `filters × channels/groups × kernel`. */
export function operandBindings(element: ElementType, weights: string): readonly Binding<ConvolutionShape>[] {
  return [
    { name: 'X', access: 'read', element, length: inputLength, about: 'batch × channels × height × width' },
    { name: 'W', access: 'read', element, length: weightLength, about: weights },
    { name: 'bias', access: 'read', element, length: biasLength, about: 'filters; one unused number if none' },
  ];
}

export function resultBinding(element: ElementType): Binding<ConvolutionShape> {
  const about = 'batch × filters × outHeight × outWidth';
  return { name: 'Y', access: 'read_write', element, length: outputLength, about };
}

/** Bytes of the operands and of Y, each a word per element. */
export function convolutionBytes(shape: ConvolutionShape) {
  return {
    bytesRead: 4 * (inputLength(shape) + weightLength(shape) + biasLength(shape)),
    bytesWritten: 4 * outputLength(shape),
  };
}

/** Products in each sum. */
export function depthOf({ channels, groups, kernelHeight, kernelWidth }: ConvolutionShape): number {
  return (channels / groups) * kernelHeight * kernelWidth;
}

export function inputLength({ batch, channels, height, width }: ConvolutionShape): number {
  return batch * channels * height * width;
}

/** As many for W with its channels first, which transposed convolution has: channels × filters/groups × kernel. */
export function weightLength(shape: ConvolutionShape): number {
  return shape.filters * depthOf(shape);
}

export function biasLength({ bias, filters }: ConvolutionShape): number {
  return bias === 1 ? 1 : filters;
}

export function outputLength({ batch, filters, outHeight, outWidth }: ConvolutionShape): number {
  return batch * filters * outHeight * outWidth;
}

/**
 * Every product in the sum at pixel `at` of plane `row` of Y, but those with padding.
 * @param visit is given the places of its factors in X and in W.
 */
export function eachProduct(
  shape: ConvolutionShape,
  row: number,
  at: number,
  visit: (inX: number, inW: number) => void,
): void {
  const { channels, groups, filters, height, width, kernelHeight, kernelWidth, outWidth } = shape;
  const perGroup = channels / groups;
  const filter = row % filters;
  const firstPlane = Math.floor(row / filters) * channels + Math.floor(filter / (filters / groups)) * perGroup;
  const firstY = Math.floor(at / outWidth) * shape.strideY + 1 - shape.top;
  const firstX = (at % outWidth) * shape.strideX + 1 - shape.left;
  for (let c = 0; c < perGroup; c++) {
    for (let v = 0; v < kernelHeight; v++) {
      const y = firstY + v * shape.dilationY;
      if (y < 0 || y >= height) continue;
      for (let u = 0; u < kernelWidth; u++) {
        const x = firstX + u * shape.dilationX;
        if (x < 0 || x >= width) continue;
        visit(
          ((firstPlane + c) * height + y) * width + x,
          ((filter * perGroup + c) * kernelHeight + v) * kernelWidth + u,
        );
      }
    }
  }
}
