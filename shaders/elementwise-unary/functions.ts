/** The functions of one f32: WGSL, exact value, and the formula that the bound is derived from. */

import { erf } from '../../src/numerics/erf.js';
import { roundToEven } from '../../src/numerics/rounding.js';
import * as formulas from '../lib/elementwise/formulas.js';
import { sigmoid, softplus } from '../lib/elementwise/special.js';
import { Approximate, approximate, constant } from '../lib/running-error.js';

/** The two numbers that some functions take besides x. */
export interface Scalars {
  readonly alpha: number;
  readonly beta: number;
}

export interface UnaryFunction {
  readonly name: string;
  /** An expression of x, alpha and beta. */
  readonly wgsl: string;
  readonly exact: (x: number, scalars: Scalars) => number;
  /** Left out where no rounding happens. */
  readonly formula?: (x: Approximate, scalars: Scalars) => Approximate;
  /** Brings a number that was drawn into the domain of the function. */
  readonly domain?: (x: number) => number;
  readonly alpha?: number;
  readonly beta?: number;
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

/** In the order of their numbers, the first being 1. */
export const unaryFunctions: readonly UnaryFunction[] = [
  { name: 'abs', wgsl: 'abs(x)', exact: Math.abs },
  { name: 'neg', wgsl: '-x', exact: (x) => -x },
  { name: 'ceil', wgsl: 'ceil(x)', exact: Math.ceil },
  { name: 'floor', wgsl: 'floor(x)', exact: Math.floor },
  { name: 'round', wgsl: 'round(x)', exact: roundToEven, domain: (x) => Math.round(4 * x) / 2 },
  { name: 'sign', wgsl: 'sign(x)', exact: Math.sign },
  { name: 'sqrt', wgsl: 'sqrt(x)', exact: Math.sqrt, formula: (x) => x.sqrt(), domain: positive },
  { name: 'exp', wgsl: 'exp(x)', exact: Math.exp, formula: (x) => x.exp() },
  { name: 'log', wgsl: 'log(x)', exact: Math.log, formula: (x) => x.log(), domain: positive },
  {
    name: 'reciprocal',
    wgsl: '1.0 / x',
    exact: (x) => 1 / x,
    formula: (x) => approximate(1).over(x),
    domain: positive,
  },
  { name: 'sin', wgsl: 'sinOf(x)', exact: Math.sin, formula: formulas.sin, domain: wide },
  { name: 'cos', wgsl: 'cosOf(x)', exact: Math.cos, formula: formulas.cos, domain: wide },
  { name: 'tan', wgsl: 'tanOf(x)', exact: Math.tan, formula: formulas.tan, domain: unit },
  { name: 'asin', wgsl: 'asinOf(x)', exact: Math.asin, formula: formulas.asin, domain: unit },
  { name: 'acos', wgsl: 'acosOf(x)', exact: Math.acos, formula: formulas.acos, domain: unit },
  { name: 'atan', wgsl: 'atanOf(x)', exact: Math.atan, formula: formulas.atan, domain: wide },
  { name: 'sinh', wgsl: 'sinhOf(x)', exact: Math.sinh, formula: formulas.sinh },
  { name: 'cosh', wgsl: 'coshOf(x)', exact: Math.cosh, formula: formulas.cosh },
  { name: 'tanh', wgsl: 'tanhOf(x)', exact: Math.tanh, formula: formulas.tanh },
  { name: 'asinh', wgsl: 'asinhOf(x)', exact: Math.asinh, formula: formulas.asinh, domain: wide },
  { name: 'acosh', wgsl: 'acoshOf(x)', exact: Math.acosh, formula: formulas.acosh, domain: (x) => 1 + positive(x) },
  { name: 'atanh', wgsl: 'atanhOf(x)', exact: Math.atanh, formula: formulas.atanh, domain: inner },
  { name: 'erf', wgsl: 'erfOf(x)', exact: erf, formula: formulas.erf },
  { name: 'relu', wgsl: 'max(x, 0.0)', exact: (x) => Math.max(x, 0) },
  {
    name: 'leaky-relu',
    wgsl: 'select(x, alpha * x, x < 0.0)',
    exact: (x, { alpha }) => (x < 0 ? alpha * x : x),
    formula: (x, { alpha }) => (x.value < 0 ? x.times(approximate(alpha)) : x),
    alpha: 0.01,
  },
  {
    name: 'elu',
    wgsl: 'select(x, alpha * expm1Of(x), x < 0.0)',
    exact: (x, { alpha }) => (x < 0 ? alpha * Math.expm1(x) : x),
    formula: (x, { alpha }) => (x.value < 0 ? formulas.expm1(x).times(approximate(alpha)) : x),
    alpha: 1,
  },
  {
    name: 'selu',
    wgsl: 'beta * select(x, alpha * expm1Of(x), x <= 0.0)',
    exact: (x, { alpha, beta }) => beta * (x <= 0 ? alpha * Math.expm1(x) : x),
    formula: (x, { alpha, beta }) =>
      (x.value <= 0 ? formulas.expm1(x).times(approximate(alpha)) : x).times(approximate(beta)),
    alpha: 1.6732632,
    beta: 1.050701,
  },
  {
    name: 'celu',
    wgsl: 'select(x, alpha * expm1Of(x / alpha), x < 0.0)',
    exact: (x, { alpha }) => (x < 0 ? alpha * Math.expm1(x / alpha) : x),
    formula: (x, { alpha }) => (x.value < 0 ? formulas.expm1(x.over(approximate(alpha))).times(approximate(alpha)) : x),
    alpha: 2,
  },
  { name: 'sigmoid', wgsl: 'sigmoidOf(x)', exact: sigmoid, formula: formulas.sigmoid },
  {
    name: 'hard-sigmoid',
    wgsl: 'clamp(alpha * x + beta, 0.0, 1.0)',
    exact: (x, { alpha, beta }) => Math.max(0, Math.min(1, alpha * x + beta)),
    formula: (x, { alpha, beta }) => clamped(x.times(approximate(alpha)).plus(approximate(beta)), 0, 1),
    alpha: 0.2,
    beta: 0.5,
  },
  {
    name: 'hard-swish',
    wgsl: 'x * clamp(x * 0.1666666667 + 0.5, 0.0, 1.0)',
    exact: (x) => x * Math.max(0, Math.min(1, x / 6 + 0.5)),
    formula: (x) => x.times(clamped(x.times(constant(1 / 6)).plus(0.5), 0, 1)),
  },
  { name: 'softplus', wgsl: 'softplusOf(x)', exact: softplus, formula: formulas.softplus },
  {
    name: 'softsign',
    wgsl: 'x / (1.0 + abs(x))',
    exact: (x) => x / (1 + Math.abs(x)),
    formula: (x) => x.over(x.magnitude().plus(1)),
  },
  {
    name: 'gelu',
    wgsl: '0.5 * x * (1.0 + erfOf(x * 0.7071067812))',
    exact: (x) => 0.5 * x * (1 + erf(x * SQRT1_2)),
    formula: (x) => x.scaled(0.5).times(formulas.erf(x.times(SQRT1_2)).plus(1)),
  },
  {
    name: 'gelu-tanh',
    wgsl: '0.5 * x * (1.0 + tanhOf(0.7978845608 * (x * (1.0 + 0.044715 * x * x))))',
    exact: geluTanh,
    formula: (x) => x.scaled(0.5).times(formulas.tanh(geluInner(x)).plus(1)),
  },
  {
    name: 'mish',
    wgsl: 'x * tanhOf(softplusOf(x))',
    exact: (x) => x * Math.tanh(softplus(x)),
    formula: (x) => x.times(formulas.tanh(formulas.softplus(x))),
  },
  {
    name: 'swish',
    wgsl: 'x * sigmoidOf(alpha * x)',
    exact: (x, { alpha }) => x * sigmoid(alpha * x),
    formula: (x, { alpha }) => x.times(formulas.sigmoid(x.times(approximate(alpha)))),
    alpha: 1,
  },
  {
    name: 'thresholded-relu',
    wgsl: 'select(0.0, x, x > alpha)',
    exact: (x, { alpha }) => (x > alpha ? x : 0),
    alpha: 1,
  },
  {
    name: 'shrink',
    wgsl: 'select(select(0.0, x - beta, x > alpha), x + beta, x < -alpha)',
    exact: (x, { alpha, beta }) => (x < -alpha ? x + beta : x > alpha ? x - beta : 0),
    formula: (x, { alpha, beta }) => {
      if (x.value < -alpha) return x.plus(approximate(beta));
      return x.value > alpha ? x.minus(approximate(beta)) : zero;
    },
    alpha: 0.5,
    beta: 0.25,
  },
  {
    // Not clamp(), which wants its bounds in order; here the upper one wins.
    name: 'clip',
    wgsl: 'min(max(x, alpha), beta)',
    exact: (x, { alpha, beta }) => Math.min(Math.max(x, alpha), beta),
    alpha: -1,
    beta: 0.5,
  },
  {
    name: 'affine',
    wgsl: 'alpha * x + beta',
    exact: (x, { alpha, beta }) => alpha * x + beta,
    formula: (x, { alpha, beta }) => x.times(approximate(alpha)).plus(approximate(beta)),
    alpha: 0.5,
    beta: 3,
  },
];

/** @throws TypeError for a name that is not in the list. */
export function unaryNumber(name: string): number {
  const at = unaryFunctions.findIndex((each) => each.name === name);
  if (at < 0) throw new TypeError(`There is no function "${name}"`);
  return at + 1;
}
