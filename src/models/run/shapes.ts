/** Rules about dimensions that host and device share. All throw a ModelRunError that names the node. */
import { elementCount } from '../tensor.js';
import type { Attributes } from './call.js';

/** An axis counted from 0. */
export function axisOf(call: Attributes, axis: number, rank: number): number {
  const counted = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(counted) && counted >= 0 && counted < Math.max(rank, 1)) return counted;
  return call.fail('bad-value', `axis ${axis} is not in a tensor of ${rank} dimensions`);
}

/** Dimensions of operands that are broadcast against each other, as in NumPy. */
export function broadcastDims(call: Attributes, ...all: readonly (readonly number[])[]): readonly number[] {
  const rank = Math.max(...all.map((dims) => dims.length));
  return Array.from({ length: rank }, (_, i) => {
    const sizes = all.map((dims) => dims[i - rank + dims.length] ?? 1);
    const size = sizes.find((each) => each !== 1) ?? 1;
    if (sizes.every((each) => each === 1 || each === size)) return size;
    return call.fail(
      'bad-shape',
      `${all.map((dims) => `[${dims}]`).join(' and ')} do not broadcast against each other`,
    );
  });
}

/** Steps between neighbours along each dimension, row-major. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let i = dims.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * dims[i + 1]!;
  return strides;
}

/** Steps through an operand for each dimension of what it is broadcast to: 0 where it has one element. */
export function broadcastStrides(dims: readonly number[], to: readonly number[]): number[] {
  const strides = stridesOf(dims);
  return to.map((_, i) => {
    const own = i - to.length + dims.length;
    return own < 0 || dims[own] === 1 ? 0 : strides[own]!;
  });
}

/** @param wanted 0 keeps a dimension (unless `allowzero`), one −1 takes what is left. */
export function reshapeDims(
  call: Attributes,
  dims: readonly number[],
  wanted: readonly number[] | undefined,
): readonly number[] {
  if (wanted === undefined) return call.fail('missing-input', 'the wanted shape is left out');
  const keepsZero = call.int('allowzero', 0) === 1;
  const sizes = wanted.map((size, i) => (size === 0 && !keepsZero ? (dims[i] ?? 0) : size));
  const count = elementCount(dims);
  const known = sizes.reduce((product, size) => (size === -1 ? product : product * size), 1);
  const result = sizes.map((size) => (size === -1 ? (known === 0 ? 0 : count / known) : size));
  if (elementCount(result) === count && result.every((size) => Number.isInteger(size) && size >= 0)) return result;
  return call.fail('bad-shape', `[${dims}] has ${count} elements and cannot be shaped as [${wanted}]`);
}

export function flattenDims(call: Attributes, dims: readonly number[]): readonly number[] {
  const axis = call.int('axis', 1);
  const at = axis < 0 ? axis + dims.length : axis;
  if (at < 0 || at > dims.length)
    return call.fail('bad-value', `axis ${axis} is not in a tensor of ${dims.length} dimensions`);
  return [elementCount(dims.slice(0, at)), elementCount(dims.slice(at))];
}

export function squeezeDims(
  call: Attributes,
  dims: readonly number[],
  axes: readonly number[] | undefined,
): readonly number[] {
  const dropped = axes?.map((axis) => axisOf(call, axis, dims.length));
  const wide = dropped?.find((axis) => dims[axis] !== 1);
  if (wide !== undefined) return call.fail('bad-shape', `dimension ${wide} of [${dims}] is not 1`);
  return dims.filter((size, i) => (dropped === undefined ? size !== 1 : !dropped.includes(i)));
}

export function unsqueezeDims(
  call: Attributes,
  dims: readonly number[],
  axes: readonly number[] | undefined,
): readonly number[] {
  if (axes === undefined) return call.fail('missing-input', 'the axes are left out');
  const rank = dims.length + axes.length;
  const added = new Set(axes.map((axis) => axisOf(call, axis, rank)));
  if (added.size !== axes.length) return call.fail('bad-value', `axes [${axes}] name one twice`);
  const rest = dims[Symbol.iterator]();
  return Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : rest.next().value!));
}
