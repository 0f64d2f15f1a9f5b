/** Compressed sparse rows: for each row its columns, ascending, and their values. */
import { demandLength } from './format-error.js';
import { checkDense, checkSize, countKept, type Mask, nonZeroMask, type Size } from './mask.js';
import { type Compressed, validateCompressed } from './row-order.js';

export interface Csr extends Size, Compressed {
  /** Where each row begins in `colIdx` and `values`; `rows + 1` entries. */
  readonly rowPtr: Uint32Array<ArrayBuffer>;
  readonly colIdx: Uint32Array<ArrayBuffer>;
  readonly values: Float32Array<ArrayBuffer>;
}

/** Encodes the kept weights, kept zeros included. @throws SparseFormatError for lengths that disagree or non-finite weights. */
export function encodeCsr(dense: Float32Array, size: Size, mask: Mask = nonZeroMask(dense)): Csr {
  checkDense(dense, size, mask);
  const { rows, columns } = size;
  const count = countKept(mask);
  const rowPtr = new Uint32Array(rows + 1);
  const colIdx = new Uint32Array(count);
  const values = new Float32Array(count);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const from = row * columns + column;
      if (!mask[from]) continue;
      colIdx[at] = column;
      values[at++] = dense[from]!;
    }
    rowPtr[row + 1] = at;
  }
  return { rows, columns, rowPtr, colIdx, values };
}

export function decodeCsr({ rows, columns, rowPtr, colIdx, values }: Csr): Float32Array<ArrayBuffer> {
  const dense = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let i = rowPtr[row]!; i < rowPtr[row + 1]!; i++) dense[row * columns + colIdx[i]!] = values[i]!;
  }
  return dense;
}

/** To be called on structures from elsewhere before upload. @throws SparseFormatError naming the first fault. */
export function validateCsr(csr: Csr): void {
  checkSize(csr);
  validateCompressed(csr, csr.rows, csr.columns);
  demandLength('values', csr.values.length, csr.colIdx.length, 'one per column index');
}

/** Bytes of row pointers, column indices and values, 4 each. */
export function csrBytes(rows: number, nonZeros: number): number {
  return 4 * (rows + 1) + 8 * nonZeros;
}
