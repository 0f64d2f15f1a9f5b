/** Chooses how kernels read four columns of X and write four of C: as one vec4 where rows are aligned, else one by one. */
import type { WgslSource } from '../../../src/kernel/wgsl.js';
import scalar from './columns_scalar.wgsl';
import vec4 from './columns_vec4.wgsl';

export function columnsFor({ n }: { readonly n: number }): WgslSource {
  return n % 4 === 0 ? vec4 : scalar;
}
