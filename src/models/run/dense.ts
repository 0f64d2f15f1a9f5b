/** Dense arithmetic that several host operators share: checked allocation, matrix products, broadcast reads. */
import { elementCount } from '../tensor.js';
import type { Attributes } from './call.js';
import { operationsPerElement } from './room.js';
import { broadcastStrides } from './shapes.js';
import type { HostTensor } from './values.js';

/** Outputs beyond this are refused: 2 GiB of doubles. */
const mostElements = 2 ** 28;

/** Room for a tensor, zeros. @throws ModelRunError beyond 2²⁸ elements or for dimensions that are none. */
export function zeros(call: Attributes, dims: readonly number[]): Float64Array {
  return new Float64Array(roomFor(call, dims));
}

/** How many elements the dimensions hold. @throws ModelRunError as `zeros` does. */
export function roomFor(call: Attributes, dims: readonly number[]): number {
  if (dims.some((size) => !Number.isInteger(size) || size < 0)) {
    return call.fail('bad-shape', `an output of [${dims}] is not possible`);
  }
  const count = elementCount(dims);
  if (count > mostElements) return call.fail('bad-shape', `an output of [${dims}] has more than 2^28 elements`);
  call.spend(operationsPerElement * count);
  return count;
}

/** Steps that attributes alone can ask for, a minute or so; products of large inputs may take longer. */
const mostSteps = 2 ** 36;

/** @throws ModelRunError where a call would take more steps than anybody waits for, or than its run may still take. */
export function needPatience(call: Attributes, steps: number): void {
  call.spend(steps);
  if (steps > mostSteps) call.fail('unsupported-form', `would take ${steps} steps on the host, which stops at 2^36`);
}

/** The rank that an input must have, at least or exactly. */
export function needRank(call: Attributes, what: string, dims: readonly number[], least: number, most = least): void {
  if (dims.length >= least && dims.length <= most) return;
  const wanted = least === most ? `${least}` : most === Infinity ? `${least} or more` : `${least} to ${most}`;
  call.fail('bad-shape', `${what} [${dims}] should have ${wanted} dimensions`);
}

/** @throws ModelRunError naming the two lists where they differ. */
export function needDims(call: Attributes, what: string, found: readonly number[], wanted: readonly number[]): void {
  if (found.length === wanted.length && found.every((size, i) => size === wanted[i])) return;
  call.fail('bad-shape', `${what} [${found}] should be [${wanted}]`);
}

/** Matrices in larger arrays, row-major, and where each starts. */
export interface Product {
  readonly a: Float64Array;
  readonly aAt: number;
  readonly b: Float64Array;
  readonly bAt: number;
  readonly out: Float64Array;
  readonly outAt: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** Steps between rows where they are not k, n and n. */
  readonly aRow?: number;
  readonly bRow?: number;
  readonly outRow?: number;
}

/** out[m, n] += a[m, k] · b[k, n], four rows of b at a time so that `out` is written less often. */
export function addProduct({ a, aAt, b, bAt, out, outAt, m, k, n, ...rows }: Product): void {
  const { aRow = k, bRow = n, outRow = n } = rows;
  for (let i = 0; i < m; i++) {
    const row = outAt + i * outRow;
    const from = aAt + i * aRow;
    let p = 0;
    for (; p + 4 <= k; p += 4) {
      const a0 = a[from + p]!;
      const a1 = a[from + p + 1]!;
      const a2 = a[from + p + 2]!;
      const a3 = a[from + p + 3]!;
      const b0 = bAt + p * bRow;
      const b1 = b0 + bRow;
      const b2 = b1 + bRow;
      const b3 = b2 + bRow;
      for (let j = 0; j < n; j++) {
        out[row + j]! += a0 * b[b0 + j]! + a1 * b[b1 + j]! + a2 * b[b2 + j]! + a3 * b[b3 + j]!;
      }
    }
    for (; p < k; p++) {
      const a0 = a[from + p]!;
      const b0 = bAt + p * bRow;
      for (let j = 0; j < n; j++) out[row + j]! += a0 * b[b0 + j]!;
    }
  }
}

/** A matrix with rows and columns exchanged. */
export function flipped(data: Float64Array, rows: number, columns: number, at = 0): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = data[at + i * columns + j]!;
  }
  return out;
}

/** Flat positions that steps along dimensions reach, in row-major order of `dims`. */
export function positions(dims: readonly number[], strides: readonly number[]): Int32Array {
  const out = new Int32Array(elementCount(dims));
  const at = new Array<number>(dims.length).fill(0);
  let position = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = position;
    for (let d = dims.length - 1; d >= 0; d--) {
      position += strides[d]!;
      if (++at[d]! < dims[d]!) break;
      position -= strides[d]! * dims[d]!;
      at[d] = 0;
    }
  }
  return out;
}

/** The elements of a tensor broadcast to dimensions, as NumPy does. */
export function spread({ data, dims }: Pick<HostTensor, 'data' | 'dims'>, to: readonly number[]): Float64Array {
  if (dims.length === to.length && dims.every((size, i) => size === to[i])) return data;
  const from = positions(to, broadcastStrides(dims, to));
  return gathered(data, from);
}

/** The elements at positions. */
export function gathered(data: Float64Array, from: Int32Array): Float64Array {
  const out = new Float64Array(from.length);
  for (let i = 0; i < out.length; i++) out[i] = data[from[i]!]!;
  return out;
}

/** A tensor with its dimensions in another order. */
export function permuted(data: Float64Array, dims: readonly number[], order: readonly number[]): Float64Array {
  if (order.every((axis, i) => axis === i)) return data;
  const strides = new Array<number>(dims.length).fill(1);
  for (let i = dims.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * dims[i + 1]!;
  const from = positions(
    order.map((axis) => dims[axis]!),
    order.map((axis) => strides[axis]!),
  );
  return gathered(data, from);
}

/** Elements before, along and after an axis: position = (before · size + along) · after + inner. */
export function aroundAxis(
  dims: readonly number[],
  axis: number,
): readonly [before: number, size: number, after: number] {
  return [elementCount(dims.slice(0, axis)), dims[axis] ?? 1, elementCount(dims.slice(axis + 1))];
}
