/** Products by L-Mul on the host, bit by bit as the kernels compute them: operators of this project's own domain. */
import { type LmulFormat, lmulMatmulRows, lmulModes, lmulRefusal, lmulRoundings } from '../../../numerics/lmul.js';
import { elementCount } from '../../tensor.js';
import type { Attributes, HostOperator } from '../call.js';
import { needPatience, zeros } from '../dense.js';
import { broadcastDims } from '../shapes.js';
import { type HostTensor, hostTensor } from '../values.js';
import { convGeometry } from '../windows.js';

/**
 * The format in a node's attributes m, l, `mode` and `rounding`; the exact adder on truncated operands where these are left out.
 * @throws ModelRunError
 */
function lmulFormat(call: Attributes): LmulFormat {
  const format: LmulFormat = {
    mode: named(call, 'mode', lmulModes),
    mantissaBits: call.int('m', 23),
    offsetBits: call.int('l', 4),
    rounding: named(call, 'rounding', lmulRoundings),
  };
  const refusal = lmulRefusal(format);
  return refusal === undefined ? format : call.fail('bad-value', refusal.replace(/\.$/, ''));
}

/** The first where the attribute is left out. */
function named<T extends string>(call: Attributes, attribute: string, names: readonly [T, ...T[]]): T {
  const given = call.string(attribute, names[0]);
  return names.find((name) => name === given) ?? call.fail('bad-value', `${attribute} is one of ${names.join(', ')}`);
}

/** The format as sizes of the kernels. */
export function lmulShape(call: Attributes) {
  const { mode, rounding, mantissaBits, offsetBits } = lmulFormat(call);
  return {
    mode: lmulModes.indexOf(mode) + 1,
    rounding: lmulRoundings.indexOf(rounding) + 1,
    mantissaBits,
    offsetBits,
  };
}

/** An approximate product is computed bit by bit, not by the processor's own multiplier. */
const operationsPerProduct = 16;

/** As MatMul, batches broadcast. */
const matMul: HostOperator = (call) => {
  const format = lmulFormat(call);
  const [a, b] = [call.input(0), call.input(1)];
  if (a.dims.length < 2 || b.dims.length < 2) call.fail('unsupported-form', 'multiplies matrices, not vectors');
  const [m, k, n] = [a.dims.at(-2)!, a.dims.at(-1)!, b.dims.at(-1)!];
  if (b.dims.at(-2) !== k) call.fail('bad-shape', `[${a.dims}] and [${b.dims}] do not multiply`);
  const [batchA, batchB] = [a.dims.slice(0, -2), b.dims.slice(0, -2)];
  const batch = broadcastDims(call, batchA, batchB);
  const [left, right] = [Float32Array.from(a.data), Float32Array.from(b.data)];
  const data = zeros(call, [...batch, m, n]);
  needPatience(call, operationsPerProduct * data.length * k);
  const rows = Array.from({ length: m }, (_, row) => row);
  for (let i = 0; i < elementCount(batch); i++) {
    const [fromA, fromB] = [indexIn(batchA, batch, i) * m * k, indexIn(batchB, batch, i) * k * n];
    const operands = [left.subarray(fromA, fromA + m * k), right.subarray(fromB, fromB + k * n)] as const;
    data.set(lmulMatmulRows(...operands, { n, k }, rows, format).values, i * m * n);
  }
  return [hostTensor(a.type, [...batch, m, n], data)];
};

/** Index of the element of a broadcast operand that the i-th element of the result takes. */
function indexIn(dims: readonly number[], whole: readonly number[], i: number): number {
  let [index, stride, rest] = [0, 1, i];
  for (let back = 1; back <= whole.length; back++) {
    const at = rest % whole.at(-back)!;
    rest = Math.floor(rest / whole.at(-back)!);
    const size = dims.at(-back) ?? 1;
    if (size > 1) index += at * stride;
    stride *= size;
  }
  return index;
}

/** As Conv: windows as columns, then a product for each image and group. */
const conv: HostOperator = (call) => {
  const format = lmulFormat(call);
  const [x, w, bias] = [call.input(0), call.input(1), call.optional(2)];
  const [batch, channels, ...input] = x.dims as [number, number, ...number[]];
  const [outputs, perGroup, ...kernel] = w.dims as [number, number, ...number[]];
  const groups = call.int('group', 1);
  if (x.dims.length < 3 || w.dims.length !== x.dims.length || perGroup * groups !== channels || outputs % groups !== 0)
    call.fail('bad-shape', `weights [${w.dims}] in ${groups} groups do not fit an input of [${x.dims}]`);
  const geometry = convGeometry(call, input, kernel);
  const n = elementCount(geometry.output);
  const [m, k] = [outputs / groups, perGroup * elementCount(kernel)];
  const weights = Float32Array.from(w.data);
  const data = zeros(call, [batch, outputs, n]);
  needPatience(call, operationsPerProduct * data.length * k);
  const rows = Array.from({ length: m }, (_, row) => row);
  for (let i = 0; i < batch * groups; i++) {
    const columns = unfold(x, i * perGroup, perGroup, input, geometry);
    const part = weights.subarray((i % groups) * m * k, ((i % groups) + 1) * m * k);
    data.set(lmulMatmulRows(part, columns, { n, k }, rows, format).values, i * m * n);
  }
  if (bias !== undefined) for (let i = 0; i < data.length; i++) data[i]! += bias.data[Math.floor(i / n) % outputs]!;
  return [hostTensor(x.type, [batch, outputs, ...geometry.output], data)];
};

/** Windows of some planes as columns: [planes · taps, outputs]. */
function unfold(
  { data }: HostTensor,
  firstPlane: number,
  planes: number,
  input: readonly number[],
  { kernel, strides, dilations, padsBegin, output }: ReturnType<typeof convGeometry>,
): Float32Array {
  const [taps, count, size] = [elementCount(kernel), elementCount(output), elementCount(input)];
  const columns = new Float32Array(planes * taps * count);
  const places = new Int32Array(count);
  for (let tap = 0; tap < taps; tap++) {
    for (let i = 0; i < count; i++) {
      let [place, stride, restTap, restAt] = [0, 1, tap, i];
      for (let axis = kernel.length - 1; axis >= 0; axis--) {
        const at =
          (restAt % output[axis]!) * strides[axis]! + (restTap % kernel[axis]!) * dilations[axis]! - padsBegin[axis]!;
        restTap = Math.floor(restTap / kernel[axis]!);
        restAt = Math.floor(restAt / output[axis]!);
        if (at < 0 || at >= input[axis]!) place = Number.NEGATIVE_INFINITY;
        place += at * stride;
        stride *= input[axis]!;
      }
      places[i] = place >= 0 ? place : -1;
    }
    for (let plane = 0; plane < planes; plane++) {
      const from = (firstPlane + plane) * size;
      const to = (plane * taps + tap) * count;
      for (let i = 0; i < count; i++) if (places[i]! >= 0) columns[to + i] = data[from + places[i]!]!;
    }
  }
  return columns;
}

export default {
  'tilewatt.LmulMatMul': matMul,
  'tilewatt.LmulConv': conv,
} satisfies Readonly<Record<string, HostOperator>>;
