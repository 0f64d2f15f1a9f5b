/** The first rung: weight by weight, wherever its bits are. */
import { defineKernel } from '../../src/kernel/kernel.js';
import single from '../lib/any-bit/single.wgsl';
import { anyBitSources } from '../lib/any-bit/weights.js';
import { elementGrid } from '../lib/element-grid.js';
import panelB from '../lib/panel_b.wgsl';
import naive from './naive.wgsl';
import { gemmAnyBit } from './operation.js';

export default defineKernel({
  id: 'gemm-anybit/naive',
  title: 'Naive',
  summary: 'One invocation per element of C finds each code by its bit position, in one word or two.',
  computes: gemmAnyBit,
  rung: 1,
  wgsl: ({ shape }) => [panelB, ...anyBitSources(shape), single, naive],
  ...elementGrid,
});
