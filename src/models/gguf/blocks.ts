/**
 * The blocks of GGUF as f32 values. Layouts: ggml-common.h of ggml.
 * A scale times a scale times a code fits 24 bits, so each value is rounded once, when stored as f32, and equals
 * what f32 arithmetic gives.
 */
import { decodeBfloat16 } from '../../numerics/bfloat16.js';
import { decodeFloat16 } from '../../numerics/float16.js';
import { byteLengthOf, type ElementType, elementCount, groupOf, type Tensor } from '../tensor.js';

/** Writes the values of the block that starts at byte `at` to `out` from `to` on. */
type Decode = (bytes: Uint8Array, at: number, out: Float32Array, to: number) => void;

const decoders = {
  f32: decodeF32,
  f16: (bytes, at, out, to) => {
    out[to] = half(bytes, at);
  },
  bf16: (bytes, at, out, to) => {
    out[to] = decodeBfloat16(word16(bytes, at));
  },
  q4_0: decodeQ4,
  q4_1: decodeQ4WithMinimum,
  q5_0: decodeQ5,
  q5_1: decodeQ5WithMinimum,
  q8_0: decodeQ8,
  q4_k: decodeQ4K,
  q5_k: decodeQ5K,
  q6_k: decodeQ6K,
} as const satisfies Partial<Record<ElementType, Decode>>;

export type BlockType = keyof typeof decoders;

export const blockTypes = Object.keys(decoders) as readonly BlockType[];

export function isBlockType(type: ElementType): type is BlockType {
  return Object.hasOwn(decoders, type);
}

/** All elements of a tensor, in its order. */
export function dequantizeTensor(tensor: Tensor & { readonly type: BlockType }): Float32Array<ArrayBuffer> {
  return dequantize(tensor.type, tensor.bytes, elementCount(tensor.dims));
}

/**
 * @param count elements, a multiple of the block's.
 * @throws RangeError where `bytes` or `count` do not fit.
 */
export function dequantize(type: BlockType, bytes: Uint8Array, count: number): Float32Array<ArrayBuffer> {
  const elements = groupOf(type);
  const blockBytes = byteLengthOf(type, elements);
  if (count % elements !== 0 || bytes.length !== (count / elements) * blockBytes) {
    throw new RangeError(`${count} elements of ${type} do not take ${bytes.length} bytes.`);
  }
  const out = new Float32Array(count);
  const decode: Decode = decoders[type];
  for (let block = 0; block * elements < count; block++) decode(bytes, block * blockBytes, out, block * elements);
  return out;
}

const single = new DataView(new ArrayBuffer(4));

function decodeF32(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  for (let i = 0; i < 4; i++) single.setUint8(i, bytes[at + i]!);
  out[to] = single.getFloat32(0, true);
}

/** f16 scale, 16 bytes: low nibbles are elements 0–15, high ones 16–31; code − 8. */
function decodeQ4(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const scale = half(bytes, at);
  for (let i = 0; i < 16; i++) {
    const pair = bytes[at + 2 + i]!;
    out[to + i] = scale * ((pair & 15) - 8);
    out[to + 16 + i] = scale * ((pair >> 4) - 8);
  }
}

/** As q4_0 with an f16 minimum after the scale, and codes from 0. */
function decodeQ4WithMinimum(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const scale = half(bytes, at);
  const minimum = half(bytes, at + 2);
  for (let i = 0; i < 16; i++) {
    const pair = bytes[at + 4 + i]!;
    out[to + i] = scale * (pair & 15) + minimum;
    out[to + 16 + i] = scale * (pair >> 4) + minimum;
  }
}

/** f16 scale, 32 fifth bits in the order of elements, nibbles as q4_0; code − 16. */
function decodeQ5(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const scale = half(bytes, at);
  for (let i = 0; i < 16; i++) {
    const pair = bytes[at + 6 + i]!;
    out[to + i] = scale * (((pair & 15) | (bit(bytes, at + 2, i) << 4)) - 16);
    out[to + 16 + i] = scale * (((pair >> 4) | (bit(bytes, at + 2, i + 16) << 4)) - 16);
  }
}

