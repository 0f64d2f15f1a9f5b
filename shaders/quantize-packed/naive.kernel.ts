/** The only rung: a word per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import pack from '../lib/int8-pack/pack.wgsl';
import { wordsOf } from '../lib/int8-pack/shape.js';
import packFour from '../lib/pack_int8.wgsl';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import naive from './naive.wgsl';
import { quantizePacked } from './operation.js';

export default defineKernel({
  id: 'quantize-packed/naive',
  title: 'Naive',
  summary: 'One invocation per word quantizes its four elements.',
  computes: quantizePacked,
  rung: 1,
  wgsl: [naive, packFour, pack, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, wordsOf(variant.shape)),
});
