/** What convolutions and matrix products do to a finished sum: an activation, as parameters of the shape. */
import type { Parameter } from '../../src/kernel/operation.js';
import { bitsOfF32, f32OfBits } from './elementwise/special.js';

/** Numbers that say which activation; sizes are positive integers, so fractions travel as the bits of an f32. */
export interface EpilogueShape {
  readonly [name: string]: number;
  /** 1 none, 2 ReLU, 3 leaky ReLU with slope `low`, 4 clip to `low` … `high`. */
  readonly activation: number;
  readonly lowBits: number;
  readonly highBits: number;
}

export const epilogueParameters: readonly Parameter[] = [
  { name: 'activation', about: '1 none, 2 ReLU, 3 leaky ReLU, 4 clip' },
  { name: 'lowBits', about: 'f32 bits of the slope of leaky ReLU or the lower end of clip' },
  { name: 'highBits', about: 'f32 bits of the upper end of clip' },
];

/** Bits of a number as f32; −0 stands for 0 and the largest finite number for infinity, as sizes are positive and shaders know no infinity. */
export function f32Bits(value: number): number {
  const finite = Math.min(Math.max(value, -3.4028234663852886e38), 3.4028234663852886e38);
  return bitsOfF32(Math.fround(finite) === 0 ? -0 : finite);
}

export const noActivation = { activation: 1, lowBits: f32Bits(0), highBits: f32Bits(0) } as const;
export const reluActivation = { ...noActivation, activation: 2 } as const;
export const leakyActivation = (slope: number) => ({ ...noActivation, activation: 3, lowBits: f32Bits(slope) });
export const clipActivation = (low: number, high: number) => ({
  activation: 4,
  lowBits: f32Bits(low),
  highBits: f32Bits(high),
});

/** One of each, for cases. */
export const everyActivation = [noActivation, reluActivation, leakyActivation(0.2), clipActivation(0, 6)];

/** `true`, or why there is no such activation. */
export function validEpilogue({ activation }: EpilogueShape): true | string {
  return activation <= 4 || `activation is 1 (none), 2 (ReLU), 3 (leaky ReLU) or 4 (clip), not ${activation}`;
}

/** The activation of an exact sum. */
export function activate({ activation, lowBits, highBits }: EpilogueShape, value: number): number {
  if (activation === 2) return Math.max(value, 0);
  if (activation === 3) return value < 0 ? value * f32OfBits(lowBits) : value;
  return activation === 4 ? Math.min(Math.max(value, f32OfBits(lowBits)), f32OfBits(highBits)) : value;
}

/** By how much the activation can enlarge an error: its Lipschitz constant. Leaky ReLU rounds once more besides. */
export function growth({ activation, lowBits }: EpilogueShape): number {
  return activation === 3 ? Math.max(1, Math.abs(f32OfBits(lowBits))) : 1;
}
