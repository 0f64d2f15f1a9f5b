/** Runs graphs on the host, node by node: constants, shapes, control flow, and the reference that kernels are held against. */
import type { Attribute, Graph, GraphFunction, Model, Node } from '../graph.js';
import { calledKey, nodesOf } from '../graph.js';
import type { Tensor } from '../tensor.js';
import { type Budget, HostCall, type HostOperator } from './call.js';
import { ModelRunError, placeOf } from './errors.js';
import { fromTensor, type HostTensor, type HostValue, settle } from './values.js';

/** A file under `host/` exports its operators by name, those of other domains as `domain.Name`. */
const modules = import.meta.glob<{ readonly default: Readonly<Record<string, HostOperator>> }>('./host/*.ts', {
  eager: true,
});

/** Operators that the host computes, by `operatorKey`. */
export const hostOperators: ReadonlyMap<string, HostOperator> = new Map(
  Object.values(modules).flatMap(({ default: operators }) => Object.entries(operators)),
);

/** `Conv`, or `com.microsoft.MatMulNBits` outside the standard domain. */
export function operatorKey({ op, domain }: Pick<Node, 'op' | 'domain'>): string {
  return domain === '' || domain === 'ai.onnx' ? op : `${domain}.${op}`;
}

export interface InterpretOptions {
  /** Keeps floating-point values in doubles between operators: a reference for what rounding costs. */
  readonly precise?: boolean;
  /** Told of every value made in the main graph. */
  readonly watch?: (name: string, value: HostValue) => void;
  /** What is left to compute; where left out, only branches, loop bodies and functions are limited, those of each node alone. */
  readonly budget?: Budget;
}

/** Nodes that the branches, loops and functions of one node may run in all; one that makes large values counts for more. */
const maxNestedSteps = 2 ** 20;
/** Elements made that count as one more step. */
const elementsPerStep = 1024;
const maxDepth = 100;

/** A budget of so many steps. */
export function budgetOf(steps = maxNestedSteps): Budget {
  return { left: steps, depth: 0 };
}

/** What nodes are computed in: the model's operator sets and own functions. */
export type Surroundings = Pick<Model, 'opsets' | 'functions'>;

/** Version of the operator set of a domain; the newest known where the file names none. */
export function opsetOf(opsets: ReadonlyMap<string, number>, domain: string): number {
  return opsets.get(domain) ?? (domain === '' ? opsets.get('ai.onnx') : undefined) ?? 25;
}

/**
 * Runs the whole model on the host.
 * @param inputs by name; all inputs of the graph that have no initializer.
 * @returns the outputs by name.
 * @throws ModelRunError naming the node.
 */
export function interpret(
  model: Surroundings & Pick<Model, 'graph'>,
  inputs: ReadonlyMap<string, HostValue>,
  options: InterpretOptions = {},
): ReadonlyMap<string, HostValue> {
  const scope = new Map(inputs);
  for (const { name } of model.graph.inputs) {
    if (!scope.has(name)) throw new ModelRunError('missing-input', `input "${name}"`, 'was not given');
  }
  const outputs = runGraph(model, model.graph, scope, options);
  return new Map(model.graph.outputs.map(({ name }, i) => [name, outputs[i]!]));
}

/** Runs a graph whose inputs are in the scope already, which is added to. */
function runGraph(
  around: Surroundings,
  graph: Graph,
  scope: Map<string, HostValue>,
  options: InterpretOptions,
): readonly HostValue[] {
  for (const [name, tensor] of graph.initializers) if (!scope.has(name)) scope.set(name, decoded(tensor, options));
  for (const node of graph.nodes) {
    const outputs = runNode(around, node, (name) => scope.get(name), options);
    for (const [i, name] of node.outputs.entries()) {
      const value = outputs[i];
      if (name === '' || value === undefined) continue;
      scope.set(name, value);
      options.watch?.(name, value);
    }
  }
  return graph.outputs.map(({ name }) => {
    const value = scope.get(name);
    if (value === undefined) throw new ModelRunError('missing-input', `output "${name}"`, 'is made by no node');
    return value;
  });
}

/** Tensors of bodies, decoded once and not in every iteration. */
const bodyTensors = new WeakMap<Tensor, HostTensor>();

function decoded(tensor: Tensor, { budget }: InterpretOptions): HostTensor {
  const known = bodyTensors.get(tensor) ?? fromTensor(tensor);
  if (budget !== undefined) bodyTensors.set(tensor, known);
  return known;
}

/** Ends loops that would run for ever. @throws ModelRunError `bad-value` */
function spend(
  node: Node,
  taken: readonly (HostValue | undefined)[],
  made: readonly (HostValue | undefined)[],
  { budget }: InterpretOptions,
): void {
  if (budget === undefined) return;
  // What is taken counts for little, as most operators that take much and make little look at a part.
  budget.left -= 1 + (sizeOf(taken) / 16 + sizeOf(made)) / elementsPerStep;
  if (budget.left >= 0) return;
  const rule = 'runs on and on, and is ended, as a loop of so many steps belongs on no host';
  throw new ModelRunError('bad-value', placeOf(node), rule);
}

function sizeOf(values: readonly (HostValue | undefined)[]): number {
  let size = 0;
  for (const value of values) {
    if (value?.kind === 'tensor') size += value.strings?.length ?? value.data.length;
    if (value?.kind === 'sequence') size += value.items.length;
  }
  return size;
}

