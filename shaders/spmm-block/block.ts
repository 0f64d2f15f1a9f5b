/** The file with the block size as a constant, which loops over a block need. */
import type { WgslSource } from '../../src/kernel/wgsl.js';
import block16 from './block_16.wgsl';
import block32 from './block_32.wgsl';
import type { BlockShape } from './operation.js';

export function blockSource({ block }: BlockShape): WgslSource {
  return block === 16 ? block16 : block32;
}
