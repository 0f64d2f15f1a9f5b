/** Two f16 values in one word, as WGSL's `unpack2x16float` reads them: the first in the low half. */
import { decodeFloat16, encodeFloat16 } from '../float16.js';
import { demand } from './format-error.js';

/** Smallest normal f16; WGSL lets a device flush smaller ones, so they are stored as zero. */
const smallestNormal = 2 ** -14;

/** @throws SparseFormatError for a value that f16 cannot hold. */
function halfCode(value: number): number {
  const code = encodeFloat16(value);
  demand(
    (code & 0x7fff) < 0x7c00,
    () => `The weight ${value} does not fit into f16, which ends at 65504: scale the weights down.`,
  );
  return Math.abs(decodeFloat16(code)) < smallestNormal ? 0 : code;
}

/** A value as f16 stores it here: rounded to nearest even, subnormals zero. */
export function roundToHalf(value: number): number {
  return decodeFloat16(halfCode(value));
}

export function readHalf(words: Uint32Array, index: number): number {
  return decodeFloat16((words[index >>> 1]! >>> (16 * (index & 1))) & 0xffff);
}

export function writeHalf(words: Uint32Array, index: number, value: number): void {
  const shift = 16 * (index & 1);
  words[index >>> 1] = (words[index >>> 1]! & ~(0xffff << shift)) | (halfCode(value) << shift);
}

/** @throws SparseFormatError for NaN or an infinity among the first `count` halves. */
export function validateHalves(words: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const value = readHalf(words, i);
    demand(Number.isFinite(value), () => `Value ${i} is ${value}; stored weights must be finite.`);
  }
}
