/** Pruned weights of a product as the catalogue's sparse kernels read them. */
import type { BufferData } from '../../kernel/operation.js';
import { encodeBsr } from '../../numerics/sparse/bsr.js';
import type { Size } from '../../numerics/sparse/mask.js';
import { countAtDensity, keepBlocks } from '../../numerics/sparse/prune.js';
import { rowsByLength } from '../../numerics/sparse/row-order.js';
import { encodeTwoFour, type TwoFour } from '../../numerics/sparse/two-four.js';

export const patterns = ['2:4', 'block'] as const;
export type Pattern = (typeof patterns)[number];

/** Side of the blocks that are kept or pruned as a whole. */
export const blockSide = 16;

/** What a sparse kernel takes besides the dense operands. */
export interface SparseWeights {
  /** Sizes of the operation beyond m, n and k. */
  readonly shape: Readonly<Record<string, number>>;
  /** By binding name; made when they are uploaded. */
  readonly parts: Readonly<Record<string, () => BufferData>>;
}

/**
 * @param dense rows × columns, zero where pruned; for 2:4 values that f16 holds.
 * @throws SparseFormatError, when a part is made, for weights that do not keep to the pattern.
 */
export function sparseWeights(dense: Float32Array<ArrayBuffer>, size: Size, pattern: Pattern): SparseWeights {
  return pattern === '2:4' ? twoFour(dense, size) : blocks(dense, size);
}

function twoFour(dense: Float32Array, size: Size): SparseWeights {
  let encoded: TwoFour | undefined;
  const part = (name: 'values' | 'indices') => () => {
    encoded ??= encodeTwoFour(dense, size);
    return encoded[name];
  };
  return { shape: {}, parts: { values: part('values'), indices: part('indices') } };
}

/**
 * The operation states how many blocks there are in thousandths of all, so a few blocks of zeros are kept where their
 * number lies between two of those.
 */
function blocks(dense: Float32Array, size: Size): SparseWeights {
  const occupied = encodeBsr(dense, size, blockSide).colIdx.length;
  const total = Math.ceil(size.rows / blockSide) * Math.ceil(size.columns / blockSide);
  let densityPerMille = 1;
  while (countAtDensity(total, densityPerMille) < occupied) densityPerMille++;
  const kept = countAtDensity(total, densityPerMille);
  const { rowPtr, colIdx, values } = encodeBsr(dense, size, blockSide, keepBlocks(dense, size, blockSide, kept));
  // A buffer holds one block at least, also where none is kept.
  const filled = <T extends BufferData>(data: T, empty: T): T => (kept === 0 ? empty : data);
  return {
    shape: { block: blockSide, densityPerMille },
    parts: {
      rowPtr: () => rowPtr,
      colIdx: () => filled(colIdx, new Uint32Array(1)),
      rowOrder: () => rowsByLength(rowPtr),
      values: () => filled(values, new Float32Array(blockSide ** 2)),
    },
  };
}
