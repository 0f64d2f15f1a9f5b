/** Arithmetic on quantized tensors: products and convolutions of integers, exact in doubles. */
import { elementCount } from '../../tensor.js';
import type { HostCall, HostOperator } from '../call.js';
import { aroundAxis, roomFor, spread } from '../dense.js';
import { quantizer } from '../quantization.js';
import { axisOf, broadcastDims } from '../shapes.js';
import { type HostTensor, hostTensor } from '../values.js';
import { addBias, convolve } from './conv.js';
import { matmul } from './matmul.js';
import { concat } from './move.js';

/** A scale or zero point broadcast over a matrix: a vector belongs to the rows of the left operand, the columns of the right. */
function over(call: HostCall, value: HostTensor, dims: readonly number[], side: 'row' | 'column'): Float64Array {
  const { data } = value;
  const own = data.length === 1 ? [] : value.dims.length === 1 && side === 'row' ? [...value.dims, 1] : value.dims;
  const all = broadcastDims(call, own, dims);
  if (all.length !== dims.length || all.some((size, i) => size !== dims[i])) {
    return call.fail('bad-shape', `[${value.dims}] does not broadcast to [${dims}]`);
  }
  return spread({ dims: own, data }, dims);
}

function less(call: HostCall, x: HostTensor, zero: HostTensor | undefined, side: 'row' | 'column'): HostTensor {
  if (zero === undefined) return x;
  const zeroes = over(call, zero, x.dims, side);
  return { ...x, data: x.data.map((value, i) => value - zeroes[i]!) };
}

const matMulInteger: HostOperator = (call) => {
  const a = less(call, call.input(0), call.optional(2), 'row');
  const b = less(call, call.input(1), call.optional(3), 'column');
  return [{ ...matmul(call, a, b), type: 'i32' }];
};

function times(call: HostCall, x: HostTensor, scale: HostTensor, side: 'row' | 'column'): HostTensor {
  const scales = over(call, scale, x.dims, side);
  return { ...x, data: x.data.map((value, i) => value * scales[i]!) };
}

/** The accumulator is exact where the scales are single numbers, which are then applied to it and not to the operands. */
const qLinearMatMul: HostOperator = (call) => {
  const [aScale, bScale, scale, zero] = [call.input(1), call.input(4), call.input(6), call.input(7)];
  const a = less(call, call.input(0), call.input(2), 'row');
  const b = less(call, call.input(3), call.input(5), 'column');
  const single = aScale.data.length === 1 && bScale.data.length === 1;
  const product = single
    ? matmul(call, a, b)
    : matmul(call, times(call, a, aScale, 'row'), times(call, b, bScale, 'column'));
  const factor = single ? aScale.data[0]! * bScale.data[0]! : 1;
  const [scales, zeroes] = [scale, zero].map((each) => over(call, each, product.dims, 'row'));
  const exact = quantizer(call, zero.type);
  const data = product.data.map((value, i) => exact((value * factor) / scales![i]!, zeroes![i]!));
  return [hostTensor(zero.type, product.dims, data)];
};

/** Weights less their zero point, one for all or one per output channel. */
function lessPerChannel(call: HostCall, w: HostTensor, zero: HostTensor | undefined): HostTensor {
  if (zero === undefined) return w;
  const size = elementCount(w.dims.slice(1));
  const count = zero.data.length;
  if (count !== 1 && count !== w.dims[0]) {
    return call.fail('bad-shape', `${count} zero points do not fit ${w.dims[0]} output channels`);
  }
  return { ...w, data: w.data.map((value, i) => value - zero.data[count === 1 ? 0 : Math.floor(i / size)]!) };
}

const convInteger: HostOperator = (call) => {
  const x = less(call, call.input(0), call.optional(2), 'column');
  return [{ ...convolve(call, x, lessPerChannel(call, call.input(1), call.optional(3))), type: 'i32' }];
};

const qLinearConv: HostOperator = (call) => {
  const [xScale, wScale, scale, zero] = [call.input(1), call.input(4), call.input(6), call.input(7)];
  const x = less(call, call.input(0), call.input(2), 'column');
  const result = convolve(call, x, lessPerChannel(call, call.input(3), call.input(5)));
  addBias(call, result.data, result.dims, call.optional(8));
  const [, channels, field] = aroundAxis(result.dims, 1);
  if (wScale.data.length !== 1 && wScale.data.length !== channels) {
    return call.fail('bad-shape', `${wScale.data.length} scales do not fit ${channels} output channels`);
  }
  const exact = quantizer(call, zero.type);
  const data = result.data.map((value, i) => {
    const own = wScale.data[wScale.data.length === 1 ? 0 : Math.floor(i / field) % channels]!;
    return exact((value * xScale.data[0]! * own) / scale.data[0]!, zero.data[0]!);
  });
  return [hostTensor(zero.type, result.dims, data)];
};

