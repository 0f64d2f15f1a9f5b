/** Four bytes times four bytes: by the device's instruction, or unpacked to integers. */
import type { Requirements } from '../../src/kernel/kernel.js';
import type { WgslSource } from '../../src/kernel/wgsl.js';
import native from './dot4_native.wgsl';
import polyfill from './dot4_polyfill.wgsl';
import unpack from './unpack_int8.wgsl';

export type Dot4 = 'dot4' | 'polyfill';

/** `fn dot4I8(a: u32, b: u32) -> i32` and its unsigned twin. */
export function dot4Sources(dot4: Dot4): readonly WgslSource[] {
  return dot4 === 'dot4' ? [native] : [polyfill, unpack];
}

/** What a kernel record says of it. */
export function dot4Requirements(dot4: Dot4): { readonly requires?: Requirements } {
  return dot4 === 'dot4' ? { requires: { language: ['packed_4x8_integer_dot_product'] } } : {};
}
