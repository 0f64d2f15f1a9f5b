/** Small ONNX models made in code, to be read as they are or spoiled in one way each. */
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import type { ModelFileFault } from '../../src/models/errors.js';
import {
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from '../../src/models/onnx/gen/onnx_pb.js';

export const fileName = 'model.onnx';

export interface Draft {
  readonly model: ModelProto;
  readonly graph: GraphProto;
}

/**
 * relu(X · W + B) with X f32[1,4], W f32[4,3] as raw_data, B f32[3] as float_data; then a branch that takes the
 * result from around it, a cast, and a constant with int64 elements.
 */
export function draft(): Draft {
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    producerName: 'test',
    opsetImport: [{ version: 21n }],
    graph: {
      name: 'small',
      input: [value('X', 1, [1n, 4n])],
      output: [value('Z', 1, [1n, 3n])],
      valueInfo: [value('XW', 1, [1n, 3n]), value('S', 1, [1n, 3n]), value('R', 1, [1n, 3n])],
      initializer: [
        tensor('W', 1, [4n, 3n], { rawData: bytesOf(Float32Array.from({ length: 12 }, (_, i) => i - 6)) }),
        tensor('B', 1, [3n], { floatData: [bytesOf(Float32Array.of(1, 2, 3))] }),
        tensor('yes', 9, [], { int32Data: [Uint8Array.of(1)] }),
        tensor('codes', 22, [5n], { rawData: Uint8Array.of(0x21, 0xf3, 0x08) }),
      ],
      node: [
        node('MatMul', ['X', 'W'], ['XW'], 'multiply'),
        node('Add', ['XW', 'B'], ['S']),
        node('Relu', ['S'], ['R']),
        node('If', ['yes'], ['C'], 'choose', {
          attribute: [
            {
              name: 'then_branch',
              type: 5,
              g: { name: 'then', node: [node('Neg', ['R'], ['N'])], output: [value('N')] },
            },
            {
              name: 'else_branch',
              type: 5,
              g: { name: 'else', node: [node('Abs', ['R'], ['A'])], output: [value('A')] },
            },
          ],
        }),
        node('Constant', [], ['shape'], '', {
          attribute: [{ name: 'value', type: 4, t: tensor('', 7, [2n], { int64Data: [Uint8Array.of(1, 3)] }) }],
        }),
        node('Reshape', ['C', 'shape'], ['Z'], '', { attribute: [{ name: 'allowzero', type: 2, i: 0n }] }),
      ],
    },
    metadataProps: [{ key: 'made by', value: 'a test' }],
  });
  return { model, graph: model.graph! };
}

/** The bytes of the small model after a change to it. */
export function spoiled(change: (draft: Draft) => void): Uint8Array<ArrayBuffer> {
  const made = draft();
  change(made);
  return toBinary(ModelProtoSchema, made.model);
}

/** The small model as it is. */
export const whole = spoiled(() => {});

/** A malformed file and what is said to it; `field` is a part of the path that is named. */
export type Fault = readonly [what: string, code: ModelFileFault, field: string, bytes: () => Uint8Array<ArrayBuffer>];

/** A fault that protobuf can express: the small model after a change. */
export function fault(what: string, code: ModelFileFault, field: string, change: (draft: Draft) => void): Fault {
  return [what, code, field, () => spoiled(change)];
}

export function node(
  opType: string,
  input: string[],
  output: string[],
  name = '',
  more: MessageInitShape<typeof NodeProtoSchema> = {},
): NodeProto {
  return create(NodeProtoSchema, { ...more, opType, input, output, name });
}

export function tensor(
  name: string,
  dataType: number,
  dims: bigint[],
  data: MessageInitShape<typeof TensorProtoSchema> = {},
): TensorProto {
  return create(TensorProtoSchema, { ...data, name, dataType, dims });
}

export function value(name: string, elemType = 1, dims?: bigint[]): ValueInfoProto {
  const shape = dims && { dim: dims.map((size) => ({ value: { case: 'dimValue' as const, value: size } })) };
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: shape ? { elemType, shape } : { elemType } } },
  });
}

/** A weight in another file. */
export function external(entries: Readonly<Record<string, string>>): TensorProto {
  const externalData = Object.entries(entries).map(([key, text]) => ({ key, value: text }));
  return tensor('E', 1, [4n], { dataLocation: 1, externalData });
}

/** A graph that holds graphs, so many of them in all, each in an attribute of a node of the one before. */
export function nested(depth: number): GraphProto {
  const graph = create(GraphProtoSchema, { name: `level ${depth}` });
  if (depth > 1) graph.node.push(node('If', [], [], '', { attribute: [{ name: 'g', type: 5, g: nested(depth - 1) }] }));
  return graph;
}

export function bytesOf(values: Float32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values.slice().buffer);
}

/** A length-delimited record; its content is given as bytes. */
export function record(field: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = [...varint(field * 8 + 2), ...varint(content.length)];
  const all = new Uint8Array(head.length + content.length);
  all.set(head);
  all.set(content, head.length);
  return all;
}

export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}
