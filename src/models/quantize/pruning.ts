/** Pruning of weights by magnitude into the patterns that the sparse kernels compute, and the layers that run on them. */

import { roundToHalf } from '../../numerics/sparse/half-pairs.js';
import { applyMask } from '../../numerics/sparse/mask.js';
import { countAtDensity, keepBlocks, keepGroups } from '../../numerics/sparse/prune.js';
import { twoFourBytes } from '../../numerics/sparse/two-four.js';
import type { Node } from '../graph.js';
import { lowerings } from '../run/lowering.js';
import { blockSide, type Pattern } from '../run/pruned-weights.js';
import type { Layer } from './layers.js';
import type { Matrix } from './matrix.js';
import type { QuantizedLayer } from './quantize.js';
import { makeNode, type Rewrite } from './rewrite.js';
import { isPlainGemm } from './stored.js';

const mostHalf = 65504;
const half = 500;

/**
 * Half of the weights, those of the larger magnitude within the pattern, the rest zero. Those kept by 2:4 are rounded to f16,
 * as the format stores them; what lies beyond f16 becomes its largest number.
 */
export function pruned(matrix: Matrix, pattern: Pattern): Matrix {
  const { rows, columns, data } = matrix;
  const size = { rows, columns };
  if (pattern === 'block') return { ...matrix, data: applyMask(data, keepBlocks(data, size, blockSide, kept(size))) };
  const values = applyMask(data, keepGroups(data, size, { keep: 2, group: 4 }));
  return { ...matrix, data: values.map((value) => roundToHalf(Math.min(Math.max(value, -mostHalf), mostHalf))) };
}

/** Blocks of a matrix that are kept, one at least. */
function kept({ rows, columns }: Pick<Matrix, 'rows' | 'columns'>): number {
  return Math.max(1, countAtDensity(Math.ceil(rows / blockSide) * Math.ceil(columns / blockSide), half));
}

/** Bytes as the sparse formats store it: f16 pairs and indices for 2:4, f32 blocks with an index each. */
export function prunedBytes({ rows, reduction: columns }: Pick<Layer, 'rows' | 'reduction'>, pattern: Pattern): number {
  if (pattern === '2:4') return twoFourBytes({ rows, columns });
  const blocks = kept({ rows, columns });
  return Math.min(blocks * blockSide ** 2, rows * columns) * 4 + 4 * (blocks + Math.ceil(rows / blockSide) + 1);
}

/** The operation whose kernels compute a pruned layer when it runs, undefined where none does. */
export function sparseKernel({ layer, scheme }: QuantizedLayer): string | undefined {
  const product = layer.op === 'MatMul' ? layer.dims.length === 2 : isPlainGemm(layer);
  if (scheme.prune === undefined || !product || !lowerings.has('tilewatt.PrunedMatMul')) return undefined;
  return scheme.prune === '2:4' ? 'spmm-2-4' : 'spmm-block';
}

/** The product of a layer on its pruned weights, without its bias. */
export function prunedMatMul(rewrite: Rewrite, quantized: QuantizedLayer, input: string, output: string): Node {
  const { layer, scheme, weights } = quantized;
  const { rows, columns, data } = weights!;
  const weight = rewrite.constant(`${layer.weightName}_pruned`, 'f32', [rows, columns], data.slice());
  rewrite.needsDomain('tilewatt', 1);
  const pattern = { kind: 'string', value: scheme.prune! } as const;
  return makeNode('PrunedMatMul', [input, weight], [output], { pattern }, 'tilewatt');
}
