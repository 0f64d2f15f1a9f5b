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
    placeLayer(draft, nodes, [activations.maker, ...nodes], {
      ...{ op: fusedOp[sum.op]!, activations, attributes: sum.attributes },
      ...{ weights: sum.inputs[1]!, factors: scaled.factors, alongChannels: scaled.alongChannels, bias: added?.bias },
    });
    dropCodes(draft, activations.maker);
  }
}

/** What the fused node takes, besides the attributes of the node that multiplies. */
export interface Int8Layer {
  readonly op: string;
  readonly attributes: Node['attributes'];
  readonly activations: Activations;
  readonly weights: string;
  readonly factors: string;
  /** Whether one dimension of factors lies along the channels, not along the last dimension. */
  readonly alongChannels: boolean;
  readonly bias: string | undefined;
}

/** Puts one node in the place of some. @param parts what it stands for, to be computed on the host. */
export function placeLayer(draft: Draft, old: readonly Node[], parts: readonly Node[], layer: Int8Layer): void {
  const { x, scale, zero } = layer.activations;
  const inputs = [x, scale, zero, layer.weights, layer.factors, ...(layer.bias === undefined ? [] : [layer.bias])];
  const [output] = old.at(-1)!.outputs as readonly [string];
  const attributes: Record<string, Attribute> = {
    ...Object.fromEntries(layer.attributes),
    ...(layer.alongChannels ? { along: { kind: 'int', value: 1 } } : {}),
    body: { kind: 'graph', value: draft.bodyOf(parts, inputs, output) },
  };
  draft.replace(old, { op: layer.op, domain: 'tilewatt', inputs, outputs: [output], attributes });
}

/** Floats whose codes a layer multiplies. */
export interface Activations {
  readonly maker: Node;
  readonly x: string;
  readonly scale: string;
  readonly zero: string;
}

/** Where the codes come from: one scale and one zero point, the latter also being that of the sum. */
export function quantizedBy(draft: Draft, sum: Pick<Node, 'inputs'>): Activations | undefined {
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
export function hasPlainWeights(draft: Draft, sum: Pick<Node, 'op' | 'inputs'>): boolean {
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
export function dropCodes(draft: Draft, maker: Node): void {
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
