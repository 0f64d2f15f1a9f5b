/** An ONNX file to a `Model`: the entry of the reader. */

import { fromBinary } from '@bufbuild/protobuf';
import { errorText } from '../../kernel/outcome.js';
import { ModelFileError, quoted, shown } from '../errors.js';
import type { ModelFile } from '../file.js';
import {
  calledKey,
  functionKey,
  type Graph,
  type GraphFunction,
  type Model,
  type Node,
  nodesOf,
  nodeTitle,
  subgraphsOf,
} from '../graph.js';
import { topologicalOrder } from '../order.js';
import { locationOf } from './external.js';
import { type GraphProto, type ModelProto, ModelProtoSchema, type TensorProto } from './gen/onnx_pb.js';
import { readFunction, readMainGraph, readOpsets, refuseCycle } from './graphs.js';
import { Place } from './place.js';
import { scan } from './scan.js';

/** Versions of the standard operator set whose meaning is known here; others are inspected, with a remark. */
export const opsetRange = { least: 7, most: 25 } as const;

/** IR versions that are read: 3 came with opset 7's time, 13 is the newest that is known. */
const irRange = { least: 3, most: 13 } as const;

/**
 * Reads and checks a model. Weights are views of `file.bytes` and of the companions, so those must stay as they are.
 * @param companions files given together with it, which may hold external data.
 * @throws ModelFileError naming file, field and rule.
 */
export function readOnnx(file: ModelFile, companions: readonly ModelFile[] = []): Model {
  const proto = decodeModel(file);
  const place = new Place(file.name);
  const irVersion = Number(proto.irVersion ?? place.field('ir_version').fail('missing-field', 'is absent'));
  if (irVersion < irRange.least || irVersion > irRange.most) {
    place
      .field('ir_version')
      .fail('unsupported-version', `is ${irVersion}; ${irRange.least} to ${irRange.most} are read`);
  }
  const opsets = readOpsets(proto.opsetImport, place);
  if (opsets.size === 0) place.field('opset_import').fail('missing-field', 'is empty, but must name an operator set');
  const graphProto = proto.graph ?? place.field('graph').fail('missing-field', 'is absent');
  const graph = readMainGraph(graphProto, place.field('graph'), companions);
  const functions = readFunctions(proto, place, companions);
  return {
    format: 'onnx',
    file: file.name,
    irVersion,
    producer: `${proto.producerName} ${proto.producerVersion}`.trim(),
    opsets,
    graph,
    functions,
    metadata: readMetadata(proto, place),
    remarks: remarksOn(graph, opsets, functions, place),
  };
}

/** Places of weights that lie in further files, so that these can be asked for before the model is read. */
export function externalFilesOf(file: ModelFile): readonly string[] {
  const { graph, functions } = decodeModel(file);
  const place = new Place(file.name);
  const tensors = [
    ...(graph ? tensorProtosOf(graph) : []),
    ...functions.flatMap(({ node }) => [...tensorProtosIn(node)]),
  ];
  return [
    ...new Set(
      tensors
        .filter((tensor) => tensor.dataLocation === 1)
        .map((tensor) => locationOf(tensor, place.field(tensor.name))),
    ),
  ];
}

/** The file as protobuf messages, for those who change it; bytes are views. @throws ModelFileError */
export function decodeModel(file: ModelFile): ModelProto {
  if (file.bytes.length === 0) throw new ModelFileError('truncated', file.name, 'the file', 'is empty');
  scan(file.name, file.bytes, ModelProtoSchema);
  try {
    return fromBinary(ModelProtoSchema, file.bytes);
  } catch (error) {
    // What the scan lets through: text that is no UTF-8.
    const reason = errorText(error);
    throw new ModelFileError('malformed', file.name, 'the file', `cannot be decoded (${shown(reason, 120)})`);
  }
}

function* tensorProtosOf(graph: GraphProto): Generator<TensorProto> {
  yield* graph.initializer;
  yield* tensorProtosIn(graph.node);
}

function* tensorProtosIn(nodes: GraphProto['node']): Generator<TensorProto> {
  for (const { t, tensors, g, graphs } of nodes.flatMap((node) => node.attribute)) {
    if (t) yield t;
    yield* tensors;
    for (const inner of g ? [g, ...graphs] : graphs) yield* tensorProtosOf(inner);
  }
}

function readFunctions(
  proto: ModelProto,
  place: Place,
  companions: readonly ModelFile[],
): ReadonlyMap<string, GraphFunction> {
  const functions = new Map<string, GraphFunction>();
  for (const [i, each] of proto.functions.entries()) {
    const at = place.field('functions', i, each.name);
    const read = readFunction(each, at, companions);
    const key = functionKey(read);
    if (functions.has(key)) at.fail('duplicate-name', 'has domain, name and overload of another function');
    functions.set(key, read);
  }
  refuseRecursion(functions, place.field('functions'));
  return functions;
}

function refuseRecursion(functions: ReadonlyMap<string, GraphFunction>, place: Place): void {
  const keys = [...functions.keys()];
  const indexOf = new Map(keys.map((key, i) => [key, i]));
  const calls = [...functions.values()].map(({ nodes }) =>
    [...deep(nodes)].flatMap((node) => indexOf.get(calledKey(node)) ?? []),
  );
  const sorted = topologicalOrder(calls);
  if ('cycle' in sorted)
    refuseCycle(
      sorted.cycle.map((i) => quoted(functions.get(keys[i]!)!.name)),
      place,
    );
}

function* deep(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    yield node;
    for (const inner of subgraphsOf(node)) yield* nodesOf(inner);
  }
}

function readMetadata(proto: ModelProto, place: Place): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  for (const [i, { key, value }] of proto.metadataProps.entries()) {
    if (metadata.has(key)) place.field('metadata_props', i, key).fail('duplicate-name', 'has the key of another entry');
    metadata.set(key, value);
  }
  return metadata;
}

/** @throws ModelFileError where standard operators are used and no version of them is stated. */
function remarksOn(
  graph: Graph,
  opsets: ReadonlyMap<string, number>,
  functions: ReadonlyMap<string, GraphFunction>,
  place: Place,
): readonly string[] {
  const remarks = new Map<string, string>();
  const opset = opsets.get('');
  if (opset !== undefined && (opset < opsetRange.least || opset > opsetRange.most)) {
    const known = `${opsetRange.least} to ${opsetRange.most}`;
    remarks.set(
      '',
      `The standard operators are those of version ${opset}; ${known} are known here, so some may mean another thing.`,
    );
  }
  for (const node of nodesOf(graph)) {
    if (opsets.has(node.domain) || functions.has(calledKey(node))) continue;
    if (node.domain === '') {
      const rule = `names no version of the standard operators, but ${nodeTitle(node)} is one`;
      place.field('opset_import').fail('missing-field', rule);
    }
    remarks.set(
      node.domain,
      `Operators of ${quoted(node.domain)} are used, but opset_import states no version of them.`,
    );
  }
  return [...remarks.values()];
}
