/** Row pointers and the order of rows, which CSR and BSR share. */
import { demand, demandLength } from './format-error.js';

/**
 * Row swizzle: row indices, longest row first, so that neighbours take equally long and the longest start first; of equal
 * ones, those that come first. `rowPtr` has one entry more than rows.
 */
export function rowsByLength(rowPtr: Uint32Array): Uint32Array<ArrayBuffer> {
  const lengthOf = (row: number): number => rowPtr[row + 1]! - rowPtr[row]!;
  const rows = Uint32Array.from({ length: rowPtr.length - 1 }, (_, row) => row);
  return rows.sort((a, b) => lengthOf(b) - lengthOf(a) || a - b);
}

/** @throws SparseFormatError where `order` is no permutation of the rows. */
export function validateRowOrder(order: Uint32Array, rows: number): void {
  demandLength('rowOrder', order.length, rows, 'one per row');
  const seen = new Uint8Array(rows);
  for (const row of order) {
    demand(row < rows, () => `rowOrder names row ${row}, and there are only ${rows}.`);
    demand(!seen[row], () => `rowOrder names row ${row} twice.`);
    seen[row] = 1;
  }
}

/** Row pointers and the column indices between them; BSR counts blocks. */
export interface Compressed {
  readonly rowPtr: Uint32Array;
  readonly colIdx: Uint32Array;
}

/** @throws SparseFormatError for bad pointers, and for columns that are out of range, unsorted or repeated. */
export function validateCompressed({ rowPtr, colIdx }: Compressed, rows: number, columns: number): void {
  demandLength('rowPtr', rowPtr.length, rows + 1, 'rows + 1');
  demand(rowPtr[0] === 0, () => `rowPtr must start at 0, not ${rowPtr[0]}.`);
  for (let row = 0; row < rows; row++) {
    demand(
      rowPtr[row]! <= rowPtr[row + 1]!,
      () => `rowPtr falls from ${rowPtr[row]} to ${rowPtr[row + 1]} after row ${row}; it must never fall.`,
    );
  }
  demandLength('colIdx', colIdx.length, rowPtr[rows]!, 'the last entry of rowPtr');
  for (let row = 0; row < rows; row++) validateColumns(colIdx.subarray(rowPtr[row], rowPtr[row + 1]), row, columns);
}

function validateColumns(indices: Uint32Array, row: number, columns: number): void {
  for (const [i, column] of indices.entries()) {
    demand(column < columns, () => `Row ${row} names column ${column}, and there are only ${columns}.`);
    if (i === 0) continue;
    const before = indices[i - 1]!;
    demand(before !== column, () => `Row ${row} names column ${column} twice.`);
    demand(before < column, () => `Row ${row} names column ${column} after ${before}; sort the columns of each row.`);
  }
}
