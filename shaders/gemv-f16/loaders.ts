/** Chooses how the kernels read: whole vectors where every row is 8-byte aligned. */
import type { WgslSource } from '../../src/kernel/wgsl.js';
import type { GemvShape } from '../gemv-f32/operation.js';
import aligned from '../lib/gemv_f16_aligned.wgsl';
import any from '../lib/gemv_f16_any.wgsl';

export function loadersFor({ k }: GemvShape): WgslSource {
  return k % 4 === 0 ? aligned : any;
}
