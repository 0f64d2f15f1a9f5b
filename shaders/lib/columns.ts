/** Chooses how kernels with four columns per invocation load B (words, binding 2) and store C (f32, binding 3). */
import type { WgslSource } from '../../src/kernel/wgsl.js';
import scalar from './columns_scalar.wgsl';
import vec4 from './columns_vec4.wgsl';

/** 16-byte accesses where every row starts on a 16-byte boundary. */
export function columnsSource({ n }: { readonly n: number }): WgslSource {
  return n % 4 === 0 ? vec4 : scalar;
}
