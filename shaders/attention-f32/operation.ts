/** O = softmax(scale·Q·Kᵀ + mask)·V for many heads. */
import { defineOperation } from '../../src/kernel/operation.js';
import { f32Bits } from '../lib/epilogue.js';
import { attentionRow } from './reference.js';

export interface AttentionShape {
  readonly [name: string]: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly headSize: number;
  readonly valueSize: number;
  readonly sharing: number;
  /** 1: all rows of a head together; 2: all heads of a row together, `headsPerImage` of them. */
  readonly arrangement: number;
  readonly headsPerImage: number;
  /** 1: keys × headSize; 2: headSize × keys. */
  readonly transK: number;
  /** 1: every query sees all keys; 2: only those up to its own place. */
  readonly causal: number;
  /** 1 none, 2 added to the scores. */
  readonly mask: number;
  readonly maskRepeat: number;
  readonly maskCount: number;
  readonly maskRows: number;
  readonly scaleBits: number;
  readonly capBits: number;
}

/** Every head with keys of its own, no mask, no cap. */
export const plain = {
  ...{ sharing: 1, arrangement: 1, headsPerImage: 1, transK: 1, causal: 1 },
  ...{ mask: 1, maskRepeat: 1, maskCount: 1, maskRows: 1, capBits: f32Bits(0) },
} as const;

const square = (heads: number, tokens: number, headSize: number): AttentionShape => ({
  ...plain,
  ...{
    heads,
    queries: tokens,
    keys: tokens,
    headSize,
    valueSize: headSize,
    scaleBits: f32Bits(1 / Math.sqrt(headSize)),
  },
});

