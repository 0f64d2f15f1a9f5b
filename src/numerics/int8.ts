/** 8-bit integer quantization: f32 matrices to codes and scales and back, and codes packed four to a word. */
import { roundToEven } from './rounding.js';

/** Input that cannot be quantized, dequantized or packed; the message says what to change. */
export class QuantizationError extends Error {
  override readonly name = 'QuantizationError';
}

/** Which values share one scale: all of them, those of one row, or those of a block of neighbours within a row. */
export type Granularity = 'tensor' | 'row' | { readonly block: number };

export interface Extent {
  readonly rows: number;
  readonly columns: number;
}

/** Codes −127 … 127; value ≈ code · scale. */
export interface SymmetricInt8 extends Extent {
  readonly codes: Int8Array<ArrayBuffer>;
  /** rows × ⌈columns / block⌉; under `tensor` and `row` one per row. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** Neighbours in a row that share a scale; `columns` where the whole row does. */
  readonly block: number;
}

/** Codes 0 … 255; value ≈ (code − zero point) · scale. */
export interface AsymmetricInt8 extends Extent {
  readonly codes: Uint8Array<ArrayBuffer>;
  readonly scales: Float32Array<ArrayBuffer>;
  /** As many as scales; the code of 0, which is always exact. */
  readonly zeroPoints: Uint8Array<ArrayBuffer>;
  readonly block: number;
}

/** A group whose largest magnitude is below this counts as all zeros, so that 127 / magnitude stays finite in f32. */
const smallestMagnitude = 2 ** -100;

/**
 * scale = max|x| · (1/127), code = round(x · (127/max|x|)), ties to even, all in f32. A group of zeros has scale 1.
 * @throws QuantizationError for a value that is not finite, or a block that is no positive integer.
 */
export function quantizeInt8(values: ArrayLike<number>, extent: Extent, granularity: Granularity): SymmetricInt8 {
  const groups = grouping(values, extent, granularity);
  const codes = new Int8Array(values.length);
  const scales = new Float32Array(groups.count);
  for (let group = 0; group < groups.count; group++) {
    const [from, to] = groups.range(group);
    const [low, high] = groups.limits(group);
    const { scale, inverse } = symmetricScale(Math.max(-low, high));
    scales[group] = scale;
    for (let i = from; i < to; i++) codes[i] = symmetricCode(values[i]!, inverse);
  }
  return { ...extent, codes, scales, block: groups.block };
}

/** Scale of a group by its largest magnitude, and the factor that turns values into codes; both f32. */
export function symmetricScale(magnitude: number): { readonly scale: number; readonly inverse: number } {
  if (magnitude < smallestMagnitude) return { scale: 1, inverse: 0 };
  const { fround } = Math;
  return { scale: fround(magnitude * fround(1 / 127)), inverse: fround(127 / magnitude) };
}

function symmetricCode(value: number, inverse: number): number {
  return Math.min(127, Math.max(-127, roundToEven(Math.fround(value * inverse))));
}

/**
 * The values with those moved by 2⁻¹⁶ of themselves whose scaled value lies within 2⁻²⁰ of a rounding tie, per row.
 * WGSL lets a device's division be off by 2.5 ulp and a product by one; away from ties every device gives the same codes.
 */
export function avoidTies(values: Float32Array<ArrayBuffer>, extent: Extent): Float32Array<ArrayBuffer> {
  const groups = grouping(values, extent, 'row');
  const moved = values.slice();
  for (let group = 0; group < groups.count; group++) {
    const [from, to] = groups.range(group);
    const [low, high] = groups.limits(group);
    const { inverse } = symmetricScale(Math.max(-low, high));
    for (let i = from; i < to; i++) {
      const scaled = Math.abs(values[i]! * inverse);
      if (Math.abs(scaled - Math.floor(scaled) - 0.5) <= scaled * 2 ** -20) moved[i] = values[i]! * (1 - 2 ** -16);
    }
  }
  return moved;
}

/**
 * The range is widened to hold 0; scale = (max − min) · (1/255), zero point = round(−min / scale). Zeros have scale 1.
 * @throws QuantizationError as `quantizeInt8`.
 */
export function quantizeUint8(values: ArrayLike<number>, extent: Extent, granularity: Granularity): AsymmetricInt8 {
  const groups = grouping(values, extent, granularity);
  const codes = new Uint8Array(values.length);
  const scales = new Float32Array(groups.count);
  const zeroPoints = new Uint8Array(groups.count);
  for (let group = 0; group < groups.count; group++) {
    const [from, to] = groups.range(group);
    const [low, high] = groups.limits(group);
    const scale = high - low < smallestMagnitude ? 1 : Math.fround((high - low) * Math.fround(1 / 255));
    const zeroPoint = clampByte(roundToEven(-low / scale));
    scales[group] = scale;
    zeroPoints[group] = zeroPoint;
    for (let i = from; i < to; i++) codes[i] = clampByte(roundToEven(values[i]! / scale) + zeroPoint);
  }
  return { ...extent, codes, scales, zeroPoints, block: groups.block };
}

/**
 * Values that codes stand for, rounded to f32.
 * @throws QuantizationError for a scale that is not positive and finite.
 */
