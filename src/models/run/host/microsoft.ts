/** Operators that ONNX Runtime adds and its tools write: quantized products and fused activations. Source: its ContribOperators.md. */
import { erf } from '../../../numerics/erf.js';
import { bnb4Sizes, bnb4Values } from '../bnb4.js';
import type { HostCall, HostOperator } from '../call.js';
import { aroundAxis, needDims, roomFor, spread } from '../dense.js';
import { broadcastDims } from '../shapes.js';
import { type HostTensor, hostTensor } from '../values.js';
import { matmul, transposeLast } from './matmul.js';

/** Element `i` of a row of packed unsigned integers, the first in the low bits; an element may lie across two bytes. */
function unpacked(bytes: Float64Array, at: number, i: number, bits: number): number {
  const from = i * bits;
  const byte = at + Math.floor(from / 8);
  const shift = from % 8;
  const pair = bytes[byte]! + (shift + bits > 8 ? 256 * bytes[byte + 1]! : 0);
  return (pair >> shift) & (2 ** bits - 1);
}

/** A · dequantized Bᵀ; B holds [N, blocks, packed block], a scale and perhaps a zero point per block. */
const matMulNBits: HostOperator = (call) => {
  const [a, b, scales, zeros] = [call.input(0), call.input(1), call.input(2), call.optional(3)];
  const [k, n] = [call.int('K', 0), call.int('N', 0)];
  const [bits, block] = [call.int('bits', 4), call.int('block_size', 0)];
  if (!(k >= 1 && n >= 1 && bits >= 1 && bits <= 8 && block >= 1)) {
    return call.fail('bad-value', `K ${k}, N ${n}, bits ${bits} or block_size ${block} is out of range`);
  }
  const blocks = Math.ceil(k / block);
  const blob = Math.ceil((block * bits) / 8);
  const zeroRow = Math.ceil((blocks * bits) / 8);
  const packed = zeros?.type === 'u8';
  const zeroCount = packed ? n * zeroRow : n * blocks;
  if (
    b.data.length !== n * blocks * blob ||
    scales.data.length !== n * blocks ||
    (zeros && zeros.data.length !== zeroCount)
  ) {
    return call.fail(
      'bad-shape',
      `B [${b.dims}], scales [${scales.dims}] or zero points do not fit N ${n} and ${blocks} blocks`,
    );
  }
  const order = call.optional(4)?.data;
  if (order && (order.length < k || order.some((at) => !(at >= 0 && at < blocks)))) {
    return call.fail('bad-value', `g_idx does not name one of ${blocks} blocks for each of ${k} rows`);
  }
  const weights = new Float64Array(roomFor(call, [k, n]));
  for (let column = 0; column < n; column++) {
    for (let i = 0; i < k; i++) {
      const own = Math.floor(i / block);
      const group = order ? order[i]! : own;
      const code = unpacked(b.data, (column * blocks + own) * blob, i - own * block, bits);
      const middle = 2 ** (bits - 1);
      const zero = !zeros
        ? middle
        : packed
          ? unpacked(zeros.data, column * zeroRow, group, bits)
          : zeros.data[column * blocks + group]!;
      weights[i * n + column] = (code - zero) * scales.data[column * blocks + group]!;
    }
  }
  const result = matmul(call, a, hostTensor(a.type, [k, n], weights));
  const bias = call.optional(5);
  return [bias ? plus(call, result, bias) : result];
};

/** A · dequantized Bᵀ; B holds NF4 or FP4 codes, absmax a scale for each block of the flat matrix. */
const matMulBnb4: HostOperator = (call) => {
  const [a, b, absmax] = [call.input(0), call.input(1), call.input(2)];
  const sizes = bnb4Sizes(call, b.data.length, absmax.data.length);
  const dims = [sizes.n, sizes.k];
  roomFor(call, dims);
  const weights = Float64Array.from(bnb4Values(sizes, b.data, absmax.data));
  return [matmul(call, a, transposeLast(hostTensor(a.type, dims, weights)))];
};

function plus(call: HostCall, x: HostTensor, bias: HostTensor): HostTensor {
  const dims = broadcastDims(call, x.dims, bias.dims);
  needDims(call, 'the sum', dims, x.dims);
  const terms = spread(bias, dims);
  return { ...x, data: x.data.map((value, i) => value + terms[i]!) };
}

const gelu = (x: number): number => 0.5 * x * (1 + erf(x / Math.SQRT2));
const fastGelu = (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

const biased =
  (of: (x: number) => number): HostOperator =>
  (call) => {
    const bias = call.optional(1);
    const x = bias ? plus(call, call.input(0), bias) : call.input(0);
    return [{ ...x, data: x.data.map(of) }];
  };

const quickGelu: HostOperator = (call) => {
  const x = call.input(0);
  const alpha = call.float('alpha', 1.702);
  return [{ ...x, data: x.data.map((value) => value / (1 + Math.exp(-alpha * value))) }];
};

/** Half of the features, gelu of the other half as a gate. */
const biasSplitGelu: HostOperator = (call) => {
  const x = plus(call, call.input(0), call.input(1));
  const [rows, size] = aroundAxis(x.dims, x.dims.length - 1);
  const half = Math.floor(size / 2);
  const out = new Float64Array(rows * half);
  for (let i = 0; i < out.length; i++) {
    const at = Math.floor(i / half) * size + (i % half);
    out[i] = x.data[at]! * gelu(x.data[at + half]!);
  }
  return [hostTensor(x.type, [...x.dims.slice(0, -1), half], out)];
};

export default {
  'com.microsoft.MatMulNBits': matMulNBits,
  'com.microsoft.MatMulBnb4': matMulBnb4,
  'com.microsoft.Gelu': biased(gelu),
  'com.microsoft.BiasGelu': biased(gelu),
  'com.microsoft.FastGelu': biased(fastGelu),
  'com.microsoft.QuickGelu': quickGelu,
  'com.microsoft.BiasSplitGelu': biasSplitGelu,
} satisfies Readonly<Record<string, HostOperator>>;
