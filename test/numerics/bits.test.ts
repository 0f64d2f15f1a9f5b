/** Dense packing against a bit string built independently. */
import { describe, expect, it } from 'vitest';
import { packBits, packedWords, unpackBits } from '../../src/numerics/bits.js';
import { FormatError } from '../../src/numerics/format-error.js';
import { seededRandom } from '../../src/numerics/random.js';

const widths = [1, 2, 3, 4, 5, 6, 7, 8];
const lengths = [0, 1, 2, 7, 31, 32, 33, 100, 257];

/** The stream as a string of digits, least significant first, cut into words. */
function packByText(codes: ArrayLike<number>, width: number): number[] {
  const text = Array.from(codes, (code) => [...code.toString(2).padStart(width, '0')].reverse().join('')).join('');
  return (text.match(/.{1,32}/g) ?? []).map((part) => Number.parseInt([...part].reverse().join(''), 2));
}

describe.each(widths)('packing %i bits', (width) => {
  it.each(lengths)('of %i codes is undone by unpacking, and equals the bit string', (length) => {
    const random = seededRandom(length);
    const codes = Uint8Array.from({ length }, () => random.below(2 ** width));
    const words = packBits(codes, width);
    expect(words).toHaveLength(packedWords(length, width));
    expect([...words]).toEqual(packByText(codes, width));
    expect(unpackBits(words, width, length)).toEqual(codes);
  });
});

describe('refusals', () => {
  it.each([0, 9, 2.5, Number.NaN])('a width of %f', (width) => {
    expect(() => packBits([1], width)).toThrow(FormatError);
    expect(() => packBits([1], width)).toThrow(/out of range; choose 1 to 8/);
  });
  it('a code that does not fit', () =>
    expect(() => packBits([0, 8], 3)).toThrow('Code 1 is 8 and does not fit 3 bits'));
  it('too few words', () => expect(() => unpackBits([0], 5, 7)).toThrow('7 codes of 5 bits need 2 words'));
});
