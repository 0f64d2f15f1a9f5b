/** Attention of one layer: the standard operator in its common form, and what the optimizer fused. */
import { type AttentionShape, plain } from '../../../../shaders/attention-f32/operation.js';
import { f32Bits } from '../../../../shaders/lib/epilogue.js';
import { elementCount } from '../../tensor.js';
import { noKernel } from '../errors.js';
import type { BufferRef, Lower, LowerCall, Lowering } from '../lowering.js';
import { type AttentionSizes, fewRungs, maskOf, rungs } from './lib/attention.js';
import { cachedAttention } from './lib/cached-attention.js';
import { noBias } from './lib/product.js';

function lowered(
  call: LowerCall,
  sizes: AttentionSizes,
  leading: readonly number[],
  maskInput: number,
  dims: readonly number[],
): Lowering | string {
  const given = call.inputs[maskInput];
  if (given !== undefined && !call.is(maskInput, 'f32')) return `a mask of ${given.type} is applied on the host`;
  const mask = maskOf(given, leading, sizes);
  if (typeof mask === 'string') return mask;
  const values = [sizes.heads, sizes.queries, sizes.keys, sizes.headSize, sizes.valueSize];
  if (elementCount(values) === 0) return 'it is empty';
  const shape: AttentionShape = { ...plain, scaleBits: f32Bits(1), ...sizes, ...mask };
  const bound: BufferRef = mask.mask === 1 ? noBias : { input: maskInput };
  const buffers = { Q: { input: 0 }, K: { input: 1 }, V: { input: 2 }, mask: bound, O: { output: 0 } };
  const step = call.step(shape.queries < 3 ? fewRungs : rungs, shape, buffers);
  return step === undefined ? noKernel : { outputs: [{ type: call.input(0).type, dims }], steps: [step] };
}

/** Inputs of any rank; all but the last two dimensions are batch and heads, and K may lie transposed. */
const fused: Lower = (call) => {
  if (![0, 1, 2].every((i) => call.is(i, 'f32'))) return 'it is computed in f32 only';
  const [q, k, v] = [call.input(0).dims, call.input(1).dims, call.input(2).dims];
  if (q.length < 2 || k.length !== q.length || v.length !== q.length) return 'its operands broadcast';
  const leading = q.slice(0, -2);
  if ([k, v].some((dims) => `${dims.slice(0, -2)}` !== `${leading}`)) return 'its operands broadcast';
  const turned = call.int('transK', 0) !== 0;
  const [queries, headSize] = q.slice(-2) as [number, number];
  const [keys, inner] = (turned ? k.slice(-2).toReversed() : k.slice(-2)) as [number, number];
  const valueSize = v.at(-1)!;
  if (inner !== headSize || v.at(-2) !== keys) call.fail('bad-shape', `[${q}], [${k}] and [${v}] do not attend`);
  const sizes = {
    ...{ heads: elementCount(leading), queries, keys, headSize, valueSize, transK: turned ? 2 : 1 },
    scaleBits: f32Bits(call.float('scale', 1)),
  };
  return lowered(call, sizes, leading, 3, [...leading, queries, valueSize]);
};

/** Why the standard operator is computed on the host, or undefined in its common form. */
function uncommon(call: LowerCall): string | undefined {
  if (![0, 1, 2].every((i) => call.is(i, 'f32'))) return 'it is computed in f32 only';
  if (call.inputs[6] !== undefined) return 'keys of lengths of their own are hidden on the host';
  if (call.wants(3)) return 'scores are handed out by the host';
  if (call.opset < 24 && isOdd(call)) return 'this form of version 23 is computed on the host';
  const ranks = [0, 1, 2].map((i) => call.input(i).dims.length);
  return ranks.every((rank) => rank === ranks[0]) && (ranks[0] === 3 || ranks[0] === 4)
    ? undefined
    : 'its inputs differ in rank';
}

/** Version 23 reshapes three dimensions without moving elements, takes key heads in turn, and caps scores after masking. */
function isOdd(call: LowerCall): boolean {
  const [q, k] = [call.input(0).dims, call.input(1).dims];
  const masked = call.inputs[3] !== undefined || call.int('is_causal', 0) !== 0;
  return q.length === 3 || (q[1] !== k[1] && k[1] !== 1) || (call.float('softcap', 0) !== 0 && masked);
}

const attention: Lower = (call) => {
  const refusal = uncommon(call);
  if (refusal !== undefined) return refusal;
  const [q, k, v] = [call.input(0).dims, call.input(1).dims, call.input(2).dims];
  const flat = q.length === 3;
  const heads = flat ? call.int('q_num_heads', 0) : q[1]!;
  const keyHeads = flat ? call.int('kv_num_heads', 0) : k[1]!;
  if (heads < 1 || keyHeads < 1 || heads % keyHeads !== 0)
    call.fail('bad-value', `${heads} heads cannot share ${keyHeads}`);
  const [batch, queries, keys] = [q[0]!, q.at(-2)!, k.at(-2)!];
  const [headSize, valueSize] = flat ? [q[2]! / heads, v[2]! / keyHeads] : [q[3]!, v[3]!];
  const inner = flat ? k[2]! / keyHeads : k[3]!;
  if (inner !== headSize || v.at(-2) !== keys || !Number.isInteger(headSize) || !Number.isInteger(valueSize)) {
    call.fail('bad-shape', `[${q}], [${k}] and [${v}] do not attend with ${heads} heads on ${keyHeads}`);
  }
  if (k[0] !== batch || v[0] !== batch) return 'its operands broadcast';
  const sizes = {
    ...{ heads: batch * heads, queries, keys, headSize, valueSize, sharing: heads / keyHeads },
    ...scaling(call, headSize),
  };
  if ([1, 2].some((i) => call.wants(i)) || [4, 5].some((i) => call.inputs[i] !== undefined) || call.is(3, 'i32'))
    return cachedAttention(call, { batch, heads, keyHeads, flat, shape: { ...plain, ...sizes } });
  const form = {
    ...sizes,
    ...(flat ? { arrangement: 2, headsPerImage: heads } : {}),
    causal: call.int('is_causal', 0) === 0 ? 1 : 2,
  };
  const dims = flat ? [batch, queries, heads * valueSize] : [batch, heads, queries, valueSize];
  return lowered(call, form, [batch, heads], 3, dims);
};

function scaling(call: LowerCall, headSize: number) {
  const scaleBits = f32Bits(call.float('scale', 1 / Math.sqrt(headSize)));
  return { scaleBits, capBits: f32Bits(call.float('softcap', 0)) };
}

export default { Attention: attention, 'tilewatt.Attention': fused } satisfies Readonly<Record<string, Lower>>;
