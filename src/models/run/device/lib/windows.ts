/** Geometry of a sliding window as sizes of the kernels, which slide over two dimensions. */
import type { WindowShape } from '../../../../../shaders/lib/window.js';
import type { WindowGeometry } from '../../windows.js';

/** @param dims batch, channels and one or two spatial sizes. One dimension is an image of height 1. */
export function windowSizes(dims: readonly number[], geometry: WindowGeometry): WindowShape {
  const flat = dims.length === 3;
  const [height, width] = pair(dims.slice(2), flat, 1);
  const [outHeight, outWidth] = pair(geometry.output, flat, 1);
  const [kernelHeight, kernelWidth] = pair(geometry.kernel, flat, 1);
  const [strideY, strideX] = pair(geometry.strides, flat, 1);
  const [dilationY, dilationX] = pair(geometry.dilations, flat, 1);
  const [above, before] = pair(geometry.padsBegin, flat, 0);
  return {
    ...{ batch: dims[0]!, channels: dims[1]!, height, width, outHeight, outWidth, kernelHeight, kernelWidth },
    ...{ strideY, strideX, dilationY, dilationX, top: above + 1, left: before + 1 },
  };
}

/** Values along y and x. */
export function pair(values: readonly number[], flat: boolean, along: number): readonly [number, number] {
  return flat ? [along, values[0]!] : [values[0]!, values[1]!];
}
