/** softmax(Q·Kᵀ/√d)·V with L-Mul in both products. */
import { defineOperation, type PickRows } from '../../src/kernel/operation.js';
import type { Random } from '../../src/numerics/random.js';
import {
  closedF32,
  exact4Bits,
  exactF32,
  fastF32,
  type LmulShape,
  lmulFormatOf,
  lmulParameters,
  lmulWork,
  variedFormats,
} from '../lib/lmul-format.js';
import { attentionRow, lmulAttentionRow, type Operands } from './reference.js';

export interface AttentionLmulShape extends LmulShape {
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly headSize: number;
}

const small = { heads: 2, queries: 5, keys: 37, headSize: 19 };
const head64 = { heads: 4, queries: 64, keys: 64, headSize: 64 };

export const attentionLmul = defineOperation<AttentionLmulShape>({
  id: 'attention-lmul',
  title: 'Attention L-Mul',
  summary: 'O = softmax(L-Mul(Q, Kᵀ)/√d) · V, the second product by L-Mul too; softmax in f32.',
  parameters: [
    { name: 'heads', about: 'heads, each on its own' },
    { name: 'queries', about: 'rows of Q and O per head' },
    { name: 'keys', about: 'rows of K and V per head' },
    { name: 'headSize', about: 'd, columns of Q, K, V and O' },
    ...lmulParameters,
  ],
  bindings: [
    { name: 'Q', access: 'read', element: 'f32', length: queryLength, about: 'heads × queries × d, finite' },
    { name: 'K', access: 'read', element: 'f32', length: keyLength, about: 'heads × keys × d, finite' },
    { name: 'V', access: 'read', element: 'f32', length: keyLength, about: 'heads × keys × d, finite' },
    { name: 'O', access: 'read_write', element: 'f32', length: queryLength, about: 'heads × queries × d' },
  ],
  inputs: operands,
  reference: (inputs, shape, pick) => {
    const format = lmulFormatOf(shape);
    const { Q, K, V } = inputs as unknown as Operands;
    const { rows, values } = byRow(shape, pick);
    const bounds = new Float64Array(values.length);
    rows.forEach((row, i) => {
      const result = lmulAttentionRow({ Q, K, V }, shape, format, row);
      values.set(result.values, i * shape.headSize);
      bounds.set(result.bounds, i * shape.headSize);
    });
    return [{ output: 'O', columns: shape.headSize, rows, values, bounds }];
  },
  unquantized: (shape, random, pick) => {
    const drawn = operands(shape, random);
    const { rows, values } = byRow(shape, pick);
    rows.forEach((row, i) => {
      values.set(attentionRow(drawn, shape, row), i * shape.headSize);
    });
    return [{ output: 'O', columns: shape.headSize, rows, values }];
  },
  cost: (shape) => {
    const { heads, queries, keys, headSize } = shape;
    const scores = heads * queries * keys;
    const prepared = queryLength(shape) + 2 * keyLength(shape) + scores;
    return {
      // Per score: scaled, the maximum subtracted, exp, summed, normalized.
      operations: {
        ...lmulWork(shape, 2 * scores * headSize, prepared),
        add32: 2 * scores * headSize + 3 * scores,
        mul32: scores,
        sfu: 2 * scores,
      },
      nominal: 4 * scores * headSize,
      bytesRead: 4 * (queryLength(shape) + 2 * keyLength(shape)),
      bytesWritten: 4 * queryLength(shape),
    };
  },
  cases: [
    ...variedFormats.map((format) => ({ ...small, ...format })),
    { heads: 1, queries: 1, keys: 1, headSize: 1, ...exactF32 },
    { heads: 1, queries: 3, keys: 257, headSize: 64, ...fastF32 },
    { heads: 3, queries: 7, keys: 64, headSize: 129, ...exact4Bits },
  ],
  presets: [
    { title: '64 tokens, adder exact', shape: { ...head64, ...exactF32 } },
    { title: '64 tokens, adder fast', shape: { ...head64, ...fastF32 } },
    { title: '64 tokens, closed form', shape: { ...head64, ...closedF32 } },
    { title: '512 tokens, adder fast', shape: { ...head64, queries: 512, keys: 512, ...fastF32 } },
  ],
  sweep: [32, 64, 128, 256, 512, 1024].map((tokens) => ({ ...head64, queries: tokens, keys: tokens, ...fastF32 })),
});

function queryLength({ heads, queries, headSize }: AttentionLmulShape): number {
  return heads * queries * headSize;
}

function keyLength({ heads, keys, headSize }: AttentionLmulShape): number {
  return heads * keys * headSize;
}

function operands(shape: AttentionLmulShape, random: Random) {
  const [Q, K, V] = [queryLength, keyLength, keyLength].map((length) => random.values(length(shape)));
  return { Q: Q!, K: K!, V: V! };
}

/** A row of the output is one query of one head. */
function byRow({ heads, queries, headSize }: AttentionLmulShape, pick: PickRows) {
  const rows = pick(heads * queries);
  return { rows, values: new Float64Array(rows.length * headSize) };
}
