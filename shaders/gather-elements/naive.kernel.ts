/** The only rung: a word per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { gatherRung } from '../lib/gather/rung.js';
import naive from './naive.wgsl';
import { gatherElements } from './operation.js';

export default defineKernel({
  id: 'gather-elements/naive',
  summary: 'One invocation per word reads its own index.',
  computes: gatherElements,
  ...gatherRung(naive),
});
