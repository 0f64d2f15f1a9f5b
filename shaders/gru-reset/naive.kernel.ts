/** The only rung: a unit per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import functions from '../lib/elementwise/functions.wgsl';
import { gatesSource, units } from '../lib/recurrent/cell.js';
import cell from '../lib/recurrent/cell.wgsl';
import gates from '../lib/recurrent/gates.wgsl';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import naive from './naive.wgsl';
import { gruReset } from './operation.js';

export default defineKernel({
  id: 'gru-reset/naive',
  title: 'Naive',
  summary: 'One invocation per unit of every batch entry and direction.',
  computes: gruReset,
  rung: 1,
  wgsl: [functions, cell, gatesSource(3), gates, naive, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, units(variant.shape)),
});
