/** What the rungs of W4A8 share: the quantizing pass and its buffers, and the product of four codes with and without dot4. */
import type { DeviceFacts } from '../../src/kernel/facts.js';
import type { Dispatch, Scratch, Variant } from '../../src/kernel/kernel.js';
import type { WgslSource } from '../../src/kernel/wgsl.js';
import { type Dot4, dot4Requirements, dot4Sources } from '../lib/dot4.js';
import { type Int4GemmShape, int4Sources } from '../lib/int4/weights.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import direct from './direct.wgsl';
import dotBlock from './dot_block.wgsl';
import quantize from './quantize.wgsl';

type Group = Variant<Int4GemmShape, 'groupX' | 'groupY'>;

/** Four rows of one column per invocation. */
export function directRung(dot4: Dot4) {
  return {
    ...dot4Requirements(dot4),
    wgsl: ({ shape }: Variant<Int4GemmShape>) => [...sources(shape, dot4), direct],
    tunables: {
      groupX: { values: [8, 16, 32, 64], default: 32, about: 'workgroup width, along n' },
      groupY: { values: [1, 2, 4, 8], default: 4, about: 'workgroup height, four rows each' },
    },
    valid: ({ tunables: { groupX, groupY } }: Group, device: DeviceFacts) => workgroupFits(groupX * groupY, device),
    scratch: ({ shape }: Variant<Int4GemmShape>) => scratch(shape),
    dispatch: ({ shape, tunables: { groupX, groupY } }: Group) =>
      passes(shape, { workgroups: [Math.ceil(shape.n / groupX), Math.ceil(shape.m / (4 * groupY))] }),
  };
}

export function sources(shape: Int4GemmShape, dot4: Dot4): readonly WgslSource[] {
  return [...int4Sources(shape, 'f32'), ...dot4Sources(dot4), quantize, dotBlock];
}

export function scratch({ m, k, groupSize }: Int4GemmShape): readonly Scratch[] {
  return [
    { name: 'codesA', element: 'u32', length: (m * k) / 4 },
    { name: 'scalesA', element: 'f32', length: (m * k) / groupSize },
    { name: 'sumsA', element: 'i32', length: (m * k) / 32 },
  ];
}

/** The pass that quantizes A, then the product. */
export function passes({ m, k, groupSize }: Int4GemmShape, product: Dispatch): readonly Dispatch[] {
  const workgroups = Math.ceil((m * k) / groupSize / 64);
  const width = Math.min(workgroups, 32_768);
  return [{ entryPoint: 'quantize', workgroups: [width, Math.ceil(workgroups / width)] }, product];
}
