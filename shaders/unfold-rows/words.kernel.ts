/** The first rung: word by word. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { unfoldRows } from './operation.js';
import words from './words.wgsl';

export default defineKernel({
  id: 'unfold-rows/words',
  title: 'Word by word',
  summary: 'One invocation per word finds the element under its place in the window.',
  computes: unfoldRows,
  rung: 1,
  wgsl: [words],
  tunables: { threads: { values: [32, 64, 128], default: 32, about: 'invocations per workgroup, along a row' } },
  valid: ({ tunables: { threads } }, facts) => workgroupFits(threads, facts),
  dispatch: ({ shape: { rows, rowWords }, tunables: { threads } }) => [
    { workgroups: [Math.ceil(rowWords / threads), rows] },
  ],
});
