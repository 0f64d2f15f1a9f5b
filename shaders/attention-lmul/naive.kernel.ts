/** The first rung: three passes with the scores in storage. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { lmulSources, lmulWork, validLmul } from '../lib/lmul-format.js';
import naive from './naive.wgsl';
import { attentionLmul } from './operation.js';

export default defineKernel({
  id: 'attention-lmul/naive',
  title: 'Three passes',
  summary: 'Scores, softmax and output in passes of their own; scores and probabilities go through storage.',
  computes: attentionLmul,
  rung: 1,
  wgsl: ({ shape }) => [...lmulSources(shape), naive],
  tunables: { group: { values: [32, 64, 128, 256], default: 64, about: 'invocations of a workgroup' } },
  valid: ({ shape }) => validLmul(shape),
  scratch: ({ shape: { heads, queries, keys } }) => [{ name: 'P', element: 'f32', length: heads * queries * keys }],
  dispatch: ({ shape: { heads, queries, keys, headSize }, tunables: { group } }) => [
    { entryPoint: 'scores', workgroups: [Math.ceil(keys / group), heads * queries] },
    { entryPoint: 'softmax', workgroups: [Math.ceil((heads * queries) / group)] },
    { entryPoint: 'output', workgroups: [Math.ceil(headSize / group), heads * queries] },
  ],
  cost: ({ shape }) => {
    const products = 2 * shape.heads * shape.queries * shape.keys * shape.headSize;
    const cost = attentionLmul.cost(shape);
    return { ...cost, operations: { ...cost.operations, ...lmulWork(shape, products, 2 * products) } };
  },
});
