/** Ways of reducing a line of f32 to one: WGSL of a state that is combined in any order, exact value and bound. */
import { gamma, sum, ulp } from '../lib/reduction/axis.js';
import { Approximate } from '../lib/running-error.js';

export interface ReduceFunction {
  readonly name: string;
  /** State before any element, state of an element x, two states p and q as one, result of state p over n elements. */
  readonly start: string;
  readonly map: string;
  readonly combine: string;
  readonly finish: string;
  /** Exact result and its bound. */
  readonly exact: (line: Float64Array) => Approximate;
  readonly domain?: (x: number) => number;
}

const total = (line: Float64Array): Approximate =>
  new Approximate(sum(line), gamma(line.length) * sum(line.map(Math.abs)));
const squares = (line: Float64Array): Approximate => {
  const value = sum(line.map((x) => x * x));
  return new Approximate(value, gamma(line.length + 1) * value);
};
const sums = { start: 'vec2f()', map: 'vec2f(x, 0.0)', combine: 'p + q', finish: 'p.x' };
const exactly = (value: number): Approximate => new Approximate(value);

/** log Σ eˣ: each of n combinations has two exponentials, two products and a sum, as errors of the sum of exponentials. */
function logSumExp(line: Float64Array): Approximate {
  const most = line.reduce((a, b) => Math.max(a, b));
  const least = line.reduce((a, b) => Math.min(a, b));
  const value = sum(line.map((x) => Math.exp(x - most)));
  const range = most - least;
  const scaled = new Approximate(value, value * gamma(line.length * (6 + 3 * range)));
  return scaled.log().plus(exactly(most));
}

/** In the order of their numbers, the first being 1. */
export const reduceFunctions: readonly ReduceFunction[] = [
  { name: 'sum', ...sums, exact: total },
  { name: 'mean', ...sums, finish: 'p.x / f32(n)', exact: (line) => total(line).over(exactly(line.length)) },
  {
    name: 'max',
    start: 'vec2f(-3.4028234e38)',
    map: 'vec2f(x, 0.0)',
    combine: 'max(p, q)',
    finish: 'p.x',
    exact: (line) => exactly(line.reduce((a, b) => Math.max(a, b))),
  },
  {
    name: 'min',
    start: 'vec2f(3.4028234e38)',
    map: 'vec2f(x, 0.0)',
    combine: 'min(p, q)',
    finish: 'p.x',
    exact: (line) => exactly(line.reduce((a, b) => Math.min(a, b))),
  },
  {
    name: 'prod',
    start: 'vec2f(1.0)',
    map: 'vec2f(x, 0.0)',
    combine: 'p * q',
    finish: 'p.x',
    exact: (line) => {
      const value = line.reduce((product, x) => product * x, 1);
      return new Approximate(value, gamma(line.length) * Math.abs(value) + line.length * 2 ** -126);
    },
    // Near ±1, so that long products stay within range.
    domain: (x) => (x < 0 ? -1 : 1) * (1 + 2 ** -6 * Math.max(-1, Math.min(1, x))),
  },
  { name: 'l1', ...sums, map: 'vec2f(abs(x), 0.0)', exact: (line) => total(line.map(Math.abs)) },
  { name: 'l2', ...sums, map: 'vec2f(x * x, 0.0)', finish: 'sqrt(p.x)', exact: (line) => squares(line).sqrt() },
  { name: 'sum-square', ...sums, map: 'vec2f(x * x, 0.0)', exact: squares },
  {
    name: 'log-sum',
    ...sums,
    finish: 'log(p.x)',
    exact: (line) => total(line).log(),
    domain: (x) => Math.abs(x) + ulp,
  },
  {
    name: 'log-sum-exp',
    start: 'vec2f(-3.4028234e38, 0.0)',
    map: 'vec2f(x, 1.0)',
    combine: 'joined(p, q)',
    finish: 'p.x + log(p.y)',
    exact: logSumExp,
  },
];
