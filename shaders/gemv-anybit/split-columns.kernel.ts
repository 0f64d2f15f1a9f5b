/** Four outputs per invocation, the sum over k split within the workgroup. */
import { defineKernel } from '../../src/kernel/kernel.js';
import addPanel from '../lib/add_panel.wgsl';
import addBlock from '../lib/any-bit/add_block.wgsl';
import { anyBitSources } from '../lib/any-bit/weights.js';
import panelB from '../lib/panel_b.wgsl';
import storeFour from '../lib/store_four.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { gemvAnyBit } from './operation.js';
import splitColumns from './split-columns.wgsl';

export default defineKernel({
  id: 'gemv-anybit/split-columns',
  title: 'Whole words, split along k',
  summary: 'As before, with k split among the rows of the workgroup, so that few outputs still fill a GPU.',
  computes: gemvAnyBit,
  rung: 3,
  wgsl: ({ shape }) => [panelB, ...anyBitSources(shape), addPanel, addBlock, storeFour, splitColumns],
  tunables: {
    groupX: { values: [4, 8, 16, 32], default: 8, about: 'invocations along n, four outputs each' },
    slices: { values: [2, 4, 8, 16, 32], default: 32, about: 'slices of k, one invocation each' },
  },
  valid: ({ tunables: { groupX, slices } }, device) => workgroupFits(groupX * slices, device, 16 * groupX * slices),
  dispatch: ({ shape: { n }, tunables: { groupX } }) => [{ workgroups: [Math.ceil(n / (4 * groupX))] }],
});
