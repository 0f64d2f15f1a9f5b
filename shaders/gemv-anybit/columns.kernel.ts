/** Blocks of 32 codes taken out of whole words, four outputs per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import addPanel from '../lib/add_panel.wgsl';
import addBlock from '../lib/any-bit/add_block.wgsl';
import { anyBitSources } from '../lib/any-bit/weights.js';
import panelB from '../lib/panel_b.wgsl';
import storeFour from '../lib/store_four.wgsl';
import columns from './columns.wgsl';
import { gemvAnyBit } from './operation.js';

export default defineKernel({
  id: 'gemv-anybit/columns',
  title: 'Whole words, four outputs',
  summary:
    'Loads the words of 32 weights of four outputs and takes the codes out by constant shifts; no shared memory.',
  computes: gemvAnyBit,
  rung: 2,
  wgsl: ({ shape }) => [panelB, ...anyBitSources(shape), addPanel, addBlock, storeFour, columns],
  tunables: { groupX: { values: [8, 16, 32, 64], default: 32, about: 'invocations per workgroup, four outputs each' } },
  dispatch: ({ shape: { n }, tunables: { groupX } }) => [{ workgroups: [Math.ceil(n / (4 * groupX))] }],
});
