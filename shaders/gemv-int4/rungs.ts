/** Rungs of the int4 GEMV, once for each storage of the activations; `split-columns` has the body of `gemv-anybit`. */

import { defineKernel } from '../../src/kernel/kernel.js';
import type { Operation } from '../../src/kernel/operation.js';
import splitColumns from '../gemv-anybit/split-columns.wgsl';
import addPanel from '../lib/add_panel.wgsl';
import dotBlock from '../lib/int4/dot_block.wgsl';
import panels from '../lib/int4/panels.wgsl';
import { type Int4Shape, int4Requirements, int4Sources } from '../lib/int4/weights.js';
import panelB from '../lib/panel_b.wgsl';
import storeFour from '../lib/store_four.wgsl';
import type { Activation } from '../lib/weight-only.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import columns from './columns.wgsl';
import direct from './direct.wgsl';
import naive from './naive.wgsl';
import split from './split.wgsl';
import addBlock from './split-columns.wgsl';

export interface Family {
  readonly operation: Operation<Int4Shape>;
  readonly activation: Activation;
}

export function naiveGemv(family: Family) {
  return defineKernel({
    id: `${family.operation.id}/naive`,
    title: 'Naive',
    summary: 'One invocation per output takes one weight after the other out of its word.',
    computes: family.operation,
    rung: 1,
    ...int4Requirements(family.activation),
    wgsl: ({ shape }) => [...int4Sources(shape, family.activation), naive],
    tunables: { groupX: { values: [32, 64, 128], default: 64, about: 'outputs per workgroup' } },
    dispatch: ({ shape: { n }, tunables: { groupX } }) => [{ workgroups: [Math.ceil(n / groupX)] }],
  });
}

export function directGemv(family: Family) {
  return defineKernel({
    id: `${family.operation.id}/direct`,
    title: 'Blocks in registers',
    summary:
      'One vec4<u32> load brings 32 weights, decoded in registers and met by vec4 activations; no shared memory.',
    computes: family.operation,
    rung: 2,
    ...int4Requirements(family.activation),
    wgsl: ({ shape }) => [...int4Sources(shape, family.activation), dotBlock, direct],
    tunables: { groupX: { values: [8, 16, 32, 64, 128], default: 64, about: 'outputs per workgroup' } },
    dispatch: ({ shape: { n }, tunables: { groupX } }) => [{ workgroups: [Math.ceil(n / groupX)] }],
  });
}

export function splitGemv(family: Family) {
  return defineKernel({
    id: `${family.operation.id}/split`,
    title: 'Split along k',
    summary: 'Several invocations share an output, each with a slice of k, so that few outputs still fill a GPU.',
    computes: family.operation,
    rung: 4,
    ...int4Requirements(family.activation),
    wgsl: ({ shape }) => [...int4Sources(shape, family.activation), dotBlock, split],
    tunables: {
      groupX: { values: [8, 16, 32, 64], default: 32, about: 'outputs per workgroup' },
      slices: { values: [2, 4, 8, 16, 32], default: 8, about: 'slices of k, one invocation each' },
    },
    valid: ({ tunables: { groupX, slices } }, device) => workgroupFits(groupX * slices, device),
    dispatch: ({ shape: { n }, tunables: { groupX } }) => [{ workgroups: [Math.ceil(n / groupX)] }],
  });
}

export function columnsGemv(family: Family) {
  return defineKernel({
    id: `${family.operation.id}/columns`,
    title: 'Four outputs per invocation',
    summary: 'Each activation is loaded once for four outputs, whose codes are decoded side by side; no shared memory.',
    computes: family.operation,
    rung: 3,
    ...int4Requirements(family.activation),
    wgsl: ({ shape }) => [...int4Sources(shape, family.activation), panelB, panels, addPanel, storeFour, columns],
    tunables: { groupX: { values: [8, 16, 32, 64], default: 32, about: 'invocations per workgroup' } },
    dispatch: ({ shape: { n }, tunables: { groupX } }) => [{ workgroups: [Math.ceil(n / (4 * groupX))] }],
  });
}

export function splitColumnsGemv(family: Family) {
  return defineKernel({
    id: `${family.operation.id}/split-columns`,
    title: 'Four outputs, split along k',
    summary: 'Four outputs per invocation as before, with k split among the rows of the workgroup.',
    computes: family.operation,
    rung: 5,
    ...int4Requirements(family.activation),
    wgsl: ({ shape }) => [
      ...int4Sources(shape, family.activation),
      panelB,
      panels,
      addPanel,
      storeFour,
      addBlock,
      splitColumns,
    ],
    tunables: {
      groupX: { values: [4, 8, 16, 32], default: 8, about: 'invocations along n, four outputs each' },
      slices: { values: [2, 4, 8, 16, 32], default: 32, about: 'slices of k, one invocation each' },
    },
    valid: ({ tunables: { groupX, slices } }, device) => workgroupFits(groupX * slices, device, 16 * groupX * slices),
    dispatch: ({ shape: { n }, tunables: { groupX } }) => [{ workgroups: [Math.ceil(n / (4 * groupX))] }],
  });
}
