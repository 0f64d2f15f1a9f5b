/** Lets a model that was exported for one item at a time take several. */
import type { Graph, Model, Node } from '../graph.js';
import { elementCount, type Tensor } from '../tensor.js';
import { numbersOf } from '../values.js';

/** Whether the first dimension of every input is left to the caller, so that any batch can be given as it is. */
export function takesAnyBatch({ graph }: Model): boolean {
  return graph.inputs.every(({ type }) => type?.kind === 'tensor' && typeof type.dims?.[0] !== 'number');
}

/**
 * The model with the first dimension of its inputs left open, and reshapes to a fixed first dimension of 1 taking it from
 * their input. Whether that is what the model means cannot be seen from the graph: compare one batch with its items first.
 * @returns undefined where an input has no first dimension of 1.
 */
export function rebatched(model: Model): Model | undefined {
  const { graph } = model;
  if (takesAnyBatch(model)) return model;
  const fits = graph.inputs.every(
    ({ type }) => type?.kind === 'tensor' && type.dims !== undefined && type.dims[0] === 1,
  );
  if (!fits) return undefined;
  const open = new Set(graph.inputs.map(({ name }) => name));
  const initializers = new Map(graph.initializers);
  const nodes = graph.nodes.map((node): Node => {
    if (!node.inputs.some((name) => open.has(name))) return node;
    for (const name of node.outputs) open.add(name);
    return node.op === 'Reshape' && open.has(node.inputs[0]!) ? reshaped(node, graph, initializers) : node;
  });
  const inputs = graph.inputs.map((value) => {
    const { type } = value;
    if (type?.kind !== 'tensor' || type.dims === undefined) return value;
    return { ...value, type: { ...type, dims: ['batch', ...type.dims.slice(1)] } };
  });
  return { ...model, graph: { ...graph, inputs, nodes, initializers, types: new Map() } };
}

function reshaped(node: Node, graph: Graph, initializers: Map<string, Tensor>): Node {
  const name = node.inputs[1] ?? '';
  const shape = graph.initializers.get(name) ?? constantMade(graph, name);
  if (shape === undefined || shape.type !== 'i64') return node;
  const sizes = Array.from(numbersOf(shape));
  if (sizes[0] !== 1) return node;
  // −1 is "what is left"; where that is taken already, 0 is "as it was".
  sizes[0] = sizes.includes(-1) ? 0 : -1;
  const fresh = `${name} of any batch`;
  const bytes = new Uint8Array(BigInt64Array.from(sizes, BigInt).buffer);
  initializers.set(fresh, { name: fresh, type: 'i64', dims: [elementCount(shape.dims)], bytes });
  return { ...node, inputs: [node.inputs[0]!, fresh] };
}

function constantMade(graph: Graph, name: string): Tensor | undefined {
  const value = graph.nodes
    .find(({ op, outputs }) => op === 'Constant' && outputs[0] === name)
    ?.attributes.get('value');
  return value?.kind === 'tensor' ? value.value : undefined;
}
