/** Operators that make tensors from few numbers: ranges, identities, one-hot codes, windows. */
import type { HostCall, HostOperator } from '../call.js';
import { checkedCount, maxElements, room } from '../room.js';
import { axisOf } from '../shapes.js';
import { type HostTensor, hostTensor } from '../values.js';
import { pick } from '../walk.js';
import { typeAttribute } from './cast.js';

const range: HostOperator = (call) => {
  const { type } = call.input(0);
  const [start = 0, limit = 0, delta = 0] = [0, 1, 2].map((i) => call.input(i).data[0]);
  if (delta === 0 || Number.isNaN(start + limit + delta))
    return call.fail('bad-value', `a range from ${start} to ${limit} by ${delta} has no length`);
  const length = Math.max(0, Math.ceil((limit - start) / delta));
  if (!(length <= maxElements))
    return call.fail('bad-value', `a range of ${length} elements is asked for; the host holds ${maxElements} at most`);
  const data = room(call, [length]);
  for (let i = 0; i < length; i++) data[i] = start + i * delta;
  return [hostTensor(type, [length], data)];
};

const eyeLike: HostOperator = (call) => {
  const { type, dims } = call.input(0);
  const [rows = 0, columns = 0] = dims;
  if (dims.length !== 2) return call.fail('bad-shape', `[${dims}] is no matrix`);
  const k = call.int('k', 0);
  const data = room(call, dims);
  for (let row = Math.max(0, -k); row < rows && row + k < columns; row++) data[row * columns + row + k] = 1;
  return [hostTensor(typeAttribute(call, 'dtype') ?? type, dims, data)];
};

const oneHot: HostOperator = (call) => {
  const [indices, values] = [call.input(0), call.input(2)];
  const depth = Math.trunc(call.input(1).data[0] ?? 0);
  const axis = axisOf(call, call.int('axis', -1), indices.dims.length + 1);
  const dims = [...indices.dims.slice(0, axis), depth, ...indices.dims.slice(axis)];
  if ((values.strings ?? values.data).length !== 2)
    return call.fail('bad-shape', `values of [${values.dims}] are not one for off and one for on`);
  const chosen = new Int32Array(checkedCount(call, dims));
  const inner = dims.slice(axis + 1).reduce((product, size) => product * size, 1);
  for (const [i, given] of indices.data.entries()) {
    const index = Math.trunc(given < 0 ? given + depth : given);
    if (!(index >= 0 && index < depth)) continue;
    chosen[(Math.floor(i / inner) * depth + index) * inner + (i % inner)] = 1;
  }
  return [pick(values, dims, chosen)];
};

/** Coordinates of what is not 0, one column each. */
const nonZero: HostOperator = (call) => {
  const { dims, data, strings } = call.input(0);
  const count = strings?.length ?? data.length;
  const found: number[] = [];
  for (let i = 0; i < count; i++) if (strings ? strings[i] !== '' : data[i] !== 0) found.push(i);
  const rank = dims.length;
  const result = room(call, [rank, found.length]);
  let stride = 1;
  for (let axis = rank - 1; axis >= 0; axis--) {
    const size = dims[axis]!;
    const row = result.subarray(axis * found.length, (axis + 1) * found.length);
    for (let i = 0; i < row.length; i++) row[i] = Math.floor(found[i]! / stride) % size;
    stride *= size;
  }
  return [hostTensor('i64', [rank, found.length], result)];
};

/** @param weights of cos(0), cos(2πi/N), cos(4πi/N). */
const window =
  (weights: readonly number[]): HostOperator =>
  (call): readonly HostTensor[] => {
    const size = call.input(0).data[0] ?? 0;
    const data = room(call, [size]);
    const period = call.int('periodic', 1) === 1 ? size : size - 1;
    for (let i = 0; i < size; i++) {
      const angle = (2 * Math.PI * i) / period;
      data[i] = period === 0 ? 1 : weights.reduce((sum, weight, k) => sum + weight * Math.cos(k * angle), 0);
    }
    return [hostTensor(typeAttribute(call, 'output_datatype') ?? 'f32', [size], data)];
  };

/** Determinants of square matrices by elimination with partial pivoting. */
const determinant = (call: HostCall): readonly HostTensor[] => {
  const { type, dims, data } = call.input(0);
  const n = dims.at(-1) ?? 0;
  if (dims.length < 2 || dims.at(-2) !== n) return call.fail('bad-shape', `[${dims}] holds no square matrices`);
  const batch = dims.slice(0, -2);
  const result = room(call, batch);
  call.spend(result.length * n ** 3);
  for (let i = 0; i < result.length; i++) result[i] = eliminate(data.slice(i * n * n, (i + 1) * n * n), n);
  return [hostTensor(type, batch, result)];
};

function eliminate(a: Float64Array, n: number): number {
  let product = 1;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let row = k + 1; row < n; row++) if (Math.abs(a[row * n + k]!) > Math.abs(a[pivot * n + k]!)) pivot = row;
    const head = a[pivot * n + k]!;
    if (head === 0) return 0;
    product *= pivot === k ? head : -head;
    for (let i = k; i < n; i++) {
      const upper = a[pivot * n + i]!;
      a[pivot * n + i] = a[k * n + i]!;
      a[k * n + i] = upper;
    }
    for (let row = k + 1; row < n; row++) {
      const factor = a[row * n + k]! / head;
      for (let i = k; i < n; i++) a[row * n + i]! -= factor * a[k * n + i]!;
    }
  }
  return product;
}

export default {
  Range: range,
  EyeLike: eyeLike,
  OneHot: oneHot,
  NonZero: nonZero,
  HannWindow: window([0.5, -0.5]),
  HammingWindow: window([25 / 46, -21 / 46]),
  BlackmanWindow: window([0.42, -0.5, 0.08]),
  Det: determinant,
} satisfies Readonly<Record<string, HostOperator>>;
