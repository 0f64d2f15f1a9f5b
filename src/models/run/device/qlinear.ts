/** Operators on codes that are computed in numbers: dequantized, computed, quantized again. */
import { perTensor } from '../../../../shaders/lib/quantization-axis.js';
import { elementCount } from '../../tensor.js';
import type { Lower, LowerCall } from '../lowering.js';
import { axisOf, broadcastDims } from '../shapes.js';
import { isEmpty, isFloatInput, isIntegerInput, leftToHost, type Place, Steps } from '../steps.js';
import { integerRange } from '../values.js';
import { joinInto } from './movement.js';

/** Why codes with their scale and zero point are left to the host. */
function unfit(call: LowerCall, scale: number, zero: number, codes?: number): string | undefined {
  if (codes !== undefined && !isIntegerInput(call, codes)) return leftToHost(call.input(codes).type);
  if (!isFloatInput(call, scale)) return leftToHost(call.input(scale).type);
  if (call.inputs[zero] !== undefined && !isIntegerInput(call, zero)) return leftToHost(call.input(zero).type);
  const single = [scale, zero].every((i) => elementCount(call.inputs[i]?.dims ?? []) === 1);
  return single ? undefined : 'it has more than one scale';
}

function zeroOf(call: LowerCall, steps: Steps, i: number): Place {
  return call.inputs[i] === undefined ? steps.made('zero', [1], () => new Int32Array(1)) : steps.input(i);
}

/** The numbers that the codes of input `i` stand for; its scale and zero point follow. */
function numbersOf(call: LowerCall, steps: Steps, i: number): Place {
  const x = steps.input(i);
  const made = steps.temp(x.dims);
  const buffers = { x: x.ref, scale: { input: i + 1 }, zero: zeroOf(call, steps, i + 2).ref, y: made.ref };
  steps.run(['dequantize-linear/naive'], perTensor(elementCount(x.dims)), buffers);
  return made;
}

/** Quantizes into the only output. @param scale input that holds it; the zero point follows. */
function quantized(call: LowerCall, steps: Steps, x: Place, scale: number, type: LoweredType) {
  const [low, high] = integerRange(type)!;
  const shape = { ...perTensor(elementCount(x.dims)), low: low >>> 0, high };
  const buffers = { x: x.ref, scale: { input: scale }, zero: zeroOf(call, steps, scale + 1).ref, y: { output: 0 } };
  steps.run(['quantize-linear/naive'], shape, buffers);
  return steps.end([{ type, dims: x.dims }]);
}

type LoweredType = ReturnType<LowerCall['input']>['type'];

/** Two operands: A, its scale and zero point, B …, those of the result. */
const between =
  (name: string): Lower =>
  (call) => {
    const reason = unfit(call, 1, 2, 0) ?? unfit(call, 4, 5, 3) ?? unfit(call, 6, 7);
    if (reason !== undefined) return reason;
    const dims = broadcastDims(call, call.input(0).dims, call.input(3).dims);
    if (elementCount(dims) === 0) return isEmpty;
    const steps = new Steps(call);
    const result = steps.temp(dims);
    steps.binary('elementwise-binary', name, numbersOf(call, steps, 0), numbersOf(call, steps, 3), result);
    return quantized(call, steps, result, 6, call.input(0).type);
  };

/** One operand, its scale and zero point, those of the result. */
const alone =
  (compute: (call: LowerCall, steps: Steps, x: Place) => Place | string): Lower =>
  (call) => {
    const reason = unfit(call, 1, 2, 0) ?? unfit(call, 3, 4);
    if (reason !== undefined) return reason;
    if (elementCount(call.input(0).dims) === 0) return isEmpty;
    const steps = new Steps(call);
    const result = compute(call, steps, numbersOf(call, steps, 0));
    return typeof result === 'string' ? result : quantized(call, steps, result, 3, call.input(0).type);
  };

const sigmoid = alone((_, steps, x) => {
  const y = steps.temp(x.dims);
  steps.unary('sigmoid', x, y);
  return y;
});

const leaky = alone((call, steps, x) => {
  const y = steps.temp(x.dims);
  steps.unary('leaky-relu', x, y, { alpha: call.float('alpha', 0.01) });
  return y;
});

const meanOverField = alone((call, steps, x) => {
  if (call.int('channels_last', 0) !== 0) return 'channels behind the field are averaged on the host';
  const [batch = 1, channels = 1, ...field] = x.dims;
  const [height, width] = [1, elementCount(field)];
  const y = steps.temp([batch, channels, ...field.map(() => 1)]);
  const shape = {
    ...{ batch, channels, height, width, outHeight: 1, outWidth: 1, kernelHeight: height, kernelWidth: width },
    ...{ strideY: 1, strideX: 1, dilationY: 1, dilationX: 1, top: 1, left: 1, bottom: 1, right: 1, mode: 2 },
  };
  steps.run(width >= 128 ? ['pool2d/workgroup', 'pool2d/naive'] : ['pool2d/naive'], shape, { X: x.ref, Y: y.ref });
  return y;
});

/** Inputs: scale and zero point of the result, then each operand with its own. */
const joined: Lower = (call) => {
  const places = Array.from({ length: Math.floor((call.inputs.length - 2) / 3) }, (_, i) => 2 + 3 * i);
  const odd = [unfit(call, 0, 1), ...places.map((i) => unfit(call, i + 1, i + 2, i))].find(
    (each) => each !== undefined,
  );
  if (odd !== undefined) return odd;
  const all = places.map((i) => call.input(i).dims);
  const first = all[0] ?? call.fail('missing-input', 'has nothing to join');
  const axis = axisOf(call, call.int('axis', 0), first.length);
  if (all.some((dims) => dims.length !== first.length || dims.some((size, d) => d !== axis && size !== first[d])))
    return call.fail('bad-shape', `${all.map((dims) => `[${dims}]`).join(' and ')} do not join along ${axis}`);
  const dims = first.map((size, d) => (d === axis ? all.reduce((sum, each) => sum + each[d]!, 0) : size));
  if (all.some((each) => elementCount(each) === 0)) return isEmpty;
  const steps = new Steps(call);
  const whole = steps.temp(dims);
  joinInto(
    steps,
    places.map((i) => numbersOf(call, steps, i)),
    axis,
    whole,
  );
  return quantized(call, steps, whole, 0, call.inputs[1]?.type ?? call.input(2).type);
};

export default {
  'com.microsoft.QLinearAdd': between('add'),
  'com.microsoft.QLinearMul': between('mul'),
  'com.microsoft.QLinearSigmoid': sigmoid,
  'com.microsoft.QLinearLeakyRelu': leaky,
  'com.microsoft.QLinearGlobalAveragePool': meanOverField,
  'com.microsoft.QLinearConcat': joined,
} satisfies Readonly<Record<string, Lower>>;
