/** Workgroup memory with dot4, one block of 128 at a time. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { dot4Requirements } from '../lib/dot4.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { gemmInt8Block } from './operation.js';
import { dispatchFor, group, products } from './rungs.js';
import store from './store.wgsl';
import tiled from './tiled.wgsl';
export default defineKernel({
  id: 'gemm-int8-block/tiled-dot4',
  title: 'Tiled in workgroup memory, dot4',
  summary: 'Each workgroup copies one block of its rows and columns into workgroup memory: 16 KiB for 64×64 elements.',
  computes: gemmInt8Block,
  rung: 4,
  wgsl: [...products('dot4'), store, tiled],
  ...dot4Requirements('dot4'),
  tunables: group,
  valid: ({ tunables: { groupX, groupY } }, device) => workgroupFits(groupX * groupY, device, 512 * (groupX + groupY)),
  dispatch: dispatchFor(4),
});
