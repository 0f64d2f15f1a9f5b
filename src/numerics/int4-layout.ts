/** The layout in which kernels read 4-bit weights, and the way into it from ONNX MatMulNBits and GGUF Q4_0. */
import { decodeFloat16 } from './float16.js';
import { FormatError } from './format-error.js';
import { checkGroups, type Int4Matrix, type Int4Scheme } from './int4.js';

/** Weights of one column along k that lie together: four words, one vec4<u32>. */
const blockLength = 32;

/** Buffers as the kernels bind them. */
export interface PackedInt4 {
  /** k/32 × n blocks of four words; block (b, j) holds weights 32b … 32b+31 of column j. */
  readonly words: Uint32Array<ArrayBuffer>;
  /** k/groupSize × n. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** k/groupSize × ⌈n/8⌉ words of eight nibbles, column j in nibble j mod 8 of word ⌊j/8⌋. */
  readonly zeroPoints: Uint32Array<ArrayBuffer>;
}

/**
 * Within a block, byte i of 16 holds weight i in its low and weight i + 16 in its high nibble (as GGUF Q4_0 does), so that
 * the low nibbles of word w are the four neighbours 4w … 4w+3 and meet a vec4 of activations without shuffling.
 */
export function packInt4({ n, k, groupSize, codes, scales, zeroPoints }: Int4Matrix): PackedInt4 {
  checkGroups(k, groupSize);
  const words = new Uint32Array((n * k) / 8);
  for (let column = 0; column < n; column++) {
    for (let p = 0; p < k; p++) {
      const { word, shift } = placeOf(p, column, n);
      words[word]! |= codes[column * k + p]! << shift;
    }
  }
  return { words, scales: transpose(scales, n), zeroPoints: packZeroPoints(zeroPoints, n) };
}

/** The codes of packed weights, n × k by rows: the inverse of `packInt4`. */
export function unpackInt4(words: ArrayLike<number>, n: number, k: number): Uint8Array<ArrayBuffer> {
  const codes = new Uint8Array(n * k);
  for (let column = 0; column < n; column++) {
    for (let p = 0; p < k; p++) {
      const { word, shift } = placeOf(p, column, n);
      codes[column * k + p] = (words[word]! >>> shift) & 15;
    }
  }
  return codes;
}

function placeOf(p: number, column: number, n: number): { word: number; shift: number } {
  const within = p % blockLength;
  const block = ((p - within) / blockLength) * n + column;
  const byte = within % 16;
  return { word: block * 4 + (byte >> 2), shift: (byte & 3) * 8 + (within < 16 ? 0 : 4) };
}

/** Rows by column, n × groups, to groups × n. */
function transpose(values: Float32Array, n: number): Float32Array<ArrayBuffer> {
  const groups = values.length / n;
  return Float32Array.from(values, (_, i) => values[(i % n) * groups + Math.floor(i / n)]!);
}

function packZeroPoints(zeroPoints: Uint8Array, n: number): Uint32Array<ArrayBuffer> {
  const groups = zeroPoints.length / n;
  const perGroup = Math.ceil(n / 8);
  const words = new Uint32Array(groups * perGroup);
  for (let column = 0; column < n; column++) {
    for (let group = 0; group < groups; group++) {
      words[group * perGroup + (column >> 3)]! |= zeroPoints[column * groups + group]! << ((column & 7) * 4);
    }
  }
  return words;
}

/** What `packInt4` packed, read back. */
export function unpackInt4Matrix(
  packed: PackedInt4,
  sizes: { readonly n: number; readonly k: number; readonly groupSize: number; readonly scheme: Int4Scheme },
): Int4Matrix {
  const { n, k, groupSize } = sizes;
  checkGroups(k, groupSize);
  const groups = k / groupSize;
  const scales = Float32Array.from(
    { length: n * groups },
    (_, i) => packed.scales[(i % groups) * n + Math.floor(i / groups)]!,
  );
  const zeroPoints = Uint8Array.from({ length: n * groups }, (_, i) => {
    const column = Math.floor(i / groups);
    const word = packed.zeroPoints[(i % groups) * Math.ceil(n / 8) + (column >> 3)] ?? 0;
    return (word >>> ((column & 7) * 4)) & 15;
  });
  return { ...sizes, codes: unpackInt4(packed.words, n, k), scales, zeroPoints };
}

