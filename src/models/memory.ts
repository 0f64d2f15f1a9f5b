/** What a model takes in memory, told before it is taken. */
import { type Known, statedShapes } from './cost.js';
import { type Graph, type Node, nodesOf, subgraphsOf, tensorsOf } from './graph.js';
import { byteLengthOf, elementCount } from './tensor.js';

export interface Memory {
  /** Initializers and tensors in attributes, as stored. */
  readonly weights: number;
  /** Most bytes of values that are alive at once when nodes run in order, inputs and outputs included. */
  readonly activations: number;
  /** Values of unknown shape, which `activations` leaves out. */
  readonly unknown: number;
}

export function memoryOf(graph: Graph, shapes: ReadonlyMap<string, Known> = statedShapes(graph)): Memory {
  let weights = 0;
  for (const { bytes, strings } of tensorsOf(graph)) {
    weights += bytes.length + (strings?.reduce((sum, text) => sum + text.length, 0) ?? 0);
  }
  return { weights, ...activationsOf(graph, shapes) };
}

function activationsOf(graph: Graph, shapes: ReadonlyMap<string, Known>): Omit<Memory, 'weights'> {
  const lastUse = new Map<string, number>();
  for (const [i, node] of graph.nodes.entries()) for (const name of usedBy(node)) lastUse.set(name, i);
  for (const { name } of graph.outputs) lastUse.set(name, graph.nodes.length);
  let [alive, most, unknown] = [0, 0, 0];
  const sizeOf = (name: string): number => {
    const known = shapes.get(name);
    return known ? byteLengthOf(known.type, elementCount(known.dims)) : 0;
  };
  const born = (name: string): void => {
    if (name === '') return;
    if (!shapes.has(name)) unknown++;
    alive += sizeOf(name);
    most = Math.max(most, alive);
  };
  for (const { name } of graph.inputs) born(name);
  const given = new Set(graph.inputs.map(({ name }) => name));
  for (const [i, node] of graph.nodes.entries()) {
    for (const name of node.outputs) {
      born(name);
      given.add(name);
    }
    for (const name of new Set([...usedBy(node), ...node.outputs])) {
      // What nothing uses dies at once; initializers are weights and not counted here.
      if (given.has(name) && (lastUse.get(name) ?? i) === i) alive -= sizeOf(name);
    }
  }
  return { activations: most, unknown };
}

/** Inputs, and what subgraphs may take from around them. */
export function usedBy(node: Node): readonly string[] {
  const inner = subgraphsOf(node);
  if (inner.length === 0) return node.inputs;
  const taken = inner.flatMap((graph) => [
    ...[...nodesOf(graph)].flatMap(({ inputs }) => inputs),
    ...graph.outputs.map(({ name }) => name),
  ]);
  return [...node.inputs, ...taken];
}
