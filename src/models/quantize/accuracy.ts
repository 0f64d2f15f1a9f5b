/** How well a model does its task and how near it stays to the float model, with intervals by the bootstrap. */
import { seededRandom } from '../../numerics/random.js';
import { QuantizeError } from './errors.js';

/** Scores of classes, one row per example. */
export interface Scores {
  readonly classes: number;
  readonly data: ArrayLike<number>;
}

export interface Estimate {
  readonly value: number;
  /** Ends of the interval. */
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** Resamplings. */
  readonly rounds?: number;
  readonly seed?: number;
  /** Share of resamplings that the interval holds. */
  readonly confidence?: number;
}

export interface Accuracy {
  readonly count: number;
  readonly top1: Estimate;
  readonly topK: Estimate;
  readonly k: number;
}

export interface Agreement {
  readonly count: number;
  /** Share of examples with the same best class. */
  readonly agreement: Estimate;
  /** Mean KL(softmax(float) ‖ softmax(other)) in nats. */
  readonly divergence: Estimate;
  /** Share of pairs of probabilities: 1 − √JS(p ‖ q), Jensen–Shannon in bits, mean over examples. */
  readonly loyalty: number;
}

/** @throws QuantizeError `bad-shape` where rows are not whole. */
function rowsIn({ classes, data }: Scores): number {
  const rows = data.length / classes;
  if (!(classes >= 1 && Number.isInteger(rows)))
    throw new QuantizeError(
      'bad-shape',
      'Scores',
      `are ${data.length} numbers, which are no rows of ${classes} classes`,
    );
  return rows;
}

/** Index of the largest score of each row; of equal ones the first, and NaN never. */
export function bestClasses(scores: Scores): Int32Array<ArrayBuffer> {
  const { classes, data } = scores;
  return Int32Array.from({ length: rowsIn(scores) }, (_, row) => {
    let best = 0;
    for (let i = 1; i < classes; i++) {
      const [value, top] = [data[row * classes + i]!, data[row * classes + best]!];
      if (value > top || Number.isNaN(top)) best = i;
    }
    return best;
  });
}

/**
 * Share of examples whose label has the largest score, or one of the k largest (fewer than k scores above its own, and no equal
 * one before it).
 * @throws QuantizeError `bad-data` for another number of labels, or labels beyond the classes.
 */
export function accuracyOf(scores: Scores, labels: ArrayLike<number>, k = 5, options: BootstrapOptions = {}): Accuracy {
  const rows = rowsIn(scores);
  if (labels.length !== rows)
    throw new QuantizeError('bad-data', 'Labels', `are ${labels.length}, but there are scores of ${rows} examples`);
  const { classes, data } = scores;
  const ranks = Array.from({ length: rows }, (_, row) => {
    const label = labels[row]!;
    if (!(Number.isInteger(label) && label >= 0 && label < classes))
      throw new QuantizeError(
        'bad-data',
        'Labels',
        `name class ${label} at ${row}, but the model tells ${classes} classes apart`,
      );
    return rankOf(data, row * classes, classes, label);
  });
  const kept = Math.min(k, classes);
  return {
    count: rows,
    top1: bootstrapMean(
      Float64Array.from(ranks, (rank) => (rank < 1 ? 1 : 0)),
      options,
    ),
    topK: bootstrapMean(
      Float64Array.from(ranks, (rank) => (rank < kept ? 1 : 0)),
      options,
    ),
    k: kept,
  };
}

function rankOf(data: ArrayLike<number>, from: number, classes: number, label: number): number {
  const own = data[from + label]!;
  if (Number.isNaN(own)) return classes;
  let rank = 0;
  for (let i = 0; i < classes; i++) {
    const other = data[from + i]!;
    if (other > own || (other === own && i < label)) rank++;
  }
  return rank;
}

