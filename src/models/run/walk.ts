/** Ways through strided tensors: lists of source positions, so that numbers and text are moved by the same code. */
import { elementCount } from '../tensor.js';
import type { Attributes } from './call.js';
import { checkedCount } from './room.js';
import { broadcastStrides, stridesOf } from './shapes.js';
import { countOf, type HostTensor, hostStrings, hostTensor } from './values.js';

/** Source position of every element of a tensor of `dims` that is stepped through by `strides`, row-major. */
export function positionsOf(
  call: Attributes,
  dims: readonly number[],
  strides: readonly number[],
  offset = 0,
): Int32Array {
  const positions = new Int32Array(checkedCount(call, dims));
  if (positions.length === 0) return positions;
  const last = dims.length - 1;
  const width = dims[last] ?? 1;
  const step = strides[last] ?? 0;
  const counters = new Array<number>(dims.length).fill(0);
  let at = offset;
  for (let to = 0; to < positions.length; ) {
    for (let i = 0, from = at; i < width; i++, from += step) positions[to++] = from;
    for (let axis = last - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++counters[axis]! < dims[axis]!) break;
      at -= strides[axis]! * dims[axis]!;
      counters[axis] = 0;
    }
  }
  return positions;
}

/** What a position that stands for no element holds. */
export interface Fill {
  readonly number: number;
  readonly text: string;
}

export const nothing: Fill = { number: 0, text: '' };

/** The elements at the positions, as a tensor of `dims`; below 0 stands for the fill. */
export function pick(
  { type, data, strings }: HostTensor,
  dims: readonly number[],
  positions: ArrayLike<number>,
  fill: Fill = nothing,
): HostTensor {
  if (strings !== undefined) {
    return hostStrings(
      dims,
      Array.from(positions, (at) => (at < 0 ? fill.text : strings[at]!)),
    );
  }
  const result = new Float64Array(positions.length);
  for (let i = 0; i < result.length; i++) {
    const at = positions[i]!;
    result[i] = at < 0 ? fill.number : data[at]!;
  }
  return hostTensor(type, dims, result);
}

/** The elements stepped through by strides, as a tensor of `dims`. */
export function stepped(
  call: Attributes,
  tensor: HostTensor,
  dims: readonly number[],
  strides: readonly number[],
  offset = 0,
): HostTensor {
  return pick(tensor, dims, positionsOf(call, dims, strides, offset));
}

/** The tensor repeated to `dims`, itself where it has them. */
export function broadcast(call: Attributes, tensor: HostTensor, dims: readonly number[]): HostTensor {
  if (elementCount(dims) === countOf(tensor)) return { ...tensor, dims };
  return stepped(call, tensor, dims, broadcastStrides(tensor.dims, dims));
}

export function transpose(call: Attributes, tensor: HostTensor, order: readonly number[]): HostTensor {
  const strides = stridesOf(tensor.dims);
  return stepped(
    call,
    tensor,
    order.map((axis) => tensor.dims[axis]!),
    order.map((axis) => strides[axis]!),
  );
}

/** Coordinates to take along one axis; below 0 stands for the fill. */
export type AxisMap = ArrayLike<number>;

/**
 * Takes along every axis the coordinates of its map, all of them where it has none: slices, pads, repeats, gathers.
 * @throws ModelRunError where the result is larger than the host holds.
 */
export function pickAxes(
  call: Attributes,
  tensor: HostTensor,
  maps: readonly (AxisMap | undefined)[],
  fill: Fill = nothing,
): HostTensor {
  const dims = tensor.dims.map((size, axis) => maps[axis]?.length ?? size);
  // Where one dimension is 0 the others may be of any size, and are not walked.
  if (checkedCount(call, dims) === 0) return pick(tensor, dims, []);
  const strides = stridesOf(tensor.dims);
  let positions = new Int32Array(1);
  dims.forEach((size, axis) => {
    const map = maps[axis];
    const stride = strides[axis]!;
    const wider = new Int32Array(positions.length * size);
    let to = 0;
    for (const base of positions) {
      for (let i = 0; i < size; i++) {
        const at = map === undefined ? i : map[i]!;
        wider[to++] = base < 0 || at < 0 ? -1 : base + at * stride;
      }
    }
    positions = wider;
  });
  return pick(tensor, dims, positions, fill);
}

/** How elements lie around one axis: `outer` blocks of `size` rows of `inner` elements. */
export interface AxisLayout {
  readonly outer: number;
  readonly size: number;
  readonly inner: number;
}

export function layoutAround(dims: readonly number[], axis: number): AxisLayout {
  return {
    outer: elementCount(dims.slice(0, axis)),
    size: dims[axis] ?? 1,
    inner: elementCount(dims.slice(axis + 1)),
  };
}

/** Calls back for every line along the axis with the position of its first element; `inner` is the step along it. */
export function forLines({ outer, size, inner }: AxisLayout, visit: (start: number) => void): void {
  // Of lines without elements there may be any number.
  if (size === 0) return;
  for (let block = 0; block < outer; block++) {
    for (let i = 0; i < inner; i++) visit(block * size * inner + i);
  }
}

/** A coordinate counted from 0 that must be below `size`. */
export function indexWithin(call: Attributes, index: number, size: number): number {
  const counted = index < 0 ? index + size : index;
  if (counted >= 0 && counted < size && Number.isInteger(counted)) return counted;
  return call.fail('bad-value', `index ${index} is not in a dimension of ${size}`);
}
