/** Scaled dot-product attention with caches, masks, shared heads and soft cap, and rotary position embeddings. */
import type { HostCall, HostOperator } from '../call.js';
import { addProduct, flipped, needDims, needPatience, needRank, permuted, spread, zeros } from '../dense.js';
import { type HostTensor, hostTensor, rounding } from '../values.js';

/** [batch, heads, sequence, size] */
interface Heads {
  readonly dims: readonly [batch: number, heads: number, length: number, size: number];
  readonly data: Float64Array;
}

/** Three dimensions [batch, sequence, heads · size] are taken apart; `plain` only names them [batch, heads, sequence, size]. */
function headsOf(call: HostCall, what: string, x: HostTensor, heads: number, plain = false): Heads {
  needRank(call, what, x.dims, 3, 4);
  if (x.dims.length === 4) return { dims: x.dims as unknown as Heads['dims'], data: x.data };
  const [batch, length, hidden] = x.dims as [number, number, number];
  if (!(heads >= 1) || hidden % heads !== 0) {
    return call.fail('bad-value', `${heads} heads do not divide the ${hidden} features of ${what}`);
  }
  const size = hidden / heads;
  if (plain) return { dims: [batch, heads, length, size], data: x.data };
  return {
    dims: [batch, heads, length, size],
    data: permuted(x.data, [batch, length, heads, size], [0, 2, 1, 3]),
  };
}

/** The cache followed by what is new, along the sequence. */
function withPast(call: HostCall, past: HostTensor | undefined, now: Heads): Heads {
  if (past === undefined) return now;
  const [batch, heads, length, size] = now.dims;
  const before = past.dims[2] ?? 0;
  needDims(call, 'the cache', past.dims, [batch, heads, before, size]);
  const data = new Float64Array(batch * heads * (before + length) * size);
  for (let i = 0; i < batch * heads; i++) {
    const at = i * (before + length) * size;
    data.set(past.data.subarray(i * before * size, (i + 1) * before * size), at);
    data.set(now.data.subarray(i * length * size, (i + 1) * length * size), at + before * size);
  }
  return { dims: [batch, heads, before + length, size], data };
}

/** What is added to the scores, [batch, heads, queries, keys]; masks shorter than the keys hide the rest. */
function biasOf(call: HostCall, mask: HostTensor, dims: readonly [number, number, number, number]): Float64Array {
  const keys = dims[3];
  const own = mask.dims.at(-1) ?? 1;
  const hides = mask.type === 'bool';
  const values = hides ? mask.data.map((kept) => (kept === 0 ? Number.NEGATIVE_INFINITY : 0)) : mask.data;
  needRank(call, 'the mask', mask.dims, 2, 4);
  const wide = [...mask.dims.slice(0, -1), keys];
  const from = [dims[0], dims[1], dims[2], keys].slice(-wide.length);
  if (own > keys || wide.some((size, i) => size !== 1 && size !== from[i])) {
    return call.fail('bad-shape', `the mask [${mask.dims}] does not broadcast to [${dims}]`);
  }
  const rows = wide.slice(0, -1).reduce((product, size) => product * size, 1);
  const full = new Float64Array(rows * keys).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < rows; i++) full.set(values.subarray(i * own, (i + 1) * own), i * keys);
  return spread({ dims: wide, data: full }, dims);
}

function softmaxRows(data: Float64Array, size: number, round: (value: number) => number): Float64Array {
  const out = new Float64Array(data.length);
  for (let from = 0; from < data.length; from += size) {
    let most = Number.NEGATIVE_INFINITY;
    for (let i = from; i < from + size; i++) most = Math.max(most, round(data[i]!));
    let sum = 0;
    // A row in which everything is hidden gives nothing to anybody.
    if (most === Number.NEGATIVE_INFINITY) continue;
    for (let i = from; i < from + size; i++) sum += out[i] = Math.exp(round(data[i]!) - most);
    for (let i = from; i < from + size; i++) out[i]! /= sum;
  }
  return out;
}

