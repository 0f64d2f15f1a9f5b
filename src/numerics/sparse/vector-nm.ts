/** Vector-wise N:M: of every M consecutive columns N are stored, and 32 neighbouring rows store the same ones. */
import { demand, demandLength } from './format-error.js';
import { checkDense, checkSize, type Mask, nonZeroMask, type Size } from './mask.js';
import type { Groups } from './prune.js';

/** Rows that share their indices. */
export const bandHeight = 32;

export interface VectorNm extends Size, Groups {
  /** Band by band, stored column by stored column, its 32 weights; zero beyond the matrix. */
  readonly values: Float32Array<ArrayBuffer>;
  /** The place 0 … M−1 of each stored column in its group, one byte each, four to a word; bands begin at whole words. */
  readonly indices: Uint32Array<ArrayBuffer>;
}

/** Stored columns per band: N for each group, a shorter last one included. */
export function storedColumns(columns: number, { keep, group }: Groups): number {
  return Math.ceil(columns / group) * keep;
}

export function bandsOf(rows: number): number {
  return Math.ceil(rows / bandHeight);
}

/** Index words per band. */
export function indexWords(columns: number, groups: Groups): number {
  return Math.ceil(storedColumns(columns, groups) / 4);
}

/** @throws SparseFormatError where N:M is impossible, a band keeps more than N columns of a group, or weights are not finite. */
export function encodeVectorNm(
  dense: Float32Array,
  size: Size,
  groups: Groups,
  mask: Mask = nonZeroMask(dense),
): VectorNm {
  checkDense(dense, size, mask);
  checkGroups(groups);
  const { rows, columns } = size;
  const stored = storedColumns(columns, groups);
  const words = indexWords(columns, groups);
  const values = new Float32Array(bandsOf(rows) * stored * bandHeight);
  const indices = new Uint32Array(bandsOf(rows) * words);
  for (let band = 0; band < bandsOf(rows); band++) {
    for (let i = 0; i < stored; i += groups.keep) {
      const places = placesOf(mask, size, groups, band, i / groups.keep);
      for (const [j, place] of places.entries()) {
        indices[band * words + ((i + j) >>> 2)]! |= place << (8 * ((i + j) & 3));
        const column = (i / groups.keep) * groups.group + place;
        if (column >= columns) continue;
        for (let r = 0; r < bandHeight && band * bandHeight + r < rows; r++) {
          const from = (band * bandHeight + r) * columns + column;
          if (mask[from]) values[(band * stored + i + j) * bandHeight + r] = dense[from]!;
        }
      }
    }
  }
  return { ...size, ...groups, values, indices };
}

/** The places a band stores of one group, ascending: those with a kept weight, filled up with the first others. */
function placesOf(mask: Mask, { rows, columns }: Size, { keep, group }: Groups, band: number, at: number): number[] {
  const top = band * bandHeight;
  const isKept = (place: number): boolean => {
    const column = at * group + place;
    if (column >= columns) return false;
    for (let row = top; row < Math.min(top + bandHeight, rows); row++) if (mask[row * columns + column]) return true;
    return false;
  };
  const kept: number[] = [];
  const others: number[] = [];
  for (let place = 0; place < group; place++) (isKept(place) ? kept : others).push(place);
  demand(
    kept.length <= keep,
    () =>
      `Rows from ${top} keep ${kept.length} of the ${group} columns from ${at * group}, and ${keep}:${group} allows ${keep}.`,
  );
  return [...kept, ...others].slice(0, keep).sort((a, b) => a - b);
}

export function decodeVectorNm(matrix: VectorNm): Float32Array<ArrayBuffer> {
  const { rows, columns, values } = matrix;
  const dense = new Float32Array(rows * columns);
  forEachStored(matrix, (at, band, column) => {
    if (column >= columns) return;
    for (let r = 0; r < bandHeight && band * bandHeight + r < rows; r++) {
      dense[(band * bandHeight + r) * columns + column] = values[at * bandHeight + r]!;
    }
  });
  return dense;
}

/** To be called on structures from elsewhere before upload. @throws SparseFormatError naming the first fault. */
export function validateVectorNm(matrix: VectorNm): void {
  const { rows, columns, keep, group, values, indices } = matrix;
  checkSize(matrix);
  checkGroups(matrix);
  const stored = storedColumns(columns, matrix);
  demandLength('indices', indices.length, bandsOf(rows) * indexWords(columns, matrix), 'a byte per band and column');
  demandLength('values', values.length, bandsOf(rows) * stored * bandHeight, '32 per band and stored column');
  let before = -1;
  forEachStored(matrix, (at, band, column) => {
    const start = Math.floor((at % stored) / keep) * group;
    demand(column < start + group, () => `Band ${band} names place ${column - start} in a group of ${group} columns.`);
    const isFirst = (at % stored) % keep === 0;
    demand(
      isFirst || before < column,
      () => `Band ${band} names column ${column} after ${before}; those of a group must differ and ascend.`,
    );
    before = column;
    demand(
      column < columns || values.subarray(at * bandHeight, (at + 1) * bandHeight).every((value) => value === 0),
      () => `Band ${band} stores weights in column ${column}, and there are only ${columns}.`,
    );
  });
}

/** Bytes of values in f32 and of indices. */
export function vectorNmBytes({ rows, columns }: Size, groups: Groups): number {
  return 4 * bandsOf(rows) * (storedColumns(columns, groups) * bandHeight + indexWords(columns, groups));
}

/**
 * Bits per weight of N:M with `valueBits` per value and ⌈log₂ M⌉ bits per index that `height` rows share, without padding.
 * Element-wise (height 1) in f16: 2:4 takes 9, 1:4 4.5 and 2:8 4.75 of 16 bits.
 */
export function bitsPerWeight({ keep, group }: Groups, valueBits: number, height = 1): number {
  return (keep * (valueBits + Math.ceil(Math.log2(group)) / height)) / group;
}

function checkGroups({ keep, group }: Groups): void {
  const fits = Number.isSafeInteger(keep) && Number.isSafeInteger(group) && keep >= 1 && keep <= group && group <= 256;
  demand(fits, () => `${keep}:${group} sparsity is impossible: choose 1 ≤ N ≤ M ≤ 256.`);
}

/** Calls with the place of each stored column, its band and its column, which may lie beyond the matrix. */
function forEachStored(matrix: VectorNm, visit: (at: number, band: number, column: number) => void): void {
  const stored = storedColumns(matrix.columns, matrix);
  const words = indexWords(matrix.columns, matrix);
  for (let band = 0; band < bandsOf(matrix.rows); band++) {
    for (let i = 0; i < stored; i++) {
      const place = (matrix.indices[band * words + (i >>> 2)]! >>> (8 * (i & 3))) & 0xff;
      visit(band * stored + i, band, Math.floor(i / matrix.keep) * matrix.group + place);
    }
  }
}
