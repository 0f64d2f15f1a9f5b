/** Weights of any width from 1 to 8 bits, unsigned, signed or small float, quantized by groups and packed in whole words. */
import { checkWidth, packBits, unpackBits } from './bits.js';
import { FormatError, requireFinite } from './format-error.js';
import { checkGroups } from './int4.js';
import { encodeMiniFloat, miniFloat } from './minifloat.js';
import { peak } from './quality.js';

/** `unsigned`: (code − zero point)·scale. `signed` and floats: value(code)·scale. */
export interface WeightFormat {
  /** e.g. `u4`, `s3`, `e3m2`. */
  readonly name: string;
  readonly bits: number;
  readonly kind: 'unsigned' | 'signed' | 'float';
  /** Of a float; 0 otherwise. */
  readonly exponentBits: number;
  /** Value of each code, without zero point and scale. */
  readonly values: Float64Array;
  /** Largest magnitude that is used. */
  readonly max: number;
}

/**
 * Signed codes are two's complement and use −(2^(b−1) − 1) … 2^(b−1) − 1; one signed bit means 0 → 1 and 1 → −1.
 * @param kind `unsigned`, `signed`, or the number of exponent bits of a float.
 * @throws FormatError for a width out of range or more exponent bits than fit.
 */
export function weightFormat(bits: number, kind: 'unsigned' | 'signed' | number): WeightFormat {
  checkWidth(bits);
  if (typeof kind === 'number') {
    if (!Number.isInteger(kind) || kind < 1 || kind > bits - 1) {
      throw new FormatError(
        `A float of ${bits} bits has 1 to ${bits - 1} exponent bits, not ${kind}; one bit is the sign.`,
      );
    }
    const { name, values, max } = miniFloat(`e${kind}m${bits - 1 - kind}`);
    return { name, bits, kind: 'float', exponentBits: kind, values, max };
  }
  const count = 2 ** bits;
  const value = (code: number): number => {
    if (kind === 'unsigned') return code;
    if (bits === 1) return 1 - 2 * code;
    return code < count / 2 ? code : code - count;
  };
  const values = Float64Array.from({ length: count }, (_, code) => value(code));
  const max = kind === 'unsigned' ? count - 1 : Math.max(1, count / 2 - 1);
  return { name: `${kind === 'unsigned' ? 'u' : 's'}${bits}`, bits, kind, exponentBits: 0, values, max };
}

/** An n × k matrix of weights by rows. */
export interface AnyBitMatrix {
  readonly n: number;
  readonly k: number;
  readonly groupSize: number;
  readonly format: WeightFormat;
  /** n × k. */
  readonly codes: Uint8Array<ArrayBuffer>;
  /** n × k/groupSize. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** n × k/groupSize; 0 where the format is not unsigned. */
  readonly zeroPoints: Uint8Array<ArrayBuffer>;
}

/**
 * Each group gets its own scale: the largest magnitude over the format's; for one and two signed bits the scale of least
 * squares for a sign and for the ternary rule |w| > 0.7·mean|w| (Li et al., Ternary Weight Networks, 2016).
 * @throws FormatError for non-finite weights or sizes that do not fit.
 */
export function quantizeAnyBit(
  weights: ArrayLike<number>,
  { n, k, groupSize, format }: Pick<AnyBitMatrix, 'n' | 'k' | 'groupSize' | 'format'>,
): AnyBitMatrix {
  checkGroups(k, groupSize);
  if (weights.length !== n * k) throw new FormatError(`${n} × ${k} weights expected, ${weights.length} given.`);
  requireFinite(weights, 'Weight');
  const codes = new Uint8Array(n * k);
  const scales = new Float32Array((n * k) / groupSize);
  const zeroPoints = new Uint8Array(scales.length);
  const group = new Float64Array(groupSize);
  for (let index = 0; index < scales.length; index++) {
    const from = index * groupSize;
    for (let i = 0; i < groupSize; i++) group[i] = weights[from + i]!;
    const { scale, zeroPoint } = anyBitParameters(group, format);
    scales[index] = scale;
    zeroPoints[index] = zeroPoint;
    for (let i = 0; i < groupSize; i++) codes[from + i] = encodeAnyBit(group[i]!, scale, zeroPoint, format);
  }
  return { n, k, groupSize, format, codes, scales, zeroPoints };
}

/** Scale and zero point of a group of weights. */
export function anyBitParameters(group: Float64Array, format: WeightFormat): { scale: number; zeroPoint: number } {
  if (format.kind !== 'unsigned') return { scale: normal(symmetricScale(group, format)), zeroPoint: 0 };
  let low = 0;
  let high = 0;
  for (const value of group) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const scale = normal((high - low) / format.max);
  return { scale, zeroPoint: scale === 0 ? 0 : Math.min(format.max, Math.max(0, Math.round(-low / scale))) };
}

