/** Operations per byte: plain, and weighted by whether the bytes are weights or activations. */
import type { Operation, Shape } from '../../kernel/operation.js';

/** Bytes an operation must move at least, by what they hold. */
export interface Traffic {
  readonly weights: number;
  readonly activations: number;
}

/** How much a byte of each sort counts; they add up to 1. */
export interface ReuseWeights {
  readonly weights: number;
  readonly activations: number;
}

/**
 * Weights count four times as much as activations: our assumption, after the finding that a byte of weights costs more than
 * one of activations. `fitReuseWeights` replaces it by what a device shows.
 */
export const assumedReuseWeights: ReuseWeights = { weights: 0.8, activations: 0.2 };

/** Operations per byte. */
export function arithmeticIntensity(operations: number, { weights, activations }: Traffic): number {
  return operations / (weights + activations);
}

/**
 * Data-type-aware intensity, operations / (α·weights + β·activations) with α + β = 1. It is not normalised: at α = β = ½ it
 * is exactly twice the arithmetic intensity.
 * Source of the form: N. K. Jha, S. Mittal, "Modeling data reuse in deep neural networks by taking data-types into
 * cognizance", IEEE Transactions on Computers 70(9), 2021. The values of α and β here are ours.
 */
export function dataReuseIntensity(
  operations: number,
  traffic: Traffic,
  by: ReuseWeights = assumedReuseWeights,
): number {
  return operations / (by.weights * traffic.weights + by.activations * traffic.activations);
}

/** Inputs that stand for weights: the right-hand matrix of a product with its scales, or what is called W. */
const weightNames = /^W|B$|^(codes|scales|zeros|zeroPoints|columnScale)$/;

/** The bytes of an operation's buffers at a shape, by their names. */
export function trafficOf({ bindings }: Operation, shape: Shape): Traffic {
  let weights = 0;
  let activations = 0;
  for (const { name, access, element, length } of bindings) {
    const bytes = length(shape) * (element === 'f16' ? 2 : 4);
    if (access === 'read' && weightNames.test(name)) weights += bytes;
    else activations += bytes;
  }
  return { weights, activations };
}

export interface ReuseSample {
  readonly operations: number;
  readonly traffic: Traffic;
  /** What intensity should tell: e.g. operations per second. */
  readonly achieved: number;
}

/** The weights in steps of 0.01 under which the ranks of intensity and of what was achieved agree best. */
export function fitReuseWeights(samples: readonly ReuseSample[]): ReuseWeights & { readonly spearman: number } {
  const achieved = samples.map((sample) => sample.achieved);
  let best = { weights: 0.5, activations: 0.5, spearman: Number.NEGATIVE_INFINITY };
  // From ½ outwards, so that equal agreement keeps the plainer weights.
  const steps = Array.from({ length: 99 }, (_, i) => (i + 1) / 100).sort(
    (a, b) => Math.abs(a - 0.5) - Math.abs(b - 0.5) || a - b,
  );
  for (const alpha of steps) {
    const by = { weights: alpha, activations: 1 - alpha };
    const spearman = rankCorrelation(
      samples.map(({ operations, traffic }) => dataReuseIntensity(operations, traffic, by)),
      achieved,
    );
    if (spearman > best.spearman + 1e-12) best = { ...by, spearman };
  }
  return best;
}

/** Spearman's ρ: Pearson's correlation of the ranks, ties sharing theirs. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const centre = (a.length + 1) / 2;
  const product = (p: readonly number[], q: readonly number[]): number =>
    p.reduce((sum, value, i) => sum + (value - centre) * (q[i]! - centre), 0);
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

function ranks(values: readonly number[]): readonly number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}
