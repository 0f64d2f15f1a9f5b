/** The first rung: weight by weight, wherever its bits are. */
import { defineKernel } from '../../src/kernel/kernel.js';
import single from '../lib/any-bit/single.wgsl';
import { anyBitSources } from '../lib/any-bit/weights.js';
import panelB from '../lib/panel_b.wgsl';
import naive from './naive.wgsl';
import { gemvAnyBit } from './operation.js';

export default defineKernel({
  id: 'gemv-anybit/naive',
  title: 'Naive',
  summary: 'One invocation per output finds each code by its bit position, in one word or two.',
  computes: gemvAnyBit,
  rung: 1,
  wgsl: ({ shape }) => [panelB, ...anyBitSources(shape), single, naive],
  tunables: { groupX: { values: [32, 64, 128], default: 64, about: 'outputs per workgroup' } },
  dispatch: ({ shape: { n }, tunables: { groupX } }) => [{ workgroups: [Math.ceil(n / groupX)] }],
});
