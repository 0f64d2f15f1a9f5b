/** Operands prepared once, in passes of their own, and laid out in panels of four. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { columnsSource } from '../lib/columns.js';
import { lmulSources } from '../lib/lmul-format.js';
import { fitsGemmLmul, gemmLmul } from './operation.js';
import panels from './panels.wgsl';

export default defineKernel({
  id: 'gemm-lmul/panels',
  title: 'Prepared panels',
  summary: 'Two passes prepare A and B once into panels of four, so the product loop is L-Mul and sums only.',
  computes: gemmLmul,
  rung: 3,
  wgsl: ({ shape }) => [...lmulSources(shape), columnsSource(shape), panels],
  tunables: {
    groupX: { values: [4, 8, 16], default: 8, about: 'workgroup width, 4 columns each' },
    groupY: { values: [4, 8, 16], default: 8, about: 'workgroup height, 4 rows each' },
    packGroup: { values: [32, 64, 128], default: 64, about: 'invocations of a workgroup that prepares operands' },
  },
  valid: ({ shape, tunables }, facts) => fitsGemmLmul(shape, tunables, facts),
  scratch: ({ shape: { m, n, k } }) => [
    { name: 'panelsA', element: 'u32', length: 4 * Math.ceil(m / 4) * k },
    { name: 'panelsB', element: 'u32', length: 4 * Math.ceil(n / 4) * k },
  ],
  dispatch: ({ shape: { m, n, k }, tunables: { groupX, groupY, packGroup } }) => [
    { entryPoint: 'packA', workgroups: [Math.ceil(k / packGroup), Math.ceil(m / 4)] },
    { entryPoint: 'packB', workgroups: [Math.ceil(n / 4 / packGroup), k] },
    { workgroups: [Math.ceil(n / 4 / groupX), Math.ceil(m / 4 / groupY)] },
  ],
});
