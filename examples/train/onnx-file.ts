/** Writes graphs of a few operators as ONNX files, with the schema that this project reads them by. */
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from '../../src/models/onnx/gen/onnx_pb.js';

/** Numbers of element types in the format. */
const types = { f32: 1, i64: 7 } as const;
type Type = keyof typeof types;

/** A number, or the name of a size that the caller decides. */
type Dim = number | string;

type Attribute = number | readonly number[] | { readonly float: number };

export interface OnnxFile {
  readonly name: string;
  readonly about: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Collects nodes and tensors; each node's output is named after the node. */
export class OnnxWriter {
  private readonly nodes: MessageInitShape<typeof NodeProtoSchema>[] = [];
  private readonly tensors: MessageInitShape<typeof TensorProtoSchema>[] = [];
  private readonly inputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  private readonly outputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];

  input(name: string, type: Type, dims: readonly Dim[]): string {
    this.inputs.push(valueInfo(name, type, dims));
    return name;
  }

  output(name: string, type: Type, dims: readonly Dim[]): void {
    this.outputs.push(valueInfo(name, type, dims));
  }

  floats(name: string, dims: readonly number[], data: Float32Array<ArrayBuffer>): string {
    return this.tensor(name, 'f32', dims, new Uint8Array(data.slice().buffer));
  }

  integers(name: string, dims: readonly number[], data: readonly number[]): string {
    return this.tensor(name, 'i64', dims, new Uint8Array(BigInt64Array.from(data, BigInt).buffer));
  }

  private tensor(name: string, type: Type, dims: readonly number[], rawData: Uint8Array<ArrayBuffer>): string {
    this.tensors.push(create(TensorProtoSchema, { name, dataType: types[type], dims: dims.map(BigInt), rawData }));
    return name;
  }

  /** @returns the name of its (first) output: the node's own, or several given apart. */
  node(
    op: string,
    name: string,
    input: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output: readonly string[] = [name],
  ): string {
    const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(key, value));
    this.nodes.push(create(NodeProtoSchema, { opType: op, name, input: [...input], output: [...output], attribute }));
    return output[0] ?? name;
  }

  /** The file, of opset 17. */
  bytes({ name, about, metadata }: OnnxFile): Uint8Array {
    const model = create(ModelProtoSchema, {
      irVersion: 8n,
      producerName: 'tilewatt',
      docString: about,
      opsetImport: [{ version: 17n }],
      graph: { name, node: this.nodes, initializer: this.tensors, input: this.inputs, output: this.outputs },
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    });
    return toBinary(ModelProtoSchema, model);
  }
}

function attributeOf(name: string, value: Attribute): MessageInitShape<typeof AttributeProtoSchema> {
  if (typeof value === 'number') return { name, type: 2, i: BigInt(value) };
  if ('float' in value) return { name, type: 1, f: value.float };
  return { name, type: 7, ints: value.map(BigInt) };
}

function valueInfo(name: string, type: Type, dims: readonly Dim[]): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = dims.map((size) => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size },
  }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: types[type], shape: { dim } } } },
  });
}
