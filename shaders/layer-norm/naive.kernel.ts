/** The first rung: a row per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import naive from './naive.wgsl';
import { layerNorm } from './operation.js';
import row from './row.wgsl';

export default defineKernel({
  id: 'layer-norm/naive',
  title: 'Naive',
  summary: 'One invocation goes through a row three times: mean, variance, results.',
  computes: layerNorm,
  rung: 1,
  wgsl: [row, naive, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, variant.shape.rows),
});
