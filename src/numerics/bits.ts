/** Dense packing of codes of 1 to 8 bits into 32-bit words: code i occupies bits [i·width, i·width + width) of the stream. */
import { FormatError } from './format-error.js';

/** Words that `length` codes of `width` bits need; the unused bits of the last one are zero. */
export function packedWords(length: number, width: number): number {
  return Math.ceil((length * width) / 32);
}

/** @throws FormatError for a width that is no integer from 1 to 8. */
export function checkWidth(width: number): void {
  if (!Number.isInteger(width) || width < 1 || width > 8) {
    throw new FormatError(`A width of ${width} bits is out of range; choose 1 to 8.`);
  }
}

/**
 * Packs codes least significant bit first; a code may straddle two words.
 * @throws FormatError for a width out of range or a code that does not fit it.
 */
export function packBits(codes: ArrayLike<number>, width: number): Uint32Array<ArrayBuffer> {
  checkWidth(width);
  const words = new Uint32Array(packedWords(codes.length, width));
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (!Number.isInteger(code) || code < 0 || code >= 2 ** width) {
      throw new FormatError(`Code ${i} is ${code} and does not fit ${width} bits (0 to ${2 ** width - 1}).`);
    }
    const word = (i * width) >>> 5;
    const shift = (i * width) & 31;
    words[word]! |= code << shift;
    if (shift + width > 32) words[word + 1]! |= code >>> (32 - shift);
  }
  return words;
}

/**
 * The first `length` codes of a packed stream.
 * @throws FormatError for a width out of range or too few words.
 */
export function unpackBits(words: ArrayLike<number>, width: number, length: number): Uint8Array<ArrayBuffer> {
  checkWidth(width);
  const needed = packedWords(length, width);
  if (words.length < needed) {
    throw new FormatError(`${length} codes of ${width} bits need ${needed} words, and there are ${words.length}.`);
  }
  const codes = new Uint8Array(length);
  const mask = 2 ** width - 1;
  for (let i = 0; i < length; i++) {
    const word = (i * width) >>> 5;
    const shift = (i * width) & 31;
    const high = shift + width > 32 ? words[word + 1]! << (32 - shift) : 0;
    codes[i] = ((words[word]! >>> shift) | high) & mask;
  }
  return codes;
}
