/** One pass: a workgroup holds the scores of one query. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { lmulSources, lmulWork, validLmul } from '../lib/lmul-format.js';
import largest from '../lib/reduction/max_workgroup.wgsl';
import fused from './fused.wgsl';
import { attentionLmul } from './operation.js';

export default defineKernel({
  id: 'attention-lmul/fused',
  title: 'Fused',
  summary: 'One workgroup per query keeps its scores in workgroup memory from the first product to the second.',
  computes: attentionLmul,
  rung: 2,
  wgsl: ({ shape }) => [...lmulSources(shape), largest, fused],
  tunables: {
    group: { values: [32, 64, 128, 256], default: 64, about: 'invocations of a workgroup, a power of two' },
    maxKeys: { values: [512, 1024, 2048], default: 1024, about: 'room for keys in workgroup memory' },
    maxHeadSize: { values: [64, 128, 256], default: 256, about: 'room for a query in workgroup memory' },
  },
  valid: ({ shape, tunables: { group, maxKeys, maxHeadSize } }, { limits }) => {
    const bytes = 4 * (group + maxKeys + maxHeadSize);
    if (bytes > (limits.maxComputeWorkgroupStorageSize ?? 0))
      return `${bytes} bytes do not fit this device's workgroup memory; choose a smaller maxKeys`;
    if (shape.keys > maxKeys || shape.headSize > maxHeadSize)
      return `there is room for ${maxKeys} keys of ${maxHeadSize} columns; attention-lmul/naive takes any number`;
    return validLmul(shape);
  },
  dispatch: ({ shape: { heads, queries } }) => [{ workgroups: [heads * queries] }],
  cost: ({ shape }) => {
    const { heads, queries, keys, headSize } = shape;
    const products = 2 * heads * queries * keys * headSize;
    const cost = attentionLmul.cost(shape);
    return { ...cost, operations: { ...cost.operations, ...lmulWork(shape, products, products) } };
  },
});
