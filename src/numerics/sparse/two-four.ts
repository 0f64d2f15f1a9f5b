/** Element-wise 2:4: of every four consecutive weights of a row two are stored, as f16, with a 2-bit index each. */
import { demand, demandLength } from './format-error.js';
import { readHalf, validateHalves, writeHalf } from './half-pairs.js';
import { checkDense, checkSize, type Mask, nonZeroMask, type Size } from './mask.js';

/** Weights that one index word covers: 8 groups of 4, with 16 indices of 2 bits. Rows are padded to a multiple. */
const chunk = 32;

export interface TwoFour extends Size {
  /** Two f16 per group, the one of the lower column in the low half; 8 words per chunk, rows one after the other. */
  readonly values: Uint32Array<ArrayBuffer>;
  /** One word per chunk; group g has its indices in bits 4g … 4g+3, ascending. */
  readonly indices: Uint32Array<ArrayBuffer>;
}

/** Index words per row. */
export function chunksPerRow(columns: number): number {
  return Math.ceil(columns / chunk);
}

/** @throws SparseFormatError for a group with more than two kept weights, for weights beyond f16, or non-finite ones. */
export function encodeTwoFour(dense: Float32Array, size: Size, mask: Mask = nonZeroMask(dense)): TwoFour {
  checkDense(dense, size, mask);
  const { rows, columns } = size;
  const words = chunksPerRow(columns);
  const values = new Uint32Array(rows * words * 8);
  const indices = new Uint32Array(rows * words);
  for (let row = 0; row < rows; row++) {
    for (let group = 0; group < words * 8; group++) {
      const pair = positions(mask, columns, row, group);
      const at = row * words * 8 + group;
      for (let i = 0; i < 2; i++) {
        const column = 4 * group + pair[i]!;
        const from = row * columns + column;
        if (column < columns && mask[from]) writeHalf(values, 2 * at + i, dense[from]!);
      }
      indices[at >>> 3]! |= (pair[0] | (pair[1] << 2)) << (4 * (at & 7));
    }
  }
  return { ...size, values, indices };
}

/** For each set of kept places, as bits, the two places to store, ascending: kept ones, filled up with the first others. */
const pairs: readonly (readonly [number, number] | undefined)[] = Array.from({ length: 16 }, (_, bits) => {
  const isKept = (i: number): boolean => ((bits >> i) & 1) === 1;
  const kept = [0, 1, 2, 3].filter(isKept);
  const others = [0, 1, 2, 3].filter((i) => !isKept(i));
  const [first = 0, second = 0] = [...kept, ...others].slice(0, 2).sort((a, b) => a - b);
  return kept.length <= 2 ? [first, second] : undefined;
});

function positions(mask: Mask, columns: number, row: number, group: number): readonly [number, number] {
  let bits = 0;
  for (let i = 0; i < 4 && 4 * group + i < columns; i++) bits |= mask[row * columns + 4 * group + i]! << i;
  const pair = pairs[bits];
  demand(
    pair !== undefined,
    () => `Row ${row}, columns ${4 * group} … ${4 * group + 3} keep more than two weights; prune to 2:4 first.`,
  );
  return pair;
}

export function decodeTwoFour(matrix: TwoFour): Float32Array<ArrayBuffer> {
  const { rows, columns, values } = matrix;
  const dense = new Float32Array(rows * columns);
  forEachStored(matrix, (at, row, column) => {
    if (column < columns) dense[row * columns + column] = readHalf(values, at);
  });
  return dense;
}

/** To be called on structures from elsewhere before upload. @throws SparseFormatError naming the first fault. */
export function validateTwoFour(matrix: TwoFour): void {
  const { rows, columns, values, indices } = matrix;
  checkSize(matrix);
  const words = rows * chunksPerRow(columns);
  demandLength('indices', indices.length, words, 'one word per row and 32 columns');
  demandLength('values', values.length, 8 * words, 'eight words per index word');
  validateHalves(values, values.length * 2);
  for (let at = 0; at < 8 * words; at++) {
    const pair = indices[at >>> 3]! >>> (4 * (at & 7));
    const [first, second] = [pair & 3, (pair >>> 2) & 3];
    demand(first < second, () => `Group ${at} stores columns ${first} and ${second}; they must differ and ascend.`);
  }
  forEachStored(matrix, (at, row, column) => {
    demand(
      column < columns || readHalf(values, at) === 0,
      () => `Row ${row} stores a weight in column ${column}, and there are only ${columns}.`,
    );
  });
}

/** Bytes of values and indices. A whole chunk of 32 weights takes 36 bytes: 0.5625 of its 64 bytes in f16. */
export function twoFourBytes({ rows, columns }: Size): number {
  return rows * chunksPerRow(columns) * 36;
}

/** Calls with the place of each stored half, its row and its column, which may lie beyond the matrix. */
function forEachStored(
  { rows, columns, indices }: TwoFour,
  visit: (at: number, row: number, column: number) => void,
): void {
  const groups = chunksPerRow(columns) * 8;
  for (let row = 0; row < rows; row++) {
    for (let group = 0; group < groups; group++) {
      const at = row * groups + group;
      const pair = indices[at >>> 3]! >>> (4 * (at & 7));
      visit(2 * at, row, 4 * group + (pair & 3));
      visit(2 * at + 1, row, 4 * group + ((pair >>> 2) & 3));
    }
  }
}
