/** Binary, ternary and 2-bit operands as bit planes: quantizing, packing 32 values of k into one word, unpacking. */

/**
 * Where a matrix's long dimension k runs: along rows for the left operand (m × k), along columns for the right one (k × n).
 * Words of the left operand are m × ⌈k/32⌉, those of the right one ⌈k/32⌉ × n; bit i of word w belongs to index 32·w + i
 * of k. Bits beyond k may hold anything: whoever reads them masks them.
 */
export type PackedSide = 'left' | 'right';

export interface PackedSize {
  /** Rows of the left operand, or columns of the right one. */
  readonly lanes: number;
  readonly k: number;
}

/** Words along k. */
export function wordsOf(k: number): number {
  return Math.ceil(k / 32);
}

/** Packs one bit per element; `padding` fills the bits beyond k of the last words. */
export function packBits(
  bit: (index: number) => 0 | 1,
  { lanes, k }: PackedSize,
  side: PackedSide,
  padding: () => number = () => 0,
): Uint32Array<ArrayBuffer> {
  const words = wordsOf(k);
  const packed = new Uint32Array(lanes * words);
  for (let lane = 0; lane < lanes; lane++) {
    for (let w = 0; w < words; w++) {
      const held = Math.min(32, k - 32 * w);
      let word = held === 32 ? 0 : padding() * 2 ** held;
      for (let i = 0; i < held; i++) word |= bit(elementAt(side, lanes, k, lane, 32 * w + i)) << i;
      packed[side === 'left' ? lane * words + w : w * lanes + lane] = word;
    }
  }
  return packed;
}

/** The bits as they were before `packBits`, in the matrix's own order. */
export function unpackBits(packed: Uint32Array, { lanes, k }: PackedSize, side: PackedSide): Uint8Array<ArrayBuffer> {
  const bits = new Uint8Array(lanes * k);
  const words = wordsOf(k);
  for (let lane = 0; lane < lanes; lane++) {
    for (let p = 0; p < k; p++) {
      const word = packed[side === 'left' ? lane * words + (p >>> 5) : (p >>> 5) * lanes + lane]!;
      bits[elementAt(side, lanes, k, lane, p)] = (word >>> (p & 31)) & 1;
    }
  }
  return bits;
}

function elementAt(side: PackedSide, lanes: number, k: number, lane: number, p: number): number {
  return side === 'left' ? lane * k + p : p * lanes + lane;
}

/** Integer codes of a matrix with one scale for each lane: element ≈ code · scale. */
export interface Codes {
  readonly codes: Int8Array<ArrayBuffer>;
  readonly scales: Float32Array<ArrayBuffer>;
}

/**
 * Signs ±1 (+1 at zero) with the mean magnitude of each row (left) or column (right) as scale, which for signs is the
 * least-squares one (Rastegari et al., XNOR-Net, arXiv 1603.05279). One-shot: no training behind it.
 * @throws RangeError for values that are not finite.
 */
export function binarize(values: Float32Array, size: PackedSize, side: PackedSide): Codes {
  requireFinite(values);
  return {
    codes: Int8Array.from(values, (value) => (value < 0 ? -1 : 1)),
    scales: overLanes(size, side, (elements) => mean(elements.map((at) => Math.abs(values[at]!)))),
  };
}

/**
 * Codes −1, 0, 1 by the rule of Ternary Weight Networks (Li and Liu, arXiv 1605.04711): zero up to 0.7 times the mean
 * magnitude of the row or column, whose scale is the mean magnitude of the rest.
 * @throws RangeError for values that are not finite.
 */
export function ternarize(values: Float32Array, size: PackedSize, side: PackedSide): Codes {
  requireFinite(values);
  const codes = new Int8Array(values.length);
  const scales = overLanes(size, side, (elements) => {
    const threshold = 0.7 * mean(elements.map((at) => Math.abs(values[at]!)));
    const kept = elements.filter((at) => Math.abs(values[at]!) > threshold);
    for (const at of kept) codes[at] = Math.sign(values[at]!);
    return kept.length === 0 ? 0 : mean(kept.map((at) => Math.abs(values[at]!)));
  });
  return { codes, scales };
}

