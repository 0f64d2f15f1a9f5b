/** What is in a model file, as plain data: for the page, the terminal and programs. */
import { costsOf, intensityOf, type Known, statedShapes } from './cost.js';
import { type Graph, type Model, nodesOf, tensorsOf, type Value, type ValueType } from './graph.js';
import { type Memory, memoryOf, usedBy } from './memory.js';
import type { Opened } from './read.js';
import { describeType, elementCount, type MetadataValue, type Tensor } from './tensor.js';
import { type Distribution, distributionOf } from './values.js';

export interface Inspection {
  readonly file: string;
  readonly format: Opened['format'];
  /** Bytes of the file itself, external data left out. */
  readonly bytes: number;
  readonly tensors: readonly TensorRow[];
  /** Elements of floating-point and quantized tensors that nodes take as weights. */
  readonly parameters: number;
  readonly remarks: readonly string[];
  readonly metadata: readonly (readonly [key: string, value: MetadataValue])[];
  readonly model?: ModelPart;
}

export interface TensorRow {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly number[];
  readonly elements: number;
  readonly bytes: number;
  readonly distribution?: Distribution;
}

/** What only files with a graph have. */
export interface ModelPart {
  readonly producer: string;
  readonly irVersion: number;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Most frequent first, nodes of subgraphs included. */
  readonly operators: readonly { readonly domain: string; readonly op: string; readonly count: number }[];
  readonly functions: readonly string[];
  readonly nodes: readonly NodeRow[];
  /** Sum over the nodes where it is known. */
  readonly macs: number;
  /** Nodes of the main graph whose multiply-adds are not known, for want of shapes or of a formula. */
  readonly unknownCosts: number;
  readonly memory: Memory;
}

export interface NodeRow {
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  /** Places in the list of the nodes whose outputs it takes. */
  readonly from: readonly number[];
  readonly output?: string;
  readonly macs?: number;
  /** Of all multiply-adds that are known. */
  readonly share?: number;
  readonly bytes?: number;
  /** Floating-point operations per byte. */
  readonly intensity?: number;
}

export interface InspectOptions {
  /** Whether to read all elements for range, zeros, NaN and histogram, which takes time on large files. */
  readonly distributions?: boolean;
  /** Shapes of values, for costs and memory; those that the file states where left out. */
  readonly shapes?: ReadonlyMap<string, Known>;
}

export function inspect(
  opened: Opened,
  file: { readonly name: string; readonly bytes: number },
  { distributions = true, shapes }: InspectOptions = {},
): Inspection {
  const tensors = 'graph' in opened ? [...allTensors(opened)] : opened.tensors;
  const rows = tensors.map((tensor) => tensorRow(tensor, distributions));
  const spoiled = rows.filter(({ distribution }) => distribution !== undefined && distribution.nonFinite > 0);
  return {
    file: file.name,
    format: opened.format,
    bytes: file.bytes,
    tensors: rows,
    parameters: rows.filter(({ type }) => !integers.has(type)).reduce((sum, { elements }) => sum + elements, 0),
    remarks: [
      ...opened.remarks,
      ...spoiled.map(
        ({ name, distribution }) => `Tensor "${name}" holds ${distribution!.nonFinite} NaN or infinite elements.`,
      ),
    ],
    metadata: [...opened.metadata],
    ...('graph' in opened ? { model: modelPart(opened, shapes) } : {}),
  };
}

/** Types of shapes, indices and text rather than of weights. */
const integers: ReadonlySet<string> = new Set(['bool', 'i32', 'u32', 'i64', 'u64', 'string']);

function* allTensors({ graph, functions }: Model): Generator<Tensor> {
  yield* tensorsOf(graph);
  for (const { nodes } of functions.values()) yield* tensorsOf(bodyOf(nodes));
}

function bodyOf(nodes: Graph['nodes']): Graph {
  return { name: '', inputs: [], outputs: [], nodes, initializers: new Map(), types: new Map() };
}

function tensorRow(tensor: Tensor, distributions: boolean): TensorRow {
  const { name, type, dims, bytes } = tensor;
  const row = { name, type, dims, elements: elementCount(dims), bytes: bytes.length };
  const distribution = distributions ? distributionOf(tensor) : undefined;
  return distribution === undefined ? row : { ...row, distribution };
}

function modelPart(
  { graph, producer, irVersion, opsets, functions }: Model,
  shapes: ReadonlyMap<string, Known> = statedShapes(graph),
): ModelPart {
  const costs = costsOf(graph, shapes);
  const macs = costs.reduce((sum, cost) => sum + (cost.macs ?? 0), 0);
  const makers = new Map(graph.nodes.flatMap(({ outputs }, i) => outputs.map((name) => [name, i] as const)));
  const nodes = costs.map((cost, i): NodeRow => {
    const { name, op, domain, outputs } = cost.node;
    const from = new Set(usedBy(cost.node).flatMap((value) => makers.get(value) ?? []));
    const known = shapes.get(outputs[0] ?? '');
    const intensity = intensityOf(cost);
    return {
      name,
      op,
      domain,
      from: [...from].filter((maker) => maker < i),
      ...(known ? { output: describeType(known.type, known.dims) } : {}),
      ...(cost.macs === undefined ? {} : { macs: cost.macs }),
      ...(cost.macs === undefined || macs === 0 ? {} : { share: cost.macs / macs }),
      ...(cost.bytes === undefined ? {} : { bytes: cost.bytes }),
      ...(intensity === undefined ? {} : { intensity }),
    };
  });
  return {
    producer,
    irVersion,
    opsets: [...opsets].map(([domain, version]) => ({ domain, version })),
    inputs: graph.inputs.map(describeValue),
    outputs: graph.outputs.map(describeValue),
    operators: operatorsOf(graph),
    functions: [...functions.values()].map(({ domain, name }) => (domain === '' ? name : `${domain}.${name}`)),
    nodes,
    macs,
    unknownCosts: costs.filter((cost) => cost.macs === undefined).length,
    memory: memoryOf(graph, shapes),
  };
}

function operatorsOf(graph: Graph): ModelPart['operators'] {
  const counts = new Map<string, { domain: string; op: string; count: number }>();
  for (const { op, domain } of nodesOf(graph)) {
    const key = `${domain}:${op}`;
    const entry = counts.get(key) ?? { domain, op, count: 0 };
    entry.count++;
    counts.set(key, entry);
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || a.op.localeCompare(b.op));
}

/** `Input3 f32[1,1,28,28]`. */
function describeValue({ name, type }: Value): string {
  return type === undefined ? name : `${name} ${describeValueType(type)}`;
}

function describeValueType(type: ValueType): string {
  if (type.kind === 'map') return `map(${type.key}, ${describeValueType(type.of)})`;
  if ('of' in type) return `${type.kind}(${describeValueType(type.of)})`;
  const text = type.dims
    ? describeType(
        type.type,
        type.dims.map((dim) => dim ?? '?'),
      )
    : `${type.type}[…]`;
  return type.kind === 'sparse' ? `sparse ${text}` : text;
}
