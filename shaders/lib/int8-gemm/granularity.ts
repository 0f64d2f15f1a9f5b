/** How many scales an INT8 operand has: a parameter of the problem, because it decides the result. */
import type { Parameter } from '../../../src/kernel/operation.js';
import type { Granularity } from '../../../src/numerics/int8.js';
import { gemmSweep } from '../gemm-cases.js';
import type { GemmShape } from '../gemm-shape.js';
import { gemmParameters } from '../gemm-shape.js';
import { cases, presets } from './shapes.js';

export interface ScaledShape extends GemmShape {
  /** 1: a scale per row of A and per column of B. 2: one for each whole matrix. */
  readonly scales: number;
}

const lines = { scales: 1 } as const;
const whole = { scales: 2 } as const;

export function granularityOf({ scales }: ScaledShape): Granularity {
  return scales === whole.scales ? 'tensor' : 'row';
}

/** Refuses a number of scales that stands for nothing. */
export function validScales({ scales }: ScaledShape): true | string {
  return (
    scales === lines.scales ||
    scales === whole.scales ||
    `scales must be 1 (per row and column) or 2 (per matrix), not ${scales}`
  );
}

export const scaledParameters: readonly Parameter[] = [
  ...gemmParameters,
  { name: 'scales', about: '1: per row of A and column of B, 2: one per matrix' },
];

export const scaledCases: readonly ScaledShape[] = [
  ...cases.map((shape) => ({ ...shape, ...lines })),
  { m: 33, n: 18, k: 50, ...whole },
];

export const scaledPresets = [
  ...presets.map(({ title, shape }) => ({ title, shape: { ...shape, ...lines } })),
  { title: 'Square 512, one scale per matrix', shape: { m: 512, n: 512, k: 512, ...whole } },
];

export const scaledSweep: readonly ScaledShape[] = gemmSweep.map((shape) => ({ ...shape, ...lines }));
