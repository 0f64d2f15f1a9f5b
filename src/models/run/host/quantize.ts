/** Between numbers and their quantized forms: per tensor, per slice and per block, integers and small floats. */
import { roundToEven } from '../../../numerics/rounding.js';
import type { ElementType } from '../../tensor.js';
import type { HostCall, HostOperator } from '../call.js';
import { needDims } from '../dense.js';
import { quantizer, scalePositions, typeFrom } from '../quantization.js';
import { type HostTensor, hostTensor, rounding } from '../values.js';

/** The zero point, which has the dimensions of the scale. */
function zeroPoint(call: HostCall, scale: HostTensor): HostTensor | undefined {
  const zero = call.optional(2);
  if (zero && !(zero.data.length === 1 && scale.data.length === 1))
    needDims(call, 'the zero point', zero.dims, scale.dims);
  return zero;
}

/** The quotient is rounded to the type of the scale, or of `precision`, before it is rounded to an integer: ties depend on it. */
const quantizeLinear: HostOperator = (call) => {
  const [x, scale] = [call.input(0), call.input(1)];
  const zero = zeroPoint(call, scale);
  const stated = typeFrom(call, 'output_dtype');
  const type: ElementType = zero?.type ?? stated ?? 'u8';
  if (stated && stated !== type) return call.fail('bad-value', `output_dtype is ${stated}, but the zero point ${type}`);
  const at = scalePositions(call, scale, x.dims);
  const exact = quantizer(call, type, call.int('saturate', 1) !== 0);
  const quotient = rounding(typeFrom(call, 'precision') ?? scale.type);
  const data = x.data.map((value, i) => {
    const position = at?.[i] ?? 0;
    return exact(quotient(value / scale.data[position]!), zero?.data[position] ?? 0);
  });
  return [hostTensor(type, x.dims, data)];
};

const dequantizeLinear: HostOperator = (call) => {
  const [x, scale] = [call.input(0), call.input(1)];
  const zero = zeroPoint(call, scale);
  const at = scalePositions(call, scale, x.dims);
  const data = x.data.map((value, i) => {
    const position = at?.[i] ?? 0;
    return (value - (zero?.data[position] ?? 0)) * scale.data[position]!;
  });
  return [hostTensor(typeFrom(call, 'output_dtype') ?? scale.type, x.dims, data)];
};

/** To u8 over the range of the values and 0; each step in f32, as the specification's function body does. */
const dynamicQuantizeLinear: HostOperator = (call) => {
  const x = call.input(0);
  let [least, most] = [0, 0];
  for (const value of x.data) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const scale = Math.fround(Math.fround(most - least) / 255);
  const clamped = (value: number): number => Math.min(255, Math.max(0, value));
  const zero = scale === 0 ? 0 : roundToEven(clamped(Math.fround(-least / scale)));
  const data = x.data.map((value) => (scale === 0 ? 0 : clamped(roundToEven(Math.fround(value / scale)) + zero)));
  return [hostTensor('u8', x.dims, data), hostTensor('f32', [], [scale]), hostTensor('u8', [], [zero])];
};

export default {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
  DynamicQuantizeLinear: dynamicQuantizeLinear,
  'com.microsoft.QuantizeLinear': quantizeLinear,
  'com.microsoft.DequantizeLinear': dequantizeLinear,
} satisfies Readonly<Record<string, HostOperator>>;