/** Hides keys that come after a query, and those beyond each batch's stated length. */
function hide(call: HostCall, scores: Float64Array, dims: readonly number[], past: number): void {
  const [batch, heads, queries, keys] = dims as [number, number, number, number];
  const lengths = call.optional(6);
  if (lengths) needDims(call, 'nonpad_kv_seqlen', lengths.dims, [batch]);
  const causal = call.int('is_causal', 0) !== 0;
  if (!causal && lengths === undefined) return;
  for (let i = 0; i < scores.length; i++) {
    const key = i % keys;
    const query = Math.floor(i / keys) % queries;
    const length = lengths?.data[Math.floor(i / (keys * queries * heads))];
    // Without a cache among the inputs, the last query stands at the end of what the batch holds.
    const offset = length === undefined || call.optional(4) ? past : length - queries;
    if ((causal && key > query + offset) || (length !== undefined && key >= length))
      scores[i] = Number.NEGATIVE_INFINITY;
  }
}

/**
 * Operator set 23 is computed as the function body that it was published with: three dimensions are reshaped without moving
 * elements, key heads are taken in turn (0 1 2 0 1 2), the mask comes before the soft cap. From 24 on heads are what the
 * sequence's features hold, query heads share key heads in blocks (0 0 1 1 2 2), and the cap comes before the mask.
 */
export const attention: HostOperator = (call) => {
  const first = call.opset < 24;
  const q = headsOf(call, 'Q', call.input(0), call.int('q_num_heads', 0), first);
  const kvHeads = call.int('kv_num_heads', 0);
  const k = withPast(call, call.optional(4), headsOf(call, 'K', call.input(1), kvHeads, first));
  const v = withPast(call, call.optional(5), headsOf(call, 'V', call.input(2), kvHeads, first));
  const [batch, heads, queries, size] = q.dims;
  const [, kvCount, keys] = k.dims;
  const vSize = v.dims[3];
  needDims(call, 'K', k.dims, [batch, kvCount, keys, size]);
  needDims(call, 'V', v.dims, [batch, kvCount, keys, vSize]);
  if (kvCount === 0 || heads % kvCount !== 0) {
    return call.fail('bad-shape', `${heads} query heads do not share ${kvCount} key heads evenly`);
  }
  const dims = [batch, heads, queries, keys] as const;
  const scores = zeros(call, dims);
  needPatience(call, scores.length * (size + vSize));
  const shared = heads / kvCount;
  const keyHead = (i: number): number => {
    const head = i % heads;
    return Math.floor(i / heads) * kvCount + (first ? head % kvCount : Math.floor(head / shared));
  };
  const factor = call.float('scale', 1 / Math.sqrt(size));
  for (let i = 0; i < batch * heads; i++) {
    const kv = keyHead(i);
    const b = flipped(k.data, keys, size, kv * keys * size);
    addProduct({
      a: q.data,
      aAt: i * queries * size,
      b,
      bAt: 0,
      out: scores,
      outAt: i * queries * keys,
      m: queries,
      k: size,
      n: keys,
    });
  }
  for (let i = 0; i < scores.length; i++) scores[i]! *= factor;
  const [weights, shown] = weigh(call, scores, dims, call.optional(4)?.dims[2] ?? 0);
  const out = zeros(call, [batch, heads, queries, vSize]);
  for (let i = 0; i < batch * heads; i++) {
    const kv = keyHead(i);
    addProduct({
      a: weights,
      aAt: i * queries * keys,
      b: v.data,
      bAt: kv * keys * vSize,
      out,
      outAt: i * queries * vSize,
      m: queries,
      k: keys,
      n: vSize,
    });
  }
  const { type } = call.input(0);
  const flat = call.input(0).dims.length === 3;
  const y = flat
    ? hostTensor(type, [batch, queries, heads * vSize], permuted(out, [batch, heads, queries, vSize], [0, 2, 1, 3]))
    : hostTensor(type, [batch, heads, queries, vSize], out);
  const present = (i: number, each: Heads): HostTensor => hostTensor(call.input(i).type, each.dims, each.data);
  return [y, present(1, k), present(2, v), hostTensor(type, dims, shown)];
};

/**
 * Soft cap, mask, softmax.
 * @returns the weights, and the scores at the stage that `qk_matmul_output_mode` names: 0 products, 1 and 2 as the order of
 * capping and masking has it, 3 weights.
 */
