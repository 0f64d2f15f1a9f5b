/** Chooses how the register-blocked kernels read and write: whole vectors where every row is 16-byte aligned. */
import type { WgslSource } from '../../src/kernel/wgsl.js';
import aligned from '../lib/gemm_f32_aligned.wgsl';
import any from '../lib/gemm_f32_any.wgsl';
import type { GemmShape } from './operation.js';

export function loadersFor({ n, k }: GemmShape): WgslSource {
  return n % 4 === 0 && k % 4 === 0 ? aligned : any;
}