/** Two quantized operands, computed in numbers and quantized again. Inputs: A, its scale and zero point, B …, those of C. */
const between =
  (combine: (a: number, b: number) => number): HostOperator =>
  (call) => {
    const dims = broadcastDims(call, call.input(0).dims, call.input(3).dims);
    roomFor(call, dims);
    const [a, b] = [0, 3].map((i) => {
      const [scale, zero] = [call.input(i + 1).data[0]!, call.optional(i + 2)?.data[0] ?? 0];
      return spread(call.input(i), dims).map((value) => (value - zero) * scale);
    });
    const { type } = call.input(0);
    const [scale, zero] = [call.input(6).data[0]!, call.optional(7)?.data[0] ?? 0];
    const exact = quantizer(call, type);
    return [
      hostTensor(
        type,
        dims,
        a!.map((value, i) => exact(combine(value, b![i]!) / scale, zero)),
      ),
    ];
  };

/** Inputs: X, its scale and zero point, those of Y. */
const alone =
  (compute: (x: HostTensor, call: HostCall) => HostTensor): HostOperator =>
  (call) => {
    const [scale, zero] = [call.input(1).data[0]!, call.optional(2)?.data[0] ?? 0];
    const x = call.input(0);
    const y = compute({ ...x, data: x.data.map((value) => (value - zero) * scale) }, call);
    const [yScale, yZero] = [call.input(3).data[0]!, call.optional(4)?.data[0] ?? 0];
    const exact = quantizer(call, x.type);
    return [{ ...y, data: y.data.map((value) => exact(value / yScale, yZero)) }];
  };

/** Tensors of their own scales joined along an axis. Inputs: scale and zero point of the result, then each operand with its own. */
const joined: HostOperator = (call) => {
  const [scale, zero] = [call.input(0).data[0]!, call.input(1)];
  const count = Math.floor((call.inputs.length - 2) / 3);
  const all = Array.from({ length: count }, (_, i) => {
    const [x, own, at] = [
      call.input(2 + 3 * i),
      call.input(3 + 3 * i).data[0]!,
      call.optional(4 + 3 * i)?.data[0] ?? 0,
    ];
    return { ...x, data: x.data.map((value) => (value - at) * own) };
  });
  if (all.length === 0) return call.fail('missing-input', 'has nothing to join');
  const whole = concat(call, all, axisOf(call, call.int('axis', 0), all[0]!.dims.length));
  const exact = quantizer(call, zero.type);
  return [{ ...whole, type: zero.type, data: whole.data.map((value) => exact(value / scale, zero.data[0]!)) }];
};

function meanOverField(x: HostTensor, call: HostCall): HostTensor {
  const last = call.int('channels_last', 0) !== 0;
  const [batch = 1, ...rest] = x.dims;
  const channels = (last ? rest.at(-1) : rest[0]) ?? 1;
  const field = elementCount(rest) / channels;
  const sums = new Float64Array(batch * channels);
  for (let i = 0; i < x.data.length; i++) {
    const n = Math.floor(i / (channels * field));
    const c = last ? i % channels : Math.floor(i / field) % channels;
    sums[n * channels + c]! += x.data[i]! / field;
  }
  return {
    ...x,
    dims: x.dims.map((size, d) => (d === 0 || d === (last ? x.dims.length - 1 : 1) ? size : 1)),
    data: sums,
  };
}

export default {
  MatMulInteger: matMulInteger,
  QLinearMatMul: qLinearMatMul,
  ConvInteger: convInteger,
  QLinearConv: qLinearConv,
  'com.microsoft.QLinearAdd': between((a, b) => a + b),
  'com.microsoft.QLinearMul': between((a, b) => a * b),
  'com.microsoft.QLinearSigmoid': alone((x) => ({ ...x, data: x.data.map((value) => 1 / (1 + Math.exp(-value))) })),
  'com.microsoft.QLinearLeakyRelu': alone((x, call) => {
    const alpha = call.float('alpha', 0.01);
    return { ...x, data: x.data.map((value) => (value < 0 ? alpha * value : value)) };
  }),
  'com.microsoft.QLinearConcat': joined,
  'com.microsoft.QLinearGlobalAveragePool': alone(meanOverField),
} satisfies Readonly<Record<string, HostOperator>>;
