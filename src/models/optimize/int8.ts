/** Fuses what quantizes an activation, sums products of bytes, and scales the sums: layers that the INT8 kernels compute in one piece. */
import { type Attribute, intOf, type Node } from '../graph.js';
import { elementCount } from '../tensor.js';
import type { Draft, NewNode } from './draft.js';

/** The operator that computes such a layer in one piece. */
const fusedOp: Readonly<Record<string, string>> = { ConvInteger: 'Int8Conv', MatMulInteger: 'Int8MatMul' };

/**
 * QuantizeLinear or DynamicQuantizeLinear → ConvInteger or MatMulInteger → DequantizeLinear, or Cast and Mul → Add of a constant.
 * Inputs of the fused node: the floats, scale and zero point of their codes, the weights, the factors of the sums, the bias.
 */
export function fuseInt8(draft: Draft): void {
  for (const sum of draft.nodes) {
    if (sum.domain !== '' || fusedOp[sum.op] === undefined) continue;
    const activations = quantizedBy(draft, sum);
    const scaled = scaledBy(draft, sum);
    if (activations === undefined || scaled === undefined || !hasPlainWeights(draft, sum)) continue;
    const added = biasAfter(draft, sum, scaled.nodes.at(-1)!);
    const nodes = [sum, ...scaled.nodes, ...(added === undefined ? [] : [added.node])];
    const outputs = nodes.at(-1)!.outputs.slice(0, 1);
    const { maker, x, scale, zero } = activations;
    const inputs = [x, scale, zero, sum.inputs[1]!, scaled.factors, ...(added === undefined ? [] : [added.bias])];
    const attributes: Record<string, Attribute> = {
      ...Object.fromEntries(sum.attributes),
      ...(scaled.alongChannels ? { along: { kind: 'int', value: 1 } } : {}),
      body: { kind: 'graph', value: draft.bodyOf([maker, ...nodes], inputs, outputs[0]!) },
    };
    draft.replace(nodes, { op: fusedOp[sum.op]!, domain: 'tilewatt', inputs, outputs, attributes });
    dropCodes(draft, maker);
  }
}

/**
 * QuantizeLinear → DequantizeLinear → Conv, MatMul or Gemm whose weights are codes behind DequantizeLinear: the form in which files state
 * INT8 layers. They become the same fused nodes; with exact sums, so results differ by rounding.
 */