/** Ranges of 2-bit codes: activations after a ReLU are unsigned, weights two's complement. */
export const twoBitRanges = { unsigned: { min: 0, max: 3 }, signed: { min: -2, max: 1 } } as const;

/** Step over the root mean square with the least squared error for normal values, those after a ReLU where unsigned. */
const stepPerRms = { unsigned: 0.9, signed: 1.05 } as const;

/**
 * 2-bit codes by rounding to the nearest multiple of a scale fixed by the root mean square of the row or column; codes
 * saturate.
 * @throws RangeError for values that are not finite.
 */
export function quantizeTwoBits(
  values: Float32Array,
  size: PackedSize,
  side: PackedSide,
  kind: keyof typeof twoBitRanges,
): Codes {
  requireFinite(values);
  const { min, max } = twoBitRanges[kind];
  const codes = new Int8Array(values.length);
  const scales = overLanes(size, side, (elements) => {
    const step = Math.fround(stepPerRms[kind] * Math.sqrt(mean(elements.map((at) => values[at]! ** 2))));
    if (step > 0) for (const at of elements) codes[at] = Math.max(min, Math.min(max, Math.round(values[at]! / step)));
    return step;
  });
  return { codes, scales };
}

/** Code · scale for each element. */
export function dequantize(
  { codes, scales }: Codes,
  { lanes, k }: PackedSize,
  side: PackedSide,
): Float32Array<ArrayBuffer> {
  return Float32Array.from(codes, (code, at) => code * scales[side === 'left' ? Math.floor(at / k) : at % lanes]!);
}

/** Packs 2-bit codes (two's complement where signed) as two planes, all low bits before all high bits. */
export function packTwoBits(
  codes: Int8Array,
  size: PackedSize,
  side: PackedSide,
  padding?: () => number,
): Uint32Array<ArrayBuffer> {
  const plane = (shift: number): Uint32Array<ArrayBuffer> =>
    packBits((at) => ((codes[at]! >> shift) & 1) as 0 | 1, size, side, padding);
  const [low, high] = [plane(0), plane(1)];
  const packed = new Uint32Array(low.length + high.length);
  packed.set(low);
  packed.set(high, low.length);
  return packed;
}

/** One bit per sign: 1 for +1, 0 for −1. */
export function packSigns(
  codes: Int8Array,
  size: PackedSize,
  side: PackedSide,
  padding?: () => number,
): Uint32Array<ArrayBuffer> {
  return packBits((at) => (codes[at]! > 0 ? 1 : 0), size, side, padding);
}

/** Signs ±1 from their bits. */
export function unpackSigns(packed: Uint32Array, size: PackedSize, side: PackedSide): Int8Array<ArrayBuffer> {
  return Int8Array.from(unpackBits(packed, size, side), (bit) => 2 * bit - 1);
}

/** 2-bit codes from their planes, `signed` as two's complement (ternary codes are those without −2). */
export function unpackTwoBits(
  packed: Uint32Array,
  size: PackedSize,
  side: PackedSide,
  kind: keyof typeof twoBitRanges,
): Int8Array<ArrayBuffer> {
  const half = packed.length / 2;
  const high = unpackBits(packed.subarray(half), size, side);
  const weight = kind === 'signed' ? -2 : 2;
  return Int8Array.from(unpackBits(packed.subarray(0, half), size, side), (bit, at) => bit + weight * high[at]!);
}

/** One scale for each lane, from the indices of its elements. */
function overLanes(
  { lanes, k }: PackedSize,
  side: PackedSide,
  scale: (elements: readonly number[]) => number,
): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: lanes }, (_, lane) =>
    scale(Array.from({ length: k }, (_, p) => elementAt(side, lanes, k, lane, p))),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function requireFinite(values: Float32Array): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new RangeError(`Element ${at} is ${values[at]}; only finite values can be quantized.`);
}
