/** Blocks of GGUF against oracles that say, element by element, at which bits of the block a value stands. */
import { describe, expect, it } from 'vitest';
import { type BlockType, blockTypes, dequantize } from '../../src/models/gguf/blocks.js';
import { byteLengthOf, groupOf } from '../../src/models/tensor.js';
import { seededRandom } from '../../src/numerics/random.js';

/** A block as one little-endian integer, from which fields of bits are cut. */
function bits(block: Uint8Array): (at: number, width: number) => number {
  const whole = block.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return (at, width) => Number((whole >> BigInt(at)) & ((1n << BigInt(width)) - 1n));
}

/** IEEE 754 binary16 by its definition. */
function f16(code: number): number {
  const [sign, exponent, fraction] = [code >> 15, (code >> 10) & 31, code & 1023];
  const magnitude = exponent === 0 ? fraction / 2 ** 24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return sign ? -magnitude : magnitude;
}

const signed = (byte: number): number => (byte > 127 ? byte - 256 : byte);

/** Nibble of element i in blocks of 32: the low ones of 16 bytes first. */
const nibbleAt = (i: number): number => 8 * (i % 16) + (i < 16 ? 0 : 4);

/** Nibble of element i of 256: groups of 32 take turns in the low and high halves of 32 bytes. */
const nibbleOfK = (i: number): number => 8 * (32 * Math.floor(i / 64) + (i % 32)) + (i % 64 < 32 ? 0 : 4);

/**
 * Six-bit scale and minimum of a group, in 96 bits: groups 0–3 stand in the low six bits of bytes 0–3 and 4–7; of
 * groups 4–7 the low nibbles stand in bytes 8–11 and the two top bits above those of group − 4.
 */
function scales(bit: (at: number, width: number) => number, group: number): readonly [number, number] {
  const byte = (i: number) => 32 + 8 * i;
  if (group < 4) return [bit(byte(group), 6), bit(byte(group + 4), 6)];
  const g = group - 4;
  return [bit(byte(8 + g), 4) + 16 * bit(byte(g) + 6, 2), bit(byte(8 + g) + 4, 4) + 16 * bit(byte(4 + g) + 6, 2)];
}

type Oracle = (bit: (at: number, width: number) => number, i: number) => number;

const oracles: Readonly<Record<BlockType, Oracle>> = {
  f32: (bit) => new Float32Array(Uint32Array.of(bit(0, 32)).buffer)[0]!,
  f16: (bit) => f16(bit(0, 16)),
  bf16: (bit) => new Float32Array(Uint32Array.of(bit(0, 16) * 65536).buffer)[0]!,
  q4_0: (bit, i) => f16(bit(0, 16)) * (bit(16 + nibbleAt(i), 4) - 8),
  q4_1: (bit, i) => f16(bit(0, 16)) * bit(32 + nibbleAt(i), 4) + f16(bit(16, 16)),
  q5_0: (bit, i) => f16(bit(0, 16)) * (bit(48 + nibbleAt(i), 4) + 16 * bit(16 + i, 1) - 16),
  q5_1: (bit, i) => f16(bit(0, 16)) * (bit(64 + nibbleAt(i), 4) + 16 * bit(32 + i, 1)) + f16(bit(16, 16)),
  q8_0: (bit, i) => f16(bit(0, 16)) * signed(bit(16 + 8 * i, 8)),
  q4_k: (bit, i) => {
    const [scale, minimum] = scales(bit, Math.floor(i / 32));
    return f16(bit(0, 16)) * scale * bit(128 + nibbleOfK(i), 4) - f16(bit(16, 16)) * minimum;
  },
  q5_k: (bit, i) => {
    const [scale, minimum] = scales(bit, Math.floor(i / 32));
    const code = bit(128 + 256 + nibbleOfK(i), 4) + 16 * bit(128 + 8 * (i % 32) + Math.floor(i / 32), 1);
    return f16(bit(0, 16)) * scale * code - f16(bit(16, 16)) * minimum;
  },
  q6_k: (bit, i) => {
    // Halves of 128; within one, element e has its nibble in byte e mod 64 and its top bits in byte e mod 32.
    const [half, e] = [Math.floor(i / 128), i % 128];
    const low = bit(8 * (64 * half + (e % 64)) + (e < 64 ? 0 : 4), 4);
    const high = bit(8 * (128 + 32 * half + (e % 32)) + 2 * Math.floor(e / 32), 2);
    return f16(bit(8 * 208, 16)) * signed(bit(8 * (192 + Math.floor(i / 16)), 8)) * (low + 16 * high - 32);
  },
};