function weigh(
  call: HostCall,
  scores: Float64Array,
  dims: readonly [number, number, number, number],
  past: number,
): readonly [weights: Float64Array, shown: Float64Array] {
  const kept = call.wants(3);
  const stages: Float64Array[] = [kept ? scores.slice() : scores];
  const cap = (): void => {
    const most = call.float('softcap', 0);
    if (most > 0) for (let i = 0; i < scores.length; i++) scores[i] = most * Math.tanh(scores[i]! / most);
  };
  const cover = (): void => {
    const mask = call.optional(3);
    if (mask) {
      const bias = biasOf(call, mask, dims);
      for (let i = 0; i < scores.length; i++) scores[i]! += bias[i]!;
    }
    hide(call, scores, dims, past);
  };
  for (const step of call.opset < 24 ? [cover, cap] : [cap, cover]) {
    step();
    stages.push(kept ? scores.slice() : scores);
  }
  const precision = ({ 1: 'f32', 10: 'f16', 16: 'bf16' } as const)[call.int('softmax_precision', 0)];
  const weights = softmaxRows(scores, dims[3], precision ? rounding(precision) : (value) => value);
  stages.push(weights);
  return [weights, stages[call.int('qk_matmul_output_mode', 0)] ?? scores];
}

/** Which inputs hold what, and how positions are stated. */
interface RotaryInputs {
  readonly cosine: number;
  readonly sine: number;
  readonly position: number;
  /** One number is the position of the first step; the others follow. */
  readonly counts: boolean;
}

/** Heads that three dimensions hold: where none are stated, as many as the caches turn. */
function rotaryHeads(call: HostCall, x: HostTensor, half: number): number {
  return call.int('num_heads', 0) || Math.floor((x.dims[2] ?? 0) / (call.int('rotary_embedding_dim', 0) || 2 * half));
}

/** Turns pairs of features by angles that grow with the position. */
const rotaryEmbedding =
  ({ cosine, sine, position, counts }: RotaryInputs): HostOperator =>
  (call) => {
    const [x, cos, sin] = [call.input(0), call.input(cosine), call.input(sine)];
    if (call.int('is_packed_batching', 0) !== 0)
      return call.fail('unsupported-form', 'packed batches are not taken apart');
    const heads = headsOf(call, 'the input', x, rotaryHeads(call, x, cos.dims.at(-1) ?? 0));
    const [batch, count, length, size] = heads.dims;
    const turned = call.int('rotary_embedding_dim', 0) || (counts ? 2 * (cos.dims.at(-1) ?? 0) : size);
    const half = turned / 2;
    const places = call.optional(position)?.data;
    if (!Number.isInteger(half) || turned > size || cos.dims.at(-1) !== half || sin.dims.at(-1) !== half) {
      return call.fail('bad-shape', `caches [${cos.dims}] and [${sin.dims}] do not fit ${turned} of ${size} features`);
    }
    const rowOf = (n: number, t: number): number => {
      if (places === undefined) return n * length + t;
      if (places.length === 1) return places[0]! + (counts ? t : 0);
      return places[n * length + t]!;
    };
    const interleaved = call.int('interleaved', 0) !== 0;
    const out = heads.data.slice();
    for (let n = 0; n < batch; n++) {
      for (let t = 0; t < length; t++) {
        const row = rowOf(n, t);
        if (!((row + 1) * half <= cos.data.length && row >= 0))
          return call.fail('bad-value', `position ${row} is not in the caches`);
        for (let h = 0; h < count; h++) {
          const at = ((n * count + h) * length + t) * size;
          for (let i = 0; i < half; i++) {
            const first = at + (interleaved ? 2 * i : i);
            const second = first + (interleaved ? 1 : half);
            const [c, s] = [cos.data[row * half + i]!, sin.data[row * half + i]!];
            const [real, imaginary] = [heads.data[first]!, heads.data[second]!];
            out[first] = c * real - s * imaginary;
            out[second] = s * real + c * imaginary;
          }
        }
      }
    }
    return [{ ...x, data: x.dims.length === 3 ? permuted(out, heads.dims, [0, 2, 1, 3]) : out }];
  };

/** Source: com.microsoft.RotaryEmbedding in ONNX Runtime's ContribOperators.md. */
export const countedRotary = rotaryEmbedding({ cosine: 2, sine: 3, position: 1, counts: true });

export default {
  Attention: attention,
  RotaryEmbedding: rotaryEmbedding({ cosine: 1, sine: 2, position: 3, counts: false }),
  'com.microsoft.RotaryEmbedding': countedRotary,
} satisfies Readonly<Record<string, HostOperator>>;
