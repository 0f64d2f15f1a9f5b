/** Attention of decoders as ONNX Runtime's tools write it: rotary embedding, cache, and shared heads in one operator. */
import type { HostOperator } from '../call.js';
import { groupQueryForm, groupQueryInputs, needWhole } from '../group-query.js';
import { type HostTensor, type HostValue, hostTensor } from '../values.js';
import { attention, countedRotary } from './attention.js';
import { split } from './move.js';

const groupQuery: HostOperator = (call) => {
  const at = groupQueryInputs;
  const form = groupQueryForm(
    call,
    call.inputs.map((_, i) => call.optional(i)?.dims),
  );
  const { past, heads, keyHeads, headSize, packed, turns } = form;
  needWhole(call, form, call.input(at.lengths).data);
  const sizes = [heads, keyHeads, keyHeads].map((count) => count * headSize);
  const [q, k, v] = packed
    ? (split(call, call.input(at.query), 2, sizes) as [HostTensor, HostTensor, HostTensor])
    : [call.input(at.query), call.input(at.key), call.input(at.value)];
  const turned = (x: HostTensor, count: number): HostValue | undefined => {
    if (!turns) return x;
    const inputs = [x, hostTensor('i64', [1], [past]), call.input(at.cosine), call.input(at.sine)];
    const attributes = { num_heads: count, interleaved: call.int('rotary_interleaved', 0) };
    return countedRotary(call.part({ opset: 1, attributes }, inputs))[0];
  };
  const scale = call.float('scale', 0);
  const attributes = {
    ...{ q_num_heads: heads, kv_num_heads: keyHeads, is_causal: 1, softcap: call.float('softcap', 0) },
    ...(scale === 0 ? {} : { scale }),
  };
  const cache = [call.optional(at.pastKey), call.optional(at.pastValue)];
  const inputs = [turned(q, heads), turned(k, keyHeads), v, undefined, ...cache];
  return attention(call.part({ opset: 24, attributes }, inputs)).slice(0, 3);
};

export default { 'com.microsoft.GroupQueryAttention': groupQuery } satisfies Readonly<Record<string, HostOperator>>;
