/** Exact sums of products turned back into codes, and where a kernel may choose the neighbouring code. */
import { f32Roundoff } from '../../src/numerics/matmul.js';

/**
 * The code of a scaled sum. A kernel rounds the sum to f32 and the product once more: only where the exact product lies that close
 * to the middle between two codes may it choose the other one.
 * @param exact sum times scale.
 */
export function codeOf(exact: number, zero: number, least: number, greatest: number) {
  const floor = Math.floor(exact);
  const rest = exact - floor;
  const rounded = rest === 0.5 ? floor + (floor % 2 === 0 ? 0 : 1) : Math.round(exact);
  const near = Math.abs(rest - 0.5) <= 2.1 * f32Roundoff * Math.abs(exact);
  return { value: Math.min(greatest, Math.max(least, rounded + zero)), bound: near ? 1 : 0 };
}
