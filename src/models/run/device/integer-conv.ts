/** Convolutions of quantized tensors: integers, exact, with scales only at their end. */

import type { IntegerConvShape } from '../../../../shaders/conv2d-i32/operation.js';
import type { Int8CodesShape } from '../../../../shaders/conv2d-int8-codes/operation.js';
import { type ElementType, elementCount } from '../../tensor.js';
import type { BufferRef, Lower, LowerCall, Lowering } from '../lowering.js';
import { Steps } from '../steps.js';
import { integerRange } from '../values.js';
import { convGeometry } from '../windows.js';
import { convRungs, hasPlainWeights, movedBy, packedFilters, packImages, zeroOr } from './lib/bytes.js';
import { windowSizes } from './lib/windows.js';

const codes: ReadonlySet<ElementType> = new Set(['i8', 'u8', 'i4', 'u4']);

/** Inputs of an operator by what they are. */
interface Places {
  readonly w: number;
  readonly xZero: number;
  readonly wZero: number;
  readonly bias?: number;
}

interface Sizes {
  readonly shape: IntegerConvShape;
  readonly dims: readonly number[];
}

/** Sizes of the convolution, or a clause on why no kernel computes it. */
function sizesOf(call: LowerCall, { w: weights, xZero, wZero, bias }: Places): Sizes | string {
  const [x, w] = [call.input(0), call.input(weights)];
  if (!codes.has(x.type) || !codes.has(w.type)) return `${x.type} by ${w.type} is convolved on the host`;
  if (x.dims.length < 3 || x.dims.length > 4) return 'windows of three dimensions are slid on the host';
  const groups = call.int('group', 1);
  const [channels, filters] = [x.dims[1]!, w.dims[0]!];
  if (w.dims.length !== x.dims.length || w.dims[1]! * groups !== channels || filters % groups !== 0) {
    call.fail('bad-shape', `filters [${w.dims}] in ${groups} groups do not fit an input of [${x.dims}]`);
  }
  const counts = [xZero, wZero].map((i) => elementCount(call.inputs[i]?.dims ?? []));
  if (counts[0] !== 1 || (counts[1] !== 1 && counts[1] !== filters))
    return 'its zero points are neither one nor one each';
  const hasBias = bias !== undefined && call.inputs[bias] !== undefined;
  if (hasBias && elementCount(call.input(bias).dims) !== filters)
    call.fail('bad-shape', 'there is not one bias for each filter');
  const geometry = convGeometry(call, x.dims.slice(2), w.dims.slice(2));
  const dims = [x.dims[0]!, filters, ...geometry.output];
  if (elementCount(dims) * elementCount(w.dims) === 0) return 'it is empty';
  const sizes = { filters, groups, bias: hasBias ? 2 : 1, wZeros: counts[1]!, scales: 1, output: 1 };
  return { shape: { ...windowSizes(x.dims, geometry), ...sizes }, dims };
}

function lowered(
  call: LowerCall,
  { w, xZero, wZero, bias }: Places,
  { shape, dims }: Sizes,
  type: ElementType,
  scales = Float32Array.of(1),
  range = new Int32Array(3),
): Lowering | string {
  const given = (input: number | undefined): BufferRef =>
    input === undefined || call.inputs[input] === undefined
      ? { made: 'nothing', data: () => new Int32Array(1) }
      : { input };
  const common = {
    bias: given(bias),
    scale: { made: 'scale', data: () => scales },
    range: { made: 'range', data: () => range },
    Y: { output: 0 },
  };
  const packed = packedSteps(call, { w, xZero, wZero }, shape, common);
  if (packed !== undefined) return packed.end([{ type, dims }]);
  const step = call.step(['conv2d-i32/filters'], shape, {
    ...{ X: { input: 0 }, W: { input: w }, xZero: given(xZero), wZero: given(wZero) },
    ...common,
  });
  return step === undefined ? 'no kernel can run it here' : { outputs: [{ type, dims }], steps: [step] };
}

/** Four channels to a word, where groups have more than one and the weights are symmetric. */
function packedSteps(
  call: LowerCall,
  { w, xZero, wZero }: Places,
  sizes: IntegerConvShape,
  common: Readonly<Record<string, BufferRef>>,
): Steps | undefined {
  const { wZeros: _, ...rest } = sizes;
  if (sizes.channels === sizes.groups || !hasPlainWeights(call, w, wZero)) return undefined;
  const moved = movedBy(call.input(0).type);
  const shape = { ...rest, moved } as unknown as Int8CodesShape;
  const steps = new Steps(call);
  const zero = zeroOr(call, xZero);
  const X = packImages(steps, { input: 0, zero, moved }, shape).ref;
  const { words, sums } = packedFilters(call, w, shape);
  const buffers = { ...common, X, W: words, zero, weightSums: sums };
  steps.run(convRungs('conv2d-int8-codes'), shape, buffers);
  return typeof steps.end([]) === 'string' ? undefined : steps;
}

const convInteger: Lower = (call) => {
  const places = { w: 1, xZero: 2, wZero: 3 };
  const sizes = sizesOf(call, places);
  return typeof sizes === 'string' ? sizes : lowered(call, places, sizes, 'i32');
};

const qLinearConv: Lower = (call) => {
  const places = { w: 3, xZero: 2, wZero: 5, bias: 8 };
  const sizes = sizesOf(call, places);
  if (typeof sizes === 'string') return sizes;
  const { type } = call.input(7);
  const limits = integerRange(type);
  if (!codes.has(type) || limits === undefined) return `codes of ${type} are made on the host`;
  // The multiplier is made from values, which decide the plan like a shape does.
  const [xScale, wScale, scale, zero] = [1, 4, 6, 7].map((i) => call.host(i)!.data);
  const perFilter = wScale!.length === 1 || wScale!.length === sizes.shape.filters;
  if (xScale!.length !== 1 || scale!.length !== 1 || zero!.length !== 1 || !perFilter) {
    return 'its scales are neither one nor one for each filter';
  }
  const scales = Float32Array.from(wScale!, (each) => (xScale![0]! * each) / scale![0]!);
  const shape = { ...sizes.shape, output: 2, scales: scales.length };
  return lowered(call, places, { ...sizes, shape }, type, scales, Int32Array.of(zero![0]!, ...limits));
};

export default { ConvInteger: convInteger, QLinearConv: qLinearConv } satisfies Readonly<Record<string, Lower>>;
