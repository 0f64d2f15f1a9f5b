/** Matrix units of the device, through Dawn's experimental feature; browsers have it behind a flag at most. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { gemmF16 } from './operation.js';
import subgroupMatrix from './subgroup-matrix.wgsl';

export default defineKernel({
  id: 'gemm-f16/subgroup-matrix',
  title: 'Subgroup matrices (experimental)',
  summary: 'Each subgroup multiplies whole matrices in the matrix units of the device and adds them in f32.',
  computes: gemmF16,
  rung: 5,
  wgsl: [subgroupMatrix],
  requires: {
    features: ['shader-f16', 'subgroups', 'chromium-experimental-subgroup-matrix'],
    language: ['subgroup_id'],
  },
  tunables: {
    matrixM: { values: [8, 16], default: 16, about: 'rows of a left matrix' },
    matrixN: { values: [8, 16], default: 16, about: 'columns of a right matrix' },
    matrixK: { values: [8, 16], default: 16, about: 'columns of a left matrix' },
    threads: { values: [64, 128, 256], default: 128, about: 'invocations per workgroup, whole subgroups of them' },
  },
  valid({ shape: { m, n, k }, tunables: { matrixM, matrixN, matrixK, threads } }, facts) {
    const found = (facts.subgroupMatrices ?? []).some(
      ({ componentType, resultComponentType, M, N, K }) =>
        componentType === 'f16' && resultComponentType === 'f32' && M === matrixM && N === matrixN && K === matrixK,
    );
    if (!found) return `this device has no f16 matrices of ${matrixM}×${matrixN}×${matrixK} added in f32`;
    if (m % (2 * matrixM) !== 0 || n % (2 * matrixN) !== 0 || k % matrixK !== 0)
      return `m, n and k must be multiples of ${2 * matrixM}, ${2 * matrixN} and ${matrixK}; gemm-f16/blocked takes any`;
    const lanes = facts.subgroup?.max ?? 1;
    if (threads % lanes !== 0) return `${threads} invocations are no whole subgroups of ${lanes}`;
    return workgroupFits(threads, facts);
  },
  dispatch: ({ shape: { m, n }, tunables: { matrixM, matrixN, threads } }) => {
    // Enough workgroups for one block each to subgroups of 32; fewer or more subgroups share the blocks out.
    const blocks = Math.ceil(m / (2 * matrixM)) * Math.ceil(n / (2 * matrixN));
    return [{ workgroups: [Math.min(65_535, Math.ceil((32 * blocks) / threads))] }];
  },
});
