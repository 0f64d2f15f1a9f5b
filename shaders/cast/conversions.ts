/** Conversions of 32-bit words, exact to the bit. */
import { roundToBfloat16 } from '../../src/numerics/bfloat16.js';
import { decodeFloat16, encodeFloat16 } from '../../src/numerics/float16.js';
import { bitsOfF32, f32OfBits } from '../lib/elementwise/special.js';

export interface Conversion {
  readonly name: string;
  /** An expression of the word w, giving a word. */
  readonly wgsl: string;
  /** Words to words, both unsigned. */
  readonly exact: (word: number) => number;
  /** What the words stand for. */
  readonly from: 'f32' | 'i32' | 'any';
}

const flag = (is: boolean): number => (is ? 1 : 0);
const most = 0x7f80_0000;
const magnitude = (word: number): number => word & 0x7fff_ffff;

/** Keeps so many low bits of a word, with their sign. */
const signed = (bits: number): Conversion => ({
  name: `i32-to-i${bits}`,
  wgsl: `bitcast<u32>(bitcast<i32>(w << ${32 - bits}u) >> ${32 - bits}u)`,
  exact: (word) => ((word << (32 - bits)) >> (32 - bits)) >>> 0,
  from: 'i32',
});

const unsigned = (bits: number): Conversion => ({
  name: `i32-to-u${bits}`,
  wgsl: `w & ${2 ** bits - 1}u`,
  exact: (word) => word & (2 ** bits - 1),
  from: 'i32',
});

/** In the order of their numbers, the first being 1. */
export const conversions: readonly Conversion[] = [
  {
    name: 'f32-to-i32',
    wgsl: 'truncated(w)',
    exact: (word) => Math.max(-(2 ** 31), Math.min(2 ** 31 - 128, Math.trunc(f32OfBits(word)))) >>> 0,
    from: 'f32',
  },
  { name: 'i32-to-f32', wgsl: 'bitcast<u32>(f32(bitcast<i32>(w)))', exact: (word) => bitsOfF32(word | 0), from: 'i32' },
  { name: 'f32-to-bool', wgsl: 'select(0u, 1u, (w << 1u) != 0u)', exact: (word) => flag(word << 1 !== 0), from: 'f32' },
  { name: 'i32-to-bool', wgsl: 'select(0u, 1u, w != 0u)', exact: (word) => flag(word !== 0), from: 'i32' },
  {
    name: 'f32-to-f16',
    wgsl: 'roundedToF16(w)',
    exact: (word) => bitsOfF32(decodeFloat16(encodeFloat16(f32OfBits(word)))),
    from: 'f32',
  },
  {
    name: 'f32-to-bf16',
    wgsl: '(w + 0x7fffu + ((w >> 16u) & 1u)) & 0xffff0000u',
    exact: (word) => bitsOfF32(roundToBfloat16(f32OfBits(word))),
    from: 'f32',
  },
  signed(8),
  unsigned(8),
  signed(16),
  unsigned(16),
  signed(4),
  unsigned(4),
  {
    name: 'is-nan',
    wgsl: `select(0u, 1u, (w & 0x7fffffffu) > ${most}u)`,
    exact: (word) => flag(magnitude(word) > most),
    from: 'any',
  },
  {
    name: 'is-infinite',
    wgsl: `select(0u, 1u, (w & 0x7fffffffu) == ${most}u)`,
    exact: (word) => flag(magnitude(word) === most),
    from: 'any',
  },
  {
    name: 'is-plus-infinity',
    wgsl: `select(0u, 1u, w == ${most}u)`,
    exact: (word) => flag(word === most),
    from: 'any',
  },
  {
    name: 'is-minus-infinity',
    wgsl: 'select(0u, 1u, w == 0xff800000u)',
    exact: (word) => flag(word === 0xff80_0000),
    from: 'any',
  },
];

/** @throws TypeError for a name that is not in the list. */
export function conversionNumber(name: string): number {
  const at = conversions.findIndex((each) => each.name === name);
  if (at < 0) throw new TypeError(`There is no conversion "${name}"`);
  return at + 1;
}
