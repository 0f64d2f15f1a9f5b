/** Layers of a model: the nodes whose weights are constant, however an exporter wrapped them. */
import { costsOf, type Known, statedShapes } from '../cost.js';
import { type Graph, intOf, type Model, type Node } from '../graph.js';
import { runNode } from '../run/interpret.js';
import { fromTensor, type HostTensor } from '../run/values.js';
import { byteLengthOf, elementCount, type Tensor } from '../tensor.js';

export interface Layer {
  /** Of the node where it has one that is unique, else its operator and output. */
  readonly name: string;
  readonly node: Node;
  readonly op: string;
  /** The value that the node takes as weight. */
  readonly weightName: string;
  /** Its elements, under that name. */
  readonly weight: Tensor;
  /** Nodes that only turn an initializer into the weight, such as Reshape: they fall away with it. */
  readonly wrapping: readonly Node[];
  readonly dims: readonly number[];
  /** Axis of the output channels in the weight. */
  readonly channelAxis: number;
  /** Output channels, those of all groups and of all matrices of a batch. */
  readonly rows: number;
  /** Products that are summed for one output. */
  readonly reduction: number;
  /** Groups of a convolution, 1 elsewhere. */
  readonly groups: number;
  /** The activation that the weight meets; empty for Gather. */
  readonly input: string;
  /** A constant bias of the node itself. */
  readonly bias?: string;
  /** Multiply-adds of one run where shapes tell, else absent. */
  readonly macs?: number;
  /** Why the layer is left as it is, in a clause; absent where it can be quantized. */
  readonly kept?: string;
}

