/** The functions of two 32-bit integers: WGSL and exact value, which wraps as two's complement does. */
import type { BinaryFunction } from '../lib/elementwise/binary.js';

export interface IntegerFunction extends BinaryFunction {
  readonly exact: (a: number, b: number) => number;
  readonly domain?: (a: number, b: number) => readonly [number, number];
}

const nonZero = (a: number, b: number): readonly [number, number] => [a, b % 1000 || 7];
const flags = (a: number, b: number): readonly [number, number] => [a & 1, b & 1];
const near = (a: number, b: number): readonly [number, number] => [a % 8, b % 8];
const shifts = (a: number, b: number): readonly [number, number] => [Math.abs(a % 1000), b & 15];
const holds = (is: boolean): number => (is ? 1 : 0);

/** In the order of their numbers, the first being 1. */
export const integerFunctions: readonly IntegerFunction[] = [
  { name: 'add', wgsl: 'a + b', exact: (a, b) => (a + b) | 0 },
  { name: 'sub', wgsl: 'a - b', exact: (a, b) => (a - b) | 0 },
  { name: 'mul', wgsl: 'a * b', exact: Math.imul },
  { name: 'div', wgsl: 'a / b', exact: (a, b) => (a / b) | 0, domain: nonZero },
  { name: 'min', wgsl: 'min(a, b)', exact: Math.min },
  { name: 'max', wgsl: 'max(a, b)', exact: Math.max },
  // The remainder of the sign of the divisor; the sum before the second remainder cannot leave the range of b.
  { name: 'mod', wgsl: 'floorMod(a, b)', exact: (a, b) => ((a % b) + b) % b, domain: nonZero },
  { name: 'fmod', wgsl: 'a % b', exact: (a, b) => a % b, domain: nonZero },
  { name: 'bit-and', wgsl: 'a & b', exact: (a, b) => a & b },
  { name: 'bit-or', wgsl: 'a | b', exact: (a, b) => a | b },
  { name: 'bit-xor', wgsl: 'a ^ b', exact: (a, b) => a ^ b },
  { name: 'shift-left', wgsl: 'a << (u32(b) & 31u)', exact: (a, b) => a << b, domain: shifts },
  { name: 'shift-right', wgsl: 'a >> (u32(b) & 31u)', exact: (a, b) => a >> b, domain: shifts },
  { name: 'and', wgsl: 'select(0, 1, a != 0 && b != 0)', exact: (a, b) => holds(a !== 0 && b !== 0), domain: flags },
  { name: 'or', wgsl: 'select(0, 1, a != 0 || b != 0)', exact: (a, b) => holds(a !== 0 || b !== 0), domain: flags },
  { name: 'xor', wgsl: 'select(0, 1, (a != 0) != (b != 0))', exact: (a, b) => holds(a !== b), domain: flags },
  { name: 'equal', wgsl: 'select(0, 1, a == b)', exact: (a, b) => holds(a === b), domain: near },
  { name: 'less', wgsl: 'select(0, 1, a < b)', exact: (a, b) => holds(a < b), domain: near },
  { name: 'less-or-equal', wgsl: 'select(0, 1, a <= b)', exact: (a, b) => holds(a <= b), domain: near },
  { name: 'greater', wgsl: 'select(0, 1, a > b)', exact: (a, b) => holds(a > b), domain: near },
  { name: 'greater-or-equal', wgsl: 'select(0, 1, a >= b)', exact: (a, b) => holds(a >= b), domain: near },
  { name: 'difference', wgsl: 'abs(a - b)', exact: (a, b) => Math.abs((a - b) | 0) | 0 },
  { name: 'order', wgsl: 'sign(a - b)', exact: (a, b) => Math.sign((a - b) | 0), domain: near },
  { name: 'pow', wgsl: 'powOf(a, b)', exact: power, domain: (a, b) => [a % 20, Math.abs(b % 12)] },
];

/** aᵇ, wrapping; 0 for negative exponents but those of ±1. */
function power(a: number, b: number): number {
  let product = 1;
  for (let i = 0; i < b; i++) product = Math.imul(product, a);
  return product;
}