/** Runs what is inside a node. @throws ModelRunError where graphs nest too deep, as a function that calls itself does. */
function nested<T>(node: Node, options: InterpretOptions, run: (inside: InterpretOptions) => T): T {
  const budget = options.budget ?? budgetOf();
  // A body of no nodes is a step too.
  spend(node, [], [], { budget });
  if (++budget.depth > maxDepth) {
    throw new ModelRunError('unsupported-form', placeOf(node), `nests graphs more than ${maxDepth} deep`);
  }
  try {
    return run({ budget, ...(options.precise ? { precise: true } : {}) });
  } finally {
    budget.depth--;
  }
}

/**
 * Computes one node.
 * @param lookUp values around the node by name, those that its subgraphs take included.
 */
export function runNode(
  around: Surroundings,
  node: Node,
  lookUp: (name: string) => HostValue | undefined,
  options: InterpretOptions = {},
): readonly (HostValue | undefined)[] {
  const inputs = node.inputs.map((name) => (name === '' ? undefined : lookUp(name)));
  const own = around.functions.get(calledKey(node));
  if (own !== undefined) {
    return nested(node, options, (inside) => callFunction(around, own, node, inputs, inside));
  }
  const operator = hostOperators.get(operatorKey(node));
  if (operator === undefined) {
    throw new ModelRunError('unsupported-operator', placeOf(node), 'is an operator that is not known here');
  }
  // Shared by all iterations of the node.
  const shared = { ...options, budget: options.budget ?? budgetOf() };
  const run = (graph: Graph, given: readonly HostValue[]): readonly HostValue[] => {
    const scope = new Map<string, HostValue>();
    for (const name of outerNames(graph)) {
      const value = lookUp(name);
      if (value !== undefined) scope.set(name, value);
    }
    graph.inputs.forEach(({ name }, i) => {
      if (given[i] !== undefined) scope.set(name, given[i]);
    });
    return nested(node, shared, (inside) => runGraph(around, graph, scope, inside));
  };
  const call = new HostCall(node, opsetOf(around.opsets, node.domain), inputs, run, options.budget);
  const made = operator(call);
  spend(node, inputs, made, options);
  return made.map((value) => value && (isHandedOn(value, inputs) ? value : settle(value, options.precise)));
}

/** Whether the elements are those of an input, which are rounded already. */
function isHandedOn(value: HostValue, inputs: readonly (HostValue | undefined)[]): boolean {
  if (value.kind !== 'tensor') return true;
  return inputs.some((input) => input?.kind === 'tensor' && input.data === value.data && input.type === value.type);
}

const namesAround = new WeakMap<Graph, ReadonlySet<string>>();

/** Names that a subgraph takes from around it. */
function outerNames(graph: Graph): ReadonlySet<string> {
  const names = namesAround.get(graph) ?? findOuterNames(graph);
  namesAround.set(graph, names);
  return names;
}

function findOuterNames(graph: Graph): ReadonlySet<string> {
  const made = new Set([...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()]);
  const taken = new Set<string>();
  for (const node of graph.nodes) {
    for (const name of [...node.inputs, ...innerNames(node)]) if (name !== '' && !made.has(name)) taken.add(name);
    for (const name of node.outputs) made.add(name);
  }
  for (const { name } of graph.outputs) if (!made.has(name)) taken.add(name);
  return taken;
}

/** Names that the subgraphs of a node take from around it. */
export function innerNames(node: Node): readonly string[] {
  return [...node.attributes.values()].flatMap((attribute) => {
    if (attribute.kind === 'graph') return [...outerNames(attribute.value)];
    return attribute.kind === 'graphs' ? attribute.value.flatMap((graph) => [...outerNames(graph)]) : [];
  });
}

function callFunction(
  around: Surroundings,
  own: GraphFunction,
  node: Node,
  inputs: readonly (HostValue | undefined)[],
  options: InterpretOptions,
): readonly (HostValue | undefined)[] {
  const scope = new Map<string, HostValue>();
  own.inputs.forEach((name, i) => {
    if (inputs[i] !== undefined) scope.set(name, inputs[i]);
  });
  const inside = { opsets: own.opsets.size > 0 ? own.opsets : around.opsets, functions: around.functions };
  for (const inner of own.nodes) {
    const resolved = { ...inner, attributes: resolveReferences(inner, node, own) };
    const made = runNode(inside, resolved, (name) => scope.get(name), options);
    inner.outputs.forEach((name, i) => {
      if (name !== '' && made[i] !== undefined) scope.set(name, made[i]);
    });
  }
  return own.outputs.map((name) => scope.get(name));
}

/**
 * Attributes of a node inside a function, those that refer to the call's replaced by what the call or its defaults give,
 * in the graphs that they hold too.
 */
export function resolveReferences(inner: Node, call: Node, own: GraphFunction): Node['attributes'] {
  const inGraph = (graph: Graph): Graph => {
    if (!hasReferences(graph)) return graph;
    return {
      ...graph,
      nodes: graph.nodes.map((node) => ({ ...node, attributes: resolveReferences(node, call, own) })),
    };
  };
  const entries = [...inner.attributes].flatMap(([name, attribute]): [string, Attribute][] => {
    if (attribute.kind === 'graph') return [[name, { kind: 'graph', value: inGraph(attribute.value) }]];
    if (attribute.kind === 'graphs') return [[name, { kind: 'graphs', value: attribute.value.map(inGraph) }]];
    if (attribute.kind !== 'reference') return [[name, attribute]];
    const given = call.attributes.get(attribute.value) ?? own.defaults.get(attribute.value);
    return given === undefined ? [] : [[name, given]];
  });
  return new Map(entries);
}

function hasReferences(graph: Graph): boolean {
  for (const { attributes } of nodesOf(graph)) {
    for (const { kind } of attributes.values()) if (kind === 'reference') return true;
  }
  return false;
}
