/** The only rung: an element per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import naive from './naive.wgsl';
import { batchNorm } from './operation.js';

export default defineKernel({
  id: 'batch-norm/naive',
  title: 'Naive',
  summary: 'One invocation per element.',
  computes: batchNorm,
  rung: 1,
  wgsl: [naive, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, variant.shape.outer * variant.shape.channels * variant.shape.spatial),
});
