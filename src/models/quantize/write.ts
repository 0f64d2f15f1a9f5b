/** Quantized models as ONNX files: the old file's bytes where nothing changed, new records where something did. */
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import type { ModelFile } from '../file.js';
import type { Attribute, Model, Node } from '../graph.js';
import {
  type AttributeProto,
  AttributeProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
} from '../onnx/gen/onnx_pb.js';
import { decodeModel } from '../onnx/read.js';
import { dataTypeOf } from '../onnx/types.js';
import type { Tensor } from '../tensor.js';
import { QuantizeError } from './errors.js';
import { build } from './forms.js';
import { lmulDomain } from './lmul-form.js';
import { irVersionFor, opsetFor } from './opset.js';
import type { Quantized } from './quantize.js';
import { headOf, lengthOf, numberRecord, recordsOf } from './wire.js';

type Bytes = Uint8Array<ArrayBuffer>;

export interface Written {
  /** To be joined, in a Blob or a file; unchanged ones are views of the old file. */
  readonly parts: readonly Bytes[];
  readonly bytes: number;
  readonly opset: number;
  /** Layers whose weights stay f32 in the file, because ONNX has no form for their scheme. */
  readonly plain: readonly string[];
}

/**
 * The file of a quantized model.
 * @param file that the model was read from, unchanged.
 * @param form `qdq` for DequantizeLinear everywhere, `nbits` for com.microsoft.MatMulNBits or MatMulBnb4 where a layer fits it.
 * @throws QuantizeError `not-writable` where operators stand in the way of the opset, or only this executor could run it.
 */
export function writeQuantizedOnnx(file: ModelFile, quantized: Quantized, form: 'qdq' | 'nbits' = 'qdq'): Written {
  const { original, quantized: layers, scheme } = quantized;
  if (scheme.lmul !== undefined)
    throw new QuantizeError('not-writable', file.name, 'multiplies by L-Mul, which no ONNX operator does');
  const { model, opset: needed, plain } = build(original, layers, scheme, form);
  const opset = opsetFor(original, needed);
  const parts = splice(file, original, model, opset);
  return { parts, bytes: lengthOf(parts), opset, plain };
}

