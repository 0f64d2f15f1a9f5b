/** Pruning of weights by magnitude into the patterns that the sparse kernels compute. */

import { applyMask } from '../../numerics/sparse/mask.js';
import { keepBlocks, keepGroups } from '../../numerics/sparse/prune.js';
import { twoFourBytes } from '../../numerics/sparse/two-four.js';
import type { Layer } from './layers.js';
import type { Matrix } from './matrix.js';
import type { Scheme } from './schemes.js';

type Pattern = NonNullable<Scheme['prune']>;

/** Side of the blocks that are kept or pruned as a whole. */
const blockSide = 16;

/** Half of the weights, those of the larger magnitude within the pattern, the rest zero. */
export function pruned(matrix: Matrix, pattern: Pattern): Matrix {
  const { rows, columns, data } = matrix;
  const size = { rows, columns };
  const mask =
    pattern === '2:4'
      ? keepGroups(data, size, { keep: 2, group: 4 })
      : keepBlocks(data, size, blockSide, Math.ceil(blocksOf(matrix) / 2));
  return { ...matrix, data: applyMask(data, mask) };
}

function blocksOf({ rows, columns }: Pick<Matrix, 'rows' | 'columns'>): number {
  return Math.ceil(rows / blockSide) * Math.ceil(columns / blockSide);
}

/** Bytes as the sparse formats store it: f16 pairs and indices for 2:4, f32 blocks with an index each. */
export function prunedBytes({ rows, reduction: columns }: Pick<Layer, 'rows' | 'reduction'>, pattern: Pattern): number {
  if (pattern === '2:4') return twoFourBytes({ rows, columns });
  const kept = Math.ceil(blocksOf({ rows, columns }) / 2);
  return Math.min(kept * blockSide ** 2, rows * columns) * 4 + 4 * (kept + Math.ceil(rows / blockSide) + 1);
}
