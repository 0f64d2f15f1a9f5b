/** What kernels of an element per invocation share: their one tunable and their grid. */

import type { DeviceFacts } from '../../../src/kernel/facts.js';
import type { Dispatch } from '../../../src/kernel/kernel.js';
import { grid } from '../grid.js';
import { workgroupFits } from '../workgroup-fits.js';

export const threads = { values: [64, 128, 256], default: 256, about: 'invocations per workgroup' };

interface Threaded {
  readonly tunables: { readonly threads: number };
}

export function fits({ tunables }: Threaded, facts: DeviceFacts): true | string {
  return workgroupFits(tunables.threads, facts);
}

/** One invocation for each of `count`. */
export function lined({ tunables }: Threaded, count: number): readonly Dispatch[] {
  return [{ workgroups: grid(Math.ceil(count / tunables.threads)) }];
}