export function fuseQdq(draft: Draft): void {
  for (const node of draft.nodes) {
    if (node.domain !== '' || !['Conv', 'MatMul', 'Gemm'].includes(node.op) || !isPlain(node)) continue;
    const back = draft.maker(node.inputs[0]);
    const weights = draft.maker(node.inputs[1]);
    const maker = back?.op === 'DequantizeLinear' ? draft.maker(back.inputs[0]) : undefined;
    if (back === undefined || weights === undefined || maker?.op !== 'QuantizeLinear' || maker.domain !== '') continue;
    const [, scale = '', zero = ''] = maker.inputs;
    const same = back.domain === '' && back.inputs[1] === scale && back.inputs[2] === zero;
    const activations = same ? quantizedBy(draft, { ...node, inputs: [maker.outputs[0]!, '', zero] }) : undefined;
    const factors = activations && factorsOf(draft, node, weights, activations);
    if (activations === undefined || factors === undefined) continue;
    const given = node.inputs[2] ?? '';
    const bias = given === '' ? undefined : rowOf(draft, given, factors.channels);
    if (given !== '' && bias === undefined) continue;
    const inputs = [
      activations.x,
      scale,
      zero,
      weights.inputs[0]!,
      factors.name,
      ...(bias === undefined ? [] : [bias]),
    ];
    const decoded = draft.maker(given);
    const parts = [maker, back, weights, decoded, node];
    const body = draft.bodyOf(
      parts.filter((each) => each !== undefined),
      inputs,
      node.outputs[0]!,
    );
    const attributes: Record<string, Attribute> = {
      ...Object.fromEntries(node.attributes),
      ...(node.op === 'Conv' ? { along: { kind: 'int', value: 1 } } : {}),
      body: { kind: 'graph', value: body },
    };
    const op = node.op === 'Conv' ? 'Int8Conv' : 'Int8MatMul';
    draft.replace([node], { op, domain: 'tilewatt', inputs, outputs: node.outputs, attributes });
    for (const left of [back, weights, decoded]) {
      if (left && draft.users(left.outputs[0]!).length === 0 && !draft.kept.has(left.outputs[0]!)) draft.remove(left);
    }
    dropCodes(draft, maker);
  }
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

/** The name of a constant of one number for each channel: the value itself, or what its codes and their scales stand for. */
function rowOf(draft: Draft, name: string, channels: number): string | undefined {
  const maker = draft.maker(name);
  const codes = draft.constant(maker === undefined ? name : maker.inputs[0]);
  if (codes === undefined || codes.dims.length !== 1 || codes.dims[0] !== channels) return undefined;
  if (maker === undefined) return codes.type === 'f32' ? name : undefined;
  const scales = draft.constant(maker.inputs[1]);
  if (maker.op !== 'DequantizeLinear' || maker.domain !== '' || scales?.type !== 'f32') return undefined;
  if ((maker.inputs[2] ?? '') !== '' && draft.number(maker.inputs[2]) !== 0) return undefined;
  const { length } = scales.data;
  if (length !== 1 && length !== channels) return undefined;
  const values = Float32Array.from(codes.data, (code, i) => code * scales.data[length === 1 ? 0 : i]!);
  return draft.addConstant(`${name}.values`, 'f32', [channels], values);
}

/** A constant with the scale of the activations times those of the weights, one or one for each output channel. */
function factorsOf(draft: Draft, node: Node, weights: Node, { scale }: Activations) {
  if (weights.op !== 'DequantizeLinear' || weights.domain !== '' || intOf(weights, 'block_size', 0) !== 0)
    return undefined;
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

interface Activations {
  readonly maker: Node;
  readonly x: string;
  readonly scale: string;
  readonly zero: string;
}

/** Where the codes come from: one scale and one zero point, the latter also being that of the sum. */
function quantizedBy(draft: Draft, sum: Pick<Node, 'inputs'>): Activations | undefined {
  const maker = draft.maker(sum.inputs[0]);
  if (maker === undefined || maker.domain !== '' || maker.outputs[0] !== sum.inputs[0]) return undefined;
  const [x = ''] = maker.inputs;
  const dynamic = maker.op === 'DynamicQuantizeLinear';
  if (!dynamic && maker.op !== 'QuantizeLinear') return undefined;
  const [scale = '', zero = ''] = dynamic ? maker.outputs.slice(1) : maker.inputs.slice(1);
  if (zero === '' || zero !== sum.inputs[2]) return undefined;
  if (dynamic) return { maker, x, scale, zero };
  const type = draft.initializers.get(zero)?.type;
  const single = draft.number(scale) !== undefined && draft.number(zero) !== undefined;
  return single && (type === 'u8' || type === 'i8') ? { maker, x, scale, zero } : undefined;
}

/** Constant signed weights without a zero point other than 0, in as many dimensions as kernels know. */
function hasPlainWeights(draft: Draft, sum: Pick<Node, 'op' | 'inputs'>): boolean {
  const weights = draft.initializers.get(sum.inputs[1] ?? '');
  if (weights?.type !== 'i8' || elementCount(weights.dims) === 0) return false;
  const zero = sum.inputs[3] ?? '';
  if (zero !== '' && draft.constant(zero)?.data.every((each) => each === 0) !== true) return false;
  const rank = weights.dims.length;
  return sum.op === 'ConvInteger' ? rank === 3 || rank === 4 : rank === 2;
}

interface Scaled {
  readonly factors: string;
  /** Whether one dimension of factors lies along the channels, not along the last dimension. */
  readonly alongChannels: boolean;
  readonly nodes: readonly Node[];
}

function scaledBy(draft: Draft, sum: Node): Scaled | undefined {
  const [sums = ''] = sum.outputs;
  const next = draft.next(sums);
  if (next === undefined || next.domain !== '') return undefined;
  if (next.op === 'DequantizeLinear') {
    const conv = sum.op === 'ConvInteger';
    const zero = next.inputs[2] ?? '';
    const plain = zero === '' && next.inputs[0] === sums && intOf(next, 'axis', 1) === (conv ? 1 : -1);
    return plain ? { factors: next.inputs[1]!, alongChannels: conv, nodes: [next] } : undefined;
  }
  if (next.op !== 'Cast' || intOf(next, 'to', 0) !== 1) return undefined;
  const product = draft.next(next.outputs[0]);
  const factors = product?.inputs.find((name) => name !== next.outputs[0]);
  if (product?.op !== 'Mul' || product.domain !== '' || factors === undefined) return undefined;
  return { factors, alongChannels: false, nodes: [next, product] };
}

/** A constant of one number for each output channel that is added. */
function biasAfter(draft: Draft, sum: Node, last: Node): { readonly node: Node; readonly bias: string } | undefined {
  const node = draft.next(last.outputs[0]);
  if (node?.op !== 'Add' || node.domain !== '') return undefined;
  const bias = node.inputs.find((name) => name !== last.outputs[0]);
  const tensor = draft.initializers.get(bias ?? '');
  const { dims: weights } = draft.initializers.get(sum.inputs[1]!)!;
  if (bias === undefined || tensor?.type !== 'f32') return undefined;
  const conv = sum.op === 'ConvInteger';
  const wanted = conv ? [weights[0]!, ...weights.slice(2).map(() => 1)] : [weights[1]!];
  return `${tensor.dims}` === `${wanted}` || (conv && `${tensor.dims}` === `1,${wanted}`) ? { node, bias } : undefined;
}

/** Makes no codes where nobody takes them any more; what says how they are scaled may still be wanted. */
function dropCodes(draft: Draft, maker: Node): void {
  const [codes = ''] = maker.outputs;
  if (draft.kept.has(codes) || draft.users(codes).length > 0) return;
  if (maker.op === 'QuantizeLinear') {
    draft.remove(maker);
    return;
  }
  const { op, domain, inputs, attributes } = maker;
  const scales: NewNode = { op, domain, inputs, outputs: ['', ...maker.outputs.slice(1)] };
  draft.replace([maker], { ...scales, attributes: Object.fromEntries(attributes) });
}
