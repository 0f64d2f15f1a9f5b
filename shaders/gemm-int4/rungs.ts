/** Rungs of the int4 GEMM, once for each storage of the activations. */
import { defineKernel } from '../../src/kernel/kernel.js';
import type { Operation } from '../../src/kernel/operation.js';
import { elementGrid } from '../lib/element-grid.js';
import panels from '../lib/int4/panels.wgsl';
import { type Int4GemmShape, int4Requirements, int4Sources } from '../lib/int4/weights.js';
import panelB from '../lib/panel_b.wgsl';
import { registerTile } from '../lib/register-tile.js';
import storeFour from '../lib/store_four.wgsl';
import type { Activation } from '../lib/weight-only.js';
import { broadcastFits, workgroupFits } from '../lib/workgroup-fits.js';
import direct from './direct.wgsl';
import naive from './naive.wgsl';
import subgroup from './subgroup.wgsl';
import tiled from './tiled.wgsl';

interface Family {
  readonly operation: Operation<Int4GemmShape>;
  readonly activation: Activation;
}

export function naiveGemm(family: Family) {
  return defineKernel({
    id: `${family.operation.id}/naive`,
    title: 'Naive',
    summary: 'One invocation per element of C takes one weight after the other out of its word.',
    computes: family.operation,
    rung: 1,
    ...int4Requirements(family.activation),
    wgsl: ({ shape }) => [...int4Sources(shape, family.activation), naive],
    ...elementGrid,
  });
}

export function directGemm(family: Family) {
  return defineKernel({
    id: `${family.operation.id}/direct`,
    title: 'Decoded in registers',
    summary:
      'Each invocation decodes 32 weights of four columns at a time and uses them for all rows of its tile of C.',
    computes: family.operation,
    rung: 2,
    ...int4Requirements(family.activation),
    wgsl: ({ shape, tunables: { threadM } }) => [
      ...int4Sources(shape, family.activation),
      registerTile({ threadM, threadN: 4, readA: 'readA' }),
      panels,
      storeFour,
      direct,
    ],
    tunables: {
      threadM: { values: [1, 2, 4, 8, 16], default: 4, about: 'rows of C per invocation' },
      groupX: { values: [4, 8, 16, 32, 64], default: 8, about: 'workgroup width, four columns each' },
      groupY: { values: [1, 2, 4, 8], default: 8, about: 'workgroup height, along m' },
    },
    valid: ({ tunables: { groupX, groupY } }, device) => workgroupFits(groupX * groupY, device),
    dispatch: ({ shape: { m, n }, tunables: { threadM, groupX, groupY } }) => [
      { workgroups: [Math.ceil(n / (4 * groupX)), Math.ceil(m / (groupY * threadM))] },
    ],
  });
}

export function tiledGemm(family: Family) {
  return defineKernel({
    id: `${family.operation.id}/tiled`,
    title: 'Decoded to shared memory',
    summary: 'The workgroup decodes a tile of weights once into shared memory, from where a register tile reads.',
    computes: family.operation,
    rung: 3,
    ...int4Requirements(family.activation),
    wgsl: ({ shape, tunables: { threadM } }) => [
      ...int4Sources(shape, family.activation),
      registerTile({ threadM, threadN: 4, readA: 'readA', readB: 'readB' }),
      panelB,
      panels,
      storeFour,
      tiled,
    ],
    tunables: {
      threadM: { values: [2, 4, 8], default: 4, about: 'rows of C per invocation' },
      groupX: { values: [8, 16], default: 16, about: 'workgroup width, four columns each' },
      groupY: { values: [4, 8, 16], default: 16, about: 'workgroup height, along m' },
    },
    valid: ({ tunables: { threadM, groupX, groupY } }, device) =>
      workgroupFits(groupX * groupY, device, 16 * (8 * threadM * groupY + 32 * groupX)),
    dispatch: ({ shape: { m, n }, tunables: { threadM, groupX, groupY } }) => [
      { workgroups: [Math.ceil(n / (4 * groupX)), Math.ceil(m / (groupY * threadM))] },
    ],
  });
}

export function subgroupGemm(family: Family) {
  const { features = [] } = int4Requirements(family.activation).requires ?? {};
  return defineKernel({
    id: `${family.operation.id}/subgroup`,
    title: 'Decoded in registers, subgroup broadcast',
    summary: 'Each lane loads other rows of A and broadcasts them, so that a decoded weight serves a tall tile of C.',
    computes: family.operation,
    rung: 4,
    requires: { features: [...features, 'subgroups'] },
    wgsl: ({ shape, tunables: { threadM, lanesPerLoad } }) => [
      ...int4Sources(shape, family.activation),
      registerTile({ threadM, threadN: 4, readA: 'readA', lanesPerLoad }),
      panels,
      storeFour,
      subgroup,
    ],
    tunables: {
      threadM: { values: [4, 8, 16, 32], default: 16, about: 'rows of C per invocation, shared by the workgroup' },
      threads: { values: [8, 16, 32, 64, 128], default: 64, about: 'invocations per workgroup, four columns each' },
      lanesPerLoad: { values: [4, 8, 16], default: 4, about: 'rows of A loaded at once, each by its own lane' },
    },
    valid: ({ tunables }, device) => broadcastFits(tunables, device),
    dispatch: ({ shape: { m, n }, tunables: { threadM, threads } }) => [
      { workgroups: [Math.ceil(n / (4 * threads)), Math.ceil(m / threadM)] },
    ],
  });
}
