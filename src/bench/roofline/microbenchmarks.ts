/** The kernels that find a device's ceilings, and what one run of each counts. */
import type { Shape } from '../../kernel/operation.js';
import type { ComputeKind } from './ceilings.js';

export interface Microbenchmark {
  readonly of: ComputeKind | 'workgroupMemory';
  readonly kernel: string;
  /** Candidates for the tunable that matters most; each device has its own best. */
  readonly tunables: readonly Readonly<Record<string, number>>[];
  /** What is counted, for one step of one of the n values: operations, or bytes. */
  readonly perStep: number;
}

const chains = [4, 8, 2].map((count) => ({ chains: count }));

/** The first of `tunables` is the only one tried where time is short. */
export const microbenchmarks: readonly Microbenchmark[] = [
  { of: 'fma32', kernel: 'peak-fma-f32/chains', tunables: chains, perStep: 2 },
  { of: 'fma16', kernel: 'peak-fma-f16/chains', tunables: chains, perStep: 2 },
  { of: 'dot4', kernel: 'peak-dot4/chains', tunables: chains, perStep: 1 },
  { of: 'int', kernel: 'peak-int/chains', tunables: chains, perStep: 2 },
  { of: 'pair', kernel: 'peak-lmul-mix/chains', tunables: chains, perStep: 1 },
  { of: 'sfu', kernel: 'peak-sfu/chains', tunables: chains, perStep: 1 },
  {
    of: 'workgroupMemory',
    kernel: 'peak-workgroup-memory/rotate',
    tunables: [{ threads: 256 }, { threads: 128 }],
    perStep: 4,
  },
];

export const copyKernel = 'copy/vec4';

const steps = 1024;

/** Values of the first attempt, and the most; between them n grows until a dispatch is long against its launch. */
export const fewestValues = 2 ** 10;
export const mostValues = 2 ** 22;

export function recurrenceShape(n: number): Shape {
  return { n, steps };
}

/** Words of each buffer for a copy whose two buffers together have this many bytes. */
export function copyShape(workingSet: number): Shape {
  return { words: workingSet / 8 };
}

/** 64 KiB up, by fours. */
export function workingSets(largest: number): readonly number[] {
  const sets: number[] = [];
  for (let bytes = 2 ** 16; bytes <= largest; bytes *= 4) sets.push(bytes);
  return sets;
}