/** Operators with a constant second input, or first for Gather, and what is its axis of output channels. */
const kinds = ['Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'Gather'] as const;
type Kind = (typeof kinds)[number];

/** Nodes that change how a constant is seen and not what it holds. */
const wrappers: ReadonlySet<string> = new Set([
  'Constant',
  'Identity',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Transpose',
]);

/**
 * All layers in the order of the graph. Nodes of subgraphs are not among them.
 * @param shapes of values, where more is known than the file states; multiply-adds come from them.
 */
export function layersOf(
  model: Model,
  shapes: ReadonlyMap<string, Known> = statedShapes(model.graph),
): readonly Layer[] {
  const { graph } = model;
  const constants = new Constants(model);
  const macs = new Map(costsOf(graph, shapes).map((cost) => [cost.node, cost.macs]));
  const names = new Map<string, number>();
  for (const { name } of graph.nodes) names.set(name, (names.get(name) ?? 0) + 1);
  return graph.nodes.flatMap((node): readonly Layer[] => {
    if (!isKind(node)) return [];
    const weightName = node.inputs[node.op === 'Gather' ? 0 : 1];
    const found = weightName ? constants.find(weightName) : undefined;
    if (found === undefined || weightName === undefined) return [];
    const form = formOf(node.op as Kind, node, found.tensor.dims);
    if (form === undefined) return [];
    const unique = node.name !== '' && names.get(node.name) === 1;
    const count = macs.get(node);
    const bias = node.op === 'Gather' || node.op === 'MatMul' ? undefined : node.inputs[2];
    const kept = keptWhy(node.op, found.tensor);
    return [
      {
        name: unique ? node.name : `${node.op}_${node.outputs[0]}`,
        node,
        op: node.op,
        weightName,
        weight: found.tensor,
        wrapping: found.wrapping,
        dims: found.tensor.dims,
        input: node.op === 'Gather' ? '' : node.inputs[0]!,
        ...form,
        ...(bias && graph.initializers.has(bias) ? { bias } : {}),
        ...(count === undefined ? {} : { macs: count }),
        ...(kept === undefined ? {} : { kept }),
      },
    ];
  });
}

/** Bytes of a layer's weight in the file. */
export function weightBytes({ weight }: Layer): number {
  return byteLengthOf(weight.type, elementCount(weight.dims));
}

function isKind({ op, domain }: Node): boolean {
  return (domain === '' || domain === 'ai.onnx') && (kinds as readonly string[]).includes(op);
}

function keptWhy(op: string, { type, dims }: Tensor): string | undefined {
  if (op === 'Gather') return 'it looks rows up, and embeddings are left as they are unless asked for';
  if (type !== 'f32') return `its weights are ${type}, and f32 is quantized`;
  return elementCount(dims) === 0 ? 'its weights are empty' : undefined;
}

type Form = Pick<Layer, 'channelAxis' | 'rows' | 'reduction' | 'groups'>;

function formOf(op: Kind, node: Node, dims: readonly number[]): Form | undefined {
  const count = elementCount(dims);
  const groups = op.startsWith('Conv') ? intOf(node, 'group', 1) : 1;
  const form = (channelAxis: number, rows: number): Form | undefined =>
    rows > 0 ? { channelAxis, rows, reduction: count / rows, groups } : undefined;
  switch (op) {
    case 'Conv':
      return dims.length < 3 ? undefined : form(0, dims[0]!);
    case 'ConvTranspose':
      // [C, M/groups, …]: each group of input channels makes its own outputs.
      return dims.length < 3 ? undefined : form(1, dims[1]! * groups);
    case 'Gemm':
      if (dims.length !== 2) return undefined;
      return intOf(node, 'transB', 0) ? form(0, dims[0]!) : form(1, dims[1]!);
    case 'MatMul':
      return dims.length < 2 ? undefined : form(dims.length - 1, count / dims.at(-2)!);
    case 'Gather':
      return dims.length !== 2 ? undefined : form(0, dims[0]!);
    default:
      return op satisfies never;
  }
}

/** Constants behind wrapping nodes, each computed once. */
class Constants {
  readonly #model: Model;
  readonly #makers = new Map<string, Node>();
  readonly #found = new Map<string, { tensor: Tensor; wrapping: readonly Node[] } | undefined>();

  constructor(model: Model) {
    this.#model = model;
    for (const node of model.graph.nodes)
      for (const name of node.outputs) if (name !== '') this.#makers.set(name, node);
  }

  find(name: string, depth = 0): { readonly tensor: Tensor; readonly wrapping: readonly Node[] } | undefined {
    if (this.#found.has(name)) return this.#found.get(name);
    const made = this.#make(name, depth);
    this.#found.set(name, made);
    return made;
  }

  #make(name: string, depth: number): { tensor: Tensor; wrapping: readonly Node[] } | undefined {
    const tensor = this.#model.graph.initializers.get(name);
    if (tensor !== undefined) return { tensor, wrapping: [] };
    const node = this.#makers.get(name);
    if (node === undefined || depth > 8 || !wrappers.has(node.op) || node.domain !== '') return undefined;
    const inputs = node.inputs
      .filter((input) => input !== '')
      .map((input) => [input, this.find(input, depth + 1)] as const);
    if (inputs.some(([, found]) => found === undefined)) return undefined;
    const values = new Map<string, HostTensor>(inputs.map(([input, found]) => [input, fromTensor(found!.tensor)]));
    const [value] = runNode(this.#model, node, (input) => values.get(input));
    if (value?.kind !== 'tensor' || value.type !== 'f32') return undefined;
    const bytes = new Uint8Array(Float32Array.from(value.data).buffer);
    return {
      tensor: { name, type: 'f32', dims: value.dims, bytes },
      wrapping: [...inputs.flatMap(([, found]) => found!.wrapping), node],
    };
  }
}

/** How often each value is taken by nodes, subgraphs' nodes and outputs of the graph. */
export function usesOf(graph: Graph): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  const add = (name: string): void => void uses.set(name, (uses.get(name) ?? 0) + 1);
  const visit = ({ nodes, outputs }: Graph): void => {
    for (const node of nodes) {
      node.inputs.forEach(add);
      for (const attribute of node.attributes.values()) {
        if (attribute.kind === 'graph') visit(attribute.value);
        if (attribute.kind === 'graphs') attribute.value.forEach(visit);
      }
    }
    for (const { name } of outputs) add(name);
  };
  visit(graph);
  return uses;
}
