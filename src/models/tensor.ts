/** Tensors as files hold them: a type, dimensions, and a view of the packed little-endian bytes. */

/** A group of elements that is stored together. Plain types have groups of one. */
interface Storage {
  readonly elements: number;
  readonly bytes: number;
}

/**
 * How each type is stored. Sub-byte types put the first element into the low bits and pad the last byte.
 * Sources: onnx.proto3 (TensorProto.DataType), ggml-common.h (block_q4_0 and the others, scales included).
 */
const storages = {
  bool: { elements: 1, bytes: 1 },
  i2: { elements: 4, bytes: 1 },
  u2: { elements: 4, bytes: 1 },
  i4: { elements: 2, bytes: 1 },
  u4: { elements: 2, bytes: 1 },
  i8: { elements: 1, bytes: 1 },
  u8: { elements: 1, bytes: 1 },
  i16: { elements: 1, bytes: 2 },
  u16: { elements: 1, bytes: 2 },
  i32: { elements: 1, bytes: 4 },
  u32: { elements: 1, bytes: 4 },
  i64: { elements: 1, bytes: 8 },
  u64: { elements: 1, bytes: 8 },
  f16: { elements: 1, bytes: 2 },
  bf16: { elements: 1, bytes: 2 },
  f32: { elements: 1, bytes: 4 },
  f64: { elements: 1, bytes: 8 },
  c64: { elements: 1, bytes: 8 },
  c128: { elements: 1, bytes: 16 },
  e2m1: { elements: 2, bytes: 1 },
  e4m3: { elements: 1, bytes: 1 },
  e4m3fnuz: { elements: 1, bytes: 1 },
  e5m2: { elements: 1, bytes: 1 },
  e5m2fnuz: { elements: 1, bytes: 1 },
  e8m0: { elements: 1, bytes: 1 },
  q4_0: { elements: 32, bytes: 18 },
  q4_1: { elements: 32, bytes: 20 },
  q5_0: { elements: 32, bytes: 22 },
  q5_1: { elements: 32, bytes: 24 },
  q8_0: { elements: 32, bytes: 34 },
  q4_k: { elements: 256, bytes: 144 },
  q5_k: { elements: 256, bytes: 176 },
  q6_k: { elements: 256, bytes: 210 },
  /** Text lies in `Tensor.strings`, not in bytes. */
  string: { elements: 1, bytes: 0 },
} as const satisfies Readonly<Record<string, Storage>>;

export type ElementType = keyof typeof storages;

export const elementTypes = Object.keys(storages) as readonly ElementType[];

/** Plain data: crosses threads as it is. */
export interface Tensor {
  readonly name: string;
  readonly type: ElementType;
  /** Empty for a scalar. Row-major: the last dimension varies fastest. */
  readonly dims: readonly number[];
  /** Packed, little-endian, `byteLengthOf(type, dims)` long; most often a view of the file, at any alignment. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The elements of a tensor of type `string`. */
  readonly strings?: readonly string[];
}

/** What a file of tensors without a graph holds (safetensors, GGUF). */
export interface TensorFile {
  readonly format: 'safetensors' | 'gguf';
  /** In the order of the file. */
  readonly tensors: readonly Tensor[];
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  /** What is odd but no reason to refuse, in sentences. */
  readonly remarks: readonly string[];
}

export type MetadataValue = string | number | bigint | boolean | readonly MetadataValue[];

/** Product of the dimensions; 1 for a scalar. Beyond 2⁵³ not exact, so check `isCountable` first. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Whether dimensions are integers ≥ 0 and their product, zeros left out, is at most 2⁵³ − 1. */
export function isCountable(dims: readonly number[]): boolean {
  return (
    dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0) &&
    Number.isSafeInteger(elementCount(dims.filter((dim) => dim > 0)))
  );
}

/** Bytes that so many elements take, the last group padded. */
export function byteLengthOf(type: ElementType, count: number): number {
  const { elements, bytes } = storages[type];
  return Math.ceil(count / elements) * bytes;
}

/** Elements per stored group: 1, 2 or 4 below a byte, 32 or 256 for the blocks of GGUF. */
export function groupOf(type: ElementType): number {
  return storages[type].elements;
}

/** Mean bits per element, scales of blocks included. */
export function bitsOf(type: ElementType): number {
  const { elements, bytes } = storages[type];
  return (8 * bytes) / elements;
}

/** `f32[64,3,7,7]`, or `i64[]` for a scalar. */
export function describeType(type: string, dims: readonly (number | string)[]): string {
  return `${type}[${dims.join(',')}]`;
}
