/** How dense products read their operands: whole vectors where every row is aligned to them, else element by element. */
import type { WgslSource } from '../../../src/kernel/wgsl.js';
import elementF16 from './element_f16.wgsl';
import elementF32 from './element_f32.wgsl';
import gemmAligned from './gemm_aligned.wgsl';
import gemmAny from './gemm_any.wgsl';
import gemvAligned from './gemv_aligned.wgsl';
import gemvAny from './gemv_any.wgsl';

export type Element = 'f16' | 'f32';

/** `alias Element`: what the operands are stored as. */
function elementSource(element: Element): WgslSource {
  return element === 'f16' ? elementF16 : elementF32;
}

/** `loadA`, `loadB` and `writeC` for C m×n = A m×k · B k×n. */
export function gemmLoaders(element: Element, { n, k }: { readonly n: number; readonly k: number }): WgslSource[] {
  return [elementSource(element), n % 4 === 0 && k % 4 === 0 ? gemmAligned : gemmAny];
}

/** `readW` and `readX` for y = W·x with rows of k. */
export function gemvLoaders(element: Element, { k }: { readonly k: number }): WgslSource[] {
  return [elementSource(element), k % 4 === 0 ? gemvAligned : gemvAny];
}
