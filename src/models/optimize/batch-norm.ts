/** Folds batch normalization into the filters of the convolution before it. */
import { intOf, type Node } from '../graph.js';
import { elementCount } from '../tensor.js';
import type { Draft } from './draft.js';

export function foldBatchNorm(draft: Draft): void {
  for (const node of draft.nodes) {
    if (node.op !== 'BatchNormalization' || node.domain !== '') continue;
    const conv = draft.maker(node.inputs[0]);
    if (conv?.op === 'Conv' && conv.domain === '' && draft.next(conv.outputs[0]) === node) fold(draft, conv, node);
  }
}

/** y = (conv − mean)·s + β with s = γ/√(variance + ε): filters times s, and bias (b − mean)·s + β. */
function fold(draft: Draft, conv: Node, norm: Node): void {
  if (intOf(norm, 'training_mode', 0) !== 0 || norm.outputs.slice(1).some((name) => name !== '')) return;
  if (draft.initializers.get(conv.inputs[1] ?? '')?.type !== 'f32') return;
  const weights = draft.constant(conv.inputs[1]);
  const [scale, shift, mean, variance] = norm.inputs.slice(1, 5).map((name) => draft.constant(name)?.data);
  const hasBias = (conv.inputs[2] ?? '') !== '';
  const bias = hasBias ? draft.constant(conv.inputs[2])?.data : undefined;
  if (!weights || !scale || !shift || !mean || !variance || (hasBias && !bias)) return;
  const [filters = 0, ...rest] = weights.dims;
  if ([scale, shift, mean, variance].some(({ length }) => length !== filters)) return;
  const epsilon = norm.attributes.get('epsilon');
  const margin = epsilon?.kind === 'float' ? epsilon.value : 1e-5;
  const factors = scale.map((gamma, i) => gamma / Math.sqrt(variance[i]! + margin));
  if (!factors.every(Number.isFinite)) return;
  const perFilter = elementCount(rest);
  const scaled = Float32Array.from(weights.data, (w, i) => w * factors[Math.floor(i / perFilter)]!);
  const shifted = Float32Array.from(factors, (factor, i) => ((bias?.[i] ?? 0) - mean[i]!) * factor + shift[i]!);
  const output = norm.outputs[0]!;
  draft.replace([conv, norm], {
    op: 'Conv',
    inputs: [
      conv.inputs[0]!,
      draft.addConstant(`${output}.filters`, 'f32', weights.dims, scaled),
      draft.addConstant(`${output}.bias`, 'f32', [filters], shifted),
    ],
    outputs: [output],
    attributes: Object.fromEntries(conv.attributes),
  });
}