function symmetricScale(group: Float64Array, { kind, bits, max }: WeightFormat): number {
  if (kind === 'float' || bits > 2) return peak(group) / max;
  let sum = 0;
  for (const value of group) sum += Math.abs(value);
  if (bits === 1) return sum / group.length;
  const threshold = (0.7 * sum) / group.length;
  let kept = 0;
  let count = 0;
  for (const value of group) {
    if (Math.abs(value) <= threshold) continue;
    kept += Math.abs(value);
    count++;
  }
  return count === 0 ? 0 : kept / count;
}

/** As f32, and never subnormal, since shaders may flush those. */
function normal(scale: number): number {
  return scale === 0 ? 0 : Math.max(Math.fround(scale), 2 ** -126);
}

/** Code of a weight under the parameters of its group. */
export function encodeAnyBit(
  weight: number,
  scale: number,
  zeroPoint: number,
  { kind, bits, max, name }: WeightFormat,
): number {
  if (scale === 0) return kind === 'unsigned' ? zeroPoint : 0;
  const value = weight / scale;
  if (kind === 'float') return encodeMiniFloat(miniFloat(name), value);
  if (kind === 'unsigned') return Math.min(max, Math.max(0, Math.round(value) + zeroPoint));
  if (bits === 1) return value < 0 ? 1 : 0;
  return Math.min(max, Math.max(-max, Math.round(value))) & (2 ** bits - 1);
}

/** The weights that the codes stand for, n × k, exact in f64. */
export function dequantizeAnyBit({ codes, scales, zeroPoints, groupSize, format }: AnyBitMatrix): Float64Array {
  const values = new Float64Array(codes.length);
  for (let i = 0; i < values.length; i++) {
    const group = Math.floor(i / groupSize);
    values[i] = (format.values[codes[i]!]! - zeroPoints[group]!) * scales[group]!;
  }
  return values;
}

/** Buffers as the kernels bind them. */
export interface PackedAnyBit {
  /** k/32 × bits × n: the 32 codes of a block of a column, densely packed, are exactly `bits` words, one in each row. */
  readonly words: Uint32Array<ArrayBuffer>;
  /** k/groupSize × n. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** k/groupSize × ⌈n/4⌉ words of four bytes, column j in byte j mod 4. */
  readonly zeroPoints: Uint32Array<ArrayBuffer>;
}

export function packAnyBit({ n, k, groupSize, format, codes, scales, zeroPoints }: AnyBitMatrix): PackedAnyBit {
  checkGroups(k, groupSize);
  const { bits } = format;
  const words = new Uint32Array((n * k * bits) / 32);
  for (let column = 0; column < n; column++) {
    const stream = packBits(codes.subarray(column * k, (column + 1) * k), bits);
    for (let word = 0; word < stream.length; word++) words[word * n + column] = stream[word]!;
  }
  const groups = k / groupSize;
  const turned = new Float32Array(scales.length);
  const perGroup = Math.ceil(n / 4);
  const zeros = new Uint32Array(groups * perGroup);
  for (let column = 0; column < n; column++) {
    for (let group = 0; group < groups; group++) {
      turned[group * n + column] = scales[column * groups + group]!;
      zeros[group * perGroup + (column >> 2)]! |= zeroPoints[column * groups + group]! << ((column & 3) * 8);
    }
  }
  return { words, scales: turned, zeroPoints: zeros };
}

/** What `packAnyBit` packed, read back. */
export function unpackAnyBit(
  packed: PackedAnyBit,
  sizes: Pick<AnyBitMatrix, 'n' | 'k' | 'groupSize' | 'format'>,
): AnyBitMatrix {
  const { n, k, groupSize, format } = sizes;
  const groups = k / groupSize;
  const codes = new Uint8Array(n * k);
  const scales = new Float32Array(n * groups);
  const zeroPoints = new Uint8Array(n * groups);
  const stream = new Uint32Array((k * format.bits) / 32);
  for (let column = 0; column < n; column++) {
    for (let word = 0; word < stream.length; word++) stream[word] = packed.words[word * n + column]!;
    codes.set(unpackBits(stream, format.bits, k), column * k);
    for (let group = 0; group < groups; group++) {
      scales[column * groups + group] = packed.scales[group * n + column]!;
      const word = packed.zeroPoints[group * Math.ceil(n / 4) + (column >> 2)] ?? 0;
      zeroPoints[column * groups + group] = (word >>> ((column & 3) * 8)) & 255;
    }
  }
  return { ...sizes, codes, scales, zeroPoints };
}
