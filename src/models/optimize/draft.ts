/** A graph while it is rewritten: who makes and who takes each value, and edits that keep both in step. */
import type { Attribute, Graph, Model, Node } from '../graph.js';
import { innerNames, opsetOf } from '../run/interpret.js';
import { fromTensor, type HostTensor } from '../run/values.js';
import { elementCount, type Tensor } from '../tensor.js';
import { isDecodable } from '../values.js';

/** A node before it is placed. */
export interface NewNode {
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

export class Draft {
  readonly model: Model;
  readonly initializers: Map<string, Tensor>;
  /** Values that must stay: outputs, those asked for, those that subgraphs take. */
  readonly kept: Set<string>;
  readonly #nodes: (Node | undefined)[];
  readonly #place = new Map<Node, number>();
  readonly #makers = new Map<string, Node>();
  readonly #users = new Map<string, Set<Node>>();
  readonly #decoded = new Map<string, HostTensor>();
  #made = 0;

  constructor(model: Model, keep: ReadonlySet<string>) {
    this.model = model;
    this.initializers = new Map(model.graph.initializers);
    this.kept = new Set([...keep, ...model.graph.outputs.map(({ name }) => name)]);
    this.#nodes = [];
    for (const node of model.graph.nodes) this.#add(node, this.#nodes.push(undefined) - 1);
  }

  /** Nodes in order, as they are now. */
  get nodes(): readonly Node[] {
    return this.#nodes.filter((node) => node !== undefined);
  }

  /** The node that makes a value and is in the graph. */
  maker(name: string | undefined): Node | undefined {
    return name === undefined ? undefined : this.#makers.get(name);
  }

  users(name: string): readonly Node[] {
    return [...(this.#users.get(name) ?? [])];
  }

  /** Whether exactly one node takes the value, and nobody else wants it. */
  isInner(name: string): boolean {
    return !this.kept.has(name) && this.#users.get(name)?.size === 1;
  }

  /** The only node that takes a value which nobody else wants. */
  next(name: string | undefined): Node | undefined {
    return name !== undefined && this.isInner(name) ? this.users(name)[0] : undefined;
  }

  /** The number of dimensions of a value where the file states it. */
  rank(name: string): number | undefined {
    const type = this.model.graph.types.get(name);
    return type?.kind === 'tensor' ? type.dims?.length : undefined;
  }

  opset(node: Node): number {
    return opsetOf(this.model.opsets, node.domain);
  }

  /** The value of a constant, decoded once. @param most elements beyond which it is not worth decoding. */
  constant(name: string | undefined, most = Number.POSITIVE_INFINITY): HostTensor | undefined {
    const tensor = name === undefined ? undefined : this.initializers.get(name);
    if (tensor === undefined || !isDecodable(tensor.type) || elementCount(tensor.dims) > most) return undefined;
    const known = this.#decoded.get(tensor.name) ?? fromTensor(tensor);
    if (elementCount(tensor.dims) <= 4096) this.#decoded.set(tensor.name, known);
    return known;
  }

  /** The number of a constant of one element. */
  number(name: string | undefined): number | undefined {
    const value = this.constant(name, 1);
    return value?.data.length === 1 ? value.data[0] : undefined;
  }

  /** Adds a constant. @returns its name, which is like the given one. */
  addConstant(like: string, type: 'f32', dims: readonly number[], data: Float32Array<ArrayBuffer>): string {
    const name = this.unique(like);
    this.initializers.set(name, { name, type, dims, bytes: new Uint8Array(data.buffer) });
    return name;
  }

  /** A name that nothing has. */
  unique(like: string): string {
    let name = like;
    while (this.initializers.has(name) || this.#makers.has(name) || this.#users.has(name) || this.kept.has(name)) {
      name = `${like}.${++this.#made}`;
    }
    return name;
  }

  remove(node: Node): void {
    const place = this.#place.get(node);
    if (place === undefined) return;
    this.#nodes[place] = undefined;
    this.#place.delete(node);
    for (const name of node.outputs) if (this.#makers.get(name) === node) this.#makers.delete(name);
    for (const name of takenBy(node)) this.#users.get(name)?.delete(node);
  }

  /** Puts a node where the last of some others is, which are removed. It keeps that one's name. */
  replace(old: readonly Node[], by: NewNode): void {
    const last = old.reduce((a, b) => (this.#place.get(b)! > this.#place.get(a)! ? b : a));
    const place = this.#place.get(last)!;
    for (const node of old) this.remove(node);
    const { op, domain = '', inputs, outputs, attributes = {} } = by;
    const name = old.find((node) => node.op === op)?.name || last.name;
    this.#add(
      { name, op, domain, overload: '', inputs, outputs, attributes: new Map(Object.entries(attributes)) },
      place,
    );
  }

  /** Lets all takers of values take others, each node once. The values must not be kept. */
  rename(names: ReadonlyMap<string, string>): void {
    for (const [place, user] of this.#nodes.entries()) {
      if (!user?.inputs.some((name) => names.has(name))) continue;
      this.remove(user);
      this.#add({ ...user, inputs: user.inputs.map((name) => names.get(name) ?? name) }, place);
    }
  }

  /**
   * Some nodes as a graph of their own, for the host to compute what a fused node stands for.
   * @param inputs values it is given; constants besides them are copied.
   */
  bodyOf(nodes: readonly Node[], inputs: readonly string[], output: string): Graph {
    const given = new Set(inputs);
    const ordered = nodes.toSorted((a, b) => this.#place.get(a)! - this.#place.get(b)!);
    const constants = ordered.flatMap((node) =>
      node.inputs.flatMap((name): [string, Tensor][] => {
        const tensor = given.has(name) ? undefined : this.initializers.get(name);
        return tensor === undefined ? [] : [[name, tensor]];
      }),
    );
    return {
      name: `${output}.body`,
      inputs: inputs.map((name) => ({ name })),
      outputs: [{ name: output }],
      nodes: ordered,
      initializers: new Map(constants),
      types: new Map(),
    };
  }

  /** The graph as it is now, without constants that nobody takes any more. */
  finish(): Model {
    const { graph } = this.model;
    const { nodes } = this;
    const used = new Set([...nodes.flatMap(takenBy), ...this.kept]);
    const initializers = new Map([...this.initializers].filter(([name]) => used.has(name)));
    return { ...this.model, graph: { ...graph, nodes, initializers } };
  }

  #add(node: Node, place: number): void {
    this.#nodes[place] = node;
    this.#place.set(node, place);
    for (const name of node.outputs) if (name !== '') this.#makers.set(name, node);
    for (const name of node.inputs) if (name !== '') this.#use(name, node);
    for (const name of innerNames(node)) {
      this.#use(name, node);
      this.kept.add(name);
    }
  }

  #use(name: string, node: Node): void {
    const users = this.#users.get(name) ?? new Set();
    this.#users.set(name, users.add(node));
  }
}

function takenBy(node: Node): readonly string[] {
  return [...node.inputs, ...innerNames(node)];
}
