/** Elements of tensors as JavaScript numbers, and what their distribution looks like. */
import { decodeBfloat16 } from '../numerics/bfloat16.js';
import { decodeFloat16 } from '../numerics/float16.js';
import { miniFloat } from '../numerics/minifloat.js';
import { dequantize, isBlockType } from './gguf/blocks.js';
import { bitsOf, byteLengthOf, type ElementType, elementCount, groupOf, type Tensor } from './tensor.js';

/** Types whose elements `numbersOf` decodes: all but text and complex numbers. */
export function isDecodable(type: ElementType): boolean {
  const half = type === 'f16' || type === 'bf16';
  return half || type in views || type in tables || isSubByte(type) || isBlockType(type);
}

/** Several elements to a byte. */
function isSubByte(type: ElementType): boolean {
  return groupOf(type) === 2 || groupOf(type) === 4;
}

const views = {
  f32: Float32Array,
  f64: Float64Array,
  i8: Int8Array,
  u8: Uint8Array,
  bool: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  i64: BigInt64Array,
  u64: BigUint64Array,
} as const;

type Views = typeof views;
export type TypedArrayOf<T extends keyof Views> = Views[T]['prototype'];

/**
 * The elements as a typed array: a view of the file's bytes where these are aligned, else a copy.
 * Host byte order is little-endian wherever WebGPU runs.
 */
export function typedArrayOf<T extends keyof Views>(tensor: Tensor & { readonly type: T }): TypedArrayOf<T> {
  const View = views[tensor.type];
  const aligned = tensor.bytes.byteOffset % View.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset, byteLength } = aligned ? tensor.bytes : tensor.bytes.slice();
  return new View(buffer, byteOffset, byteLength / View.BYTES_PER_ELEMENT);
}

/** Decode tables of the 8-bit floats. The fnuz forms have one zero, NaN in its negative, and a bias larger by one. */
const tables: Readonly<Partial<Record<ElementType, () => ArrayLike<number>>>> = {
  e4m3: () => miniFloat('e4m3').values,
  e5m2: () => miniFloat('e5m2').values,
  e4m3fnuz: () => fnuz(3, 8),
  e5m2fnuz: () => fnuz(2, 16),
  e8m0: () => Float64Array.from({ length: 256 }, (_, code) => (code === 255 ? Number.NaN : 2 ** (code - 127))),
};

/** Source: Micikevicius et al., FP8 Formats for Deep Learning, and onnx/docs/technical/float8.md for fnuz. */
function fnuz(mantissaBits: number, bias: number): Float64Array {
  return Float64Array.from({ length: 256 }, (_, code) => {
    if (code === 0x80) return Number.NaN;
    const exponent = (code & 0x7f) >> mantissaBits;
    const fraction = (code & (2 ** mantissaBits - 1)) / 2 ** mantissaBits;
    const magnitude = exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias);
    return code & 0x80 ? -magnitude : magnitude;
  });
}

/** A typed array of some type. */
export type Numbers = ArrayLike<number> & Iterable<number>;

/**
 * All elements as numbers, 64-bit integers rounded to the nearest double. A view where the type allows, else a new array.
 * @param from, to range of elements; `from` must be a multiple of 256, where bytes and blocks of all types start.
 * @throws RangeError for types that `isDecodable` says no to.
 */
export function numbersOf(tensor: Tensor, from = 0, to = elementCount(tensor.dims)): Numbers {
  const { type } = tensor;
  const start = byteLengthOf(type, from);
  const bytes = tensor.bytes.subarray(start, start + byteLengthOf(type, to - from));
  if (type === 'i64' || type === 'u64') return Float64Array.from(typedArrayOf({ ...tensor, type, bytes }), Number);
  if (type in views) return typedArrayOf({ ...tensor, type: type as Exclude<keyof Views, 'i64' | 'u64'>, bytes });
  if (type === 'f16' || type === 'bf16') {
    const decode = type === 'f16' ? decodeFloat16 : decodeBfloat16;
    return Float32Array.from(typedArrayOf({ ...tensor, type: 'u16', bytes }), decode);
  }
  const table = tables[type]?.();
  if (table !== undefined) return Float64Array.from(bytes, (code) => table[code]!);
  if (isBlockType(type)) return dequantize(type, bytes, to - from);
  if (isSubByte(type)) return subByte(bytes, type, to - from);
  throw new RangeError(`${type} is not decoded to numbers here`);
}

/** The first element lies in the low bits. */
function subByte(bytes: Uint8Array, type: ElementType, count: number): Float64Array {
  const bits = bitsOf(type);
  const perByte = 8 / bits;
  const codes = 2 ** bits;
  const e2m1 = type === 'e2m1' ? miniFloat('e2m1').values : undefined;
  const signed = type.startsWith('i');
  return Float64Array.from({ length: count }, (_, i) => {
    const code = (bytes[Math.floor(i / perByte)]! >> (bits * (i % perByte))) & (codes - 1);
    return e2m1 ? e2m1[code]! : signed && code >= codes / 2 ? code - codes : code;
  });
}

export interface Distribution {
  /** Of the finite elements; undefined where there are none. */
  readonly range?: readonly [min: number, max: number];
  readonly mean?: number;
  readonly zeros: number;
  /** NaN and infinities: reported, since one of them spoils every output it reaches. */
  readonly nonFinite: number;
  /** Finite elements in equal steps from the least to the greatest. */
  readonly histogram: readonly number[];
}

const chunk = 2 ** 20;

/**
 * Two passes over the elements, a million at a time, so that a large tensor is never decoded as a whole.
 * @returns undefined for types that are not decoded to numbers.
 */
export function distributionOf(tensor: Tensor, bins = 32): Distribution | undefined {
  if (!isDecodable(tensor.type)) return undefined;
  let [min, max, sum, finite, zeros, nonFinite] = [Infinity, -Infinity, 0, 0, 0, 0];
  for (const values of chunksOf(tensor)) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      // True for NaN and the infinities alone.
      if (value - value !== 0) {
        nonFinite++;
        continue;
      }
      if (value < min) min = value;
      if (value > max) max = value;
      if (value === 0) zeros++;
      sum += value;
      finite++;
    }
  }
  const histogram = new Array<number>(bins).fill(0);
  if (finite === 0) return { zeros, nonFinite, histogram };
  // The difference may overflow for f64; that of halves does not.
  const scale = max === min ? 0 : bins / (max / 2 - min / 2);
  for (const values of chunksOf(tensor)) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value - value !== 0) continue;
      histogram[Math.min(bins - 1, Math.floor((value / 2 - min / 2) * scale))]!++;
    }
  }
  return { range: [min, max], mean: sum / finite, zeros, nonFinite, histogram };
}

function* chunksOf(tensor: Tensor): Generator<ArrayLike<number>> {
  const count = elementCount(tensor.dims);
  for (let from = 0; from < count; from += chunk) yield numbersOf(tensor, from, Math.min(count, from + chunk));
}
