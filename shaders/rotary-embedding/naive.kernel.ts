/** The only rung: a feature per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import naive from './naive.wgsl';
import { rotaryEmbedding } from './operation.js';

export default defineKernel({
  id: 'rotary-embedding/naive',
  title: 'Naive',
  summary: 'One invocation per feature reads the other of its pair, and one sine and cosine.',
  computes: rotaryEmbedding,
  rung: 1,
  wgsl: [naive, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => {
    const { batch, heads, steps, size } = variant.shape;
    return lined(variant, batch * heads * steps * size);
  },
});
