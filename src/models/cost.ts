/** What each node of a graph costs: multiply-adds, compulsory bytes, arithmetic intensity. */
import type { Graph, Node } from './graph.js';
import { intOf, stringOf } from './graph.js';
import { byteLengthOf, type ElementType, elementCount, isCountable } from './tensor.js';

/** Shape and type of a value, all sizes known. */
export interface Known {
  readonly type: ElementType;
  readonly dims: readonly number[];
}

export interface NodeCost {
  readonly node: Node;
  /** Multiply-adds; 0 for operators that have none, undefined where a shape or the formula is not known. */
  readonly macs?: number;
  /** Inputs read once and outputs written once; undefined where a shape is not known. */
  readonly bytes?: number;
}

/** Floating-point operations per byte moved, a multiply-add being two. */
export function intensityOf({ macs, bytes }: Pick<NodeCost, 'macs' | 'bytes'>): number | undefined {
  return macs === undefined || !bytes ? undefined : (2 * macs) / bytes;
}

/**
 * Shapes that the file states, without inference.
 * @param sizes what named dimensions are, `{ batch: 1 }`; a value with another named dimension is left out.
 */
export function statedShapes(graph: Graph, sizes: Readonly<Record<string, number>> = {}): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>();
  for (const [name, type] of graph.types) {
    if (type.kind !== 'tensor' || type.dims === undefined) continue;
    const dims = type.dims.map((dim) => (typeof dim === 'string' && Object.hasOwn(sizes, dim) ? sizes[dim] : dim));
    if (dims.every((dim) => typeof dim === 'number') && isCountable(dims)) known.set(name, { type: type.type, dims });
  }
  for (const [name, { type, dims }] of graph.initializers) known.set(name, { type, dims });
  return known;
}

/** Costs of the nodes of a graph, those of subgraphs left out, since how often they run is not known. */
export function costsOf(graph: Graph, shapes: ReadonlyMap<string, Known> = statedShapes(graph)): readonly NodeCost[] {
  return graph.nodes.map((node) => {
    const inputs = node.inputs.map((name) => shapes.get(name));
    const outputs = node.outputs.map((name) => shapes.get(name));
    const macs = macsOf(node, inputs, outputs);
    const bytes = bytesOf(node, inputs, outputs);
    return { node, ...(macs === undefined ? {} : { macs }), ...(bytes === undefined ? {} : { bytes }) };
  });
}

type Shapes = readonly (Known | undefined)[];
type Formula = (node: Node, inputs: Shapes, outputs: Shapes) => number | undefined;

function macsOf(node: Node, inputs: Shapes, outputs: Shapes): number | undefined {
  const formula = Object.hasOwn(formulas, node.op) ? formulas[node.op] : undefined;
  return formula === undefined ? 0 : formula(node, inputs, outputs);
}

/** Operators with multiply-adds worth counting. Those of composed ones (softmax, norms) count as none. */
const formulas: Readonly<Record<string, Formula>> = {
  Conv: (_, [, weights], [output]) => convolution(output, weights),
  ConvInteger: (_, [, weights], [output]) => convolution(output, weights),
  QLinearConv: (_, inputs, [output]) => convolution(output, inputs[3]),
  ConvTranspose: (_, [input, weights]) => convolution(input, weights),
  Gemm: (node, [a, b]) => {
    if (a?.dims.length !== 2 || b?.dims.length !== 2) return undefined;
    return elementCount(a.dims) * b.dims[intOf(node, 'transB', 0) ? 0 : 1]!;
  },
  MatMul: (_, [a, b]) => product(a, b),
  MatMulInteger: (_, [a, b]) => product(a, b),
  QLinearMatMul: (_, inputs) => product(inputs[0], inputs[3]),
  MatMulNBits: packedProduct,
  MatMulBnb4: packedProduct,
  Einsum: einsum,
  LSTM: recurrent,
  GRU: recurrent,
  RNN: recurrent,
  Attention: () => undefined,
  GroupQueryAttention: () => undefined,
  MultiHeadAttention: () => undefined,
};

/** Each output (input where transposed) element meets the weights of one channel: weights are [channels, …]. */
function convolution(pixels: Known | undefined, weights: Known | undefined): number | undefined {
  const channels = weights?.dims[0];
  if (!pixels || !weights || !channels) return undefined;
  return (elementCount(pixels.dims) * elementCount(weights.dims)) / channels;
}

/** [.., m, k] × [.., k, n], batches broadcast, vectors as in NumPy. */
function product(a: Known | undefined, b: Known | undefined): number | undefined {
  if (!a?.dims.length || !b?.dims.length) return undefined;
  const k = a.dims.at(-1)!;
  const m = a.dims.at(-2) ?? 1;
  const n = b.dims.length > 1 ? b.dims.at(-1)! : 1;
  const [batchA, batchB] = [a.dims.slice(0, -2), b.dims.slice(0, -2)];
  let batch = 1;
  for (let i = 1; i <= Math.max(batchA.length, batchB.length); i++) {
    const [one, other] = [batchA.at(-i) ?? 1, batchB.at(-i) ?? 1];
    batch *= one === 1 ? other : one;
  }
  return batch * m * k * n;
}

/** Rows of the activation meet N packed columns. */
function packedProduct(node: Node, [a]: Shapes): number | undefined {
  return a && elementCount(a.dims) * intOf(node, 'N', 0);
}

/** The product of the sizes of all letters; forms with an ellipsis are not counted. */
function einsum(node: Node, inputs: Shapes): number | undefined {
  const equation = stringOf(node, 'equation', '').replace(/\s/g, '');
  const sizes = new Map<string, number>();
  for (const [i, term] of equation.split('->')[0]!.split(',').entries()) {
    const dims = inputs[i]?.dims;
    if (dims?.length !== term.length || !/^[A-Za-z]*$/.test(term)) return undefined;
    for (const [k, letter] of [...term].entries()) sizes.set(letter, dims[k]!);
  }
  return [...sizes.values()].reduce((all, size) => all * size, 1);
}

/** Each step of each sequence meets all weights once: X is [steps, batch, …], W and R are [directions, …]. */
function recurrent(_: Node, [x, w, r]: Shapes): number | undefined {
  if (!x || !w || !r) return undefined;
  return (x.dims[0] ?? 0) * (x.dims[1] ?? 0) * (elementCount(w.dims) + elementCount(r.dims));
}

function bytesOf(node: Node, inputs: Shapes, outputs: Shapes): number | undefined {
  const named = [...node.inputs, ...node.outputs];
  // A value that is taken twice is still read once.
  const bytes = new Map<string, number>();
  for (const [i, known] of [...inputs, ...outputs].entries()) {
    if (named[i] === '') continue;
    if (known === undefined) return undefined;
    bytes.set(named[i]!, byteLengthOf(known.type, elementCount(known.dims)));
  }
  return [...bytes.values()].reduce((sum, each) => sum + each, 0);
}
