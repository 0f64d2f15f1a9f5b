/** Fuses bias and activation into the convolution or matrix product before them. */
import type { Attribute, Node } from '../graph.js';
import { elementCount } from '../tensor.js';
import type { Draft } from './draft.js';

export function fuseBias(draft: Draft): void {
  for (const node of draft.nodes) {
    const sum = draft.next(node.outputs[0]);
    if (sum?.op !== 'Add' || sum.domain !== '' || node.domain !== '') continue;
    const other = sum.inputs.find((name) => name !== node.outputs[0]);
    if (other === undefined || draft.initializers.get(other)?.type !== 'f32') continue;
    if (node.op === 'Conv') convBias(draft, node, sum, other);
    else if (node.op === 'MatMul') matMulBias(draft, node, sum, other);
  }
}

/** A constant of one number for each filter, [f, 1, 1] or [1, f, 1, 1], is the convolution's own bias. */
function convBias(draft: Draft, conv: Node, sum: Node, other: string): void {
  const weights = draft.initializers.get(conv.inputs[1] ?? '');
  if (weights?.type !== 'f32' || (conv.inputs[2] ?? '') !== '') return;
  const [filters = 0, , ...spatial] = weights.dims;
  const { dims, data } = draft.constant(other)!;
  const wanted = [filters, ...spatial.map(() => 1)];
  if (`${dims}` !== `${wanted}` && `${dims}` !== `1,${wanted}`) return;
  draft.replace([conv, sum], {
    op: 'Conv',
    inputs: [
      conv.inputs[0]!,
      conv.inputs[1]!,
      draft.addConstant(`${sum.outputs[0]}.bias`, 'f32', [filters], Float32Array.from(data)),
    ],
    outputs: sum.outputs,
    attributes: Object.fromEntries(conv.attributes),
  });
}

/** A row added to a product with a constant matrix. */
function matMulBias(draft: Draft, product: Node, sum: Node, other: string): void {
  const right = draft.initializers.get(product.inputs[1] ?? '');
  const row = draft.initializers.get(other)!;
  if (right?.type !== 'f32' || right.dims.length !== 2) return;
  if (row.dims.length !== 1 || row.dims[0] !== right.dims[1]) return;
  const inputs = [...product.inputs.slice(0, 2), other];
  const body = draft.bodyOf([product, sum], inputs, sum.outputs[0]!);
  draft.replace([product, sum], {
    op: 'MatMul',
    domain: 'tilewatt',
    inputs,
    outputs: sum.outputs,
    attributes: { body: { kind: 'graph', value: body } },
  });
}

export function fuseActivation(draft: Draft): void {
  for (const node of draft.nodes) {
    const activation = draft.next(node.outputs[0]);
    if (activation === undefined || !canTake(draft, node)) continue;
    const stated = activationOf(draft, activation, node.outputs[0]!);
    if (stated === undefined) continue;
    const inputs = node.inputs.filter((name) => name !== '');
    // A node that is fused already stands for the nodes in its body.
    const body = node.attributes.get('body');
    const parts = body?.kind === 'graph' ? body.value.nodes : [node];
    const own = draft.bodyOf([activation], inputs, activation.outputs[0]!);
    const inner = body?.kind === 'graph' ? body.value.initializers : draft.bodyOf([node], inputs, '').initializers;
    const value = {
      ...own,
      nodes: [...parts, activation],
      initializers: new Map([...inner, ...own.initializers]),
    };
    draft.replace([node, activation], {
      op: node.op,
      domain: 'tilewatt',
      inputs,
      outputs: activation.outputs,
      attributes: { ...Object.fromEntries(node.attributes), ...stated, body: { kind: 'graph', value } },
    });
  }
}

/** Whether a kernel computes the node with an activation at its end, whatever the input: the filters must say that it slides over an image. */
function canTake(draft: Draft, node: Node): boolean {
  if (node.inputs.includes('') || node.attributes.has('activation')) return false;
  const weights = draft.initializers.get(node.inputs[1] ?? '');
  if (node.domain === 'tilewatt' && node.op.startsWith('Int8')) return true;
  if (weights?.type !== 'f32' || elementCount(weights.dims) === 0) return false;
  if (node.domain === 'tilewatt') return node.op === 'MatMul';
  if (node.domain !== '') return false;
  if (node.op === 'Conv') return weights.dims.length === 3 || weights.dims.length === 4;
  return (node.op === 'Gemm' || node.op === 'MatMul') && weights.dims.length === 2;
}

/** As `epilogueOf` reads it, or undefined where the node is no activation of that value with constant numbers. */
function activationOf(draft: Draft, node: Node, input: string): Readonly<Record<string, Attribute>> | undefined {
  if (node.domain !== '' || node.inputs[0] !== input) return undefined;
  const state = (value: string, ...params: number[]): Readonly<Record<string, Attribute>> => ({
    activation: { kind: 'string', value },
    activation_params: { kind: 'floats', value: params },
  });
  const attribute = (name: string, otherwise: number): number => {
    const found = node.attributes.get(name);
    return found?.kind === 'float' ? found.value : otherwise;
  };
  if (node.op === 'Relu') return state('Relu');
  if (node.op === 'LeakyRelu') return state('LeakyRelu', attribute('alpha', 0.01));
  if (node.op !== 'Clip') return undefined;
  const [lowest, highest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (draft.opset(node) < 11) return state('Clip', attribute('min', lowest), attribute('max', highest));
  const end = (name = '', otherwise: number): number | undefined => (name === '' ? otherwise : draft.number(name));
  const [low, high] = [end(node.inputs[1], lowest), end(node.inputs[2], highest)];
  return low === undefined || high === undefined ? undefined : state('Clip', low, high);
}
