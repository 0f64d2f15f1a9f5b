/** Bitmap format: one bit per weight, and the kept weights packed one after the other as f16. */
import { demand, demandLength } from './format-error.js';
import { readHalf, validateHalves, writeHalf } from './half-pairs.js';
import { checkDense, checkSize, countKept, type Mask, nonZeroMask, type Size } from './mask.js';

export interface Bitmap extends Size {
  /** Bit b of word w of a row is column 32w + b; each row begins at a whole word. */
  readonly bits: Uint32Array<ArrayBuffer>;
  /** Where each row begins among the values; `rows + 1` entries. */
  readonly rowPtr: Uint32Array<ArrayBuffer>;
  /** f16 in pairs, the earlier one in the low half. */
  readonly values: Uint32Array<ArrayBuffer>;
}

/** Words of bits per row. */
export function wordsPerRow(columns: number): number {
  return Math.ceil(columns / 32);
}

/** @throws SparseFormatError for lengths that disagree, weights beyond f16, or non-finite ones. */
export function encodeBitmap(dense: Float32Array, size: Size, mask: Mask = nonZeroMask(dense)): Bitmap {
  checkDense(dense, size, mask);
  const { rows, columns } = size;
  const words = wordsPerRow(columns);
  const bits = new Uint32Array(rows * words);
  const rowPtr = new Uint32Array(rows + 1);
  const values = new Uint32Array(Math.ceil(countKept(mask) / 2));
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const from = row * columns + column;
      if (!mask[from]) continue;
      bits[row * words + (column >>> 5)]! |= 1 << (column & 31);
      writeHalf(values, at++, dense[from]!);
    }
    rowPtr[row + 1] = at;
  }
  return { rows, columns, bits, rowPtr, values };
}

export function decodeBitmap({ rows, columns, bits, values }: Bitmap): Float32Array<ArrayBuffer> {
  const words = wordsPerRow(columns);
  const dense = new Float32Array(rows * columns);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const isKept = (bits[row * words + (column >>> 5)]! >>> (column & 31)) & 1;
      if (isKept) dense[row * columns + column] = readHalf(values, at++);
    }
  }
  return dense;
}

/** To be called on structures from elsewhere before upload. @throws SparseFormatError naming the first fault. */
export function validateBitmap(bitmap: Bitmap): void {
  const { rows, columns, bits, rowPtr, values } = bitmap;
  checkSize(bitmap);
  const words = wordsPerRow(columns);
  demandLength('bits', bits.length, rows * words, 'one word per row and 32 columns');
  demandLength('rowPtr', rowPtr.length, rows + 1, 'rows + 1');
  demand(rowPtr[0] === 0, () => `rowPtr must start at 0, not ${rowPtr[0]}.`);
  const beyond = columns % 32 === 0 ? 0 : ~0 << (columns % 32);
  for (let row = 0; row < rows; row++) {
    const line = bits.subarray(row * words, (row + 1) * words);
    demand((line[words - 1]! & beyond) === 0, () => `Row ${row} has a bit set beyond its ${columns} columns.`);
    const count = line.reduce((sum, word) => sum + countOnes(word), 0);
    demand(
      rowPtr[row + 1]! - rowPtr[row]! === count,
      () => `rowPtr gives row ${row} ${rowPtr[row + 1]! - rowPtr[row]!} weights, and its bits are ${count}.`,
    );
  }
  demandLength('values', values.length, Math.ceil(rowPtr[rows]! / 2), 'two weights to a word');
  validateHalves(values, rowPtr[rows]!);
}

/** Bytes of bits, row pointers and values: 16·density + 1 bits per weight, and 4 bytes per row. */
export function bitmapBytes({ rows, columns }: Size, nonZeros: number): number {
  return 4 * (rows * wordsPerRow(columns) + rows + 1 + Math.ceil(nonZeros / 2));
}

function countOnes(word: number): number {
  let count = 0;
  for (let left = word; left !== 0; left &= left - 1) count++;
  return count;
}
