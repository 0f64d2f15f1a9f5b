/** What every lowering of attention needs: the kernels, and how a mask meets batch and heads. */
import type { AttentionShape } from '../../../../../shaders/attention-f32/operation.js';
import type { Operand } from '../../lowering.js';
import { broadcastBatch } from './product.js';

/** Best first: a software adapter takes the first without barriers. */
export const rungs = ['attention-f32/blocked', 'attention-f32/streaming', 'attention-f32/rows', 'attention-f32/naive'];
/** One or two queries leave kernels for four with little to share. */
export const fewRungs = ['attention-f32/streaming', 'attention-f32/naive'];

/** The sizes that a mask must meet, and those of the products. */
export type AttentionSizes = Pick<AttentionShape, 'heads' | 'queries' | 'keys' | 'headSize' | 'valueSize'>;

/** How a mask meets batch and heads, or a clause on why no kernel reads it. */
export function maskOf(mask: Pick<Operand, 'dims'> | undefined, leading: readonly number[], sizes: AttentionSizes) {
  if (mask === undefined) return { mask: 1, maskRepeat: 1, maskCount: 1, maskRows: 1 };
  const [rows, columns] = [mask.dims.at(-2) ?? 1, mask.dims.at(-1)];
  const outer = mask.dims.slice(0, -2);
  const fits = columns === sizes.keys && (rows === 1 || rows === sizes.queries) && outer.length <= leading.length;
  const offset = leading.length - outer.length;
  const heads =
    fits && outer.every((size, i) => size === 1 || size === leading[i + offset])
      ? broadcastBatch(outer, leading)
      : undefined;
  if (heads === undefined) return 'its mask broadcasts in a way that no kernel knows';
  return { mask: 2, maskRepeat: heads.repeat, maskCount: heads.count, maskRows: rows };
}
