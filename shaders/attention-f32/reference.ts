/** One row of attention in f64, and how far an f32 kernel may be from it. */
import { f32Roundoff, gamma } from '../../src/numerics/matmul.js';
import { f32OfBits } from '../lib/elementwise/special.js';
import { type AttentionShape, placesOf } from './operation.js';

interface Operands {
  readonly Q: ArrayLike<number>;
  readonly K: ArrayLike<number>;
  readonly V: ArrayLike<number>;
  readonly mask: ArrayLike<number>;
}

/** WGSL's ULP of a number is at most this much of it. */
const ulp = 2 ** -23;

/** Below this, a probability may as well be flushed to nothing. */
const negligible = 2 ** -100;

/** A streaming kernel rescales what it has once for each tile of keys, none of which is smaller. */
const smallestTile = 32;

/**
 * Row `row` of O as it lies in memory.
 *
 * With p the exact probabilities and εⱼ the error of the logarithm of the j-th power, the row is off by at most
 * Σ pⱼ|vⱼ|(exp(εⱼ + δ) − 1), δ being the error of the sum of powers, its division and the sums over the keys.
 */
export function attentionRow({ Q, K, V, mask }: Operands, shape: AttentionShape, row: number) {
  const { keys, headSize, valueSize } = shape;
  const { head, query } = ownerOf(shape, row);
  const places = placesOf(shape, head);
  const maskRow = (Math.floor(head / shape.maskRepeat) % shape.maskCount) * shape.maskRows;
  const maskAt = (maskRow + (shape.maskRows === 1 ? 0 : query)) * keys;
  const seen = shape.causal === 2 ? Math.min(keys, query + 1) : keys;
  const keyPlace = (j: number, d: number): number =>
    shape.transK === 2 ? (Math.floor(head / shape.sharing) * headSize + d) * keys + j : places.key(j) * headSize + d;
  const scores = Array.from({ length: seen }, (_, j) => {
    let [sum, size] = [0, 0];
    for (let d = 0; d < headSize; d++) {
      const term = Q[places.query(query) * headSize + d]! * K[keyPlace(j, d)]!;
      sum += term;
      size += Math.abs(term);
    }
    return scoreOf(shape, sum, size, shape.mask === 1 ? 0 : mask[maskAt + j]!);
  });
  const powers = powersOf(scores, Math.ceil(keys / smallestTile));
  const values = new Float64Array(valueSize);
  const bounds = new Float64Array(valueSize);
  powers.forEach(({ probability, error }, j) => {
    for (let d = 0; d < valueSize; d++) {
      const value = V[places.key(j) * valueSize + d]!;
      values[d]! += probability * value;
      bounds[d]! += Math.abs(value) * (probability < negligible ? negligible : probability * Math.expm1(error));
    }
  });
  return { values, bounds };
}

function ownerOf({ arrangement, queries, headsPerImage }: AttentionShape, row: number) {
  if (arrangement === 1) return { head: Math.floor(row / queries), query: row % queries };
  const image = Math.floor(row / (queries * headsPerImage));
  return { head: image * headsPerImage + (row % headsPerImage), query: Math.floor(row / headsPerImage) % queries };
}

interface Score {
  readonly value: number;
  readonly error: number;
}

/**
 * The products and their sum, then the factor, round headSize + 1 times. The cap is computed as 1 − 2/(exp(2x) + 1): exp is
 * 3 + 4|x| ULP off, of which less than 2.4 ULP reach the result as x·sech²x < 0.45; the divisions add 2.5 ULP of at most 2, and of x.
 */
function scoreOf(shape: AttentionShape, sum: number, size: number, offset: number): Score {
  const scale = f32OfBits(shape.scaleBits);
  const cap = f32OfBits(shape.capBits);
  let value = scale * sum;
  let error = gamma(shape.headSize + 1, f32Roundoff) * Math.abs(scale) * size;
  if (cap !== 0) {
    value = cap * Math.tanh(value / cap);
    error += 12 * ulp * Math.abs(cap);
  }
  return { value: value + offset, error: error + f32Roundoff * (Math.abs(value + offset) + error) };
}

/**
 * Each power is exp of a difference and of the differences between the maxima of the tiles, which come to the whole distance from
 * the maximum: subtractions round by f32Roundoff of it, exp is 3 + 2|x| ULP off each time. First-order terms; a hundredth more covers the rest.
 */
function powersOf(scores: readonly Score[], tiles: number) {
  const top = Math.max(...scores.map(({ value }) => value));
  const widest = Math.max(...scores.map(({ value, error }) => (value < top - 80 ? 0 : error)));
  const exponentials = scores.map(({ value }) => Math.exp(value - top));
  const sum = exponentials.reduce((a, b) => a + b);
  const own = scores.map(({ value, error }) => {
    const distance = top - value + error + widest;
    return error + widest + distance * f32Roundoff + (3 * (tiles + 1) + 2 * distance) * ulp + tiles * f32Roundoff;
  });
  const inSum = own.reduce((total, error, j) => {
    const probability = exponentials[j]! / sum;
    return total + (probability < negligible ? negligible : probability * error);
  }, 0);
  // The sums of powers and of weighted values, the division (2.5 ULP), the product with a value.
  const shared = inSum + 2 * gamma(scores.length + 2 * tiles, f32Roundoff) + 3.5 * ulp;
  return own.map((error, j) => ({ probability: exponentials[j]! / sum, error: 1.01 * (error + shared) }));
}
