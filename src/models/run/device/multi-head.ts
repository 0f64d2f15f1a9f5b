/** Attention as ONNX Runtime's tools fuse it: biases, heads, a bias of the scores and a cache in one operator. */
import { plain } from '../../../../shaders/attention-f32/operation.js';
import { f32Bits } from '../../../../shaders/lib/epilogue.js';
import { elementCount } from '../../tensor.js';
import type { Lower, LowerCall } from '../lowering.js';
import { multiHeadInputs as at, multiHeadForm } from '../multi-head.js';
import { isEmpty, isFloatInput, leftToHost, type Place, Steps } from '../steps.js';
import { attendCached } from './lib/cached-attention.js';

/** Input `i` with its part of the bias added. */
function plusBias(call: LowerCall, steps: Steps, i: number, first: number): Place {
  const x = steps.input(i);
  if (call.inputs[at.bias] === undefined || x.dims.length !== 3) return x;
  const [row, sum] = [steps.temp([x.dims[2]!]), steps.temp(x.dims)];
  steps.copy(steps.input(at.bias), { first, steps: [1] }, row, { steps: [1] }, row.dims);
  steps.binary('elementwise-binary', 'add', x, row, sum);
  return sum;
}

const multiHead: Lower = (call) => {
  const odd = call.inputs.findIndex((operand, i) => operand !== undefined && !isFloatInput(call, i));
  const form = multiHeadForm(
    call,
    call.inputs.map((each) => each?.dims),
  );
  if (odd >= 0) return leftToHost(call.input(odd).type);
  const { batch, length, heads, features } = form;
  const [k, v] = [call.input(at.key).dims, call.input(at.value).dims];
  const size = (dims: readonly number[]): number => (dims.length === 3 ? dims[2]! / heads : dims[3]!);
  const [headSize, valueSize, keys] = [features / heads, size(v), k.at(-2)!];
  if (size(k) !== headSize || !Number.isInteger(valueSize) || k[0] !== batch || v[0] !== batch || v.at(-2) !== keys)
    return call.fail('bad-shape', `[${k}] and [${v}] are not attended by ${heads} heads of ${headSize}`);
  if (elementCount([...k, ...v, features, batch, length]) === 0) return isEmpty;
  const steps = new Steps(call);
  const places = [at.query, at.key, at.value].map((i, part) => plusBias(call, steps, i, part * features));
  const scaleBits = f32Bits(call.float('scale', 0) || 1 / Math.sqrt(headSize));
  const sizes = { heads: batch * heads, queries: length, keys, headSize, valueSize, scaleBits };
  const mask = call.inputs[at.scoreBias] === undefined ? undefined : steps.input(at.scoreBias);
  const hidden = { mask, isFloat: true, inOrder: call.int('unidirectional', 0) !== 0 };
  const attention = { batch, heads, keyHeads: heads, flat: true, shape: { ...plain, ...sizes } };
  return attendCached(
    call,
    steps,
    attention,
    places as unknown as readonly [Place, Place, Place],
    [at.pastKey, at.pastValue],
    hidden,
  );
};

export default { 'com.microsoft.MultiHeadAttention': multiHead } satisfies Readonly<Record<string, Lower>>;
