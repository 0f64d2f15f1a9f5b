/** Rewrites a graph so that fewer kernels compute the same: constants ahead, neighbours fused. */
import type { Model } from '../graph.js';
import { fuseAttention } from './attention.js';
import { foldBatchNorm } from './batch-norm.js';
import { Draft } from './draft.js';
import { fuseActivation, fuseBias } from './epilogue.js';
import { fuseGelu } from './gelu.js';
import { inlineFunctions } from './inline.js';
import { fuseInt8 } from './int8.js';
import { fuseLayerNorm } from './layer-norm.js';
import { fuseQdq } from './qdq.js';
import { dropIdentities, foldConstants } from './simplify.js';

export interface OptimizeOptions {
  /** Values that must still be made, besides the outputs; `all` leaves the graph as it is. */
  readonly keep?: ReadonlySet<string> | 'all';
}

/** In order: each finds what those before it have laid bare. */
const passes: readonly ((draft: Draft) => void)[] = [
  dropIdentities,
  foldConstants,
  foldBatchNorm,
  fuseLayerNorm,
  fuseGelu,
  fuseAttention,
  fuseInt8,
  fuseQdq,
  fuseBias,
  fuseActivation,
];

/**
 * The same model with fewer nodes. Its outputs differ by rounding only. Fused nodes are of the domain `tilewatt` and carry what they
 * stand for as a graph in the attribute `body`, so that the interpreter runs them too.
 */
export function optimize(model: Model, { keep = new Set() }: OptimizeOptions = {}): Model {
  if (keep === 'all') return model;
  const draft = new Draft(inlineFunctions(model), keep);
  for (const pass of passes) pass(draft);
  return draft.finish();
}
