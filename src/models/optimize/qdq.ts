/** Fuses INT8 layers that a file states as floats between quantizing and dequantizing. */
import { intOf, type Node } from '../graph.js';
import type { Draft } from './draft.js';
import { type Activations, dropCodes, hasPlainWeights, placeLayer, quantizedBy } from './int8.js';

/**
 * QuantizeLinear → DequantizeLinear → Conv, MatMul or Gemm whose weights, and bias if it likes, are codes behind DequantizeLinear. Sums of
 * the codes are exact, so results differ by rounding.
 */
export function fuseQdq(draft: Draft): void {
  for (const node of draft.nodes) {
    if (node.domain !== '' || !['Conv', 'MatMul', 'Gemm'].includes(node.op) || !isPlain(node)) continue;
    const [back, weights, decoded] = node.inputs.map((name) => decoderOf(draft, name));
    const activations = back && activationsOf(draft, back);
    const factors = activations && weights && factorsOf(draft, node, weights, activations);
    const bias = factors && rowOf(draft, node.inputs[2] ?? '', factors.channels);
    if (!back || !weights || !activations || !factors || bias === undefined) continue;
    const parts = [activations.maker, back, weights, decoded, node].filter((each) => each !== undefined);
    const conv = node.op === 'Conv';
    placeLayer(draft, [node], parts, {
      ...{ op: conv ? 'Int8Conv' : 'Int8MatMul', attributes: node.attributes, activations },
      ...{ weights: weights.inputs[0]!, factors: factors.name, alongChannels: conv },
      bias: bias === '' ? undefined : bias,
    });
    for (const left of [back, weights, decoded]) {
      const [value = ''] = left?.outputs ?? [];
      if (left && draft.users(value).length === 0 && !draft.kept.has(value)) draft.remove(left);
    }
    dropCodes(draft, activations.maker);
  }
}

function decoderOf(draft: Draft, name: string): Node | undefined {
  const maker = draft.maker(name);
  return maker?.op === 'DequantizeLinear' && maker.domain === '' ? maker : undefined;
}

/** The floats before quantizing, where dequantizing undoes it with the same scale and zero point. */
function activationsOf(draft: Draft, back: Node): Activations | undefined {
  const maker = draft.maker(back.inputs[0]);
  if (maker?.op !== 'QuantizeLinear' || maker.inputs[1] !== back.inputs[1] || maker.inputs[2] !== back.inputs[2])
    return undefined;
  return quantizedBy(draft, { inputs: [back.inputs[0]!, '', back.inputs[2] ?? ''] });
}

/** Whether a product has no factors and turns no more than its right matrix. */
function isPlain({ op, attributes }: Node): boolean {
  if (op !== 'Gemm') return true;
  const float = (name: string): number => {
    const found = attributes.get(name);
    return found?.kind === 'float' || found?.kind === 'int' ? found.value : 1;
  };
  const turned = attributes.get('transA');
  return float('alpha') === 1 && float('beta') === 1 && !(turned?.kind === 'int' && turned.value !== 0);
}

/**
 * The name of a constant of one number for each channel: the value itself, or what its codes and their scales stand for; empty where
 * there is none, and undefined where it is something else.
 */
function rowOf(draft: Draft, name: string, channels: number): string | undefined {
  if (name === '') return '';
  const decoder = decoderOf(draft, name);
  const codes = draft.constant(decoder === undefined ? name : decoder.inputs[0]);
  if (codes === undefined || codes.dims.length !== 1 || codes.dims[0] !== channels) return undefined;
  if (decoder === undefined) return codes.type === 'f32' ? name : undefined;
  const scales = draft.constant(decoder.inputs[1]);
  const zero = decoder.inputs[2] ?? '';
  if (scales?.type !== 'f32' || (zero !== '' && draft.constant(zero)?.data.every((each) => each === 0) !== true))
    return undefined;
  const { length } = scales.data;
  if (length !== 1 && length !== channels) return undefined;
  const values = Float32Array.from(codes.data, (code, i) => code * scales.data[length === 1 ? 0 : i]!);
  return draft.addConstant(`${name}.values`, 'f32', [channels], values);
}

/** A constant with the scale of the activations times those of the weights, one or one for each output channel. */
function factorsOf(draft: Draft, node: Node, weights: Node, { scale }: Activations) {
  if (intOf(weights, 'block_size', 0) !== 0) return undefined;
  const [codes = '', ofWeights = '', zero = ''] = weights.inputs;
  const sums = { op: node.op === 'Conv' ? 'ConvInteger' : 'MatMulInteger', inputs: ['', codes, '', zero] };
  if (!hasPlainWeights(draft, sums)) return undefined;
  const { dims } = draft.initializers.get(codes)!;
  const axis = node.op === 'Conv' || intOf(node, 'transB', 0) !== 0 ? 0 : 1;
  const scales = draft.constant(ofWeights);
  if (scales?.type !== 'f32' || scales.dims.length > 1) return undefined;
  const stated = intOf(weights, 'axis', 1);
  const single = scales.data.length === 1;
  if (!single && (scales.data.length !== dims[axis] || (stated + dims.length) % dims.length !== axis)) return undefined;
  const factors = Float32Array.from(scales.data, (each) => each * draft.number(scale)!);
  const name = draft.addConstant(`${node.outputs[0]}.factors`, 'f32', single ? [] : [factors.length], factors);
  return { name, channels: dims[axis]! };
}
