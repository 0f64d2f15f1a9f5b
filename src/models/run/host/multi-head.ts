/** Attention as ONNX Runtime's tools fuse it: biases, heads, a bias of the scores and a cache in one operator. */
import type { HostOperator } from '../call.js';
import { multiHeadInputs as at, multiHeadForm } from '../multi-head.js';
import { type HostTensor, hostTensor } from '../values.js';
import { attention } from './attention.js';

/** Features of every step with those of the bias from `first` on added. */
function plusBias(x: HostTensor, bias: HostTensor | undefined, first: number): HostTensor {
  if (bias === undefined || x.dims.length !== 3) return x;
  const size = x.dims[2]!;
  return hostTensor(
    x.type,
    x.dims,
    x.data.map((value, i) => value + bias.data[first + (i % size)]!),
  );
}

const multiHead: HostOperator = (call) => {
  const { heads, features } = multiHeadForm(
    call,
    call.inputs.map((_, i) => call.optional(i)?.dims),
  );
  const bias = call.optional(at.bias);
  const [q, k, v] = [at.query, at.key, at.value].map((i, part) => plusBias(call.input(i), bias, part * features));
  const scale = call.float('scale', 0);
  const attributes = {
    ...{ q_num_heads: heads, kv_num_heads: heads, is_causal: call.int('unidirectional', 0) },
    ...(scale === 0 ? {} : { scale }),
  };
  const rest = [at.scoreBias, at.pastKey, at.pastValue].map((i) => call.optional(i));
  return attention(call.part({ opset: 24, attributes }, [q, k, v, ...rest])).slice(0, 3);
};

export default { 'com.microsoft.MultiHeadAttention': multiHead } satisfies Readonly<Record<string, HostOperator>>;