describe.each(blockTypes)('%s', (type) => {
  const elements = groupOf(type);
  const blockBytes = byteLengthOf(type, elements);

  it('equals its layout on random blocks', () => {
    const random = seededRandom(blockBytes);
    for (let n = 0; n < 300; n++) {
      const bytes = Uint8Array.from({ length: 2 * blockBytes }, () => random.below(256));
      const values = dequantize(type, bytes, 2 * elements);
      for (let block = 0; block < 2; block++) {
        const part = bytes.subarray(block * blockBytes, (block + 1) * blockBytes);
        if (hasSpecial(type, part)) continue;
        const bit = bits(part);
        const expected = Float32Array.from({ length: elements }, (_, i) => oracles[type](bit, i));
        expect(values.subarray(block * elements, (block + 1) * elements)).toEqual(expected);
      }
    }
  });

  it('refuses counts and bytes that do not fit', () => {
    expect(() => dequantize(type, new Uint8Array(blockBytes + 1), elements)).toThrow(RangeError);
    if (elements > 1) expect(() => dequantize(type, new Uint8Array(blockBytes), elements - 1)).toThrow(RangeError);
  });
});

/** Whether a scale is infinite or NaN, which the oracle for f16 leaves out. */
function hasSpecial(type: BlockType, block: Uint8Array): boolean {
  const halves: Partial<Record<BlockType, readonly number[]>> = { f32: [], bf16: [], q6_k: [208] };
  const pairs = ['q4_1', 'q5_1', 'q4_k', 'q5_k'].includes(type);
  const at = halves[type] ?? (pairs ? [0, 2] : [0]);
  return at.some((offset) => (block[offset + 1]! & 0x7c) === 0x7c);
}

describe('by hand', () => {
  it('a q4_0 block of scale 1 counts from −8 to 7', () => {
    const nibbles = Array.from({ length: 16 }, (_, i) => i | ((15 - i) << 4));
    const values = dequantize('q4_0', Uint8Array.of(0x00, 0x3c, ...nibbles), 32);
    const up = Array.from({ length: 16 }, (_, i) => i - 8);
    expect([...values]).toEqual([...up, ...up.toReversed()]);
  });

  it('a q4_k block splits scales 33 and 62 and minimums 17 and 63 of its last groups', () => {
    const block = new Uint8Array(144);
    block.set([0x00, 0x3c, 0x00, 0x3c]);
    // Group 4: scale 33 = 0b10·0001, minimum 17 = 0b01·0001. Group 7: scale 62 = 0b11·1110, minimum 63 = 0b11·1111.
    block[4] = 0b10 << 6;
    block[8] = 0b01 << 6;
    block[12] = 0x11;
    block[7] = 0b11 << 6;
    block[11] = 0b11 << 6;
    block[15] = 0xfe;
    block.fill(0x11, 16);
    const values = dequantize('q4_k', block, 256);
    expect([values[0], values[128], values[255]]).toEqual([0, 33 - 17, 62 - 63]);
  });

  it('infinite and NaN scales pass through', () => {
    expect(dequantize('f16', Uint8Array.of(0x00, 0x7c), 1)[0]).toBe(Number.POSITIVE_INFINITY);
    expect(dequantize('q8_0', Uint8Array.of(0x00, 0x7e, ...Array(32).fill(1)), 32)[0]).toBeNaN();
  });
});
