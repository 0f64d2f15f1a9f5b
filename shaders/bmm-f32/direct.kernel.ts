/** Register blocking: a tile of C in the registers of each invocation, vec4 loads where rows are aligned. */
import { defineKernel } from '../../src/kernel/kernel.js';
import type { WgslSource } from '../../src/kernel/wgsl.js';
import epilogue from '../lib/epilogue.wgsl';
import { registerTile } from '../lib/register-tile.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import aAny from './a_any.wgsl';
import aVec4 from './a_vec4.wgsl';
import bAny from './b_any.wgsl';
import bVec4 from './b_vec4.wgsl';
import direct from './direct.wgsl';
import operands from './operands.wgsl';
import { type BmmShape, bmmF32 } from './operation.js';
import store from './store.wgsl';

export default defineKernel({
  id: 'bmm-f32/direct',
  title: 'Register-blocked, direct loads',
  summary:
    'A tile of C in the registers of each invocation reuses what it loads, with no shared memory and no barrier.',
  computes: bmmF32,
  rung: 3,
  wgsl: ({ shape, tunables: { threadM, threadN } }) => [
    ...loadersFor(shape),
    operands,
    epilogue,
    store,
    registerTile({ threadM, threadN, readA: 'readA', readB: 'readB' }),
    direct,
  ],
  tunables: {
    threadM: { values: [1, 4, 8], default: 4, about: 'rows of C per invocation' },
    threadN: { values: [4, 8], default: 4, about: 'columns of C per invocation' },
    groupX: { values: [4, 8, 16], default: 8, about: 'workgroup width, along n' },
    groupY: { values: [1, 4, 8], default: 8, about: 'workgroup height, along m' },
  },
  valid: ({ tunables: { groupX, groupY } }, facts) => workgroupFits(groupX * groupY, facts),
  dispatch: ({ shape: { m, n, batches }, tunables: { threadM, threadN, groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / (groupX * threadN)), Math.ceil(m / (groupY * threadM)), batches] },
  ],
});

/** Whole vectors of an operand that is not transposed and whose rows are 16-byte aligned. */
function loadersFor({ n, k, transA, transB }: BmmShape): readonly WgslSource[] {
  return [transA === 1 && k % 4 === 0 ? aVec4 : aAny, transB === 1 && n % 4 === 0 ? bVec4 : bAny];
}