/** How near scores stay to those of the float model. @throws QuantizeError `bad-shape` where they have other rows or classes. */
export function agreementOf(float: Scores, other: Scores, options: BootstrapOptions = {}): Agreement {
  const rows = rowsIn(float);
  if (rowsIn(other) !== rows || float.classes !== other.classes)
    throw new QuantizeError(
      'bad-shape',
      'Scores',
      `of ${rows} × ${float.classes} and ${rowsIn(other)} × ${other.classes} cannot be held against each other`,
    );
  const [a, b] = [bestClasses(float), bestClasses(other)];
  const divergences = new Float64Array(rows);
  let loyalty = 0;
  for (let row = 0; row < rows; row++) {
    const [p, q] = [logSoftmax(float, row), logSoftmax(other, row)];
    let [divergence, shannon] = [0, 0];
    for (let i = 0; i < p.length; i++) {
      const [pi, qi] = [Math.exp(p[i]!), Math.exp(q[i]!)];
      const mixed = Math.log((pi + qi) / 2);
      if (pi > 0) {
        divergence += pi * (p[i]! - q[i]!);
        shannon += (pi * (p[i]! - mixed)) / 2;
      }
      if (qi > 0) shannon += (qi * (q[i]! - mixed)) / 2;
    }
    // Rounding may leave a tiny negative sum.
    divergences[row] = Math.max(0, divergence);
    // What rounding leaves of equal distributions would count for much under the root.
    loyalty += 1 - (shannon < 2 ** -45 ? 0 : Math.sqrt(shannon / Math.LN2));
  }
  return {
    count: rows,
    agreement: bootstrapMean(
      Float64Array.from(a, (best, row) => (best === b[row] ? 1 : 0)),
      options,
    ),
    divergence: bootstrapMean(divergences, options),
    loyalty: rows === 0 ? 1 : loyalty / rows,
  };
}

/** Logarithms of the probabilities of a row. */
function logSoftmax({ classes, data }: Scores, row: number): Float64Array {
  const values = Float64Array.from({ length: classes }, (_, i) => data[row * classes + i]!);
  const top = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (const value of values) sum += Math.exp(value - top);
  const offset = top + Math.log(sum);
  return values.map((value) => value - offset);
}

/**
 * The mean of values with the percentile interval of the bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, ch. 13).
 * The same seed gives the same interval.
 */
export function bootstrapMean(
  values: Float64Array,
  { rounds = 1000, seed = 1, confidence = 0.95 }: BootstrapOptions = {},
): Estimate {
  const count = values.length;
  if (count === 0) return { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  const value = values.reduce((sum, each) => sum + each, 0) / count;
  const { below } = seededRandom(seed);
  const means = Float64Array.from({ length: rounds }, () => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[below(count)]!;
    return sum / count;
  }).sort();
  const at = (share: number): number => means[Math.min(rounds - 1, Math.max(0, Math.round(share * (rounds - 1))))]!;
  return { value, low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) };
}

/**
 * Difference of the accuracy of two models on the same examples, resampled in pairs.
 * @param first, second 1 where right, else 0, for each example.
 */
export function pairedDifference(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options: BootstrapOptions = {},
): Estimate {
  if (first.length !== second.length)
    throw new QuantizeError('bad-shape', 'Results', `of ${first.length} and ${second.length} examples are no pairs`);
  return bootstrapMean(
    Float64Array.from({ length: first.length }, (_, i) => second[i]! - first[i]!),
    options,
  );
}

export interface Perplexity {
  /** exp of the mean negative log-likelihood. */
  readonly perplexity: Estimate;
  readonly tokens: number;
}

/**
 * Perplexity of sequences: the logits at position t foretell the token at t + 1; the first token of each is given.
 * @param logits of each sequence, [tokens, vocabulary] row-major.
 * @throws QuantizeError `bad-shape` or `bad-data` where logits and tokens do not fit.
 */
export function perplexityOf(
  sequences: readonly { readonly logits: Scores; readonly tokens: ArrayLike<number> }[],
  options: BootstrapOptions = {},
): Perplexity {
  const losses: number[] = [];
  for (const { logits, tokens } of sequences) {
    if (rowsIn(logits) !== tokens.length)
      throw new QuantizeError('bad-shape', 'Logits', `have ${rowsIn(logits)} rows for ${tokens.length} tokens`);
    for (let t = 0; t + 1 < tokens.length; t++) {
      const token = tokens[t + 1]!;
      if (!(Number.isInteger(token) && token >= 0 && token < logits.classes))
        throw new QuantizeError('bad-data', 'Tokens', `name ${token} at ${t + 1}, but there are ${logits.classes}`);
      losses.push(-logSoftmax(logits, t)[token]!);
    }
  }
  const { value, low, high } = bootstrapMean(Float64Array.from(losses), options);
  return { perplexity: { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high) }, tokens: losses.length };
}
