/** What matrix products with quantized weights share: float activations, a packed weight matrix, and how far a sum may be off. */
import type { Binding, Buffers, Cost, Operation, Parameter, Shape } from '../../src/kernel/operation.js';
import { decodeFloat16, encodeFloat16, f16Roundoff } from '../../src/numerics/float16.js';
import { f32Roundoff, gamma } from '../../src/numerics/matmul.js';

export type Activation = 'f32' | 'f16';

/** A quantized n × k matrix as a kernel binds it. */
export interface PackedWeights<S extends Shape> {
  readonly parameters: readonly Parameter[];
  /** Between activations and output, in order. */
  readonly bindings: (activation: Activation) => readonly Binding<S>[];
  readonly valid: (shape: S) => true | string;
  /** Quantizes n rows of k weights. */
  readonly pack: (weights: Float32Array<ArrayBuffer>, shape: S, activation: Activation) => Buffers;
  /** The n × k weights that the buffers stand for, exact. */
  readonly dequantize: (buffers: Buffers, shape: S, activation: Activation) => Float64Array;
  /** Bytes of the weights, with scales and zero points. */
  readonly bytes: (shape: S, activation: Activation) => number;
  /** Taking every weight out of its word once. */
  readonly unpacking: (shape: S) => Cost['operations'];
}

export interface WeightShape {
  readonly [name: string]: number;
  readonly n: number;
  readonly k: number;
}

export interface WeightOnly<S extends WeightShape>
  extends Pick<Operation<S>, 'id' | 'title' | 'summary' | 'cases' | 'presets' | 'sweep'> {
  /** Weights know nothing of m. */
  readonly weights: PackedWeights<S>;
  readonly activation: Activation;
  /** `gemm` has a parameter m and an m × n output, `gemv` one row of each. */
  readonly product: 'gemm' | 'gemv';
}

/** C = A·Ŵᵀ where Ŵ is what the packed weights stand for. */
export function weightOnly<S extends WeightShape>(family: WeightOnly<S>): Operation<S> {
  const { weights, activation, product, id, title, summary, cases, presets, sweep } = family;
  const rowsOf = (shape: S): number => (product === 'gemm' ? (shape.m ?? 1) : 1);
  const width = activation === 'f16' ? 2 : 4;
  return {
    id,
    title,
    summary,
    cases,
    presets,
    sweep,
    parameters: [
      ...(product === 'gemm' ? [{ name: 'm', about: 'rows of A and C' }] : []),
      { name: 'n', about: product === 'gemm' ? 'columns of C, rows of W' : 'elements of y, rows of W' },
      { name: 'k', about: product === 'gemm' ? 'columns of A and W' : 'elements of x, columns of W' },
      ...weights.parameters,
    ],
    valid: weights.valid,
    bindings: [
      {
        name: product === 'gemm' ? 'A' : 'x',
        access: 'read',
        element: activation,
        length: (shape) => rowsOf(shape) * shape.k,
        about: product === 'gemm' ? 'm × k, row-major' : 'k',
      },
      ...weights.bindings(activation),
      {
        name: product === 'gemm' ? 'C' : 'y',
        access: 'read_write',
        element: activation,
        length: (shape) => rowsOf(shape) * shape.n,
        about: product === 'gemm' ? 'm × n, row-major' : 'n',
      },
    ],
    inputs: (shape, random) => {
      const a = random.values(rowsOf(shape) * shape.k);
      const packed = weights.pack(random.values(shape.n * shape.k), shape, activation);
      return { [product === 'gemm' ? 'A' : 'x']: activation === 'f16' ? toFloat16(a) : a, ...packed };
    },
    reference: (inputs, shape, pick) => {
      const a = inputs[product === 'gemm' ? 'A' : 'x']!;
      const exactA = activation === 'f16' ? Float64Array.from(a, decodeFloat16) : a;
      const rows = pick(rowsOf(shape));
      const sums = dotRows(exactA, weights.dequantize(inputs, shape, activation), shape, rows);
      const bounds = sums.magnitudes.map((size, i) => boundOf(activation, shape.k, sums.values[i]!, size));
      return [{ output: product === 'gemm' ? 'C' : 'y', columns: shape.n, rows, values: sums.values, bounds }];
    },
    unquantized: (shape, random, pick) => {
      const a = random.values(rowsOf(shape) * shape.k);
      const rows = pick(rowsOf(shape));
      const { values } = dotRows(a, random.values(shape.n * shape.k), shape, rows);
      return [{ output: product === 'gemm' ? 'C' : 'y', columns: shape.n, rows, values }];
    },
    cost: (shape) => {
      const m = rowsOf(shape);
      const { n, k } = shape;
      return {
        operations: { ...weights.unpacking(shape), fma32: m * n * k },
        nominal: 2 * m * n * k,
        bytesRead: width * m * k + weights.bytes(shape, activation),
        bytesWritten: width * m * n,
      };
    },
  };
}

/**
 * A weight is dequantized with one rounding (code minus zero point is exact), multiplied and summed in f32 in any order:
 * γ_(k+2)·Σ|a||w|, the second extra rounding for a scale applied to partial sums. Storing in f16 rounds once more.
 */
function boundOf(activation: Activation, k: number, value: number, magnitude: number): number {
  const sum = gamma(k + 2, f32Roundoff) * magnitude;
  if (activation === 'f32') return sum;
  const smallestStep = 2 ** -24;
  return sum + f16Roundoff * (Math.abs(value) + sum) + smallestStep;
}

function toFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const codes = new Uint16Array(values.length);
  for (let i = 0; i < codes.length; i++) codes[i] = encodeFloat16(values[i]!);
  return codes;
}

/** Dot products in f64 of the picked rows of A (k long) with every row of W (n × k), and the sums of magnitudes. */
function dotRows(
  a: ArrayLike<number>,
  w: ArrayLike<number>,
  { n, k }: WeightShape,
  rows: Uint32Array,
): { readonly values: Float64Array<ArrayBuffer>; readonly magnitudes: Float64Array<ArrayBuffer> } {
  const values = new Float64Array(rows.length * n);
  const magnitudes = new Float64Array(rows.length * n);
  for (let r = 0; r < rows.length; r++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      let size = 0;
      for (let p = 0; p < k; p++) {
        const term = a[rows[r]! * k + p]! * w[j * k + p]!;
        sum += term;
        size += Math.abs(term);
      }
      values[r * n + j] = sum;
      magnitudes[r * n + j] = size;
    }
  }
  return { values, magnitudes };
}
