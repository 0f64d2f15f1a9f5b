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

/** Visits the elements in the order of memory: their place, their lane, their index along k. */
function visit(
  { lanes, k }: PackedSize,
  side: PackedSide,
  element: (at: number, lane: number, p: number) => void,
): void {
  if (side === 'left')
    for (let at = 0, lane = 0; lane < lanes; lane++) for (let p = 0; p < k; p++) element(at++, lane, p);
  else for (let at = 0, p = 0; p < k; p++) for (let lane = 0; lane < lanes; lane++) element(at++, lane, p);
}

/** Where the word that holds index p of k of a lane stands. */
function wordAt({ lanes, k }: PackedSize, side: PackedSide): (lane: number, p: number) => number {
  const words = wordsOf(k);
  return side === 'left' ? (lane, p) => lane * words + (p >>> 5) : (lane, p) => (p >>> 5) * lanes + lane;
}

/** Packs one bit per element; `padding` fills the bits beyond k of the last words. */
export function packBits(
  bit: (index: number) => 0 | 1,
  size: PackedSize,
  side: PackedSide,
  padding: () => number = () => 0,
): Uint32Array<ArrayBuffer> {
  const packed = new Uint32Array(size.lanes * wordsOf(size.k));
  const word = wordAt(size, side);
  visit(size, side, (at, lane, p) => {
    packed[word(lane, p)]! |= bit(at) << (p & 31);
  });
  const held = size.k % 32;
  if (held > 0) for (let lane = 0; lane < size.lanes; lane++) packed[word(lane, size.k)]! |= padding() << held;
  return packed;
}

/** The bits as they were before `packBits`, in the matrix's own order. */
export function unpackBits(packed: Uint32Array, size: PackedSize, side: PackedSide): Uint8Array<ArrayBuffer> {
  const bits = new Uint8Array(size.lanes * size.k);
  const word = wordAt(size, side);
  visit(size, side, (at, lane, p) => {
    bits[at] = (packed[word(lane, p)]! >>> (p & 31)) & 1;
  });
  return bits;
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
  const codes = new Int8Array(values.length);
  for (let at = 0; at < codes.length; at++) codes[at] = values[at]! < 0 ? -1 : 1;
  return { codes, scales: new Float32Array(laneMeans(values, size, side, Math.abs)) };
}

/**
 * Codes −1, 0, 1 by the rule of Ternary Weight Networks (Li and Liu, arXiv 1605.04711): zero up to 0.7 times the mean
 * magnitude of the row or column, whose scale is the mean magnitude of the rest.
 * @throws RangeError for values that are not finite.
 */
export function ternarize(values: Float32Array, size: PackedSize, side: PackedSide): Codes {
  requireFinite(values);
  const means = laneMeans(values, size, side, Math.abs);
  const codes = new Int8Array(values.length);
  const sums = new Float64Array(size.lanes);
  const kept = new Float64Array(size.lanes);
  visit(size, side, (at, lane) => {
    const magnitude = Math.abs(values[at]!);
    if (magnitude <= 0.7 * means[lane]!) return;
    codes[at] = Math.sign(values[at]!);
    sums[lane]! += magnitude;
    kept[lane]!++;
  });
  return { codes, scales: Float32Array.from(sums, (sum, lane) => (kept[lane] === 0 ? 0 : sum / kept[lane]!)) };
}

/** Ranges of 2-bit codes: activations after a ReLU are unsigned, weights two's complement. */
const twoBitRanges = { unsigned: { min: 0, max: 3 }, signed: { min: -2, max: 1 } } as const;

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
  const squares = laneMeans(values, size, side, (value) => value * value);
  const scales = Float32Array.from(squares, (square) => stepPerRms[kind] * Math.sqrt(square));
  const codes = new Int8Array(values.length);
  visit(size, side, (at, lane) => {
    if (scales[lane]! > 0) codes[at] = Math.max(min, Math.min(max, Math.round(values[at]! / scales[lane]!)));
  });
  return { codes, scales };
}

/** Code · scale for each element. */
export function dequantize({ codes, scales }: Codes, size: PackedSize, side: PackedSide): Float32Array<ArrayBuffer> {
  const values = new Float32Array(codes.length);
  visit(size, side, (at, lane) => {
    values[at] = codes[at]! * scales[lane]!;
  });
  return values;
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
  const signs = new Int8Array(unpackBits(packed, size, side));
  for (let at = 0; at < signs.length; at++) signs[at] = 2 * signs[at]! - 1;
  return signs;
}

/** 2-bit codes from their planes, `signed` as two's complement (ternary codes are those without −2). */
export function unpackTwoBits(
  packed: Uint32Array,
  size: PackedSize,
  side: PackedSide,
  kind: keyof typeof twoBitRanges,
): Int8Array<ArrayBuffer> {
  const half = packed.length / 2;
  const codes = new Int8Array(unpackBits(packed.subarray(0, half), size, side));
  const high = unpackBits(packed.subarray(half), size, side);
  const weight = kind === 'signed' ? -2 : 2;
  for (let at = 0; at < codes.length; at++) codes[at]! += weight * high[at]!;
  return codes;
}

/** Mean of `measure` over each lane. */
function laneMeans(
  values: Float32Array,
  size: PackedSize,
  side: PackedSide,
  measure: (value: number) => number,
): Float64Array {
  const sums = new Float64Array(size.lanes);
  visit(size, side, (at, lane) => {
    sums[lane]! += measure(values[at]!);
  });
  return sums.map((sum) => sum / size.k);
}

function requireFinite(values: Float32Array): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new RangeError(`Element ${at} is ${values[at]}; only finite values can be quantized.`);
}
