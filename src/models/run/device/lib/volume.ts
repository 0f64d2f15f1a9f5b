/** Windows over three dimensions by means of those over two. */
import { padShape } from '../../../../../shaders/pad/operation.js';
import { elementCount } from '../../../tensor.js';
import type { Place, Steps } from '../../steps.js';
import type { WindowGeometry } from '../../windows.js';

/** The window along some of its dimensions. */
export function along(geometry: WindowGeometry, from: number, to?: number): WindowGeometry {
  const { kernel, strides, dilations, padsBegin, padsEnd, output } = geometry;
  const part = (list: readonly number[]): readonly number[] => list.slice(from, to);
  return {
    ...{ kernel: part(kernel), strides: part(strides), dilations: part(dilations) },
    ...{ padsBegin: part(padsBegin), padsEnd: part(padsEnd), output: part(output) },
  };
}

/**
 * Images [batch, channels, depth, height, width] as [batch · outputs along the depth, channels · window's depth, height, width], so
 * that a window of two dimensions over the result is the given one of three.
 */
export function depthsAsChannels(steps: Steps, given: Place, geometry: WindowGeometry) {
  const [batch, channels, depth, height, width] = given.dims as [number, number, number, number, number];
  const [kernel, stride, dilation] = [geometry.kernel[0]!, geometry.strides[0]!, geometry.dilations[0]!];
  const [before, after, outputs] = [geometry.padsBegin[0]!, geometry.padsEnd[0]!, geometry.output[0]!];
  const [plane, padded] = [height * width, depth + before + after];
  let whole = given;
  if (padded > depth) {
    const dims = [batch * channels, padded, plane];
    whole = steps.temp(dims);
    const shape = padShape('constant', dims, [batch * channels, depth, plane], [0, before, 0]);
    steps.run(['pad/naive'], shape, { x: given.ref, y: whole.ref });
  }
  const walk = [batch, outputs, channels, kernel, plane];
  const x = steps.temp([batch * outputs, channels * kernel, height, width]);
  const from = [channels * padded * plane, stride * plane, padded * plane, dilation * plane, 1];
  steps.copy(whole, { steps: from }, x, { steps: walk.map((_, i) => elementCount(walk.slice(i + 1))) }, walk);
  return { x, flat: along(geometry, 1) };
}
