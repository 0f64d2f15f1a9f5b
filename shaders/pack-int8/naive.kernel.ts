/** The only rung: a word per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import pack from '../lib/int8-pack/pack.wgsl';
import { wordsOf } from '../lib/int8-pack/shape.js';
import packFour from '../lib/pack_int8.wgsl';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import naive from './naive.wgsl';
import { packInt8 } from './operation.js';

export default defineKernel({
  id: 'pack-int8/naive',
  title: 'Naive',
  summary: 'One invocation per word gathers its four codes.',
  computes: packInt8,
  rung: 1,
  wgsl: [naive, packFour, pack, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, wordsOf(variant.shape)),
});
