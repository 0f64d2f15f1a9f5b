/** Quantized weights of a product as this executor's own operator holds them, and as the catalogue's kernels read them. */
import { type AnyBitMatrix, packAnyBit, weightFormat } from '../../numerics/any-bit.js';
import { groupSizes, nf4Codebook } from '../../numerics/int4.js';
import { packInt4 } from '../../numerics/int4-layout.js';
import type { Attributes } from './call.js';
import { flipped } from './dense.js';

/** W of x·Wᵀ as codes. */
export interface PackedWeights {
  /** Outputs, inputs, and inputs that share a scale; `k` where a whole row does. */
  readonly n: number;
  readonly k: number;
  readonly groupSize: number;
  readonly bits: number;
  /** 0 NF4, 1 unsigned with zero points, 2 signed, 2 + e a float with e exponent bits. */
  readonly encoding: number;
  /** n × k. */
  readonly codes: ArrayLike<number>;
  /** n × ⌈k/groupSize⌉ each. */
  readonly scales: ArrayLike<number>;
  readonly zeros: ArrayLike<number>;
}

/** Checks sizes against each other. @throws ModelRunError */
export function checkPacked(call: Attributes, { n, k, groupSize, bits, encoding, ...data }: PackedWeights): void {
  const whole = [n, k, groupSize, bits, encoding].every((value) => Number.isInteger(value));
  if (
    !whole ||
    n < 1 ||
    k < 1 ||
    groupSize < 1 ||
    bits < 1 ||
    bits > 8 ||
    encoding < 0 ||
    encoding > bits + 1 ||
    (encoding === 0 && bits !== 4)
  )
    call.fail(
      'bad-value',
      `${bits} bits, encoding ${encoding}, groups of ${groupSize} and [${n}, ${k}] are no packed weights`,
    );
  const groups = n * Math.ceil(k / groupSize);
  if (data.codes.length !== n * k || data.scales.length !== groups || data.zeros.length !== groups)
    call.fail(
      'bad-shape',
      `${data.codes.length} codes, ${data.scales.length} scales and ${data.zeros.length} zero points do not fit [${n}, ${k}]`,
    );
}

/** The weights as numbers, n × k, each rounded to f32. */
export function unpackedRows(weights: PackedWeights): Float64Array {
  const { n, k, groupSize, codes, scales, zeros } = weights;
  const values = valuesOf(weights);
  const groups = Math.ceil(k / groupSize);
  const result = new Float64Array(n * k);
  for (let row = 0; row < n; row++) {
    for (let i = 0; i < k; i++) {
      const group = row * groups + Math.floor(i / groupSize);
      result[row * k + i] = Math.fround((values[codes[row * k + i]!]! - zeros[group]!) * scales[group]!);
    }
  }
  return result;
}

/** The same, k × n. */
export function unpackedColumns(weights: PackedWeights): Float64Array {
  return flipped(unpackedRows(weights), weights.n, weights.k);
}

function valuesOf({ bits, encoding }: PackedWeights): ArrayLike<number> {
  if (encoding === 0) return Float32Array.from(nf4Codebook);
  return weightFormat(bits, encoding === 1 ? 'unsigned' : encoding === 2 ? 'signed' : encoding - 2).values;
}

/** How kernels take rows of weights. */
export interface RowGroups {
  /** Weights that share a scale: a size that kernels know. */
  readonly groupSize: number;
  /** Weights of a row, in whole groups: those beyond `k` meet zeros, so that they may be any. */
  readonly width: number;
}

/** The groups that kernels take such weights in, or undefined where they know none of that size. */
export function rowGroups(k: number, groupSize: number): RowGroups | undefined {
  const filled = (size: number): RowGroups => ({ groupSize: size, width: Math.ceil(k / size) * size });
  // One scale for a row is one for any groups of it: those that fill it up least, and of these the largest.
  if (groupSize >= k) return groupSizes.map(filled).reduce((best, each) => (each.width <= best.width ? each : best));
  return groupSizes.some((size) => size === groupSize) ? filled(groupSize) : undefined;
}

export interface KernelWeights {
  /** Of the operation without its `gemm-` or `gemv-`. */
  readonly operation: 'int4' | 'anybit';
  readonly shape: Readonly<Record<string, number>>;
  readonly weights: Uint32Array<ArrayBuffer>;
  readonly scales: Float32Array<ArrayBuffer>;
  readonly zeroPoints: Uint32Array<ArrayBuffer>;
}

/** Parameters of the kernels' shape; the same whether the weights are packed already or not. */
export function kernelShape(
  weights: PackedWeights,
  { groupSize, width: k }: RowGroups,
): Pick<KernelWeights, 'operation' | 'shape'> {
  const { n, bits, encoding } = weights;
  if (bits === 4 && encoding < 2) {
    const scheme = encoding === 0 ? 3 : Array.from(weights.zeros).every((zero) => zero === 8) ? 1 : 2;
    return { operation: 'int4', shape: { n, k, groupSize, scheme } };
  }
  return { operation: 'anybit', shape: { n, k, groupSize, bits, encoding } };
}

/** Buffers as the kernels bind them; a scale for a whole row is repeated for each of its groups. */
export function kernelWeights(weights: PackedWeights, rows: RowGroups): KernelWeights {
  const { n, bits, encoding } = weights;
  const { groupSize, width: k } = rows;
  const { operation, shape } = kernelShape(weights, rows);
  const [own, groups] = [Math.ceil(weights.k / weights.groupSize), k / groupSize];
  const place = (i: number): number => Math.floor(i / groups) * own + (own === groups ? i % groups : 0);
  const codes = filledRows(weights, k);
  const scales = Float32Array.from({ length: n * groups }, (_, i) => weights.scales[place(i)]!);
  const zeroPoints = Uint8Array.from({ length: n * groups }, (_, i) => weights.zeros[place(i)]!);
  const common = { n, k, groupSize, codes, scales, zeroPoints };
  if (operation === 'int4') {
    const scheme = (['symmetric', 'zero-point', 'nf4'] as const)[shape.scheme! - 1]!;
    const packed = packInt4({ ...common, scheme });
    return {
      operation,
      shape,
      weights: packed.words,
      scales: packed.scales,
      zeroPoints: scheme === 'zero-point' ? packed.zeroPoints : new Uint32Array(1),
    };
  }
  const format = weightFormat(bits, encoding === 1 ? 'unsigned' : encoding === 2 ? 'signed' : encoding - 2);
  const matrix: AnyBitMatrix = { ...common, format };
  const packed = packAnyBit(matrix);
  return {
    operation,
    shape,
    weights: packed.words,
    scales: packed.scales,
    zeroPoints: encoding === 1 ? packed.zeroPoints : new Uint32Array(1),
  };
}

/** Codes with each row filled up to that many by codes of 0. */
function filledRows({ n, k, codes }: PackedWeights, width: number): Uint8Array<ArrayBuffer> {
  const filled = new Uint8Array(n * width);
  for (let row = 0; row < n; row++) for (let i = 0; i < k; i++) filled[row * width + i] = codes[row * k + i]!;
  return filled;
}