/** As q5_0 with an f16 minimum after the scale, and codes from 0. */
function decodeQ5WithMinimum(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const scale = half(bytes, at);
  const minimum = half(bytes, at + 2);
  for (let i = 0; i < 16; i++) {
    const pair = bytes[at + 8 + i]!;
    out[to + i] = scale * ((pair & 15) | (bit(bytes, at + 4, i) << 4)) + minimum;
    out[to + 16 + i] = scale * ((pair >> 4) | (bit(bytes, at + 4, i + 16) << 4)) + minimum;
  }
}

/** f16 scale, 32 signed bytes. */
function decodeQ8(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const scale = half(bytes, at);
  for (let i = 0; i < 32; i++) out[to + i] = scale * signed(bytes[at + 2 + i]!);
}

/**
 * 256 elements in 8 groups of 32: f16 scale of scales, f16 scale of minimums, 12 bytes of 6-bit scales and minimums,
 * 128 bytes of nibbles. Each 32 bytes hold one group in the low nibbles and the next in the high ones.
 */
function decodeQ4K(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  for (let group = 0; group < 8; group++) {
    const { scale, minimum } = groupScale(bytes, at, group);
    const nibbles = at + 16 + 32 * (group >> 1);
    const shift = 4 * (group & 1);
    for (let i = 0; i < 32; i++) out[to++] = scale * ((bytes[nibbles + i]! >> shift) & 15) - minimum;
  }
}

/** As q4_k with 32 bytes of fifth bits before the nibbles: bit g of byte i belongs to element i of group g. */
function decodeQ5K(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  for (let group = 0; group < 8; group++) {
    const { scale, minimum } = groupScale(bytes, at, group);
    const nibbles = at + 48 + 32 * (group >> 1);
    const shift = 4 * (group & 1);
    for (let i = 0; i < 32; i++) {
      const low = (bytes[nibbles + i]! >> shift) & 15;
      const high = (bytes[at + 16 + i]! >> group) & 1;
      out[to++] = scale * (low | (high << 4)) - minimum;
    }
  }
}

/**
 * 256 elements in 16 groups of 16: 128 bytes of low nibbles, 64 bytes of two high bits, 16 signed scales, f16 scale of
 * scales; code − 32. Each half of 128 elements takes 64 and 32 bytes: quarters 0 and 1 in low nibbles, 2 and 3 in
 * high ones; quarter q has bits 2q and 2q + 1 of the high bytes.
 */
function decodeQ6K(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const outer = half(bytes, at + 208);
  for (let quarter = 0; quarter < 8; quarter++) {
    const [side, q] = [quarter >> 2, quarter & 3];
    const lows = at + 64 * side + 32 * (q & 1);
    const highs = at + 128 + 32 * side;
    for (let i = 0; i < 32; i++) {
      const low = (bytes[lows + i]! >> (4 * (q >> 1))) & 15;
      const high = (bytes[highs + i]! >> (2 * q)) & 3;
      const scale = signed(bytes[at + 192 + 2 * quarter + (i >> 4)]!);
      out[to++] = outer * scale * ((low | (high << 4)) - 32);
    }
  }
}

/** Groups 0–3 hold six bits in bytes 0–3 (scales) and 4–7 (minimums); 4–7 split into nibbles and the top bits left. */
function groupScale(bytes: Uint8Array, at: number, group: number): { scale: number; minimum: number } {
  const packed = (i: number): number => bytes[at + 4 + i]!;
  const [scale, minimum] =
    group < 4
      ? [packed(group) & 63, packed(group + 4) & 63]
      : [
          (packed(group + 4) & 15) | ((packed(group - 4) >> 6) << 4),
          (packed(group + 4) >> 4) | ((packed(group) >> 6) << 4),
        ];
  return { scale: half(bytes, at) * scale, minimum: half(bytes, at + 2) * minimum };
}

function word16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

function half(bytes: Uint8Array, at: number): number {
  return decodeFloat16(word16(bytes, at));
}

function signed(byte: number): number {
  return (byte << 24) >> 24;
}

/** Bit i of the bytes from `at` on, least significant first. */
function bit(bytes: Uint8Array, at: number, i: number): number {
  return (bytes[at + (i >> 3)]! >> (i & 7)) & 1;
}
