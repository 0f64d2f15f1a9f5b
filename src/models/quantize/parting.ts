/** Kernel error told from quantization error: the same quantized weights on host and GPU, and the first node where they part. */

import { f32Roundoff, gamma } from '../../numerics/matmul.js';
import { intOf, type Model, type Node } from '../graph.js';
import { placeOf } from '../run/errors.js';
import { operatorKey, runNode } from '../run/interpret.js';
import { unpackedColumns, unpackedRows } from '../run/packed-weights.js';
import { fromTensor, type HostTensor, type HostValue, hostTensor, integerRange } from '../run/values.js';
import { elementCount } from '../tensor.js';

export interface Parting {
  readonly node: Node;
  /** `Conv "conv1"`. */
  readonly title: string;
  readonly value: string;
  /** Where in the value, with what both hold there, and how far apart they may be. */
  readonly index: number;
  readonly host: number;
  readonly device: number;
  readonly bound: number;
  readonly sentence: string;
}

export interface PartingReport {
  readonly parting?: Parting;
  /** Nodes that were held against the host. */
  readonly checked: number;
  /** Largest share of its bound that any value's error takes; above 1 there is a parting. */
  readonly worstShare: number;
}

/**
 * Recomputes every node on the host in f64 from the device's own inputs of that node, so that an error shows at the node that
 * makes it and not at those after it.
 * @param device all values of one run on the device by name, inputs of the model included.
 * @param between waited for before each node, so that a worker hears that it is to stop; it stops by throwing.
 */
export async function firstParting(
  model: Model,
  device: ReadonlyMap<string, HostValue>,
  between?: () => Promise<void>,
): Promise<PartingReport> {
  let [checked, worstShare] = [0, 0];
  const lookUp = (name: string): HostValue | undefined => {
    const tensor = model.graph.initializers.get(name);
    return device.get(name) ?? (tensor && fromTensor(tensor));
  };
  for (const node of model.graph.nodes) {
    const inputs = node.inputs.map((name) => (name === '' ? undefined : lookUp(name)));
    const found = device.get(node.outputs[0] ?? '');
    if (found?.kind !== 'tensor' || inputs.some((value, i) => node.inputs[i] !== '' && value?.kind !== 'tensor'))
      continue;
    await between?.();
    const [exact] = runNode(model, node, lookUp, { precise: true });
    if (exact?.kind !== 'tensor' || exact.type === 'string') continue;
    checked++;
    const bounds = boundsOf(model, node, inputs as (HostTensor | undefined)[], exact);
    const parting = partingAt(node, exact, found, bounds);
    worstShare = Math.max(worstShare, parting.share);
    if (parting.parting) return { parting: parting.parting, checked, worstShare };
  }
  return { checked, worstShare };
}

function partingAt(
  node: Node,
  exact: HostTensor,
  found: HostTensor,
  bounds: (index: number) => number,
): { readonly share: number; readonly parting?: Parting } {
  const title = placeOf(node);
  const value = node.outputs[0]!;
  if (exact.data.length !== found.data.length) {
    const sentence = `${title} makes [${found.dims}] on the device and [${exact.dims}] on the host.`;
    return {
      share: Number.POSITIVE_INFINITY,
      parting: { node, title, value, index: 0, host: Number.NaN, device: Number.NaN, bound: 0, sentence },
    };
  }
  let [share, index] = [0, 0];
  for (let i = 0; i < exact.data.length; i++) {
    const [a, b] = [exact.data[i]!, found.data[i]!];
    if (Object.is(a, b) || a === b) continue;
    const error = Math.abs(a - b);
    const here = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error / Math.max(bounds(i), 2 ** -126);
    if (here > share) [share, index] = [here, i];
  }
  if (share <= 1) return { share };
  const [host, device, bound] = [exact.data[index]!, found.data[index]!, bounds(index)];
  const sentence = `${title} is the first where host and device part: element ${index} of "${value}" is ${device} on the device, ${host} on the host, and may differ by ${bound}.`;
  return { share, parting: { node, title, value, index, host, device, bound, sentence } };
}

