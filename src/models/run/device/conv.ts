/** Convolutions over one to three spatial dimensions, with the bias and activation that were fused into them. */

import { plain } from '../../../../shaders/bmm-f32/operation.js';
import type { ConvShape } from '../../../../shaders/conv2d/operation.js';
import { elementCount } from '../../tensor.js';
import { noKernel } from '../errors.js';
import type { DeviceStep, Lower, LowerCall } from '../lowering.js';
import { Steps } from '../steps.js';
import { convGeometry, convTransposeGeometry, type WindowGeometry } from '../windows.js';
import { epilogueOf } from './lib/epilogue.js';
import { multiply, noBias } from './lib/product.js';
import { depthsAsChannels } from './lib/volume.js';
import { windowSizes } from './lib/windows.js';

/** Best first. Implicit GEMM wants enough filters and pixels to fill its tiles. */
const largeRungs = ['conv2d/implicit-gemm', 'conv2d/direct', 'conv2d/naive'];
const smallRungs = ['conv2d/direct', 'conv2d/naive'];
/** On a CPU loads are dear and registers are many. */
const softwareRungs = ['conv2d/wide', 'conv2d/naive'];
const depthwiseRungs = ['conv2d/depthwise', 'conv2d/naive'];

/** Why these inputs are not convolved on the device, or undefined where they can be. */
function unfit(call: LowerCall): string | undefined {
  const stranger = call.inputs.findIndex((operand, i) => operand !== undefined && !call.is(i, 'f32'));
  if (stranger >= 0) return `${call.input(stranger).type} is not convolved on the device`;
  const { dims } = call.input(0);
  if (dims.length < 3 || call.input(1).dims.length !== dims.length) {
    call.fail('bad-shape', `[${dims}] and [${call.input(1).dims}] are no images and filters`);
  }
  if (call.inputs[3] !== undefined) return 'a sum fused into a convolution is computed on the host';
  return epilogueOf(call) === undefined ? 'its activation is not applied on the device' : undefined;
}

const conv: Lower = (call) => {
  const refusal = unfit(call);
  if (refusal !== undefined) return refusal;
  if (call.input(0).dims.length > 5) return 'windows of more than three dimensions are slid on the host';
  const [x, w] = [call.input(0), call.input(1)];
  const groups = call.int('group', 1);
  const [channels, filters] = [x.dims[1]!, w.dims[0]!];
  if (w.dims[1]! * groups !== channels || filters % groups !== 0) {
    call.fail('bad-shape', `filters [${w.dims}] in ${groups} groups do not fit an input of [${x.dims}]`);
  }
  const stated = call.ints('kernel_shape');
  if (stated && `${stated}` !== `${w.dims.slice(2)}`) {
    call.fail('bad-shape', `kernel_shape [${stated}] is not that of the filters [${w.dims}]`);
  }
  checkBias(call, filters);
  const geometry = convGeometry(call, x.dims.slice(2), w.dims.slice(2));
  const dims = [x.dims[0]!, filters, ...geometry.output];
  if (elementCount(dims) * elementCount(w.dims) === 0) return 'it is empty';
  if (x.dims.length === 5) return volume(call, geometry, filters, groups);
  const shape = shapeOf(call, x.dims, geometry, filters, groups);
  const step = pointwise(call, shape, geometry) ?? call.step(rungsFor(call, shape), shape, buffersOf(call));
  return step === undefined ? noKernel : { outputs: [{ type: x.type, dims }], steps: [step] };
};

function shapeOf(
  call: LowerCall,
  dims: readonly number[],
  geometry: WindowGeometry,
  filters: number,
  groups: number,
): ConvShape {
  const sizes = { filters, groups, bias: call.inputs[2] === undefined ? 1 : 2 };
  return { ...windowSizes(dims, geometry), ...sizes, ...epilogueOf(call)! };
}