/** Tensors of ONNX's contrib operator MatMulNBits with bits = 4. */
export interface MatMulNBitsWeights {
  readonly n: number;
  readonly k: number;
  readonly blockSize: number;
  /** B: [n][k/blockSize][blockSize/2] bytes, even elements in the low nibbles. */
  readonly b: Uint8Array;
  /** [n][k/blockSize]. */
  readonly scales: ArrayLike<number>;
  /** [n][⌈k/blockSize/2⌉] bytes, even blocks in the low nibbles; 8 everywhere where left out. */
  readonly zeroPoints?: Uint8Array;
}

/**
 * MatMulNBits weights as a matrix of ours.
 * @see https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MatMulNBits
 * @throws FormatError where the block size is not supported, does not divide k, or a tensor has the wrong length.
 */
export function fromMatMulNBits(weights: MatMulNBitsWeights): Int4Matrix {
  const { n, k, blockSize, b, scales, zeroPoints } = weights;
  checkGroups(k, blockSize);
  const groups = k / blockSize;
  const zeroBytes = Math.ceil(groups / 2);
  requireLength('B', b.length, (n * k) / 2);
  requireLength('scales', scales.length, n * groups);
  if (zeroPoints) requireLength('zero_points', zeroPoints.length, n * zeroBytes);
  const nibble = (bytes: Uint8Array, byte: number, index: number): number => (bytes[byte]! >> ((index & 1) * 4)) & 15;
  return {
    n,
    k,
    groupSize: blockSize,
    scheme: zeroPoints ? 'zero-point' : 'symmetric',
    codes: Uint8Array.from({ length: n * k }, (_, i) => nibble(b, i >> 1, i)),
    scales: Float32Array.from({ length: n * groups }, (_, i) => scales[i]!),
    zeroPoints: Uint8Array.from({ length: n * groups }, (_, i) => {
      const group = i % groups;
      return zeroPoints ? nibble(zeroPoints, ((i - group) / groups) * zeroBytes + (group >> 1), group) : 8;
    }),
  };
}

/** Bytes of a GGUF Q4_0 block: an f16 scale, then 16 bytes of nibbles. */
const q4Bytes = 18;

/**
 * The data of a GGUF Q4_0 tensor of n rows of k weights as a matrix of ours: groups of 32, weight (q − 8)·scale.
 * @see https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h (block_q4_0)
 * @throws FormatError where 32 does not divide k or the length is wrong.
 */
export function fromQ4_0(bytes: Uint8Array, n: number, k: number): Int4Matrix {
  checkGroups(k, blockLength);
  const blocks = (n * k) / blockLength;
  requireLength('Q4_0 data', bytes.length, blocks * q4Bytes);
  const codes = new Uint8Array(n * k);
  const scales = new Float32Array(blocks);
  for (let block = 0; block < blocks; block++) {
    const from = block * q4Bytes;
    scales[block] = decodeFloat16(bytes[from]! | (bytes[from + 1]! << 8));
    for (let i = 0; i < 16; i++) {
      codes[block * blockLength + i] = bytes[from + 2 + i]! & 15;
      codes[block * blockLength + 16 + i] = bytes[from + 2 + i]! >> 4;
    }
  }
  return {
    n,
    k,
    groupSize: blockLength,
    scheme: 'symmetric',
    codes,
    scales,
    zeroPoints: new Uint8Array(blocks).fill(8),
  };
}

function requireLength(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw new FormatError(`${what} holds ${actual} elements, ${expected} expected.`);
}
