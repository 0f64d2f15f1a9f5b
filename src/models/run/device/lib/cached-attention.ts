/** Attention over keys and values of a cache, which is handed on with the new ones, and with masks of bool. */
import type { AttentionShape } from '../../../../../shaders/attention-f32/operation.js';
import { elementCount } from '../../../tensor.js';
import type { Lower, LowerCall } from '../../lowering.js';
import { broadcastDims } from '../../shapes.js';
import { isFloatInput, type Place, Steps } from '../../steps.js';
import { joinInto } from '../movement.js';
import { reduceInto } from '../reduce.js';
import { fewRungs, maskOf, rungs } from './attention.js';
import { noBias } from './product.js';

/** The lowest finite score, as the kernels hide keys. */
const least = -3.4028234663852886e38;

export interface CachedForm {
  readonly batch: number;
  readonly heads: number;
  readonly keyHeads: number;
  /** Whether the inputs have three dimensions, all heads of a step together. */
  readonly flat: boolean;
  /** Sizes without cache, mask and order in time. */
  readonly shape: AttentionShape;
}

/** [batch, heads, steps, size] of what may hold all heads of a step together. */
function headsOf(steps: Steps, x: Place, heads: number): Place {
  if (x.dims.length === 4) return x;
  const [batch, length, features] = x.dims as [number, number, number];
  return steps.permuted({ ref: x.ref, dims: [batch, length, heads, features / heads] }, [0, 2, 1, 3]);
}

/** Keys or values: what the cache in input `past` holds, then what is new; written to output `made` where it is wanted. */
function cached(call: LowerCall, steps: Steps, now: Place, past: number, made: number): Place {
  const before = call.inputs[past] === undefined ? [] : [steps.input(past)];
  if (before.length === 0 && !call.wants(made)) return now;
  const [batch, heads, length, size] = now.dims as [number, number, number, number];
  const earlier = before[0]?.dims[2] ?? 0;
  if (before.some(({ dims }) => `${dims}` !== `${[batch, heads, earlier, size]}`))
    call.fail('bad-shape', `a cache of [${before[0]!.dims}] does not go before [${now.dims}]`);
  const whole = steps.wanted(made, [batch, heads, earlier + length, size]);
  joinInto(steps, [...before, now], 2, whole);
  return whole;
}

interface Hiding {
  /** Added to the scores. */
  readonly mask: Place | undefined;
  /** 1 for queries that see a key, 0 for those that see none, where there may be some. */
  readonly seen?: Place;
}

/** What is known of hidden keys: a mask, and whether no query sees later ones. */
export interface Hidden {
  readonly mask: Place | undefined;
  readonly isFloat: boolean;
  readonly inOrder: boolean;
}

/** The mask that a kernel reads. @param earlier keys before the first query. */
function hidingOf(
  call: LowerCall,
  steps: Steps,
  { mask: given, isFloat, inOrder }: Hidden,
  { queries, keys, earlier }: Readonly<Record<'queries' | 'keys' | 'earlier', number>>,
): Hiding {
  if (!inOrder && (given === undefined || isFloat)) return { mask: given };
  const place = (i: number): number => (i % keys <= Math.floor(i / keys) + earlier ? 1 : 0);
  const order = inOrder
    ? steps.made('order', [queries, keys], () => Int32Array.from({ length: queries * keys }, (_, i) => place(i)))
    : undefined;
  const dims = broadcastDims(call, given?.dims ?? [], order?.dims ?? []);
  const [none, all] = [0, least].map((value) => steps.made(`${value}`, [], () => Float32Array.of(value)));
  const mask = steps.temp(dims);
  if (given === undefined || isFloat) {
    steps.select(order!, given ?? none!, all!, mask);
    return { mask };
  }
  const visible = order === undefined ? given : steps.temp(dims);
  if (order !== undefined) steps.binary('elementwise-binary-i32', 'and', given, order, visible);
  steps.select(visible, none!, all!, mask);
  const [numbers, seen] = [steps.temp(dims), steps.temp([...dims.slice(0, -1), 1])];
  steps.cast('i32-to-f32', visible, numbers);
  reduceInto(steps, 'max', numbers, new Set([dims.length - 1]), seen);
  return { mask, seen };
}

/** From version 24 on, or where version 23 means the same. */
export function cachedAttention(call: LowerCall, form: CachedForm): ReturnType<Lower> {
  const others = [3, 4, 5].filter((i) => call.inputs[i] !== undefined && !isFloatInput(call, i));
  if (others.some((i) => i !== 3 || call.input(3).type !== 'bool')) return 'it is computed in f32 only';
  if ((call.inputs[4] === undefined) !== (call.inputs[5] === undefined))
    return call.fail('missing-input', 'a cache of keys and one of values come together');
  const steps = new Steps(call);
  const places = [0, 1, 2].map((i) => steps.input(i)) as [Place, Place, Place];
  const hidden = {
    mask: call.inputs[3] === undefined ? undefined : steps.input(3),
    isFloat: isFloatInput(call, 3),
    inOrder: call.int('is_causal', 0) !== 0,
  };
  return attendCached(call, steps, form, places, [4, 5], hidden);
}

/**
 * Attention of queries over what the caches in inputs `past` hold and new keys and values, which go to outputs 1 and 2.
 * @param places queries, keys, values, of three dimensions or four.
 */
export function attendCached(
  call: LowerCall,
  steps: Steps,
  { batch, heads, keyHeads, flat, shape }: CachedForm,
  places: readonly [Place, Place, Place],
  past: readonly [number, number],
  hidden: Hidden,
): ReturnType<Lower> {
  const { queries, headSize, valueSize } = shape;
  if (elementCount([batch, heads, queries, shape.keys, headSize, valueSize]) === 0) return 'it is empty';
  const q = headsOf(steps, places[0], heads);
  const k = cached(call, steps, headsOf(steps, places[1], keyHeads), past[0], 1);
  const v = cached(call, steps, headsOf(steps, places[2], keyHeads), past[1], 2);
  const keys = k.dims[2]!;
  if (v.dims[2] !== keys) return call.fail('bad-shape', `[${k.dims}] and [${v.dims}] are not keys and values`);
  const { mask, seen } = hidingOf(call, steps, hidden, { queries, keys, earlier: keys - shape.keys });
  const own = maskOf(mask, [batch, heads], { ...shape, keys });
  if (typeof own === 'string') return own;
  const [dims, order] = [
    [batch, heads, queries, valueSize],
    [0, 2, 1, 3],
  ];
  const last = flat ? steps.temp(dims) : steps.output(0, dims);
  const made = seen === undefined ? last : steps.temp(dims);
  const buffers = { Q: q.ref, K: k.ref, V: v.ref, mask: mask?.ref ?? noBias, O: made.ref };
  steps.run(queries < 3 ? fewRungs : rungs, { ...shape, ...own, keys }, buffers);
  // A query that sees nothing takes nothing.
  if (seen !== undefined) steps.binary('elementwise-binary', 'mul', made, seen, last);
  const turned = order.map((axis) => dims[axis]!);
  if (flat) steps.permuted(last, order, steps.output(0, turned));
  const { type } = call.input(0);
  const outputs = [
    { type, dims: flat ? [batch, queries, heads * valueSize] : dims },
    { type, dims: k.dims },
    { type, dims: v.dims },
  ];
  return steps.end(outputs.slice(0, call.node.outputs.length));
}
