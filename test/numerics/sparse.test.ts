/** Sparse formats: what goes in comes out, malformed structures are refused, and sizes and energies are as published. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matmulRows } from '../../src/numerics/matmul.js';
import { seededRandom } from '../../src/numerics/random.js';
import { bitmapBytes, decodeBitmap, encodeBitmap, validateBitmap } from '../../src/numerics/sparse/bitmap.js';
import { bsrBytes, decodeBsr, encodeBsr, validateBsr } from '../../src/numerics/sparse/bsr.js';
import { csrBytes, decodeCsr, encodeCsr, validateCsr } from '../../src/numerics/sparse/csr.js';
import { SparseFormatError } from '../../src/numerics/sparse/format-error.js';
import { roundToHalf } from '../../src/numerics/sparse/half-pairs.js';
import { applyMask, countKept, type Mask, type Size } from '../../src/numerics/sparse/mask.js';
import { sparseRows } from '../../src/numerics/sparse/product.js';
import {
  countAtDensity,
  type Groups,
  keepBlocks,
  keepGroups,
  keepLargest,
  keepVectorGroups,
} from '../../src/numerics/sparse/prune.js';
import { rowsByLength, validateRowOrder } from '../../src/numerics/sparse/row-order.js';
import { decodeTwoFour, encodeTwoFour, twoFourBytes, validateTwoFour } from '../../src/numerics/sparse/two-four.js';
import {
  bitsPerWeight,
  decodeVectorNm,
  encodeVectorNm,
  validateVectorNm,
  vectorNmBytes,
} from '../../src/numerics/sparse/vector-nm.js';

const twoOfFour: Groups = { keep: 2, group: 4 };
const halves = (dense: Float32Array): Float32Array => dense.map(roundToHalf);

const problems = fc.record({
  seed: fc.nat(1e6),
  rows: fc.integer({ min: 1, max: 70 }),
  columns: fc.integer({ min: 1, max: 70 }),
  perMille: fc.constantFrom(0, 1, 20, 100, 500, 900, 1000),
});

function normal({ rows, columns }: Size, seed: number): Float32Array<ArrayBuffer> {
  return seededRandom(seed).values(rows * columns);
}

describe('round trips over random sizes and densities', () => {
  it('CSR', () => {
    fc.assert(
      fc.property(problems, ({ seed, perMille, ...size }) => {
        const dense = normal(size, seed);
        const mask = keepLargest(dense, countAtDensity(dense.length, perMille));
        const csr = encodeCsr(dense, size, mask);
        validateCsr(csr);
        validateRowOrder(rowsByLength(csr.rowPtr), size.rows);
        expect(decodeCsr(csr)).toEqual(applyMask(dense, mask));
      }),
    );
  });

  it('BSR', () => {
    fc.assert(
      fc.property(problems, fc.constantFrom(16, 32), ({ seed, perMille, ...size }, block) => {
        const dense = normal(size, seed);
        const total = Math.ceil(size.rows / block) * Math.ceil(size.columns / block);
        const count = countAtDensity(total, perMille);
        const mask = keepBlocks(dense, size, block, count);
        const bsr = encodeBsr(dense, size, block, mask);
        validateBsr(bsr);
        expect(bsr.colIdx.length).toBe(count);
        expect(decodeBsr(bsr)).toEqual(applyMask(dense, mask));
      }),
    );
  });

  it('2:4', () => {
    fc.assert(
      fc.property(problems, ({ seed, perMille, ...size }) => {
        const dense = normal(size, seed);
        const mask = keepGroups(dense, size, { keep: Math.min(2, Math.ceil(perMille / 400)), group: 4 });
        const matrix = encodeTwoFour(dense, size, mask);
        validateTwoFour(matrix);
        expect(decodeTwoFour(matrix)).toEqual(halves(applyMask(dense, mask)));
      }),
    );
  });

  it('vector-wise N:M', () => {
    const groupings = fc.constantFrom(...[1, 2, 4].map((keep) => ({ keep, group: 2 * keep })), { keep: 1, group: 16 });
    fc.assert(
      fc.property(problems, groupings, ({ seed, ...size }, groups) => {
        const dense = normal(size, seed);
        const mask = keepVectorGroups(dense, size, groups, 32);
        const matrix = encodeVectorNm(dense, size, groups, mask);
        validateVectorNm(matrix);
        expect(decodeVectorNm(matrix)).toEqual(applyMask(dense, mask));
      }),
    );
  });

  it('bitmap', () => {
    fc.assert(
      fc.property(problems, ({ seed, perMille, ...size }) => {
        const dense = normal(size, seed);
        const mask = keepLargest(dense, countAtDensity(dense.length, perMille));
        const matrix = encodeBitmap(dense, size, mask);
        validateBitmap(matrix);
        expect(decodeBitmap(matrix)).toEqual(halves(applyMask(dense, mask)));
      }),
    );
  });

  it('keeps zeros that the mask keeps, and rows that have nothing', () => {
    const size = { rows: 3, columns: 2 };
    const csr = encodeCsr(new Float32Array([0, 1, 5, 6, 0, 0]), size, Uint8Array.of(1, 1, 0, 0, 1, 0));
    expect(csr.rowPtr).toEqual(Uint32Array.of(0, 2, 2, 3));
    expect(csr.values).toEqual(Float32Array.of(0, 1, 0));
  });
});

describe('pruning', () => {
  it('keeps exactly the asked number, and the largest', () => {
    fc.assert(
      fc.property(problems, ({ seed, perMille, ...size }) => {
        const dense = normal(size, seed).map((value) => Math.round(value * 4) / 4);
        const count = countAtDensity(dense.length, perMille);
        const mask = keepLargest(dense, count);
        const sorted = Array.from(dense, Math.abs).sort((a, b) => b - a);
        const kept = Array.from(
          dense.filter((_, i) => mask[i] === 1),
          Math.abs,
        ).sort((a, b) => b - a);
        expect(kept).toEqual(sorted.slice(0, count));
      }),
    );
  });

  it('refuses a density above 1000 per mille', () => {
    expect(() => countAtDensity(10, 1001)).toThrow(SparseFormatError);
  });

  const size = { rows: 1024, columns: 1024 };
  const dense = normal(size, 7);
  const energyKept = (mask: Mask): number => energy(applyMask(dense, mask)) / energy(dense);

  it.each([
    [2, 4, 0.868],
    [1, 4, 0.618],
    [2, 8, 0.665],
  ])('%i:%i keeps a normal matrix’s energy to %f', (keep, group, expected) => {
    const mask = keepGroups(dense, size, { keep, group });
    expect(countKept(mask)).toBe((dense.length * keep) / group);
    expect(Math.abs(energyKept(mask) - expected)).toBeLessThan(0.005);
  });

  it.each([
    [500, 0.929],
    [250, 0.724],
  ])('unstructured at %i per mille keeps energy %f', (perMille, expected) => {
    const mask = keepLargest(dense, countAtDensity(dense.length, perMille));
    expect(Math.abs(energyKept(mask) - expected)).toBeLessThan(0.005);
  });

  it('costs the published share of a product', () => {
    const weights = { rows: 256, columns: 1024 };
    const [w, x] = [normal(weights, 1), normal({ rows: 1024, columns: 256 }, 2)];
    const rows = Uint32Array.from({ length: 256 }, (_, row) => row);
    const exact = matmulRows(w, x, { n: 256, k: 1024 }, rows).values;
    const relative = (keep: number, group: number): number => {
      const pruned = applyMask(w, keepGroups(w, weights, { keep, group }));
      const { values } = sparseRows(pruned, x, { n: 256, k: 1024 }, rows);
      return Math.sqrt(energy(values.map((value, i) => value - exact[i]!)) / energy(exact));
    };
    expect(Math.abs(relative(2, 4) / 0.364 - 1)).toBeLessThan(0.1);
    expect(Math.abs(relative(2, 8) / 0.578 - 1)).toBeLessThan(0.1);
    expect(Math.abs(relative(1, 4) / 0.617 - 1)).toBeLessThan(0.1);
  });
});

describe('storage', () => {
  const size = { rows: 64, columns: 128 };
  const weights = size.rows * size.columns;
  const dense = normal(size, 3);
  const bytesOf = (...arrays: readonly ArrayBufferView[]): number => arrays.reduce((sum, a) => sum + a.byteLength, 0);

  it('2:4 takes 0.5625 of dense f16', () => {
    const { values, indices } = encodeTwoFour(dense, size, keepGroups(dense, size, twoOfFour));
    expect(bytesOf(values, indices)).toBe(twoFourBytes(size));
    expect(bytesOf(values, indices) / (2 * weights)).toBe(0.5625);
  });

  it.each([
    [2, 4, 0.5625],
    [1, 4, 0.28125],
    [2, 8, 0.296875],
  ])('element-wise %i:%i takes %f of dense f16 by formula', (keep, group, expected) => {
    expect(bitsPerWeight({ keep, group }, 16) / 16).toBe(expected);
  });

  it('every format is as long as its formula says', () => {
    const mask = keepLargest(dense, countAtDensity(weights, 300));
    const count = countKept(mask);
    const csr = encodeCsr(dense, size, mask);
    expect(bytesOf(csr.rowPtr, csr.colIdx, csr.values)).toBe(csrBytes(size.rows, count));
    const bitmap = encodeBitmap(dense, size, mask);
    expect(bytesOf(bitmap.bits, bitmap.rowPtr, bitmap.values)).toBe(bitmapBytes(size, count));
    const bsr = encodeBsr(dense, size, 16, keepBlocks(dense, size, 16, 11));
    expect(bytesOf(bsr.rowPtr, bsr.colIdx, bsr.values)).toBe(bsrBytes(size.rows, 16, 11));
    const nm = encodeVectorNm(dense, size, twoOfFour, keepVectorGroups(dense, size, twoOfFour, 32));
    expect(bytesOf(nm.values, nm.indices)).toBe(vectorNmBytes(size, twoOfFour));
  });

  it('a bitmap at half density takes 9 bits per weight beside its row pointers', () => {
    expect((8 * (bitmapBytes(size, weights / 2) - 4 * (size.rows + 1))) / weights).toBe(9);
  });
});

describe('malformed structures are refused', () => {
  const size = { rows: 2, columns: 5 };
  const csr = encodeCsr(Float32Array.of(1, 0, 2, 0, 3, 0, 4, 0, 0, 5), size);
  const u32 = (...values: number[]): Uint32Array<ArrayBuffer> => Uint32Array.from(values);
  const refuses = (check: () => void, sentence: RegExp): void => {
    expect(check).toThrow(SparseFormatError);
    expect(check).toThrow(sentence);
  };

  it('CSR', () => {
    validateCsr(csr);
    refuses(() => validateCsr({ ...csr, rowPtr: u32(0, 3) }), /rowPtr has 2 entries but must have 3/);
    refuses(() => validateCsr({ ...csr, rowPtr: u32(1, 3, 5) }), /must start at 0/);
    refuses(() => validateCsr({ ...csr, rowPtr: u32(0, 6, 5) }), /never fall/);
    refuses(() => validateCsr({ ...csr, rowPtr: u32(0, 3, 9) }), /colIdx has 5 entries but must have 9/);
    refuses(() => validateCsr({ ...csr, colIdx: u32(0, 2, 5, 1, 4) }), /column 5, and there are only 5/);
    refuses(() => validateCsr({ ...csr, colIdx: u32(0, 4, 2, 1, 4) }), /sort the columns/);
    refuses(() => validateCsr({ ...csr, colIdx: u32(0, 2, 2, 1, 4) }), /column 2 twice/);
    refuses(() => validateCsr({ ...csr, values: csr.values.slice(1) }), /values has 4 entries/);
    refuses(() => validateCsr({ ...csr, rows: 0 }), /positive integers/);
  });

  it('row orders', () => {
    refuses(() => validateRowOrder(u32(0), 2), /rowOrder has 1/);
    refuses(() => validateRowOrder(u32(0, 2), 2), /names row 2/);
    refuses(() => validateRowOrder(u32(1, 1), 2), /row 1 twice/);
  });

  it('BSR', () => {
    const bsr = encodeBsr(normal({ rows: 20, columns: 40 }, 1), { rows: 20, columns: 40 }, 16);
    validateBsr(bsr);
    refuses(() => validateBsr({ ...bsr, block: 0 }), /block size of 0/);
    refuses(() => validateBsr({ ...bsr, colIdx: u32(0, 1, 3, 0, 1, 2) }), /column 3/);
    refuses(() => validateBsr({ ...bsr, colIdx: u32(0, 2, 1, 0, 1, 2) }), /sort/);
    refuses(() => validateBsr({ ...bsr, values: bsr.values.slice(1) }), /16² per block/);
  });

  it('2:4', () => {
    const matrix = encodeTwoFour(Float32Array.of(1, 2, 0, 0, 3), { rows: 1, columns: 5 });
    validateTwoFour(matrix);
    refuses(() => validateTwoFour({ ...matrix, indices: u32() }), /indices has 0/);
    refuses(() => validateTwoFour({ ...matrix, indices: u32(0x4444_4441) }), /columns 1 and 0/);
    refuses(() => validateTwoFour({ ...matrix, indices: u32(0x4444_4440) }), /columns 0 and 0/);
    refuses(() => validateTwoFour({ ...matrix, indices: u32(0x4444_4494) }), /column 5, and there are only 5/);
    refuses(() => validateTwoFour({ ...matrix, values: u32(0x7c00, 0, 0, 0, 0, 0, 0, 0) }), /Infinity/);
    refuses(() => encodeTwoFour(Float32Array.of(1, 2, 3, 4), { rows: 1, columns: 4 }), /more than two/);
    refuses(() => encodeTwoFour(Float32Array.of(1e6), { rows: 1, columns: 1 }), /does not fit into f16/);
  });

  it('vector-wise N:M', () => {
    const matrix = encodeVectorNm(Float32Array.of(1, 2, 0, 0, 3), { rows: 1, columns: 5 }, twoOfFour);
    validateVectorNm(matrix);
    refuses(() => validateVectorNm({ ...matrix, keep: 5 }), /5:4 sparsity is impossible/);
    refuses(() => validateVectorNm({ ...matrix, indices: u32() }), /indices has 0/);
    refuses(() => validateVectorNm({ ...matrix, indices: u32(0x0100_0001) }), /column 0 after 1/);
    refuses(() => validateVectorNm({ ...matrix, indices: u32(0x0100_0400) }), /place 4 in a group of 4/);
    refuses(() => validateVectorNm({ ...matrix, indices: u32(0x0201_0100) }), /column 5, and there are only 5/);
    refuses(() => validateVectorNm({ ...matrix, values: matrix.values.slice(1) }), /values has 127/);
    refuses(() => encodeVectorNm(Float32Array.of(1, 2, 3, 4), { rows: 1, columns: 4 }, twoOfFour), /keep 3|keep 4/);
  });

  it('bitmap', () => {
    const matrix = encodeBitmap(Float32Array.of(1, 2, 0, 0, 3), { rows: 1, columns: 5 });
    validateBitmap(matrix);
    refuses(() => validateBitmap({ ...matrix, bits: u32() }), /bits has 0/);
    refuses(() => validateBitmap({ ...matrix, bits: u32(0x33) }), /beyond its 5 columns/);
    refuses(() => validateBitmap({ ...matrix, bits: u32(0x1f) }), /its bits are 5/);
    refuses(() => validateBitmap({ ...matrix, rowPtr: u32(0, 4) }), /gives row 0 4/);
    refuses(() => validateBitmap({ ...matrix, values: u32(0) }), /values has 1 entries but must have 2/);
  });

  it('weights that are not finite, and lengths that disagree', () => {
    refuses(() => encodeCsr(Float32Array.of(1, Number.NaN), { rows: 1, columns: 2 }), /row 0, column 1 is NaN/);
    refuses(() => encodeBitmap(Float32Array.of(Infinity), { rows: 1, columns: 1 }), /is Infinity/);
    refuses(() => encodeCsr(Float32Array.of(1), { rows: 1, columns: 2 }), /dense matrix has 1 entries/);
    refuses(() => encodeCsr(Float32Array.of(1), { rows: 1, columns: 1 }, Uint8Array.of()), /mask has 0/);
  });
});

function energy(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return sum;
}