/** Three dimensions as two: the depths that a window spans become channels, as the filters already lie, and depths a batch. */
function volume(call: LowerCall, geometry: WindowGeometry, filters: number, groups: number) {
  const [batch, channels, ...field] = call.input(0).dims as [number, number, ...number[]];
  const steps = new Steps(call);
  const { x, flat } = depthsAsChannels(steps, steps.input(0), geometry);
  const [depth, ...pixels] = geometry.output as [number, ...number[]];
  const y = steps.temp([batch, depth, filters, elementCount(pixels)]);
  const shape = shapeOf(
    call,
    [batch * depth, channels * geometry.kernel[0]!, ...field.slice(1)],
    flat,
    filters,
    groups,
  );
  steps.run(rungsFor(call, shape), shape, { ...buffersOf(call), X: x.ref, Y: y.ref });
  const dims = [batch, filters, ...geometry.output];
  steps.permuted(y, [0, 2, 1, 3], steps.output(0, dims));
  return steps.end([{ type: call.input(0).type, dims }]);
}

function rungsFor(call: LowerCall, { channels, filters, groups, outHeight, outWidth }: ConvShape): readonly string[] {
  if (channels === groups) return depthwiseRungs;
  const ofGroup = filters / groups;
  // Tiles of eight filters, where tiles of four would not be fewer slots.
  if (call.facts.software && Math.ceil(ofGroup / 4) === 2 * Math.ceil(ofGroup / 8)) return softwareRungs;
  return ofGroup >= 16 && outHeight * outWidth >= 32 ? largeRungs : smallRungs;
}

/** A window of one element: a matrix product for each image, the weights being the same for all. */
function pointwise(call: LowerCall, shape: ConvShape, geometry: WindowGeometry): DeviceStep | undefined {
  const { kernel, strides, padsBegin, padsEnd } = geometry;
  const plainWindow = [...kernel, ...strides].every((n) => n === 1) && [...padsBegin, ...padsEnd].every((n) => n === 0);
  if (!plainWindow || shape.groups !== 1) return undefined;
  const { activation, lowBits, highBits, batch, filters, channels, height, width } = shape;
  const product = {
    ...{ ...plain, batches: batch, bCount: batch, m: filters, n: height * width, k: channels },
    ...{ bias: shape.bias === 2 ? (filters === 1 ? 2 : 4) : 1, activation, lowBits, highBits },
  };
  const bias = call.inputs[2] === undefined ? {} : { bias: { input: 2 } };
  return multiply(call, { shape: product, a: { input: 1 }, b: { input: 0 }, ...bias, c: { output: 0 } });
}

const convTranspose: Lower = (call) => {
  const refusal = unfit(call);
  if (refusal !== undefined) return refusal;
  if (call.input(0).dims.length > 4) return 'windows of three dimensions are slid on the host';
  const [x, w] = [call.input(0), call.input(1)];
  const groups = call.int('group', 1);
  const filters = w.dims[1]! * groups;
  if (w.dims[0] !== x.dims[1] || x.dims[1]! % groups !== 0) {
    call.fail('bad-shape', `filters [${w.dims}] in ${groups} groups do not fit an input of [${x.dims}]`);
  }
  checkBias(call, filters);
  const geometry = convTransposeGeometry(call, x.dims.slice(2), w.dims.slice(2));
  if (geometry.padsBegin.some((pad) => pad < 0)) return 'negative padding is computed on the host';
  const dims = [x.dims[0]!, filters, ...geometry.output];
  if (elementCount(dims) * elementCount(w.dims) * elementCount(x.dims) === 0) return 'it is empty';
  const shape = shapeOf(call, x.dims, geometry, filters, groups);
  const step = call.step(['conv-transpose2d/filters', 'conv-transpose2d/naive'], shape, buffersOf(call));
  return step === undefined ? noKernel : { outputs: [{ type: x.type, dims }], steps: [step] };
};

function checkBias(call: LowerCall, filters: number): void {
  const bias = call.inputs[2];
  if (bias === undefined || (bias.dims.length === 1 && bias.dims[0] === filters)) return;
  call.fail('bad-shape', `a bias of [${bias.dims}] is not one number for each of ${filters} filters`);
}

function buffersOf(call: LowerCall) {
  return {
    X: { input: 0 },
    W: { input: 1 },
    bias: call.inputs[2] === undefined ? noBias : { input: 2 },
    Y: { output: 0 },
  };
}

export default {
  Conv: conv,
  'com.microsoft.FusedConv': conv,
  'tilewatt.Conv': conv,
  ConvTranspose: convTranspose,
} satisfies Readonly<Record<string, Lower>>;