export function dequantize(quantized: SymmetricInt8 | AsymmetricInt8): Float32Array<ArrayBuffer> {
  const { rows, columns, block, codes, scales } = quantized;
  const zeroPoints = 'zeroPoints' in quantized ? quantized.zeroPoints : undefined;
  const bad = scales.findIndex((scale) => !(scale > 0 && Number.isFinite(scale)));
  if (bad >= 0) {
    throw new QuantizationError(`Scale ${bad} is ${scales[bad]}: a scale must be positive and finite (zeros have 1).`);
  }
  const perRow = Math.ceil(columns / block);
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < values.length; i++) {
    const group = Math.floor(i / columns) * perRow + Math.floor((i % columns) / block);
    values[i] = (codes[i]! - (zeroPoints?.[group] ?? 0)) * scales[group]!;
  }
  return values;
}

/** Words of one packed row: `columns` codes padded to a multiple of `alignment` codes, four codes to a word. */
export function rowWords(columns: number, alignment: number): number {
  return (Math.ceil(columns / alignment) * alignment) / 4;
}

/** Packs rows of codes, the code of the lowest column in the lowest byte; what pads a row is 0. */
export function packCodes(
  codes: Int8Array | Uint8Array,
  { rows, columns }: Extent,
  alignment: number,
): Uint32Array<ArrayBuffer> {
  if (codes.length !== rows * columns) {
    throw new QuantizationError(`${codes.length} codes do not fill ${rows} rows of ${columns}.`);
  }
  const rowBytes = 4 * rowWords(columns, alignment);
  const bytes = new Uint8Array(rows * rowBytes);
  for (let row = 0; row < rows; row++) bytes.set(codes.subarray(row * columns, (row + 1) * columns), row * rowBytes);
  return new Uint32Array(bytes.buffer);
}

/** Undoes `packCodes`: bytes of the rows without their padding; view them as Int8Array where the codes are signed. */
export function unpackCodes(words: Uint32Array, { rows, columns }: Extent, alignment: number): Uint8Array<ArrayBuffer> {
  const rowBytes = 4 * rowWords(columns, alignment);
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  const codes = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    codes.set(bytes.subarray(row * rowBytes, row * rowBytes + columns), row * columns);
  }
  return codes;
}

/** A tensor as outer × axis × inner whose axis is packed to words of four codes. */
export interface PackedAxis {
  readonly outer: number;
  readonly axis: number;
  readonly inner: number;
  /** ⌈axis / 4⌉ or more. */
  readonly words: number;
}

/** Packs four neighbours along the axis to a word, outer × words × inner; places past the axis hold `fill`. */
export function packAxis(
  codes: ArrayLike<number>,
  { outer, axis, inner, words }: PackedAxis,
  fill = 0,
): Uint32Array<ArrayBuffer> {
  const packed = new Uint32Array(outer * words * inner);
  for (let i = 0; i < packed.length; i++) {
    const block = Math.floor(i / inner);
    const first = 4 * (block % words);
    const start = (Math.floor(block / words) * axis + first) * inner + (i % inner);
    for (let lane = 0; lane < 4; lane++) {
      const code = first + lane < axis ? codes[start + lane * inner]! : fill;
      packed[i]! |= (code & 255) << (8 * lane);
    }
  }
  return packed;
}

/** Undoes `packAxis`: signed codes, outer × axis × inner. */
export function unpackAxis(packed: Uint32Array, { outer, axis, inner, words }: PackedAxis): Int8Array<ArrayBuffer> {
  return Int8Array.from({ length: outer * axis * inner }, (_, i) => {
    const row = Math.floor(i / inner);
    const place = row % axis;
    const word = packed[(Math.floor(row / axis) * words + Math.floor(place / 4)) * inner + (i % inner)]!;
    return word >> (8 * (place % 4));
  });
}

function clampByte(value: number): number {
  return Math.min(255, Math.max(0, value));
}

interface Grouping {
  readonly count: number;
  readonly block: number;
  /** First index and the one past the last. */
  readonly range: (group: number) => readonly [number, number];
  /** Least and greatest value, 0 included; the whole tensor's under `tensor`. */
  readonly limits: (group: number) => readonly [number, number];
}

function grouping(values: ArrayLike<number>, { rows, columns }: Extent, granularity: Granularity): Grouping {
  if (values.length !== rows * columns) {
    throw new QuantizationError(`${values.length} values do not fill ${rows} rows of ${columns}.`);
  }
  const block = typeof granularity === 'object' ? granularity.block : columns;
  if (!Number.isInteger(block) || block < 1) {
    throw new QuantizationError(`A block must be a positive number of columns, not ${block}.`);
  }
  const perRow = Math.ceil(columns / block);
  const range = (group: number): readonly [number, number] => {
    const from = Math.floor(group / perRow) * columns + (group % perRow) * block;
    return [from, Math.min(from + block, (Math.floor(group / perRow) + 1) * columns)];
  };
  const whole = granularity === 'tensor' ? limitsOf(values, 0, values.length, columns) : undefined;
  const limits = (group: number) => whole ?? limitsOf(values, ...range(group), columns);
  return { count: rows * perRow, block, range, limits };
}

function limitsOf(
  values: ArrayLike<number>,
  from: number,
  to: number,
  columns: number,
): readonly [low: number, high: number] {
  let low = 0;
  let high = 0;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) {
      const place = `row ${Math.floor(i / columns)}, column ${i % columns}`;
      throw new QuantizationError(
        `The value at ${place} is ${value}: replace it by a finite number before quantizing.`,
      );
    }
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
