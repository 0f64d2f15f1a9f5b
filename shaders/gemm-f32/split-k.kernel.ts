/** Parallelism along k, for results too small to fill a device. */

import { defineKernel } from '../../src/kernel/kernel.js';
import read from '../lib/dense/gemm_read.wgsl';
import { gemmLoaders } from '../lib/dense/loaders.js';
import type { GemmShape } from '../lib/gemm-shape.js';
import { registerTile } from '../lib/register-tile.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { gemmF32 } from './operation.js';
import splitK from './split-k.wgsl';

const padded = (n: number): number => Math.ceil(n / 4) * 4;

export default defineKernel({
  id: 'gemm-f32/split-k',
  title: 'Split-K',
  summary:
    'Workgroups share the sum over k and a second pass adds their parts in a fixed order, for small C and long k.',
  computes: gemmF32,
  rung: 6,
  wgsl: ({ shape, tunables: { threadM, threadN } }) => [
    ...gemmLoaders('f32', shape),
    read,
    registerTile({ threadM, threadN, readA: 'readA', readB: 'readB', write: 'writePartial' }),
    splitK,
  ],
  tunables: {
    splits: { values: [4, 8, 16, 32], default: 16, about: 'parts that k is cut into' },
    threadM: { values: [1, 4, 8], default: 4, about: 'rows of C per invocation' },
    threadN: { values: [4, 8], default: 4, about: 'columns of C per invocation' },
    groupX: { values: [8, 16], default: 8, about: 'workgroup width, along n' },
    groupY: { values: [1, 4, 8], default: 8, about: 'workgroup height, along m' },
  },
  valid: ({ tunables: { groupX, groupY } }, facts) => workgroupFits(groupX * groupY, facts),
  scratch: ({ shape: { m, n }, tunables: { splits } }) => [
    { name: 'partial', element: 'f32', length: splits * m * padded(n) },
  ],
  dispatch: ({ shape: { m, n }, tunables: { splits, threadM, threadN, groupX, groupY } }) => [
    {
      entryPoint: 'multiply',
      workgroups: [Math.ceil(n / (groupX * threadN)), Math.ceil(m / (groupY * threadM)), splits],
    },
    { entryPoint: 'sum', workgroups: [Math.ceil(n / (4 * groupX)), Math.ceil(m / groupY)] },
  ],
  cost: ({ shape, tunables: { splits } }) => withPartialSums(shape, splits),
});

/** The product's own cost, with the partial sums written, read and added. */
function withPartialSums(shape: GemmShape, splits: number) {
  const { operations, nominal, bytesRead, bytesWritten } = gemmF32.cost(shape);
  const partials = splits * shape.m * padded(shape.n);
  return {
    operations: { ...operations, add32: partials },
    nominal,
    bytesRead: bytesRead + 4 * partials,
    bytesWritten: bytesWritten + 4 * partials,
  };
}
