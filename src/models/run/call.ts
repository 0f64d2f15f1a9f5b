/** What an operator's implementation sees of a node: inputs, attributes with their defaults, and how to refuse. */
import type { Attribute, Graph, Node } from '../graph.js';
import { ModelRunError, placeOf, type RunFault } from './errors.js';
import { fromTensor, type HostTensor, type HostValue } from './values.js';

/** Attributes of one node, read by name. An attribute of another kind than asked for counts as absent. */
export class Attributes {
  readonly node: Node;
  /** Version of the operator set that the node's operator is from. */
  readonly opset: number;

  constructor(node: Node, opset: number) {
    this.node = node;
    this.opset = opset;
  }

  has(name: string): boolean {
    return this.node.attributes.has(name);
  }

  int(name: string, otherwise: number): number {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'int' ? attribute.value : otherwise;
  }

  float(name: string, otherwise: number): number {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'float' || attribute?.kind === 'int' ? attribute.value : otherwise;
  }

  string(name: string, otherwise: string): string {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'string' ? attribute.value : otherwise;
  }

  ints(name: string): readonly number[] | undefined {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'ints' ? attribute.value : undefined;
  }

  floats(name: string): readonly number[] | undefined {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'floats' ? attribute.value : undefined;
  }

  strings(name: string): readonly string[] | undefined {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'strings' ? attribute.value : undefined;
  }

  tensor(name: string): HostTensor | undefined {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'tensor' ? fromTensor(attribute.value) : undefined;
  }

  graph(name: string): Graph | undefined {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'graph' ? attribute.value : undefined;
  }

  /** Whether somebody takes output `i`. */
  wants(i: number): boolean {
    return (this.node.outputs[i] ?? '') !== '';
  }

  /** Announces work before it is done, so that what nobody would wait for is refused at once; planning a kernel costs nothing. */
  spend(_operations: number): void {}

  /** @param rule what was found and what the operator asks, without a full stop. */
  fail(code: RunFault, rule: string): never {
    throw new ModelRunError(code, placeOf(this.node), rule);
  }
}

/** What the host may still compute. */
export interface Budget {
  /** Steps: one for each node, and for so many elements or operations as below. */
  left: number;
  /** How deep graphs are nested that are being run. */
  depth: number;
}

/** Operations that cost about as much as one more step: of the inner loop of a product, which is the fastest there is. */
const operationsPerStep = 8192;

/** One call of an operator on the host. */
export class HostCall extends Attributes {
  readonly inputs: readonly (HostValue | undefined)[];
  /** Runs a subgraph of the node; it sees the values around the node by name. */
  readonly runGraph: (graph: Graph, inputs: readonly HostValue[]) => readonly HostValue[];
  readonly #budget: Budget | undefined;

  constructor(
    node: Node,
    opset: number,
    inputs: readonly (HostValue | undefined)[],
    runGraph: (graph: Graph, inputs: readonly HostValue[]) => readonly HostValue[],
    budget?: Budget,
  ) {
    super(node, opset);
    this.inputs = inputs;
    this.runGraph = runGraph;
    this.#budget = budget;
  }

  /** A call that is a part of this one, of another operator: with attributes and inputs of its own, within the same budget. */
  part(
    { opset, attributes }: { readonly opset: number; readonly attributes: Readonly<Record<string, number>> },
    inputs: readonly (HostValue | undefined)[],
  ): HostCall {
    const entries = Object.entries(attributes).map(([name, value]): [string, Attribute] => {
      return [name, { kind: Number.isInteger(value) ? 'int' : 'float', value }];
    });
    return new HostCall({ ...this.node, attributes: new Map(entries) }, opset, inputs, this.runGraph, this.#budget);
  }

  /** @throws ModelRunError `bad-value` where the work is more than what is left. */
  override spend(operations: number): void {
    if (this.#budget === undefined) return;
    const steps = operations / operationsPerStep;
    if (!(steps <= this.#budget.left)) {
      const rule = `would take ${operations} operations on the host, which is more than one run may take there`;
      this.fail('bad-value', rule);
    }
    this.#budget.left -= steps;
  }

  /** Input `i`, which must be a tensor. */
  input(i: number): HostTensor {
    return this.optional(i) ?? this.fail('missing-input', `input ${i} is left out, but is required`);
  }

  /** Input `i`, or undefined where it is left out. */
  optional(i: number): HostTensor | undefined {
    const value = this.inputs[i];
    if (value === undefined) return undefined;
    if (value.kind === 'optional' && value.value?.kind === 'tensor') return value.value;
    if (value.kind !== 'tensor') return this.fail('unsupported-type', `input ${i} is a ${value.kind}, not a tensor`);
    return value;
  }

  /** Integers from input `i`, or from the attribute of older operator sets; undefined where both are absent. */
  intsFrom(i: number, attribute: string): readonly number[] | undefined {
    const value = this.optional(i);
    return value === undefined ? this.ints(attribute) : Array.from(value.data);
  }
}

/**
 * Computes a node on the host. One value per output; undefined for those not made.
 * Floating-point results may be left unrounded: the caller rounds them to the type of the tensor.
 */
export type HostOperator = (call: HostCall) => readonly (HostValue | undefined)[];
