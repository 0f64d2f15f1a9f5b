/** Workgroup memory with dot4, one block of 128 at a time. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { gemmInt8Block } from './operation.js';
import { dispatchFor, fits, group, native } from './rungs.js';
import store from './store.wgsl';
import tiled from './tiled.wgsl';
export default defineKernel({
  id: 'gemm-int8-block/tiled-dot4',
  title: 'Tiled in workgroup memory, dot4',
  summary: 'Each workgroup copies one block of its rows and columns into workgroup memory: 16 KiB for 64×64 elements.',
  computes: gemmInt8Block,
  rung: 4,
  wgsl: [...native, store, tiled],
  requires: { language: ['packed_4x8_integer_dot_product'] },
  tunables: group,
  valid: (variant, device) => {
    const { groupX, groupY } = variant.tunables;
    const bytes = 512 * (groupX + groupY);
    const { maxComputeWorkgroupStorageSize = 0 } = device.limits;
    if (bytes > maxComputeWorkgroupStorageSize)
      return `tiles of ${bytes} bytes do not fit this device's ${maxComputeWorkgroupStorageSize} bytes of workgroup memory`;
    return fits(variant, device);
  },
  dispatch: dispatchFor(4),
});
