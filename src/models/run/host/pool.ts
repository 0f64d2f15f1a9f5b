/** Pooling: maximum, average and p-norm over sliding windows or the whole field, and undoing the maximum. */
import { elementCount } from '../../tensor.js';
import type { HostCall, HostOperator } from '../call.js';
import { needDims, needPatience, needRank, roomFor, zeros } from '../dense.js';
import { coordinates, tapCount, tapTable } from '../taps.js';
import { type HostTensor, hostTensor } from '../values.js';
import { poolGeometry, type WindowGeometry } from '../windows.js';

/** What a pooling walks: planes of `field` elements, one per batch and channel. */
interface Pooled {
  readonly x: HostTensor;
  readonly window: WindowGeometry;
  readonly input: readonly number[];
  readonly planes: number;
  readonly field: number;
  readonly count: number;
  readonly dims: readonly number[];
}

function pooled(call: HostCall): Pooled {
  const x = call.input(0);
  needRank(call, 'the input', x.dims, 3, Number.POSITIVE_INFINITY);
  const input = x.dims.slice(2);
  const kernel = call.ints('kernel_shape') ?? call.fail('bad-value', 'kernel_shape is left out, but is required');
  const window = poolGeometry(call, input, kernel);
  const dims = [...x.dims.slice(0, 2), ...window.output];
  needPatience(call, roomFor(call, dims) * tapCount(window));
  return {
    x,
    window,
    input,
    planes: x.dims[0]! * x.dims[1]!,
    field: elementCount(input),
    count: elementCount(window.output),
    dims,
  };
}

const maxPool: HostOperator = (call) => {
  const { x, window, input, planes, field, count, dims } = pooled(call);
  const out = zeros(call, dims).fill(Number.NEGATIVE_INFINITY);
  const where = new Float64Array(out.length).fill(-1);
  for (let tap = 0; tap < tapCount(window); tap++) {
    const table = tapTable(window, window.output, input, tap);
    for (let plane = 0; plane < planes; plane++) {
      for (let i = 0, to = plane * count; i < count; i++, to++) {
        if (table[i]! < 0) continue;
        const from = plane * field + table[i]!;
        const value = x.data[from]!;
        // A NaN stays, as a maximum over it is none.
        if (!(value > out[to]! || where[to]! < 0 || (Number.isNaN(value) && !Number.isNaN(out[to]!)))) continue;
        out[to] = value;
        where[to] = from;
      }
    }
  }
  const result = hostTensor(x.type, dims, out);
  if (!call.wants(1)) return [result];
  const indices = call.int('storage_order', 0) === 0 ? where : columnMajor(where, input, field);
  return [result, hostTensor('i64', dims, indices)];
};

/** The same elements counted with the first spatial dimension fastest. */
function columnMajor(where: Float64Array, input: readonly number[], field: number): Float64Array {
  return where.map((flat) => {
    const plane = Math.floor(flat / field);
    let step = 1;
    let at = plane * field;
    for (const [d, coordinate] of coordinates(flat - plane * field, input).entries()) {
      at += coordinate * step;
      step *= input[d]!;
    }
    return at;
  });
}

/** Σ f(x) over each window's elements, and how many of them lie in the input. */
function sums(
  { x, window, input, planes, field, count }: Pooled,
  out: Float64Array,
  f?: (value: number) => number,
): Float64Array {
  const inside = new Float64Array(count);
  const data = f ? x.data.map(f) : x.data;
  for (let tap = 0; tap < tapCount(window); tap++) {
    const table = tapTable(window, window.output, input, tap);
    for (let i = 0; i < count; i++) if (table[i]! >= 0) inside[i]!++;
    for (let plane = 0; plane < planes; plane++) {
      for (let i = 0, to = plane * count; i < count; i++, to++) {
        if (table[i]! >= 0) out[to]! += data[plane * field + table[i]!]!;
      }
    }
  }
  return inside;
}

/** Elements of each window within the input and its stated padding; what `ceil_mode` adds beyond does not count. */
function withPadding({ window, input, count }: Pooled): Float64Array {
  const padded = input.map((size, d) => size + window.padsBegin[d]! + window.padsEnd[d]!);
  const all = { ...window, padsBegin: padded.map(() => 0) };
  const counts = new Float64Array(count);
  for (let tap = 0; tap < tapCount(window); tap++) {
    const table = tapTable(all, window.output, padded, tap);
    for (let i = 0; i < count; i++) if (table[i]! >= 0) counts[i]!++;
  }
  return counts;
}