export const attentionF32 = defineOperation<AttentionShape>({
  id: 'attention-f32',
  title: 'Attention f32',
  summary: 'O = softmax(scale·Q·Kᵀ + mask)·V for each head in f32, with shared keys, causal masks and capped scores.',
  parameters: [
    { name: 'heads', about: 'heads of all images together' },
    { name: 'queries', about: 'rows of Q and O per head' },
    { name: 'keys', about: 'rows of K and V per head' },
    { name: 'headSize', about: 'columns of Q and K' },
    { name: 'valueSize', about: 'columns of V and O' },
    { name: 'sharing', about: 'neighbouring heads that share keys and values' },
    { name: 'arrangement', about: '1 if a head lies together, 2 if a row of all heads of an image does' },
    { name: 'headsPerImage', about: 'heads in such a row; 1 in arrangement 1' },
    { name: 'transK', about: '1 if K is keys × headSize, 2 if it is headSize × keys (arrangement 1 only)' },
    { name: 'causal', about: '1 if queries see all keys, 2 if those up to their own place' },
    { name: 'mask', about: '1 none, 2 added to the scores' },
    { name: 'maskRepeat', about: 'neighbouring heads that share a mask' },
    { name: 'maskCount', about: 'masks, after the last of which the first is taken again' },
    { name: 'maskRows', about: 'rows of a mask: 1 for all queries, or one for each' },
    { name: 'scaleBits', about: 'f32 bits of the factor of the scores' },
    { name: 'capBits', about: 'f32 bits of c where scores become c·tanh(score/c); those of −0 for no cap' },
  ],
  valid(shape) {
    if (shape.heads % shape.headsPerImage !== 0) return `${shape.heads} heads are no whole number of images`;
    if (shape.heads % shape.sharing !== 0) return `${shape.sharing} heads that share keys do not divide ${shape.heads}`;
    if (shape.arrangement === 2 && shape.headsPerImage % shape.sharing !== 0)
      return 'heads of two images share no keys';
    if (shape.arrangement === 2 && shape.transK === 2) return 'transposed keys lie head by head';
    const twos = [shape.arrangement, shape.transK, shape.causal, shape.mask];
    if (shape.maskRows !== 1 && shape.maskRows !== shape.queries) return 'a mask has one row, or one for each query';
    return twos.every((value) => value <= 2) || 'arrangement, transK, causal and mask are 1 or 2';
  },
  bindings: [
    { name: 'Q', access: 'read', element: 'f32', length: queryLength, about: 'heads × queries × headSize' },
    { name: 'K', access: 'read', element: 'f32', length: keyLength, about: 'heads/sharing × keys × headSize' },
    { name: 'V', access: 'read', element: 'f32', length: valueLength, about: 'heads/sharing × keys × valueSize' },
    {
      name: 'mask',
      access: 'read',
      element: 'f32',
      length: maskLength,
      about: 'maskCount × maskRows × keys, or one unused number',
    },
    { name: 'O', access: 'read_write', element: 'f32', length: outputLength, about: 'heads × queries × valueSize' },
  ],
  inputs: (shape, random) => ({
    Q: random.values(queryLength(shape)),
    K: random.values(keyLength(shape)),
    V: random.values(valueLength(shape)),
    // Some keys are hidden, as padding is.
    mask: random.values(maskLength(shape)).map((value, i) => (i % 5 === 3 ? -10_000 : value)),
  }),
  reference: ({ Q, K, V, mask }, shape, pick) => {
    const { valueSize } = shape;
    const rows = pick(shape.heads * shape.queries);
    const values = new Float64Array(rows.length * valueSize);
    const bounds = new Float64Array(rows.length * valueSize);
    rows.forEach((row, r) => {
      const result = attentionRow({ Q: Q!, K: K!, V: V!, mask: mask! }, shape, row);
      values.set(result.values, r * valueSize);
      bounds.set(result.bounds, r * valueSize);
    });
    return [{ output: 'O', columns: valueSize, rows, values, bounds }];
  },
  cost: (shape) => {
    const { heads, queries, keys, headSize, valueSize } = shape;
    const scores = heads * queries * keys;
    return {
      // Per score: scaled, the maximum subtracted, exp, summed.
      operations: { fma32: scores * (headSize + valueSize), add32: 2 * scores, mul32: scores, sfu: scores },
      nominal: 2 * scores * (headSize + valueSize),
      bytesRead: 4 * (queryLength(shape) + keyLength(shape) + valueLength(shape) + maskLength(shape)),
      bytesWritten: 4 * outputLength(shape),
    };
  },
  cases: [
    square(1, 1, 1),
    { ...square(4, 7, 19), keys: 37, valueSize: 11, sharing: 2, mask: 2, maskRepeat: 2, maskCount: 2 },
    { ...square(6, 70, 16), causal: 2, arrangement: 2, headsPerImage: 3, sharing: 3, capBits: f32Bits(2) },
    { ...square(2, 5, 64), keys: 257, transK: 2, mask: 2, maskRows: 5, maskCount: 2 },
    { ...square(3, 3, 8), keys: 130, valueSize: 129, scaleBits: f32Bits(-0.5) },
  ],
  presets: [
    { title: 'BERT base, 128 tokens', shape: square(12, 128, 64) },
    { title: 'GPT-2, 256 tokens, causal', shape: { ...square(12, 256, 64), causal: 2 } },
    { title: 'Decode, 32 heads share 8, 2048 keys', shape: { ...square(32, 1, 128), keys: 2048, sharing: 4 } },
  ],
  sweep: [32, 64, 128, 256, 512].map((tokens) => square(12, tokens, 64)),
});

/** Where rows start in the buffers, in elements, the same as in `places.wgsl`; a row of O lies in order of head and query. */
export function placesOf(shape: AttentionShape, head: number) {
  const { queries, keys, sharing, headsPerImage } = shape;
  if (shape.arrangement === 1) {
    const shared = Math.floor(head / sharing);
    return { query: (row: number) => head * queries + row, key: (row: number) => shared * keys + row };
  }
  const image = Math.floor(head / headsPerImage);
  const within = head % headsPerImage;
  const keyHeads = headsPerImage / sharing;
  return {
    query: (row: number) => (image * queries + row) * headsPerImage + within,
    key: (row: number) => (image * keys + row) * keyHeads + Math.floor(within / sharing),
  };
}

function queryLength({ heads, queries, headSize }: AttentionShape): number {
  return heads * queries * headSize;
}

function keyLength({ heads, sharing, keys, headSize }: AttentionShape): number {
  return (heads / sharing) * keys * headSize;
}

function valueLength({ heads, sharing, keys, valueSize }: AttentionShape): number {
  return (heads / sharing) * keys * valueSize;
}

function maskLength({ mask, maskCount, maskRows, keys }: AttentionShape): number {
  return mask === 1 ? 1 : maskCount * maskRows * keys;
}

function outputLength({ heads, queries, valueSize }: AttentionShape): number {
  return heads * queries * valueSize;
}
