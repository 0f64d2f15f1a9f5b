/** Tunables that the rungs of `gemm-f16-acc16` share, and whether a device can run them. */
import type { DeviceFacts } from '../../src/kernel/facts.js';
import type { Variant } from '../../src/kernel/kernel.js';
import type { GemmShape } from '../lib/gemm-shape.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { longestChain } from './operation.js';

export const group = {
  groupX: { values: [8, 16], default: 16, about: 'workgroup width, along n' },
  groupY: { values: [8, 16], default: 16, about: 'workgroup height, along m' },
};

export const promoteEvery = {
  values: [8, 16, 32],
  default: 16,
  about: 'products added in f16 before the sum moves to f32',
};

/** @param bytes of workgroup memory per unit of (groupX + groupY) · promoteEvery. */
export function fits(bytes: number) {
  return (
    { tunables }: Variant<GemmShape, 'groupX' | 'groupY' | 'promoteEvery'>,
    device: DeviceFacts,
  ): true | string => {
    const { groupX, groupY, promoteEvery: chain } = tunables;
    if (chain > longestChain || chain % 4 !== 0)
      return `promoteEvery must be a multiple of 4 up to ${longestChain}, which the error bound is made for`;
    return workgroupFits(groupX * groupY, device, bytes * (groupX + groupY) * chain);
  };
}