const averagePool: HostOperator = (call) => {
  const pool = pooled(call);
  const out = zeros(call, pool.dims);
  const inside = sums(pool, out);
  const counts = call.int('count_include_pad', 0) !== 0 ? withPadding(pool) : inside;
  for (let i = 0; i < out.length; i++) out[i]! /= counts[i % pool.count]!;
  return [hostTensor(pool.x.type, pool.dims, out)];
};

function norm(call: HostCall): number {
  const p = call.int('p', 2);
  return p >= 1 ? p : call.fail('bad-value', `p is ${p}, but should be 1 or more`);
}

const lpPool: HostOperator = (call) => {
  const pool = pooled(call);
  const p = norm(call);
  const out = zeros(call, pool.dims);
  sums(pool, out, (value) => Math.abs(value) ** p);
  return [
    hostTensor(
      pool.x.type,
      pool.dims,
      out.map((sum) => sum ** (1 / p)),
    ),
  ];
};

const overAll =
  (reduce: (call: HostCall, plane: Float64Array) => number): HostOperator =>
  (call) => {
    const { type, dims, data } = call.input(0);
    needRank(call, 'the input', dims, 2, Number.POSITIVE_INFINITY);
    const field = elementCount(dims.slice(2));
    const out = Float64Array.from({ length: dims[0]! * dims[1]! }, (_, i) =>
      reduce(call, data.subarray(i * field, (i + 1) * field)),
    );
    return [
      hostTensor(
        type,
        dims.map((size, i) => (i < 2 ? size : 1)),
        out,
      ),
    ];
  };

const unpool: HostOperator = (call) => {
  const [x, indices] = [call.input(0), call.input(1)];
  needRank(call, 'the input', x.dims, 3, Number.POSITIVE_INFINITY);
  needDims(call, 'the indices', indices.dims, x.dims);
  const rank = x.dims.length - 2;
  const kernel = call.ints('kernel_shape') ?? call.fail('bad-value', 'kernel_shape is left out, but is required');
  const strides = call.ints('strides') ?? kernel.map(() => 1);
  const pads = call.ints('pads') ?? new Array<number>(2 * rank).fill(0);
  if (kernel.length !== rank || strides.length !== rank || pads.length !== 2 * rank) {
    return call.fail('bad-value', `kernel_shape, strides and pads do not fit ${rank} spatial dimensions`);
  }
  const spatial = kernel.map((size, d) => (x.dims[d + 2]! - 1) * strides[d]! - pads[d]! - pads[d + rank]! + size);
  const inner = [...x.dims.slice(0, 2), ...spatial];
  const dims = call.optional(2) ? Array.from(call.input(2).data) : inner;
  needRank(call, 'output_shape', dims, x.dims.length);
  const counted = elementCount(inner);
  roomFor(call, inner);
  const out = zeros(call, dims);
  for (let i = 0; i < x.data.length; i++) {
    const flat = indices.data[i]!;
    if (!(flat >= 0 && flat < counted)) return call.fail('bad-value', `index ${flat} is not in [${inner}]`);
    const at = coordinates(flat, inner);
    if (at.some((coordinate, d) => coordinate >= dims[d]!)) continue;
    out[at.reduce((sum, coordinate, d) => sum * dims[d]! + coordinate, 0)] = x.data[i]!;
  }
  return [hostTensor(x.type, dims, out)];
};

export default {
  MaxPool: maxPool,
  AveragePool: averagePool,
  LpPool: lpPool,
  GlobalMaxPool: overAll((_, plane) =>
    plane.reduce((most, value) => (value > most || Number.isNaN(value) ? value : most), Number.NEGATIVE_INFINITY),
  ),
  GlobalAveragePool: overAll((_, plane) => plane.reduce((sum, value) => sum + value, 0) / plane.length),
  GlobalLpPool: overAll((call, plane) => {
    const p = norm(call);
    return plane.reduce((sum, value) => sum + Math.abs(value) ** p, 0) ** (1 / p);
  }),
  MaxUnpool: unpool,
} satisfies Readonly<Record<string, HostOperator>>;