/** Operators that sum products, and the number of products of one output. */
const sums: Readonly<Record<string, (inputs: readonly (HostTensor | undefined)[]) => number>> = {
  Conv: ([, w]) => elementCount(w!.dims) / w!.dims[0]!,
  ConvTranspose: ([, w]) => elementCount(w!.dims) / w!.dims[1]!,
  Gemm: ([a]) => Math.max(...a!.dims) + 2,
  MatMul: ([a]) => a!.dims.at(-1)!,
  'tilewatt.LmulMatMul': ([a]) => a!.dims.at(-1)!,
  'tilewatt.LmulConv': ([, w]) => elementCount(w!.dims) / w!.dims[0]!,
  'com.microsoft.MatMulNBits': ([a]) => a!.dims.at(-1)!,
  'com.microsoft.MatMulBnb4': ([a]) => a!.dims.at(-1)!,
  'tilewatt.QuantizedMatMul': ([a]) => a!.dims.at(-1)!,
  'tilewatt.QuantizedConv': ([, w]) => elementCount(w!.dims) / w!.dims[0]!,
};

/**
 * How far an element may be off. Sums of products: γ_(k+2) · Σ|a||b|, which the same node computes from magnitudes. Roundings to
 * integers: one step, since the quotient may fall to either side of a tie. Others: 2⁻¹⁶ of the largest value that goes in or out,
 * which covers the errors that WGSL allows of built-in functions and sums of some thousands of elements.
 */
function boundsOf(
  model: Model,
  node: Node,
  inputs: readonly (HostTensor | undefined)[],
  exact: HostTensor,
): (index: number) => number {
  if (integerRange(exact.type) !== undefined) return () => (node.op.includes('Quantize') ? 1 : 0);
  const products = sums[operatorKey(node)];
  const factors = products && magnitudes(model, node, inputs);
  if (products && factors) {
    const share = gamma(products(inputs) + 2, f32Roundoff);
    // Subnormal products may be flushed.
    return (i) => share * Math.abs(factors.data[i]!) + products(inputs) * 2 ** -126;
  }
  const largest = [exact, ...inputs].reduce((most, tensor) => {
    for (const value of tensor?.data ?? []) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
    return most;
  }, 0);
  return () => largest * 2 ** -16;
}

/** The node's result from magnitudes of all inputs: Σ|a||b|. */
function magnitudes(model: Model, node: Node, inputs: readonly (HostTensor | undefined)[]): HostTensor | undefined {
  if (operatorKey(node).startsWith('tilewatt.Quantized')) return packedMagnitudes(model, node, inputs);
  // Packed weights are codes, of which magnitudes say nothing; factors below zero would make sums cancel.
  const negative = [...node.attributes.values()].some(({ kind, value }) => kind === 'float' && (value as number) < 0);
  if (/^MatMul(NBits|Bnb4)$/.test(node.op) || negative) return undefined;
  const byName = new Map(node.inputs.map((name, i) => [name, inputs[i]]));
  const absolute = (name: string): HostValue | undefined => {
    const tensor = byName.get(name);
    return tensor && { ...tensor, data: tensor.data.map(Math.abs) };
  };
  const [result] = runNode(model, node, absolute, { precise: true });
  return result?.kind === 'tensor' ? result : undefined;
}

/** The same node with float weights in place of codes, from magnitudes. */
function packedMagnitudes(
  model: Model,
  node: Node,
  [x, codes, scales, zeros, bias]: readonly (HostTensor | undefined)[],
): HostTensor | undefined {
  const { dims } = codes!;
  const [n, k] = [dims[0]!, elementCount(dims.slice(1))];
  const sizes = {
    groupSize: intOf(node, 'group_size', k),
    bits: intOf(node, 'bits', 8),
    encoding: intOf(node, 'encoding', 2),
  };
  const packed = { n, k, ...sizes, codes: codes!.data, scales: scales!.data, zeros: zeros!.data };
  const conv = node.op === 'QuantizedConv';
  const [x0 = '', w0 = '', , , b0] = node.inputs;
  const weights = conv
    ? hostTensor('f32', dims, unpackedRows(packed))
    : hostTensor('f32', [k, n], unpackedColumns(packed));
  const plain = { ...node, domain: '', op: conv ? 'Conv' : 'MatMul', inputs: [x0, w0, ...(b0 ? [b0] : [])] };
  return magnitudes(model, plain, [x, weights, bias]);
}
