/**
 * What host and device share of com.microsoft.GroupQueryAttention, the attention of decoders that tools for ONNX Runtime write.
 * Source: ONNX Runtime's ContribOperators.md.
 */
import type { Attributes } from './call.js';

/** Inputs of the operator by what they hold. */
export const groupQueryInputs = {
  ...{ query: 0, key: 1, value: 2, pastKey: 3, pastValue: 4, lengths: 5, total: 6, cosine: 7, sine: 8 },
  ...{ position: 9, bias: 10, sink: 11 },
} as const;

export interface GroupQueryForm {
  readonly batch: number;
  /** New steps, and those of the cache before them. */
  readonly length: number;
  readonly past: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly headSize: number;
  /** Whether queries, keys and values of a step lie together in the first input. */
  readonly packed: boolean;
  readonly turns: boolean;
}

type Dims = readonly number[] | undefined;

/** Sizes of a call. @param dims of its inputs. @throws ModelRunError for sizes that do not fit, or forms that are not computed. */
export function groupQueryForm(call: Attributes, dims: readonly Dims[]): GroupQueryForm {
  const { query, key, pastKey, position, bias, sink } = groupQueryInputs;
  const [heads, keyHeads] = [call.int('num_heads', 0), call.int('kv_num_heads', 0)];
  const [batch = 0, length = 0, features = 0] = dims[query] ?? [];
  const packed = dims[key] === undefined;
  const headSize = features / (packed ? heads + 2 * keyHeads : heads);
  if (dims[query]?.length !== 3 || !(keyHeads >= 1) || heads % keyHeads !== 0 || !Number.isInteger(headSize))
    call.fail('bad-shape', `[${dims[query]}] is not made of ${heads} heads that share ${keyHeads}`);
  const windowed = call.int('local_window_size', -1) > 0;
  const others = [position, bias, sink].some((i) => dims[i] !== undefined) || call.int('smooth_softmax', 0) > 0;
  if (windowed || others)
    call.fail('unsupported-form', 'local windows, biases, sinks and stated positions are not computed');
  const turns = call.int('do_rotary', 0) !== 0;
  return { batch, length, past: dims[pastKey]?.[2] ?? 0, heads, keyHeads, headSize, packed, turns };
}

/** @param lengths of the batch entries less one, as input 5 states them. @throws ModelRunError where they are not all whole. */
export function needWhole(call: Attributes, { past, length }: GroupQueryForm, lengths: ArrayLike<number>): void {
  if (Array.from(lengths).every((last) => last === past + length - 1)) return;
  const rule = `sequences that end at [${Array.from(lengths)}] do not all fill a cache of ${past} and ${length} new steps`;
  call.fail('unsupported-form', rule);
}
