/** Which weights of a dense matrix are kept: masks, and the checks every encoder starts with. */
import { demand, demandLength, SparseFormatError } from './format-error.js';

/** Rows and columns of a row-major matrix. */
export interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** One byte per weight, row-major: 1 is kept, 0 is pruned. */
export type Mask = Uint8Array<ArrayBuffer>;

/** Keeps what is not zero. */
export function nonZeroMask(dense: Float32Array): Mask {
  return Uint8Array.from(dense, (value) => (value === 0 ? 0 : 1));
}

/** The dense matrix with pruned weights set to zero. */
export function applyMask(dense: Float32Array, mask: Mask): Float32Array<ArrayBuffer> {
  return Float32Array.from(dense, (value, i) => (mask[i] ? value : 0));
}

/** Kept weights. */
export function countKept(mask: Mask): number {
  let count = 0;
  for (const kept of mask) count += kept;
  return count;
}

/** @throws SparseFormatError for a size that is no positive integer. */
export function checkSize({ rows, columns }: Size): void {
  const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 1 && value <= 0xffff_ffff;
  demand(
    isSize(rows) && isSize(columns),
    () => `A matrix of ${rows} × ${columns} cannot be stored: both sizes must be positive integers.`,
  );
}

/** @throws SparseFormatError where lengths disagree with the size, or a kept weight is NaN or infinite. */
export function checkDense(dense: Float32Array, size: Size, mask: Mask): void {
  checkSize(size);
  demandLength('The dense matrix', dense.length, size.rows * size.columns, 'rows × columns');
  demandLength('The mask', mask.length, dense.length, 'one byte per weight');
  const bad = dense.findIndex((value, i) => mask[i] === 1 && !Number.isFinite(value));
  if (bad < 0) return;
  const row = Math.floor(bad / size.columns);
  throw new SparseFormatError(
    `The weight in row ${row}, column ${bad % size.columns} is ${dense[bad]}: replace or prune it before encoding.`,
  );
}
