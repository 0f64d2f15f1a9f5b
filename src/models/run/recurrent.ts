/** Activations of recurrent layers, by the names that their attributes use. */
import type { Attributes } from './call.js';

/** One activation, its input clipped where the layer asks. */
export type Activation = (value: number) => number;

interface Named {
  readonly alpha?: number;
  readonly beta?: number;
  readonly of: (value: number, alpha: number, beta: number) => number;
}

/** Names in lower case, which is how they are compared. `alpha` and `beta` are those that the function takes, with defaults. */
const named: Readonly<Record<string, Named>> = {
  relu: { of: (x) => Math.max(0, x) },
  tanh: { of: Math.tanh },
  sigmoid: { of: (x) => 1 / (1 + Math.exp(-x)) },
  affine: { alpha: 1, beta: 0, of: (x, a, b) => a * x + b },
  leakyrelu: { alpha: 0.01, of: (x, a) => (x >= 0 ? x : a * x) },
  thresholdedrelu: { alpha: 1, of: (x, a) => (x > a ? x : 0) },
  scaledtanh: { alpha: 1, beta: 1, of: (x, a, b) => a * Math.tanh(b * x) },
  hardsigmoid: { alpha: 0.2, beta: 0.5, of: (x, a, b) => Math.min(1, Math.max(0, a * x + b)) },
  elu: { alpha: 1, of: (x, a) => (x >= 0 ? x : a * Math.expm1(x)) },
  softsign: { of: (x) => x / (1 + Math.abs(x)) },
  softplus: { of: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) },
};

/**
 * The activations of each direction. Values of `activation_alpha` and `activation_beta` go in turn to the functions that take
 * one.
 * @throws ModelRunError for unknown names or a count that does not fit the directions.
 */
export function activationsOf(
  call: Attributes,
  directions: number,
  defaults: readonly string[],
): readonly (readonly Activation[])[] {
  const names = call.strings('activations') ?? Array.from({ length: directions }, () => defaults).flat();
  if (names.length !== directions * defaults.length) {
    return call.fail('bad-value', `${names.length} activations are given, not ${directions * defaults.length}`);
  }
  const alphas = [...(call.floats('activation_alpha') ?? [])];
  const betas = [...(call.floats('activation_beta') ?? [])];
  const clip = call.float('clip', 0);
  const all = names.map((name): Activation => {
    const found = named[name.toLowerCase()] ?? call.fail('unsupported-form', `activation "${name}" is not known`);
    const alpha = found.alpha === undefined ? 0 : (alphas.shift() ?? found.alpha);
    const beta = found.beta === undefined ? 0 : (betas.shift() ?? found.beta);
    return clip > 0
      ? (value) => found.of(Math.min(clip, Math.max(-clip, value)), alpha, beta)
      : (value) => found.of(value, alpha, beta);
  });
  return Array.from({ length: directions }, (_, d) => all.slice(d * defaults.length, (d + 1) * defaults.length));
}
