/** The grid of the plainest products: one invocation per element of C m×n. */
import type { DeviceFacts } from '../../src/kernel/facts.js';
import type { Dispatch, Tunable, Variant } from '../../src/kernel/kernel.js';
import type { GemmShape } from './gemm-shape.js';
import { workgroupFits } from './workgroup-fits.js';

type Group = 'groupX' | 'groupY';

const tunables: Readonly<Record<Group, Tunable>> = {
  groupX: { values: [8, 16, 32], default: 16, about: 'workgroup width, along n' },
  groupY: { values: [4, 8, 16], default: 16, about: 'workgroup height, along m' },
};

/** What a kernel takes over whose entry point finds its column in `global_invocation_id.x` and its row in `.y`. */
export const elementGrid = {
  tunables,
  valid: ({ tunables: { groupX, groupY } }: Variant<GemmShape, Group>, device: DeviceFacts): true | string =>
    workgroupFits(groupX * groupY, device),
  dispatch: ({ shape: { m, n }, tunables: { groupX, groupY } }: Variant<GemmShape, Group>): readonly Dispatch[] => [
    { workgroups: [Math.ceil(n / groupX), Math.ceil(m / groupY)] },
  ],
};
