/** The functions of two f32: WGSL, exact value and bound. */
import type { BinaryFunction } from '../lib/elementwise/binary.js';
import { type Approximate, approximate, boundOf } from '../lib/running-error.js';

export interface FloatFunction extends BinaryFunction {
  readonly exact: (a: number, b: number) => number;
  /** Largest |computed − exact|; 0 where left out. */
  readonly bound?: (a: number, b: number) => number;
  /** Brings two drawn numbers into the domain. */
  readonly domain?: (a: number, b: number) => readonly [number, number];
}

type Formula = (a: Approximate, b: Approximate) => Approximate;

const from =
  (formula: Formula) =>
  (a: number, b: number): number => {
    const computed = formula(approximate(a), approximate(b));
    return boundOf(computed, computed.value);
  };

const away = (b: number): number => (b < 0 ? b - 0.125 : b + 0.125);

/**
 * a − ⌊a/b⌋·b or a − trunc(a/b)·b: the product rounds at the size of a, and where the remainder is within that of 0 or b, the
 * other end is as right.
 */
const remainderBound = (exact: (a: number, b: number) => number) => (a: number, b: number) => {
  const error = 8 * 2 ** -23 * (Math.abs(a) + Math.abs(b));
  const rest = Math.abs(exact(a, b));
  return rest < error || Math.abs(b) - rest < error ? Math.abs(b) + error : error;
};

const floorMod = (a: number, b: number): number => a - Math.floor(a / b) * b;
const fmod = (a: number, b: number): number => a % b;

/** aᵇ: whole exponents up to 8 by products, the rest as 2 to the b·log₂ a. */
const powFormula: Formula = (a, b) => {
  if (Number.isInteger(b.value) && Math.abs(b.value) <= 8) {
    let product = approximate(1);
    for (let i = 0; i < Math.abs(b.value); i++) product = product.times(a);
    return b.value < 0 ? approximate(1).over(product) : product;
  }
  return b.times(a.magnitude().log()).exp();
};

/** In the order of their numbers, the first being 1. */
export const floatFunctions: readonly FloatFunction[] = [
  { name: 'add', wgsl: 'a + b', exact: (a, b) => a + b, bound: from((a, b) => a.plus(b)) },
  { name: 'sub', wgsl: 'a - b', exact: (a, b) => a - b, bound: from((a, b) => a.minus(b)) },
  { name: 'mul', wgsl: 'a * b', exact: (a, b) => a * b, bound: from((a, b) => a.times(b)) },
  {
    name: 'div',
    wgsl: 'a / b',
    exact: (a, b) => a / b,
    bound: from((a, b) => a.over(b)),
    domain: (a, b) => [a, away(b)],
  },
  {
    name: 'pow',
    wgsl: 'powOf(a, b)',
    exact: (a, b) => a ** b,
    bound: from(powFormula),
    // Whole exponents for negative bases.
    domain: (a, b) => (a < 0 ? [away(a), Math.round(4 * b)] : [away(a), b]),
  },
  { name: 'min', wgsl: 'min(a, b)', exact: Math.min },
  { name: 'max', wgsl: 'max(a, b)', exact: Math.max },
  {
    name: 'mod',
    wgsl: 'floorMod(a, b)',
    exact: floorMod,
    bound: remainderBound(floorMod),
    domain: (a, b) => [8 * a, away(b)],
  },
  {
    name: 'fmod',
    wgsl: 'remainder(a, b)',
    exact: fmod,
    bound: remainderBound(fmod),
    domain: (a, b) => [8 * a, away(b)],
  },
  {
    name: 'prelu',
    wgsl: 'select(a, a * b, a < 0.0)',
    exact: (a, b) => (a < 0 ? a * b : a),
    bound: from((a, b) => (a.value < 0 ? a.times(b) : a)),
  },
];
