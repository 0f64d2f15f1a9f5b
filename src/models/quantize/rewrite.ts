/** Changing a model: new nodes and initializers beside the old ones, which keep their identity where they stay. */
import type { Attribute, Graph, Model, Node } from '../graph.js';
import type { ElementType, Tensor } from '../tensor.js';
import { usesOf } from './layers.js';

/** A node of our own making. */
export function makeNode(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
  domain = '',
): Node {
  return {
    name: outputs[0]!,
    op,
    domain,
    overload: '',
    inputs,
    outputs,
    attributes: new Map(Object.entries(attributes)),
  };
}

export function int(value: number): Attribute {
  return { kind: 'int', value };
}

/** @param data whose memory is the tensor's, little-endian. */
export function makeTensor(
  name: string,
  type: ElementType,
  dims: readonly number[],
  data: ArrayBufferView<ArrayBuffer>,
): Tensor {
  return { name, type, dims, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/**
 * Collects changes to a graph. Names that are taken get a number; values that nothing takes any more fall away with the
 * nodes that made them, if they are named as replaced.
 */
export class Rewrite {
  readonly #model: Model;
  readonly #names: Set<string>;
  readonly #added = new Map<string, Tensor>();
  readonly #first: Node[] = [];
  readonly #instead = new Map<Node, readonly Node[]>();
  readonly #before = new Map<Node, Node[]>();
  readonly #domains = new Map<string, number>();
  readonly #expendable = new Set<string>();
  /** The least version of the standard operators that the new nodes need. */
  opset = 0;

  constructor(model: Model) {
    this.#model = model;
    const { graph } = model;
    this.#names = new Set([...graph.initializers.keys(), ...graph.inputs.map(({ name }) => name)]);
    for (const node of graph.nodes) for (const name of node.outputs) this.#names.add(name);
  }

  /** A value name that nothing has yet. */
  fresh(wanted: string): string {
    let name = wanted;
    for (let i = 2; this.#names.has(name); i++) name = `${wanted}_${i}`;
    this.#names.add(name);
    return name;
  }

  /** Adds an initializer under a fresh name. @returns the name. */
  constant(wanted: string, type: ElementType, dims: readonly number[], data: ArrayBufferView<ArrayBuffer>): string {
    const name = this.fresh(wanted);
    this.#added.set(name, makeTensor(name, type, dims, data));
    return name;
  }

  /** A node that takes constants alone. */
  first(node: Node): void {
    this.#first.push(node);
  }

  /** Nodes that are put in front of one of the graph. */
  before(node: Node, nodes: readonly Node[]): void {
    this.#before.set(node, [...(this.#before.get(node) ?? []), ...nodes]);
  }

  /** What stands in place of a node. */
  replace(node: Node, nodes: readonly Node[]): void {
    this.#instead.set(node, nodes);
  }

  needs(opset: number): void {
    this.opset = Math.max(this.opset, opset);
  }

  needsDomain(domain: string, version: number): void {
    this.#domains.set(domain, version);
  }

  /** Initializers and wrapping nodes' values that go away where nothing takes them in the end. */
  expendable(...names: readonly string[]): void {
    for (const name of names) this.#expendable.add(name);
  }

  /** The changed model. Versions of the standard operators are those of the original; domains that are new are stated. */
  finish(): Model {
    const { graph } = this.#model;
    const nodes = [
      ...this.#first,
      ...graph.nodes.flatMap((node) => [...(this.#before.get(node) ?? []), ...(this.#instead.get(node) ?? [node])]),
    ];
    const changed = this.#withoutUnused({
      ...graph,
      nodes,
      initializers: new Map([...graph.initializers, ...this.#added]),
    });
    const opsets = new Map(this.#model.opsets);
    for (const [domain, version] of this.#domains) if (!opsets.has(domain)) opsets.set(domain, version);
    return { ...this.#model, graph: changed, opsets };
  }

  #withoutUnused(graph: Graph): Graph {
    let { nodes } = graph;
    let uses = usesOf(graph);
    for (;;) {
      const left = nodes.filter(
        ({ outputs }) => !outputs.every((name) => name === '' || (this.#expendable.has(name) && !uses.has(name))),
      );
      if (left.length === nodes.length) break;
      nodes = left;
      uses = usesOf({ ...graph, nodes });
    }
    const initializers = new Map(
      [...graph.initializers].filter(([name]) => uses.has(name) || !this.#expendable.has(name)),
    );
    return { ...graph, nodes, initializers };
  }
}
