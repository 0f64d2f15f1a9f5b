/** One row of attention: in f64, and with L-Mul and a bound on what an f32 kernel may differ by. */
import { bitsOf, type LmulFormat, type LmulMultiplier, lmulMultiplier } from '../../src/numerics/lmul.js';
import { f32Roundoff, gamma } from '../../src/numerics/matmul.js';

export interface Operands {
  readonly Q: Float32Array;
  readonly K: Float32Array;
  readonly V: Float32Array;
}

interface Sizes {
  readonly queries: number;
  readonly keys: number;
  readonly headSize: number;
}

/** WGSL's ULP of a number is at most this much of it. */
const ulp = 2 ** -23;
const smallestNormal = 2 ** -126;

/** Row `row` of softmax(Q·Kᵀ/√d)·V; rows run over the queries of all heads. */
export function attentionRow({ Q, K, V }: Operands, { queries, keys, headSize }: Sizes, row: number): Float64Array {
  const atKeys = Math.floor(row / queries) * keys * headSize;
  const scores = Float64Array.from({ length: keys }, (_, j) => {
    let sum = 0;
    for (let d = 0; d < headSize; d++) sum += Q[row * headSize + d]! * K[atKeys + j * headSize + d]!;
    return sum / Math.sqrt(headSize);
  });
  const output = new Float64Array(headSize);
  softmax(scores).forEach((probability, j) => {
    for (let d = 0; d < headSize; d++) output[d]! += probability * V[atKeys + j * headSize + d]!;
  });
  return output;
}

function softmax(scores: Float64Array): Float64Array {
  const top = scores.reduce((a, b) => Math.max(a, b));
  const powers = scores.map((score) => Math.exp(score - top));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

/**
 * The same with L-Mul in both products.
 *
 * The second product takes probabilities that a kernel knows only up to a relative error, and reducing them to m bits may
 * then fall on the other side of a step. L-Mul grows with the magnitude of each operand, so the products of both ends of a
 * probability's interval enclose every product a kernel may form; the bound adds these spreads to the rounding of the sum.
 */
export function lmulAttentionRow(
  { Q, K, V }: Operands,
  { queries, keys, headSize }: Sizes,
  format: LmulFormat,
  row: number,
): { readonly values: Float64Array; readonly bounds: Float64Array } {
  const multiplier = lmulMultiplier(format);
  const atKeys = Math.floor(row / queries) * keys * headSize;
  const inHead = [atKeys, atKeys + keys * headSize] as const;
  const query = bitsOf(Q).slice(row * headSize, (row + 1) * headSize);
  const { scores, errors } = lmulScores(multiplier, query, bitsOf(K).subarray(...inHead));
  return weightedSum(multiplier, softmax(scores), probabilitySlack(scores, errors), bitsOf(V).subarray(...inHead));
}

/** Scaled scores of a query against the keys of its head, and how far an f32 kernel may be from each. */
function lmulScores({ left, right, product }: LmulMultiplier, query: Uint32Array, keyBits: Uint32Array) {
  const headSize = query.length;
  const prepared = query.map(left);
  const scale = 1 / Math.sqrt(headSize);
  const scores = new Float64Array(keyBits.length / headSize);
  const errors = new Float64Array(scores.length);
  const lane = new Float32Array(1);
  const bits = bitsOf(lane);
  for (let j = 0; j < scores.length; j++) {
    let [sum, magnitude] = [0, 0];
    for (let d = 0; d < headSize; d++) {
      bits[0] = product(prepared[d]!, right(keyBits[j * headSize + d]!));
      sum += lane[0]!;
      magnitude += Math.abs(lane[0]!);
    }
    scores[j] = sum * scale;
    const summed = gamma(headSize - 1, f32Roundoff) * magnitude + headSize * smallestNormal;
    errors[j] = scale * (1 + 4 * ulp) * (summed + magnitude * scaleError);
  }
  return { scores, errors };
}

/** Σ L-Mul(probability, value) for each column, and the bound from the probabilities' slack and the sum's rounding. */
function weightedSum(
  { left, right, product }: LmulMultiplier,
  probabilities: Float64Array,
  slack: Float64Array,
  valueBits: Uint32Array,
) {
  const headSize = valueBits.length / probabilities.length;
  const values = new Float64Array(headSize);
  const bounds = new Float64Array(headSize);
  const rounding = gamma(probabilities.length - 1, f32Roundoff);
  const lanes = new Float32Array(3);
  const bits = bitsOf(lanes);
  for (let j = 0; j < probabilities.length; j++) {
    lanes.set(interval(probabilities[j]!, slack[j]!));
    const ends = bits.map(left);
    for (let d = 0; d < headSize; d++) {
      const value = right(valueBits[j * headSize + d]!);
      for (let lane = 0; lane < 3; lane++) bits[lane] = product(ends[lane]!, value);
      const [low = 0, middle = 0, high = 0] = lanes;
      values[d]! += middle;
      const spread = Math.max(Math.abs(high - middle), Math.abs(middle - low));
      bounds[d]! += spread + rounding * Math.abs(high) + smallestNormal;
    }
  }
  return { values, bounds };
}

/** inverseSqrt may be 2 ULP off, and multiplying by it rounds once. */
const scaleError = 2 * ulp + f32Roundoff;

/**
 * How far the logarithm of each computed probability may be from that of the exact one: errors of its own score and of all
 * those in the sum, the subtraction of the maximum, exp (3 + 2·|x| ULP), the sum, and the division (2.5 ULP). First-order
 * terms; a hundredth more covers the rest while they are below a percent.
 */
function probabilitySlack(scores: Float64Array, errors: Float64Array): Float64Array {
  const top = scores.reduce((a, b) => Math.max(a, b));
  const widest = errors.reduce((a, b) => Math.max(a, b));
  const exponential = scores.map((score, j) => {
    const distance = top - score + errors[j]! + widest;
    return errors[j]! + widest + distance * f32Roundoff + (3 + 2 * distance) * ulp;
  });
  const probabilities = softmax(scores);
  // A relative error of the sum is the mean of its terms' errors; terms too small for f32 are lost.
  const inSum = exponential.reduce((sum, error, j) => sum + probabilities[j]! * error, 0);
  const shared = inSum + gamma(scores.length - 1, f32Roundoff) + 2.5 * ulp + scores.length * smallestNormal;
  return exponential.map((error) => 1.01 * (error + shared));
}

/** [probability·e^−slack, probability, probability·e^slack], rounded outwards; what WGSL may flush reaches down to 0. */
function interval(probability: number, slack: number): readonly [number, number, number] {
  const low = probability * Math.exp(-slack) * (1 - ulp);
  const high = probability * Math.exp(slack) * (1 + ulp);
  return low < 2 * smallestNormal ? [0, probability, Math.max(high, 2 * smallestNormal)] : [low, probability, high];
}
