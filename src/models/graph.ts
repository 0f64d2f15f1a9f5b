/** A model as a graph of operators: plain data, the same whatever file it came from. */
import type { ElementType, Tensor } from './tensor.js';

export interface Model {
  readonly format: 'onnx';
  /** Name of the file. */
  readonly file: string;
  readonly irVersion: number;
  /** Program that wrote the file, with its version; may be empty. */
  readonly producer: string;
  /** Version of each operator set by domain; the standard one is `''`. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: Graph;
  /** Operators that the file itself defines, by `functionKey`. */
  readonly functions: ReadonlyMap<string, GraphFunction>;
  readonly metadata: ReadonlyMap<string, string>;
  /** What is odd but no reason to refuse, in sentences. */
  readonly remarks: readonly string[];
}

export interface Graph {
  readonly name: string;
  /** What the caller gives. Initializers are not among them, even where an old file lists them. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** In an order in which each node follows those it takes values from. */
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  /** Types of all values that the file states, inputs and outputs included. */
  readonly types: ReadonlyMap<string, ValueType>;
}

export interface Value {
  readonly name: string;
  readonly type?: ValueType;
}

export interface Node {
  /** May be empty, and need not be unique. */
  readonly name: string;
  readonly op: string;
  /** Where the operator is defined; the standard domain is `''`. */
  readonly domain: string;
  readonly overload: string;
  /** Empty text stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** An operator defined by a graph of its own: sees its inputs and attributes and nothing around it. */
export interface GraphFunction {
  readonly domain: string;
  readonly name: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly Node[];
  /** Attributes that a call must give. */
  readonly attributes: readonly string[];
  /** Attributes that a call may leave out. */
  readonly defaults: ReadonlyMap<string, Attribute>;
  readonly opsets: ReadonlyMap<string, number>;
}

/** Integers beyond ±2⁵³ are rounded to the nearest double; exporters use them only for "to the end". */
export type Attribute =
  | { readonly kind: 'int' | 'float'; readonly value: number }
  | { readonly kind: 'ints' | 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'tensors'; readonly value: readonly Tensor[] }
  | { readonly kind: 'graph'; readonly value: Graph }
  | { readonly kind: 'graphs'; readonly value: readonly Graph[] }
  | { readonly kind: 'sparse'; readonly value: SparseTensor }
  | { readonly kind: 'type'; readonly value: ValueType }
  | { readonly kind: 'types'; readonly value: readonly ValueType[] }
  /** Within a function: the attribute of that name of the call. */
  | { readonly kind: 'reference'; readonly value: string };

/** `indices` are flat positions (`[count]`) or coordinates (`[count, rank]`). */
export interface SparseTensor {
  readonly values: Tensor;
  readonly indices: Tensor;
  readonly dims: readonly number[];
}

/** A size, a named size that the input decides, or undefined where nothing is known. */
export type Dim = number | string | undefined;

export type ValueType =
  | { readonly kind: 'tensor' | 'sparse'; readonly type: ElementType; readonly dims?: readonly Dim[] }
  | { readonly kind: 'sequence' | 'optional'; readonly of: ValueType }
  | { readonly kind: 'map'; readonly key: ElementType; readonly of: ValueType };

export function functionKey({ domain, name, overload }: Pick<GraphFunction, 'domain' | 'name' | 'overload'>): string {
  return [domain, name, overload].join(':');
}

/** The `functionKey` of the function that a node calls, if there is one. */
export function calledKey({ domain, op, overload }: Pick<Node, 'domain' | 'op' | 'overload'>): string {
  return functionKey({ domain, name: op, overload });
}

/** Graphs that the attributes of a node hold: branches and loop bodies. */
export function subgraphsOf(node: Node): readonly Graph[] {
  return [...node.attributes.values()].flatMap((attribute) => {
    if (attribute.kind === 'graph') return [attribute.value];
    return attribute.kind === 'graphs' ? attribute.value : [];
  });
}

/** All nodes of a graph, those of its subgraphs after the node that holds them. */
export function* nodesOf(graph: Graph): Generator<Node> {
  for (const node of graph.nodes) {
    yield node;
    for (const inner of subgraphsOf(node)) yield* nodesOf(inner);
  }
}

/** All tensors of a graph: initializers, then those in attributes, subgraphs included; nameless ones named by their node. */
export function* tensorsOf(graph: Graph): Generator<Tensor> {
  yield* graph.initializers.values();
  for (const node of graph.nodes) {
    for (const [key, attribute] of node.attributes) {
      const title = `${node.outputs[0] || node.op}.${key}`;
      for (const tensor of tensorsIn(attribute)) yield tensor.name === '' ? { ...tensor, name: title } : tensor;
    }
    for (const inner of subgraphsOf(node)) yield* tensorsOf(inner);
  }
}

function tensorsIn({ kind, value }: Attribute): readonly Tensor[] {
  if (kind === 'tensor') return [value];
  if (kind === 'tensors') return value;
  return kind === 'sparse' ? [value.values, value.indices] : [];
}

/** An integer attribute, or the default where it is absent or of another kind. */
export function intOf(node: Node, name: string, otherwise: number): number {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'int' ? attribute.value : otherwise;
}

export function intsOf(node: Node, name: string): readonly number[] | undefined {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'ints' ? attribute.value : undefined;
}

export function stringOf(node: Node, name: string, otherwise: string): string {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'string' ? attribute.value : otherwise;
}

/** `Conv "conv1"`, or `Conv` where the node has no name. */
export function nodeTitle({ op, name, domain }: Pick<Node, 'op' | 'name' | 'domain'>): string {
  const operator = domain === '' ? op : `${domain}.${op}`;
  return name === '' ? operator : `${operator} "${name}"`;
}
