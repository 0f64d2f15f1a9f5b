/** Reverse-mode differentiation on a tape: the few layers that the sample models are made of, in plain loops. */
import { type Random, seededRandom } from '../../src/numerics/random.js';
import { addProduct, transposed } from './product.js';

/** An array with the derivative of the loss by each of its elements. */
export interface Variable {
  readonly dims: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
  readonly slope: Float32Array<ArrayBuffer>;
}

export function variable(dims: readonly number[], data?: Float32Array<ArrayBuffer>): Variable {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return { dims, data: data ?? new Float32Array(count), slope: new Float32Array(count) };
}

/** Normally distributed weights of the given deviation. */
export function drawn(random: Random, dims: readonly number[], deviation: number): Variable {
  const made = variable(dims);
  for (let i = 0; i < made.data.length; i++) made.data[i] = deviation * random.normal();
  return made;
}

export function filled(dims: readonly number[], value: number): Variable {
  const made = variable(dims);
  made.data.fill(value);
  return made;
}

/** What was computed, to be gone through backwards. */
export class Tape {
  private readonly steps: (() => void)[] = [];

  record(back: () => void): void {
    this.steps.push(back);
  }

  /** Adds the derivatives of the loss, whose own slope the last layer has set, to all variables. */
  backward(): void {
    for (const step of this.steps.reverse()) step();
    this.steps.length = 0;
  }
}

/** x [rows, k] · w [k, n] + b [n]. */
export function linear(tape: Tape, x: Variable, w: Variable, b: Variable): Variable {
  const [k = 1, n = 1] = w.dims;
  const rows = x.data.length / k;
  const y = variable([...x.dims.slice(0, -1), n]);
  for (let r = 0; r < rows; r++) y.data.set(b.data, r * n);
  addProduct(y.data, x.data, w.data, { m: rows, n, k });
  tape.record(() => {
    addProduct(x.slope, y.slope, transposed(w.data, k, n), { m: rows, n: k, k: n });
    addProduct(w.slope, x.data, y.slope, { m: k, n, k: rows, transposedA: true });
    for (let i = 0; i < y.slope.length; i++) b.slope[i % n]! += y.slope[i]!;
  });
  return y;
}

/** The sum of two arrays of the same dimensions. */
export function add(tape: Tape, a: Variable, b: Variable): Variable {
  const y = variable(
    a.dims,
    a.data.map((value, i) => value + b.data[i]!),
  );
  tape.record(() => {
    for (let i = 0; i < y.slope.length; i++) {
      a.slope[i]! += y.slope[i]!;
      b.slope[i]! += y.slope[i]!;
    }
  });
  return y;
}

export function relu(tape: Tape, x: Variable): Variable {
  const y = variable(
    x.dims,
    x.data.map((value) => Math.max(0, value)),
  );
  tape.record(() => {
    for (let i = 0; i < y.slope.length; i++) if (x.data[i]! > 0) x.slope[i]! += y.slope[i]!;
  });
  return y;
}

/** x·Φ(x) with the error function (Hendrycks and Gimpel, Gaussian Error Linear Units). */
export function gelu(tape: Tape, x: Variable): Variable {
  const y = variable(
    x.dims,
    x.data.map((value) => value * normalShare(value)),
  );
  tape.record(() => {
    for (let i = 0; i < y.slope.length; i++) {
      const value = x.data[i]!;
      const density = Math.exp(-value * value * 0.5) / Math.sqrt(2 * Math.PI);
      x.slope[i]! += y.slope[i]! * (normalShare(value) + value * density);
    }
  });
  return y;
}

/** Φ(x), the error within 1.5e-7 (Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26). */
function normalShare(x: number): number {
  const z = Math.abs(x) * Math.SQRT1_2;
  const t = 1 / (1 + 0.3275911 * z);
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = 0.5 * poly * Math.exp(-z * z);
  return x < 0 ? tail : 1 - tail;
}

export const normEpsilon = 1e-5;

