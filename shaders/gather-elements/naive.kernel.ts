/** The only rung: a word per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import naive from './naive.wgsl';
import { gatherElements } from './operation.js';

export default defineKernel({
  id: 'gather-elements/naive',
  title: 'Naive',
  summary: 'One invocation per word reads its own index.',
  computes: gatherElements,
  rung: 1,
  wgsl: [naive, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, variant.shape.outer * variant.shape.indices * variant.shape.inner),
});
