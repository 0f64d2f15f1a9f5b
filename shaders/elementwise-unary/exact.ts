/** What the functions of one number are, in f64, and the formulas that their bounds are derived from. */

import { erf } from '../../src/numerics/erf.js';
import { roundToEven } from '../../src/numerics/rounding.js';
import * as formulas from '../lib/elementwise/formulas.js';
import { sigmoid, softplus } from '../lib/elementwise/special.js';
import { Approximate, approximate, constant } from '../lib/running-error.js';
import type { Scalars, UnaryName } from './functions.js';

export interface ExactFunction {
  readonly exact: (x: number, scalars: Scalars) => number;
  /** Left out where no rounding happens. */
  readonly formula?: (x: Approximate, scalars: Scalars) => Approximate;
  /** Brings a number that was drawn into the domain of the function. */
  readonly domain?: (x: number) => number;
}

const positive = (x: number): number => Math.abs(x) + 2 ** -10;
const unit = (x: number): number => Math.max(-1, Math.min(1, x / 2));
const inner = (x: number): number => Math.max(-0.999, Math.min(0.999, x / 2));
const wide = (x: number): number => 8 * x;
const zero = approximate(0);
const { SQRT1_2, PI } = Math;

/** √(2/π)·(x + 0.044715·x³). */
const geluInner = (x: Approximate): Approximate =>
  x
    .times(x)
    .times(0.044715)
    .plus(1)
    .times(x)
    .times(Math.sqrt(2 / PI));
const geluTanh = (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / PI) * (x + 0.044715 * x ** 3)));

const clamped = (x: Approximate, least: number, most: number): Approximate =>
  new Approximate(Math.max(least, Math.min(most, x.value)), x.error);

export const exactFunctions: Readonly<Record<UnaryName, ExactFunction>> = {
  abs: { exact: Math.abs },
  neg: { exact: (x) => -x },
  ceil: { exact: Math.ceil },
  floor: { exact: Math.floor },
  round: { exact: roundToEven, domain: (x) => Math.round(4 * x) / 2 },
  sign: { exact: Math.sign },
  sqrt: { exact: Math.sqrt, formula: (x) => x.sqrt(), domain: positive },
  exp: { exact: Math.exp, formula: (x) => x.exp() },
  log: { exact: Math.log, formula: (x) => x.log(), domain: positive },
  reciprocal: { exact: (x) => 1 / x, formula: (x) => approximate(1).over(x), domain: positive },
  sin: { exact: Math.sin, formula: formulas.sin, domain: wide },
  cos: { exact: Math.cos, formula: formulas.cos, domain: wide },
  tan: { exact: Math.tan, formula: formulas.tan, domain: unit },
  asin: { exact: Math.asin, formula: formulas.asin, domain: unit },
  acos: { exact: Math.acos, formula: formulas.acos, domain: unit },
  atan: { exact: Math.atan, formula: formulas.atan, domain: wide },
  sinh: { exact: Math.sinh, formula: formulas.sinh },
  cosh: { exact: Math.cosh, formula: formulas.cosh },
  tanh: { exact: Math.tanh, formula: formulas.tanh },
  asinh: { exact: Math.asinh, formula: formulas.asinh, domain: wide },
  acosh: { exact: Math.acosh, formula: formulas.acosh, domain: (x) => 1 + positive(x) },
  atanh: { exact: Math.atanh, formula: formulas.atanh, domain: inner },
  erf: { exact: erf, formula: formulas.erf },
  relu: { exact: (x) => Math.max(x, 0) },
  'leaky-relu': {
    exact: (x, { alpha }) => (x < 0 ? alpha * x : x),
    formula: (x, { alpha }) => (x.value < 0 ? x.times(approximate(alpha)) : x),
  },
  elu: {
    exact: (x, { alpha }) => (x < 0 ? alpha * Math.expm1(x) : x),
    formula: (x, { alpha }) => (x.value < 0 ? formulas.expm1(x).times(approximate(alpha)) : x),
  },
  selu: {
    exact: (x, { alpha, beta }) => beta * (x <= 0 ? alpha * Math.expm1(x) : x),
    formula: (x, { alpha, beta }) =>
      (x.value <= 0 ? formulas.expm1(x).times(approximate(alpha)) : x).times(approximate(beta)),
  },
  celu: {
    exact: (x, { alpha }) => (x < 0 ? alpha * Math.expm1(x / alpha) : x),
    formula: (x, { alpha }) => (x.value < 0 ? formulas.expm1(x.over(approximate(alpha))).times(approximate(alpha)) : x),
  },
  sigmoid: { exact: sigmoid, formula: formulas.sigmoid },
  'hard-sigmoid': {
    exact: (x, { alpha, beta }) => Math.max(0, Math.min(1, alpha * x + beta)),
    formula: (x, { alpha, beta }) => clamped(x.times(approximate(alpha)).plus(approximate(beta)), 0, 1),
  },
  'hard-swish': {
    exact: (x) => x * Math.max(0, Math.min(1, x / 6 + 0.5)),
    formula: (x) => x.times(clamped(x.times(constant(1 / 6)).plus(0.5), 0, 1)),
  },
  softplus: { exact: softplus, formula: formulas.softplus },
  softsign: { exact: (x) => x / (1 + Math.abs(x)), formula: (x) => x.over(x.magnitude().plus(1)) },
  gelu: {
    exact: (x) => 0.5 * x * (1 + erf(x * SQRT1_2)),
    formula: (x) => x.scaled(0.5).times(formulas.erf(x.times(SQRT1_2)).plus(1)),
  },
  'gelu-tanh': { exact: geluTanh, formula: (x) => x.scaled(0.5).times(formulas.tanh(geluInner(x)).plus(1)) },
  mish: { exact: (x) => x * Math.tanh(softplus(x)), formula: (x) => x.times(formulas.tanh(formulas.softplus(x))) },
  swish: {
    exact: (x, { alpha }) => x * sigmoid(alpha * x),
    formula: (x, { alpha }) => x.times(formulas.sigmoid(x.times(approximate(alpha)))),
  },
  'thresholded-relu': { exact: (x, { alpha }) => (x > alpha ? x : 0) },
  shrink: {
    exact: (x, { alpha, beta }) => (x < -alpha ? x + beta : x > alpha ? x - beta : 0),
    formula: (x, { alpha, beta }) => {
      if (x.value < -alpha) return x.plus(approximate(beta));
      return x.value > alpha ? x.minus(approximate(beta)) : zero;
    },
  },
  clip: { exact: (x, { alpha, beta }) => Math.min(Math.max(x, alpha), beta) },
  affine: {
    exact: (x, { alpha, beta }) => alpha * x + beta,
    formula: (x, { alpha, beta }) => x.times(approximate(alpha)).plus(approximate(beta)),
  },
};
