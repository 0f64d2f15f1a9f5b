/** What matrix products with quantized weights share: float activations, a packed weight matrix, and how far a sum may be off. */
import type { Binding, Buffers, Cost, Operation, Parameter, Shape, Signature } from '../../src/kernel/operation.js';
import { decodeFloat16, encodeFloat16, f16Roundoff } from '../../src/numerics/float16.js';
import { f32Roundoff, gamma } from '../../src/numerics/matmul.js';

export type Activation = 'f32' | 'f16';

/** A quantized n × k matrix as a kernel binds it. */
export interface WeightBuffers<S extends Shape> {
  readonly parameters: readonly Parameter[];
  /** Between activations and output, in order. */
  readonly bindings: (activation: Activation) => readonly Binding<S>[];
  readonly valid: (shape: S) => true | string;
}

/** How such a matrix is made and read, which only checking needs. */
export interface WeightCodec<S extends Shape> {
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

/** C = A·Ŵᵀ where Ŵ is what the packed weights stand for. */
export interface WeightProduct<S extends WeightShape> {
  /** Weights know nothing of m. */
  readonly weights: WeightBuffers<S>;
  readonly activation: Activation;
  /** `gemm` has a parameter m and an m × n output, `gemv` one row of each. */
  readonly product: 'gemm' | 'gemv';
}

type Form = Pick<WeightProduct<WeightShape>, 'product' | 'activation'>;

function rowsOf({ product }: Pick<Form, 'product'>, shape: WeightShape): number {
  return product === 'gemm' ? (shape.m ?? 1) : 1;
}

const left = ({ product }: Pick<Form, 'product'>): string => (product === 'gemm' ? 'A' : 'x');
const output = ({ product }: Pick<Form, 'product'>): string => (product === 'gemm' ? 'C' : 'y');

/** Sizes and buffers of the product. */
export function weightSignature<S extends WeightShape>(
  form: WeightProduct<S>,
): Pick<Signature<S>, 'parameters' | 'valid' | 'bindings'> {
  const { weights, activation, product } = form;
  return {
    parameters: [
      ...(product === 'gemm' ? [{ name: 'm', about: 'rows of A and C' }] : []),
      { name: 'n', about: product === 'gemm' ? 'columns of C, rows of W' : 'elements of y, rows of W' },
      { name: 'k', about: product === 'gemm' ? 'columns of A and W' : 'elements of x, columns of W' },
      ...weights.parameters,
    ],
    valid: weights.valid,
    bindings: [
      {
        name: left(form),
        access: 'read',
        element: activation,
        length: (shape) => rowsOf(form, shape) * shape.k,
        about: product === 'gemm' ? 'm × k, row-major' : 'k',
      },
      ...weights.bindings(activation),
      {
        name: output(form),
        access: 'read_write',
        element: activation,
        length: (shape) => rowsOf(form, shape) * shape.n,
        about: product === 'gemm' ? 'm × n, row-major' : 'n',
      },
    ],
  };
}

/** Activations, then the weights, packed. */
export function weightInputs<S extends WeightShape>(form: Form, codec: WeightCodec<S>): Operation<S>['inputs'] {
  return (shape, random) => {
    const a = random.values(rowsOf(form, shape) * shape.k);
    const packed = codec.pack(random.values(shape.n * shape.k), shape, form.activation);
    return { [left(form)]: form.activation === 'f16' ? toFloat16(a) : a, ...packed };
  };
}

export function weightReference<S extends WeightShape>(form: Form, codec: WeightCodec<S>): Operation<S>['reference'] {
  return (inputs, shape, pick) => {
    const a = inputs[left(form)]!;
    const exactA = form.activation === 'f16' ? Float64Array.from(a, decodeFloat16) : a;
    const rows = pick(rowsOf(form, shape));
    const sums = dotRows(exactA, codec.dequantize(inputs, shape, form.activation), shape, rows);
    const bounds = sums.magnitudes.map((size, i) => boundOf(form.activation, shape.k, sums.values[i]!, size));
    return [{ output: output(form), columns: shape.n, rows, values: sums.values, bounds }];
  };
}

export function weightUnquantized<S extends WeightShape>(form: Form): NonNullable<Operation<S>['unquantized']> {
  return (shape, random, pick) => {
    const a = random.values(rowsOf(form, shape) * shape.k);
    const rows = pick(rowsOf(form, shape));
    const { values } = dotRows(a, random.values(shape.n * shape.k), shape, rows);
    return [{ output: output(form), columns: shape.n, rows, values }];
  };
}

export function weightCost<S extends WeightShape>(form: Form, codec: WeightCodec<S>): Operation<S>['cost'] {
  const width = form.activation === 'f16' ? 2 : 4;
  return (shape) => {
    const m = rowsOf(form, shape);
    const { n, k } = shape;
    return {
      operations: { ...codec.unpacking(shape), fma32: m * n * k },
      nominal: 2 * m * n * k,
      bytesRead: width * m * k + codec.bytes(shape, form.activation),
      bytesWritten: width * m * n,
    };
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
