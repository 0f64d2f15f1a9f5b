/** GraphProto and FunctionProto to `Graph` and `GraphFunction`: names unique, values produced, nodes in an order that runs. */

import type { ModelFile } from '../file.js';
import type { Attribute, Graph, GraphFunction, Node, Value, ValueType } from '../graph.js';
import { nodeTitle } from '../graph.js';
import { topologicalOrder } from '../order.js';
import type { Tensor } from '../tensor.js';
import { type Inside, readAttribute } from './attributes.js';
import type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  NodeProto,
  OperatorSetIdProto,
  ValueInfoProto,
} from './gen/onnx_pb.js';
import type { Place } from './place.js';
import { readTensor } from './tensors.js';
import { valueTypeOf } from './types.js';

/** Names that a graph takes from around it, each with one place where it does. */
type Captures = ReadonlyMap<string, Place>;

interface ReadNode {
  readonly node: Node;
  readonly place: Place;
  /** What its subgraphs take from around them. */
  readonly captured: Captures;
}

/** @throws ModelFileError `dangling` where a value is used that nothing in the graph produces, and all that its parts throw. */
export function readMainGraph(proto: GraphProto, place: Place, companions: readonly ModelFile[]): Graph {
  const { graph, captures } = readGraph(proto, place, companions);
  refuseDangling(captures);
  return graph;
}

function readGraph(
  proto: GraphProto,
  place: Place,
  companions: readonly ModelFile[],
): { readonly graph: Graph; readonly captures: Captures } {
  const initializers = readInitializers(proto, place, companions);
  const listed = readValues(proto.input, place, 'input');
  const outputs = readValues(proto.output, place, 'output');
  const known = new Set([...listed.map(({ name }) => name), ...initializers.keys()]);
  const read = readNodes(proto.node, place, companions);
  const { nodes, captures } = connect(read, known, place);
  const produced = new Set(nodes.flatMap((node) => node.outputs));
  outputs.forEach(({ name }, i) => {
    if (!known.has(name) && !produced.has(name)) captures.set(name, place.field('output', i, name));
  });
  const types = new Map<string, ValueType>();
  for (const { name, type } of [...listed, ...outputs, ...readValues(proto.valueInfo, place, 'value_info')]) {
    if (type !== undefined) types.set(name, type);
  }
  const inputs = listed.filter(({ name }) => !initializers.has(name));
  return { graph: { name: proto.name, inputs, outputs, nodes, initializers, types }, captures };
}

/** @throws ModelFileError also where a node refers to an attribute that the function does not declare. */
export function readFunction(proto: FunctionProto, place: Place, companions: readonly ModelFile[]): GraphFunction {
  const { name, domain, overload, input, output, attribute: attributes } = proto;
  if (name === '') place.field('name').fail('missing-field', 'is empty, but functions are called by name');
  refuseTwice(input, place.field('input'));
  const read = readNodes(proto.node, place, companions);
  const { nodes, captures } = connect(read, new Set(input), place);
  const produced = new Set([...input, ...nodes.flatMap((node) => node.outputs)]);
  output.forEach((value, i) => {
    if (!produced.has(value)) captures.set(value, place.field('output', i, value));
  });
  refuseDangling(captures);
  const inside = insideOf(new Map(), companions);
  const defaults = readAttributes(proto.attributeProto, place.field('attribute_proto'), inside);
  refuseTwice([...attributes, ...defaults.keys()], place.field('attribute'));
  const opsets = readOpsets(proto.opsetImport, place);
  return {
    domain: standard(domain),
    name,
    overload,
    inputs: input,
    outputs: output,
    nodes,
    attributes,
    defaults,
    opsets,
  };
}

/** Operator sets by domain. @throws ModelFileError `duplicate-name` where a domain has two versions. */
export function readOpsets(protos: readonly OperatorSetIdProto[], place: Place): ReadonlyMap<string, number> {
  const opsets = new Map<string, number>();
  for (const [i, { domain, version }] of protos.entries()) {
    const at = place.field('opset_import', i);
    if (version === undefined) at.field('version').fail('missing-field', 'is absent');
    const name = standard(domain);
    const number = Number(version);
    if (number < 1 || number > 1e6)
      at.field('version').fail('unsupported-version', `is ${number}, which no operator set has`);
    if ((opsets.get(name) ?? number) !== number) at.fail('duplicate-name', 'gives its domain a second version');
    opsets.set(name, number);
  }
  return opsets;
}

function readInitializers(
  proto: GraphProto,
  place: Place,
  companions: readonly ModelFile[],
): ReadonlyMap<string, Tensor> {
  const initializers = new Map<string, Tensor>();
  for (const [i, tensor] of proto.initializer.entries()) {
    const at = place.field('initializer', i, tensor.name);
    if (tensor.name === '') at.field('name').fail('missing-field', 'is empty, but nodes refer to initializers by name');
    if (initializers.has(tensor.name)) at.fail('duplicate-name', 'has the name of another initializer');
    initializers.set(tensor.name, readTensor(tensor, at, companions));
  }
  if (proto.sparseInitializer.length > 0) {
    place.field('sparse_initializer', 0).fail('unsupported-type', 'is sparse, which is not read; store it dense');
  }
  return initializers;
}

