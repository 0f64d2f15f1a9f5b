/** Attention of decoders as ONNX Runtime's tools write it: rotary embedding, cache, and shared heads in one operator. */
import { plain } from '../../../../shaders/attention-f32/operation.js';
import { f32Bits } from '../../../../shaders/lib/epilogue.js';
import { plain as plainTurns } from '../../../../shaders/rotary-embedding/operation.js';
import { elementCount } from '../../tensor.js';
import { groupQueryInputs as at, type GroupQueryForm, groupQueryForm, needWhole } from '../group-query.js';
import type { Lower, LowerCall } from '../lowering.js';
import { stridesOf } from '../shapes.js';
import { isEmpty, type Place, Steps } from '../steps.js';
import { attendCached } from './lib/cached-attention.js';

/** Queries, keys and values, taken apart where they lie together. */
function operandsOf(steps: Steps, { batch, length, heads, keyHeads, headSize, packed }: GroupQueryForm) {
  if (!packed) return [at.query, at.key, at.value].map((i) => steps.input(i));
  const all = steps.input(at.query);
  let first = 0;
  return [heads, keyHeads, keyHeads].map((count) => {
    const part = steps.temp([batch, length, count * headSize]);
    steps.copy(all, { first, steps: stridesOf(all.dims) }, part, { steps: stridesOf(part.dims) }, part.dims);
    first += count * headSize;
    return part;
  });
}

/** Turned by the angles of their positions, the first of which follows the cache. */
function turned(call: LowerCall, steps: Steps, x: Place, heads: number, form: GroupQueryForm): Place {
  if (!form.turns) return x;
  const [rows = 0, half = 0] = call.input(at.cosine).dims;
  const shape = {
    ...{ ...plainTurns, batch: form.batch, heads, steps: form.length, size: form.headSize, turned: 2 * half, rows },
    ...{ arrangement: 2, pairing: call.int('rotary_interleaved', 0) === 0 ? 1 : 2, places: 2 },
  };
  const position = steps.made('position', [1], () => Int32Array.of(form.past));
  const y = steps.temp(x.dims);
  steps.run(['rotary-embedding/naive'], shape, {
    ...{ x: x.ref, cosine: { input: at.cosine }, sine: { input: at.sine }, position: position.ref, y: y.ref },
  });
  return y;
}

const groupQuery: Lower = (call) => {
  const floats = [at.query, at.key, at.value, at.pastKey, at.pastValue, at.cosine, at.sine];
  if (floats.some((i) => call.inputs[i] !== undefined && !call.is(i, 'f32'))) return 'it is computed in f32 only';
  const form = groupQueryForm(
    call,
    Array.from({ length: 12 }, (_, i) => call.inputs[i]?.dims),
  );
  const { batch, length, heads, keyHeads, headSize, past, turns } = form;
  needWhole(call, form, (call.host(at.lengths) ?? call.fail('missing-input', 'the lengths are left out')).data);
  const rows = turns ? (call.input(at.cosine).dims[0] ?? 0) : past + length;
  if (past + length > rows)
    return call.fail('bad-value', `position ${past + length - 1} is not in ${rows} rows of caches`);
  if (elementCount([batch, length, heads, headSize]) === 0) return isEmpty;
  const steps = new Steps(call);
  const [q, k, v] = operandsOf(steps, form) as [Place, Place, Place];
  const places = [turned(call, steps, q, heads, form), turned(call, steps, k, keyHeads, form), v] as const;
  const sizes = { heads: batch * heads, queries: length, keys: length, headSize, valueSize: headSize };
  const scale = call.float('scale', 0) || 1 / Math.sqrt(headSize);
  const shape = {
    ...{ ...plain, ...sizes, sharing: heads / keyHeads },
    ...{ scaleBits: f32Bits(scale), capBits: f32Bits(call.float('softcap', 0)) },
  };
  const hidden = { mask: undefined, isFloat: true, inOrder: true };
  const attention = { batch, heads, keyHeads, flat: true, shape };
  return attendCached(call, steps, attention, places, [at.pastKey, at.pastValue], hidden);
};

export default { 'com.microsoft.GroupQueryAttention': groupQuery } satisfies Readonly<Record<string, Lower>>;
