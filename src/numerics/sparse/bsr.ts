/** Block compressed sparse rows: CSR of dense square blocks; a block is stored column by column. */
import { demand, demandLength } from './format-error.js';
import { checkDense, checkSize, type Mask, nonZeroMask, type Size } from './mask.js';
import { type Compressed, validateCompressed } from './row-order.js';

export interface Bsr extends Size, Compressed {
  /** Rows and columns of a block. */
  readonly block: number;
  /** Where each block row begins, counted in blocks; `⌈rows / block⌉ + 1` entries. */
  readonly rowPtr: Uint32Array<ArrayBuffer>;
  /** Block columns. */
  readonly colIdx: Uint32Array<ArrayBuffer>;
  /** `block²` values per block, column-major, so that neighbouring rows are neighbours; zero beyond the matrix. */
  readonly values: Float32Array<ArrayBuffer>;
}

/** Encodes every block that holds a kept weight. @throws SparseFormatError for lengths that disagree or non-finite weights. */
export function encodeBsr(dense: Float32Array, size: Size, block: number, mask: Mask = nonZeroMask(dense)): Bsr {
  checkDense(dense, size, mask);
  checkBlock(block);
  const down = Math.ceil(size.rows / block);
  const across = Math.ceil(size.columns / block);
  const occupied = occupiedBlocks(mask, size, block);
  const rowPtr = new Uint32Array(down + 1);
  const colIdx: number[] = [];
  for (let blockRow = 0; blockRow < down; blockRow++) {
    for (let column = 0; column < across; column++) if (occupied[blockRow * across + column]) colIdx.push(column);
    rowPtr[blockRow + 1] = colIdx.length;
  }
  const values = new Float32Array(colIdx.length * block * block);
  const bsr: Bsr = { ...size, block, rowPtr, colIdx: Uint32Array.from(colIdx), values };
  forEachStored(bsr, (at, from) => {
    values[at] = mask[from] ? dense[from]! : 0;
  });
  return bsr;
}

export function decodeBsr(bsr: Bsr): Float32Array<ArrayBuffer> {
  const dense = new Float32Array(bsr.rows * bsr.columns);
  forEachStored(bsr, (at, from) => {
    dense[from] = bsr.values[at]!;
  });
  return dense;
}

/** To be called on structures from elsewhere before upload. @throws SparseFormatError naming the first fault. */
export function validateBsr(bsr: Bsr): void {
  const { rows, columns, block, colIdx, values } = bsr;
  checkSize(bsr);
  checkBlock(block);
  validateCompressed(bsr, Math.ceil(rows / block), Math.ceil(columns / block));
  demandLength('values', values.length, colIdx.length * block * block, `${block}² per block`);
}

/** Bytes of block pointers, block columns and values, 4 each. */
export function bsrBytes(rows: number, block: number, blocks: number): number {
  return 4 * (Math.ceil(rows / block) + 1) + 4 * blocks * (1 + block * block);
}

function checkBlock(block: number): void {
  demand(Number.isSafeInteger(block) && block >= 1, () => `A block size of ${block} is impossible: choose 16 or 32.`);
}

function occupiedBlocks(mask: Mask, { rows, columns }: Size, block: number): Uint8Array {
  const across = Math.ceil(columns / block);
  const occupied = new Uint8Array(Math.ceil(rows / block) * across);
  for (let row = 0; row < rows; row++) {
    const base = Math.floor(row / block) * across;
    for (let column = 0; column < columns; column++) {
      if (mask[row * columns + column]) occupied[base + Math.floor(column / block)] = 1;
    }
  }
  return occupied;
}

/** Calls with the place in `values` and the place in the dense matrix, for every stored weight within the matrix. */
function forEachStored({ rows, columns, block, rowPtr, colIdx }: Bsr, visit: (at: number, from: number) => void): void {
  for (let blockRow = 0; blockRow + 1 < rowPtr.length; blockRow++) {
    const height = Math.min(block, rows - blockRow * block);
    for (let i = rowPtr[blockRow]!; i < rowPtr[blockRow + 1]!; i++) {
      const left = colIdx[i]! * block;
      const width = Math.min(block, columns - left);
      for (let column = 0; column < width; column++) {
        for (let row = 0; row < height; row++) {
          visit((i * block + column) * block + row, (blockRow * block + row) * columns + left + column);
        }
      }
    }
  }
}