function readValues(protos: readonly ValueInfoProto[], place: Place, field: string): readonly Value[] {
  const names = new Set<string>();
  return protos.map(({ name, type: proto }, i) => {
    const at = place.field(field, i, name);
    if (name === '') at.field('name').fail('missing-field', 'is empty');
    // Types may be stated twice, and some exporters do; inputs and outputs may not.
    if (names.has(name) && field !== 'value_info') at.fail('duplicate-name', `has the name of another ${field}`);
    names.add(name);
    const type = valueTypeOf(proto, at);
    return type === undefined ? { name } : { name, type };
  });
}

function readNodes(protos: readonly NodeProto[], place: Place, companions: readonly ModelFile[]): readonly ReadNode[] {
  return protos.map((proto, i) => {
    const { name, opType: op, overload, input: inputs, output: outputs } = proto;
    const at = place.field('node', i, name);
    if (op === '') at.field('op_type').fail('missing-field', 'is empty, but every node must name its operator');
    const captured = new Map<string, Place>();
    const attributes = readAttributes(proto.attribute, at.field('attribute'), insideOf(captured, companions));
    return {
      node: { name, op, domain: standard(proto.domain), overload, inputs, outputs, attributes },
      place: at,
      captured,
    };
  });
}

function readAttributes(
  protos: readonly AttributeProto[],
  place: Place,
  inside: Inside,
): ReadonlyMap<string, Attribute> {
  const attributes = new Map<string, Attribute>();
  for (const [i, proto] of protos.entries()) {
    const at = place.at(i, proto.name);
    if (proto.name === '') at.field('name').fail('missing-field', 'is empty');
    if (attributes.has(proto.name)) at.fail('duplicate-name', 'has the name of another attribute of its node');
    attributes.set(proto.name, readAttribute(proto, at, inside));
  }
  return attributes;
}

/** Reads what attributes hold; what their subgraphs take from around them is added to `captured`. */
function insideOf(captured: Map<string, Place>, companions: readonly ModelFile[]): Inside {
  return {
    tensor: (proto, place) => readTensor(proto, place, companions),
    graph: (proto, place) => {
      const { graph, captures } = readGraph(proto, place, companions);
      for (const [name, at] of captures) if (!captured.has(name)) captured.set(name, at);
      return graph;
    },
  };
}

/**
 * Finds what each node waits for, and sorts. The format asks for sorted nodes; where they are not, but could be, they are.
 * @param known names that are there before any node runs.
 */
function connect(
  read: readonly ReadNode[],
  known: ReadonlySet<string>,
  place: Place,
): { readonly nodes: readonly Node[]; readonly captures: Map<string, Place> } {
  const producers = new Map<string, number>();
  for (const [i, { node, place: at }] of read.entries()) {
    for (const [k, name] of node.outputs.entries()) {
      if (name === '') continue;
      if (known.has(name) || producers.has(name)) {
        at.field('output', k, name).fail('duplicate-name', 'is the name of another value of the graph');
      }
      producers.set(name, i);
    }
  }
  const captures = new Map<string, Place>();
  const dependencies = read.map(({ node, place: at, captured }) => {
    const before: number[] = [];
    const need = (name: string, where: () => Place): void => {
      const producer = producers.get(name);
      if (producer !== undefined) before.push(producer);
      else if (!known.has(name) && !captures.has(name)) captures.set(name, where());
    };
    node.inputs.forEach((name, k) => {
      if (name !== '') need(name, () => at.field('input', k, name));
    });
    for (const [name, where] of captured) need(name, () => where);
    return before;
  });
  const sorted = topologicalOrder(dependencies);
  if ('cycle' in sorted) {
    const titles = sorted.cycle.map((i) => nodeTitle(read[i]!.node));
    refuseCycle(titles, place.field('node'));
  }
  return { nodes: sorted.order.map((i) => read[i]!.node), captures };
}

/** @throws ModelFileError always, naming the first few on the way round. */
export function refuseCycle(names: readonly string[], place: Place): never {
  const way = names.slice(0, 5).join(' needs ');
  const rest = names.length > 5 ? ` needs ${names.length - 5} more, and these` : '';
  place.fail('cycle', `has a cycle: ${way}${rest} needs ${names[0]}`);
}

function refuseDangling(captures: Captures): void {
  for (const place of captures.values()) {
    place.fail('dangling', 'is a value that no input, initializer or node produces');
  }
}

function refuseTwice(names: readonly string[], place: Place): void {
  const seen = new Set<string>();
  for (const [i, name] of names.entries()) {
    if (seen.has(name)) place.at(i, name).fail('duplicate-name', 'is there twice');
    seen.add(name);
  }
}

/** The standard domain goes by two names. */
function standard(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}
