/** What the rungs of `gemm-int8-block` share: how four products are made, and the checks of a workgroup. */
import type { DeviceFacts } from '../../src/kernel/facts.js';
import type { Dispatch, Variant } from '../../src/kernel/kernel.js';
import type { Cost } from '../../src/kernel/operation.js';
import type { WgslSource } from '../../src/kernel/wgsl.js';
import { type Dot4, dot4Sources } from '../lib/dot4.js';
import type { GemmShape } from '../lib/gemm-shape.js';
import dot16 from '../lib/int8-gemm/dot16.wgsl';
import signed from '../lib/int8-gemm/signed.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import { gemmInt8Block } from './operation.js';

type Group = 'groupX' | 'groupY';

export function products(dot4: Dot4): readonly WgslSource[] {
  return [bindings, ...dot4Sources(dot4), signed, dot16];
}

export const group = {
  groupX: { values: [8, 16], default: 16, about: 'workgroup width, along n' },
  groupY: { values: [8, 16], default: 16, about: 'workgroup height, along m' },
};

export function fits({ tunables: { groupX, groupY } }: Variant<GemmShape, Group>, device: DeviceFacts): true | string {
  return workgroupFits(groupX * groupY, device);
}

/** @param side rows and columns of C per invocation. */
export function dispatchFor(side: number) {
  return ({ shape: { m, n }, tunables: { groupX, groupY } }: Variant<GemmShape, Group>): readonly Dispatch[] => [
    { workgroups: [Math.ceil(n / (groupX * side)), Math.ceil(m / (groupY * side))] },
  ];
}

/** @param unpacking shifts per product: 4 for every element on its own, 1 in a 4 × 4 block. */
export function unpackedCost(unpacking: number) {
  return ({ shape }: Variant<GemmShape>): Cost => {
    const cost = gemmInt8Block.cost(shape);
    const { mul32 = 0, fma32 = 0 } = cost.operations;
    const products = shape.m * shape.n * shape.k;
    return { ...cost, operations: { imul: products, iadd: products, bit: unpacking * products, mul32, fma32 } };
  };
}