/** Each row of the last dimension to mean 0 and variance 1, then scaled and shifted. */
export function layerNorm(tape: Tape, x: Variable, scale: Variable, shift: Variable): Variable {
  const n = scale.data.length;
  const y = variable(x.dims);
  const rows = x.data.length / n;
  const unit = new Float32Array(x.data.length);
  const inverse = new Float32Array(rows);
  for (let r = 0; r < rows; r++) {
    const row = x.data.subarray(r * n, (r + 1) * n);
    const mean = row.reduce((sum, value) => sum + value, 0) / n;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
    inverse[r] = 1 / Math.sqrt(variance + normEpsilon);
    for (let j = 0; j < n; j++) {
      unit[r * n + j] = (row[j]! - mean) * inverse[r]!;
      y.data[r * n + j] = unit[r * n + j]! * scale.data[j]! + shift.data[j]!;
    }
  }
  tape.record(() => {
    for (let r = 0; r < rows; r++) {
      let sum = 0;
      let along = 0;
      for (let j = 0; j < n; j++) {
        const given = y.slope[r * n + j]!;
        scale.slope[j]! += given * unit[r * n + j]!;
        shift.slope[j]! += given;
        sum += given * scale.data[j]!;
        along += given * scale.data[j]! * unit[r * n + j]!;
      }
      for (let j = 0; j < n; j++) {
        const direct = y.slope[r * n + j]! * scale.data[j]!;
        x.slope[r * n + j]! += inverse[r]! * (direct - sum / n - (unit[r * n + j]! * along) / n);
      }
    }
  });
  return y;
}

/** Rows of a table by number. */
export function gather(tape: Tape, table: Variable, rows: ArrayLike<number>): Variable {
  const n = table.dims[1]!;
  const y = variable([rows.length, n]);
  for (let i = 0; i < rows.length; i++) y.data.set(table.data.subarray(rows[i]! * n, (rows[i]! + 1) * n), i * n);
  tape.record(() => {
    for (let i = 0; i < rows.length; i++) {
      for (let j = 0; j < n; j++) table.slope[rows[i]! * n + j]! += y.slope[i * n + j]!;
    }
  });
  return y;
}

/**
 * Mean cross-entropy of rows of logits against labels, in nats; sets the slope of the logits.
 * @param labels negative ones are left out.
 */
export function crossEntropy(logits: Variable, labels: ArrayLike<number>): number {
  const n = logits.dims.at(-1)!;
  const counted = Array.from(labels).filter((label) => label >= 0).length;
  let loss = 0;
  for (let r = 0; r < labels.length; r++) {
    if (labels[r]! < 0) continue;
    const row = logits.data.subarray(r * n, (r + 1) * n);
    const most = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const total = row.reduce((sum, value) => sum + Math.exp(value - most), 0);
    loss += Math.log(total) + most - row[labels[r]!]!;
    for (let j = 0; j < n; j++) {
      const share = Math.exp(row[j]! - most) / total;
      logits.slope[r * n + j] = (share - (j === labels[r] ? 1 : 0)) / counted;
    }
  }
  return loss / counted;
}

/** Adam (Kingma and Ba): one step for all parameters, then their slopes are zero again. */
export class Adam {
  private readonly parameters: readonly Variable[];
  private readonly moments: readonly (readonly [Float32Array, Float32Array])[];
  private steps = 0;

  constructor(parameters: readonly Variable[]) {
    this.parameters = parameters;
    this.moments = parameters.map(({ data }) => [new Float32Array(data.length), new Float32Array(data.length)]);
  }

  step(rate: number): void {
    this.steps++;
    const [keepMean, keepSquare] = [0.9, 0.98];
    const meanPart = 1 - keepMean ** this.steps;
    const squarePart = 1 - keepSquare ** this.steps;
    for (const [p, { data, slope }] of this.parameters.entries()) {
      const [mean, square] = this.moments[p]!;
      for (let i = 0; i < data.length; i++) {
        const g = slope[i]!;
        mean[i] = keepMean * mean[i]! + (1 - keepMean) * g;
        square[i] = keepSquare * square[i]! + (1 - keepSquare) * g * g;
        data[i]! -= (rate * (mean[i]! / meanPart)) / (Math.sqrt(square[i]! / squarePart) + 1e-8);
      }
      slope.fill(0);
    }
  }
}

/** A rate that rises over the first twentieth and falls as a cosine to nothing. */
export function rateAt(step: number, steps: number, highest: number): number {
  const warm = steps / 20;
  if (step < warm) return (highest * (step + 1)) / warm;
  return highest * 0.5 * (1 + Math.cos((Math.PI * (step - warm)) / (steps - warm)));
}

/** A shuffled list of 0 … count − 1. */
export function shuffled(count: number, seed: number): Uint32Array {
  const random = seededRandom(seed);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
