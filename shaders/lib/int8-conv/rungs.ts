/** The ladder that convolutions of packed bytes share; operations bring bindings and what becomes of a sum. */
import type { DeviceFacts } from '../../../src/kernel/facts.js';
import type { Dispatch, Variant } from '../../../src/kernel/kernel.js';
import type { Cost } from '../../../src/kernel/operation.js';
import type { WgslSource } from '../../../src/kernel/wgsl.js';
import { dot4Requirements } from '../dot4.js';
import dot4Native from '../dot4_native.wgsl';
import { workgroupFits } from '../workgroup-fits.js';
import directBody from './direct.wgsl';
import lanesFour from './lanes_four.wgsl';
import lanesOne from './lanes_one.wgsl';
import layout from './layout.wgsl';
import { channelsOf, depthOf, type Int8ConvShape, int8ConvCost, outputLength, wordsOfGroup } from './operation.js';
import sumsDot4 from './sums_dot4.wgsl';
import sumsFloat from './sums_float.wgsl';
import sumsUnpacked from './sums_unpacked.wgsl';

/** How four products are made: one instruction, integers unpacked, or f32 where these are faster. */
export type Products = 'dot4' | 'unpacked' | 'f32';

const texts = {
  dot4: {
    rung: 3,
    title: 'Register-blocked, dot4',
    summary: 'Four filters × four pixels in registers; four channels to an instruction.',
  },
  unpacked: {
    rung: 1,
    title: 'Register-blocked, unpacked to i32',
    summary: 'The same block with each code unpacked once and multiplied as i32, for devices without dot4.',
  },
  f32: {
    rung: 2,
    title: 'Register-blocked, exact in f32',
    summary: 'Multiplies codes as f32, whole numbers up to 2²⁴ and so exact, where f32 units outrun integer ones.',
  },
} as const satisfies Readonly<Record<Products, unknown>>;

/** Words of a group that f32 sums exactly between one settling and the next. */
const exactWords = 256;

/** @param sources declare the bindings and `fn finish(filter_: u32, sums: vec4i)`, four values to store. */
export function direct<S extends Int8ConvShape>(products: Products, sources: readonly WgslSource[]) {
  type Own = Variant<S, 'groupX' | 'groupY'>;
  return {
    ...texts[products],
    wgsl: ({ shape }: Own): readonly WgslSource[] => [
      ...sources,
      layout,
      ...(products === 'dot4' ? [dot4Native, sumsDot4] : [channelsOf(shape) === 1 ? lanesOne : lanesFour]),
      ...(products === 'unpacked' ? [sumsUnpacked] : products === 'f32' ? [sumsFloat] : []),
      directBody,
    ],
    ...dot4Requirements(products === 'dot4' ? 'dot4' : 'polyfill'),
    tunables: {
      groupX: { values: [16, 32], default: 16, about: 'workgroup width, along the pixels' },
      groupY: { values: [2, 4], default: 4, about: 'workgroup height, along the filters' },
    },
    valid: ({ shape, tunables: { groupX, groupY } }: Own, facts: DeviceFacts): true | string =>
      products === 'f32' && wordsOfGroup(shape) > exactWords
        ? `${channelsOf(shape)} channels are more than f32 sums exactly`
        : workgroupFits(groupX * groupY, facts),
    dispatch: ({ shape, tunables: { groupX, groupY } }: Own): readonly Dispatch[] => [
      {
        workgroups: [
          Math.ceil((shape.outHeight * shape.outWidth) / (4 * groupX)),
          Math.ceil((Math.ceil(shape.filters / shape.groups / 4) * shape.groups) / groupY),
          shape.batch,
        ],
      },
    ],
    cost: ({ shape }: Own): Cost => costOf(products, shape),
  };
}

function costOf(products: Products, shape: Int8ConvShape): Cost {
  const cost = int8ConvCost(shape);
  const { dot4: _, ...rest } = cost.operations;
  const count = outputLength(shape) * depthOf(shape);
  if (products === 'dot4') return cost;
  const multiplied = products === 'f32' ? { fma32: count } : { imul: count };
  return { ...cost, operations: { ...rest, ...multiplied, iadd: count, bit: count } };
}
