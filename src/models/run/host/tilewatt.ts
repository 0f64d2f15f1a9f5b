/** Nodes that fusing made: on the host they are what they stand for, node by node. */
import type { HostOperator } from '../call.js';

const body: HostOperator = (call) => {
  const graph = call.graph('body') ?? call.fail('bad-value', 'has no body that says what it stands for');
  const inputs = call.inputs.map((value, i) => value ?? call.fail('missing-input', `input ${i} is left out`));
  return call.runGraph(graph, inputs);
};

export default {
  'tilewatt.Conv': body,
  'tilewatt.Gemm': body,
  'tilewatt.MatMul': body,
  'tilewatt.Attention': body,
  'tilewatt.Int8Conv': body,
  'tilewatt.Int8MatMul': body,
} satisfies Readonly<Record<string, HostOperator>>;
