/** Operators that write updates into a copy of a tensor where indices say. */
import { elementCount } from '../../tensor.js';
import type { HostCall, HostOperator } from '../call.js';
import { axisOf, stridesOf } from '../shapes.js';
import type { HostTensor } from '../values.js';
import { indexWithin } from '../walk.js';
import { elementPositions, slicesOf } from './gather.js';

const reductions: Readonly<Record<string, (old: number, update: number) => number>> = {
  none: (_, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  min: Math.min,
  max: Math.max,
};

/** The tensor with update `i` written at position `at(i)`. */
function written(call: HostCall, tensor: HostTensor, updates: HostTensor, positions: Int32Array): HostTensor {
  const name = call.string('reduction', 'none');
  if (!Object.hasOwn(reductions, name)) return call.fail('bad-value', `reduction is "${name}", which is none`);
  if (updates.type !== tensor.type)
    return call.fail('unsupported-type', `updates are ${updates.type}, the tensor is ${tensor.type}`);
  if (tensor.strings !== undefined && updates.strings !== undefined) {
    if (name !== 'none') return call.fail('unsupported-type', 'text is not reduced');
    const strings = [...tensor.strings];
    for (const [i, at] of positions.entries()) strings[at] = updates.strings[i]!;
    return { ...tensor, strings };
  }
  const reduce = reductions[name]!;
  const data = tensor.data.slice();
  for (let i = 0; i < positions.length; i++) {
    const at = positions[i]!;
    data[at] = reduce(data[at]!, updates.data[i]!);
  }
  return { ...tensor, data };
}

function sameDims(call: HostCall, updates: readonly number[], asked: readonly number[]): void {
  if (updates.length !== asked.length || updates.some((size, i) => size !== asked[i]))
    call.fail('bad-shape', `updates of [${updates}] are not of [${asked}]`);
}

const scatterElements: HostOperator = (call) => {
  const [tensor, indices, updates] = [call.input(0), call.input(1), call.input(2)];
  sameDims(call, updates.dims, indices.dims);
  return [written(call, tensor, updates, elementPositions(call, tensor.dims, indices, call.int('axis', 0)))];
};

const scatterND: HostOperator = (call) => {
  const [tensor, indices, updates] = [call.input(0), call.input(1), call.input(2)];
  const { starts, length, dims } = slicesOf(call, tensor.dims, indices, 0);
  sameDims(call, updates.dims, dims);
  const positions = new Int32Array(starts.length * length);
  let to = 0;
  for (const start of starts) for (let i = 0; i < length; i++) positions[to++] = start + i;
  return [written(call, tensor, updates, positions)];
};

/** Writes new entries into a cache along its sequence axis, each batch from its own place on. */
const tensorScatter: HostOperator = (call) => {
  const [cache, update] = [call.input(0), call.input(1)];
  const axis = axisOf(call, call.int('axis', -2), cache.dims.length);
  const mode = call.string('mode', 'linear');
  if (mode !== 'linear' && mode !== 'circular')
    return call.fail('bad-value', `mode is "${mode}", not linear or circular`);
  if (axis === 0) return call.fail('bad-value', 'axis 0 is that of the batch');
  sameDims(
    call,
    update.dims,
    cache.dims.map((size, i) => (i === axis ? (update.dims[axis] ?? 0) : size)),
  );
  const starts = call.optional(2)?.data;
  const [from, to] = [stridesOf(update.dims), stridesOf(cache.dims)];
  const [length, size] = [update.dims[axis]!, cache.dims[axis]!];
  const inner = to[axis]!;
  const positions = Int32Array.from({ length: elementCount(update.dims) }, (_, i) => {
    const batch = Math.floor(i / from[0]!);
    const along = Math.floor(i / inner) % length;
    const place = (starts?.[batch] ?? 0) + along;
    const block = Math.floor(i / (inner * length));
    const row = mode === 'circular' ? ((place % size) + size) % size : indexWithin(call, place, size);
    return (block * size + row) * inner + (i % inner);
  });
  return [written(call, cache, update, positions)];
};

export default {
  Scatter: scatterElements,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  TensorScatter: tensorScatter,
} satisfies Readonly<Record<string, HostOperator>>;