/** Parts joined into one array, for tests and small files. */
export function joined(parts: readonly Bytes[]): Bytes {
  const bytes = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Fields of ModelProto and GraphProto, by the format's published numbers. */
const modelFields = { irVersion: 1, graph: 7, opsetImport: 8 } as const;
const graphFields = { node: 1, initializer: 5, input: 11, valueInfo: 13 } as const;

/**
 * A changed model as parts.
 * @param original as read from the file; nodes and tensors that the changed model shares with it keep their bytes.
 */
export function splice(file: ModelFile, original: Model, changed: Model, opset: number): readonly Bytes[] {
  const proto = decodeModel(file);
  const irVersion = Math.max(Number(proto.irVersion ?? 0n), irVersionFor(opset), 4);
  const parts: Bytes[] = [numberRecord(modelFields.irVersion, irVersion)];
  for (const record of recordsOf(file.bytes)) {
    if (record.field === modelFields.irVersion || record.field === modelFields.opsetImport) continue;
    if (record.field !== modelFields.graph) {
      parts.push(record.bytes);
      continue;
    }
    const graph = graphParts(record.content, original, changed);
    parts.push(headOf(modelFields.graph, lengthOf(graph)), ...graph);
  }
  for (const [domain, version] of changed.opsets) {
    const standard = domain === '' || domain === 'ai.onnx';
    const message = create(OperatorSetIdProtoSchema, { domain, version: BigInt(standard ? opset : version) });
    parts.push(...framed(modelFields.opsetImport, toBinary(OperatorSetIdProtoSchema, message)));
  }
  return parts;
}

function graphParts(content: Bytes, original: Model, changed: Model): readonly Bytes[] {
  const { graph } = changed;
  const oldNodes = new Set(original.graph.nodes);
  const values = new Set([...graph.initializers.keys(), ...graph.nodes.flatMap(({ outputs }) => outputs)]);
  const nodes = new Map<string, Bytes>();
  const rest: Bytes[] = [];
  const kept = new Set<string>();
  for (const record of recordsOf(content)) {
    const { field, bytes } = record;
    if (field === graphFields.node) nodes.set(namesIn(record.content, 2).join('\0'), bytes);
    else if (field === graphFields.initializer) {
      const [name = ''] = namesIn(record.content, 8);
      if (graph.initializers.get(name) !== original.graph.initializers.get(name) || !graph.initializers.has(name))
        continue;
      kept.add(name);
      rest.push(bytes);
    } else if (field === graphFields.input) {
      // Before IR version 4 every initializer was an input as well, which would let a caller overwrite it.
      if (!original.graph.initializers.has(namesIn(record.content, 1)[0] ?? '')) rest.push(bytes);
    } else if (field === graphFields.valueInfo) {
      if (values.has(namesIn(record.content, 1)[0] ?? '')) rest.push(bytes);
    } else rest.push(bytes);
  }
  const ordered = graph.nodes.flatMap((node): readonly Bytes[] => {
    const old = oldNodes.has(node) ? nodes.get(node.outputs.join('\0')) : undefined;
    return old ? [old] : framed(graphFields.node, encodeNode(node));
  });
  const added = [...graph.initializers.values()]
    .filter(({ name }) => !kept.has(name))
    .flatMap((tensor) => tensorParts(tensor));
  return [...ordered, ...rest, ...added];
}

const utf8 = new TextDecoder();

/** All texts of a field of a message. */
function namesIn(message: Bytes, field: number): readonly string[] {
  return [...recordsOf(message)].filter((record) => record.field === field).map(({ content }) => utf8.decode(content));
}

function framed(field: number, content: Uint8Array): readonly Bytes[] {
  return [headOf(field, content.length), Uint8Array.from(content)];
}

/** A tensor with its elements as a part of their own, so that they are not copied. */
function tensorParts({ name, type, dims, bytes }: Tensor): readonly Bytes[] {
  const dataType = dataTypeOf(type);
  if (dataType === undefined)
    throw new QuantizeError('not-writable', `"${name}"`, `is ${type}, which ONNX does not have`);
  const head = toBinary(TensorProtoSchema, create(TensorProtoSchema, { name, dataType, dims: dims.map(BigInt) }));
  const rawField = 9;
  const content: readonly Bytes[] = [Uint8Array.from(head), headOf(rawField, bytes.length), bytes];
  return [headOf(graphFields.initializer, lengthOf(content)), ...content];
}

function encodeNode({ name, op, domain, overload, inputs, outputs, attributes }: Node): Uint8Array {
  if (domain === lmulDomain)
    throw new QuantizeError('not-writable', `"${name}"`, 'is an operator of this executor alone');
  const attribute = [...attributes].map(([key, value]) => encodeAttribute(key, value));
  const message = create(NodeProtoSchema, {
    name,
    opType: op,
    domain,
    overload,
    input: [...inputs],
    output: [...outputs],
    attribute,
  });
  return toBinary(NodeProtoSchema, message);
}

/** Attributes of the operators that quantization changes; others have none of the further kinds. */
function encodeAttribute(name: string, attribute: Attribute): AttributeProto {
  const of = (type: number, value: MessageInitShape<typeof AttributeProtoSchema>): AttributeProto =>
    create(AttributeProtoSchema, { ...value, name, type });
  switch (attribute.kind) {
    case 'float':
      return of(1, { f: attribute.value });
    case 'int':
      return of(2, { i: BigInt(attribute.value) });
    case 'string':
      return of(3, { s: new TextEncoder().encode(attribute.value) });
    case 'floats':
      return of(6, { floats: [...attribute.value] });
    case 'ints':
      return of(7, { ints: attribute.value.map(BigInt) });
    case 'strings':
      return of(8, { strings: attribute.value.map((text) => new TextEncoder().encode(text)) });
    default:
      throw new QuantizeError('not-writable', `Attribute "${name}"`, `holds ${attribute.kind}, which is not written`);
  }
}
