/** Scales and zero points of tensors seen as outer × axis × inner: one, one per place of the axis, or one per block along it. */
import type { Parameter } from '../../src/kernel/operation.js';
import { type AxisShape, axisParameters } from './reduction/axis.js';

export interface ScaledShape extends AxisShape {
  readonly block: number;
  readonly outerStep: number;
  readonly blockStep: number;
  readonly innerStep: number;
}

export const scaledParameters: readonly Parameter[] = [
  ...axisParameters,
  { name: 'block', about: 'places along the axis that share a scale' },
  { name: 'outerStep', about: 'scales to a step along outer', min: 0 },
  { name: 'blockStep', about: 'scales to a step from block to block', min: 0 },
  { name: 'innerStep', about: 'scales to a step along inner', min: 0 },
];

export function scaleCount({ outer, axis, inner, block, outerStep, blockStep, innerStep }: ScaledShape): number {
  return 1 + (outer - 1) * outerStep + (Math.ceil(axis / block) - 1) * blockStep + (inner - 1) * innerStep;
}

/** Which scale element `i` has. */
export function scaleOf({ axis, inner, block, outerStep, blockStep, innerStep }: ScaledShape, i: number): number {
  const a = Math.floor(i / inner) % axis;
  return Math.floor(i / inner / axis) * outerStep + Math.floor(a / block) * blockStep + (i % inner) * innerStep;
}

/** One scale for all. */
export function perTensor(count: number): ScaledShape {
  return { outer: 1, axis: count, inner: 1, block: count, outerStep: 0, blockStep: 0, innerStep: 0 };
}

/** A scale for each place of the axis. */
export function perAxis(outer: number, axis: number, inner: number): ScaledShape {
  return { outer, axis, inner, block: 1, outerStep: 0, blockStep: 1, innerStep: 0 };
}

/** A scale for each block along the axis, everywhere. */
export function perBlock(outer: number, axis: number, inner: number, block: number): ScaledShape {
  const blocks = Math.ceil(axis / block);
  return { outer, axis, inner, block, outerStep: blocks * inner, blockStep: inner, innerStep: 1 };
}
