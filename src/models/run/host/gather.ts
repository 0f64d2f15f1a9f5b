/** Operators that take elements from where indices say. */
import { elementCount } from '../../tensor.js';
import type { HostCall, HostOperator } from '../call.js';
import { checkedCount } from '../room.js';
import { axisOf, stridesOf } from '../shapes.js';
import type { HostTensor } from '../values.js';
import { indexWithin, layoutAround, pick, positionsOf } from '../walk.js';

const gather: HostOperator = (call) => {
  const [tensor, indices] = [call.input(0), call.input(1)];
  const axis = axisOf(call, call.int('axis', 0), tensor.dims.length);
  const { outer, size, inner } = layoutAround(tensor.dims, axis);
  const dims = [...tensor.dims.slice(0, axis), ...indices.dims, ...tensor.dims.slice(axis + 1)];
  const positions = new Int32Array(checkedCount(call, dims));
  const rows = indices.data.map((index) => indexWithin(call, index, size));
  let to = 0;
  for (let block = 0; block < outer && positions.length > 0; block++) {
    for (const row of rows) {
      const start = (block * size + row) * inner;
      for (let i = 0; i < inner; i++) positions[to++] = start + i;
    }
  }
  return [pick(tensor, dims, positions)];
};

/** For each element of `indices` the position in a tensor of `dims` that has the same coordinates but along the axis. */
export function elementPositions(
  call: HostCall,
  dims: readonly number[],
  indices: HostTensor,
  given: number,
): Int32Array {
  const axis = axisOf(call, given, dims.length);
  const fits = indices.dims.length === dims.length && indices.dims.every((size, i) => i === axis || size <= dims[i]!);
  if (!fits) return call.fail('bad-shape', `indices of [${indices.dims}] do not lie within [${dims}]`);
  const strides = stridesOf(dims);
  const step = strides[axis]!;
  const positions = positionsOf(
    call,
    indices.dims,
    strides.map((stride, i) => (i === axis ? 0 : stride)),
  );
  const { data } = indices;
  for (let i = 0; i < positions.length; i++) positions[i]! += indexWithin(call, data[i]!, dims[axis]!) * step;
  return positions;
}

const gatherElements: HostOperator = (call) => {
  const [tensor, indices] = [call.input(0), call.input(1)];
  return [pick(tensor, indices.dims, elementPositions(call, tensor.dims, indices, call.int('axis', 0)))];
};

/** Where the slices start that the rows of `indices` point to, and how long they are. */
export interface Slices {
  readonly starts: Int32Array;
  readonly length: number;
  readonly dims: readonly number[];
}

/** @param batch leading dimensions that tensor and indices share. */
export function slicesOf(call: HostCall, dims: readonly number[], indices: HostTensor, batch: number): Slices {
  const width = indices.dims.at(-1) ?? call.fail('bad-shape', 'the indices are a scalar');
  const shared = dims.slice(0, batch).every((size, i) => size === indices.dims[i]);
  if (!shared || width + batch > dims.length || batch >= indices.dims.length || width < 1)
    return call.fail('bad-shape', `indices of [${indices.dims}] do not point into [${dims}]`);
  const strides = stridesOf(dims);
  const rows = indices.dims.slice(0, -1);
  const starts = new Int32Array(elementCount(rows));
  const perBatch = elementCount(rows.slice(batch));
  const batchSize = elementCount(dims.slice(batch));
  for (let row = 0; row < starts.length; row++) {
    let at = batch > 0 ? Math.floor(row / perBatch) * batchSize : 0;
    for (let i = 0; i < width; i++) {
      at += indexWithin(call, indices.data[row * width + i]!, dims[batch + i]!) * strides[batch + i]!;
    }
    starts[row] = at;
  }
  const rest = dims.slice(batch + width);
  return { starts, length: elementCount(rest), dims: [...rows, ...rest] };
}

const gatherND: HostOperator = (call) => {
  const tensor = call.input(0);
  const { starts, length, dims } = slicesOf(call, tensor.dims, call.input(1), call.int('batch_dims', 0));
  const positions = new Int32Array(checkedCount(call, dims));
  let to = 0;
  for (const start of starts) for (let i = 0; i < length; i++) positions[to++] = start + i;
  return [pick(tensor, dims, positions)];
};

export default {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
} satisfies Readonly<Record<string, HostOperator>>;
