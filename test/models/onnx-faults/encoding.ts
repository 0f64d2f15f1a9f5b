/** Faults of the encoding: records that break off or are no protobuf, and counts and depths that would take too much. */
import { create } from '@bufbuild/protobuf';
import { TypeProtoSchema } from '../../../src/models/onnx/gen/onnx_pb.js';
import { type Fault, fault, nested, node, record, spoiled, whole } from '../../support/onnx-model.js';

const join = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

const repeated = (count: number, ...record: readonly number[]): Uint8Array<ArrayBuffer> => {
  const all = new Uint8Array(count * record.length);
  for (let i = 0; i < all.length; i++) all[i] = record[i % record.length]!;
  return all;
};

/** ir_version and operator set, then a graph with that content. */
const withGraph = (content: Uint8Array): Uint8Array<ArrayBuffer> =>
  join(Uint8Array.of(0x08, 10, 0x42, 2, 0x10, 21), record(7, content));

export const encoding: readonly Fault[] = [
  ['an empty file', 'truncated', 'the file', () => new Uint8Array(0)],
  ['a file cut in its graph', 'truncated', 'graph', () => whole.slice(0, 200)],
  ['a file cut in its first number', 'truncated', 'ir_version', () => Uint8Array.of(0x08, 0x80)],
  ['a file cut in a tag', 'truncated', 'the file', () => Uint8Array.of(0x80)],
  [
    'a tensor longer than its graph',
    'truncated',
    'graph.initializer[0]',
    () => withGraph(Uint8Array.of(0x2a, 9, 0x4a)),
  ],
  [
    'an integer of eleven bytes',
    'malformed',
    'ir_version',
    () => join(Uint8Array.of(0x08), repeated(10, 0xff), Uint8Array.of(1)),
  ],
  ['field number zero', 'malformed', 'the file', () => Uint8Array.of(0x02, 0)],
  ['a group', 'malformed', 'the file', () => join(whole, Uint8Array.of(0xa3, 6))],
  ['a wire type that does not exist', 'malformed', 'the file', () => join(whole, Uint8Array.of(0xa7, 6))],
  ['a graph that is a number', 'malformed', 'graph', () => Uint8Array.of(0x38, 1)],
  ['a name that is no UTF-8', 'malformed', 'the file', () => join(whole, Uint8Array.of(0x12, 2, 0xc3, 0x28))],
  [
    'floats that are not packed',
    'malformed',
    'graph.initializer[0].float_data[0]',
    () => withGraph(record(5, Uint8Array.of(0x25, 0, 0, 0, 0))),
  ],
  [
    'packed dims that end early',
    'truncated',
    'graph.initializer[1].dims[0]',
    () => withGraph(join(record(5, Uint8Array.of()), record(5, Uint8Array.of(0x0a, 1, 0x80)))),
  ],
  [
    'packed floats of five bytes',
    'malformed',
    'graph.node[0].attribute[0].floats[0]',
    () => withGraph(record(1, record(5, record(7, new Uint8Array(5))))),
  ],
  ['10 MB of empty nodes', 'too-many', 'graph', () => withGraph(repeated(5_000_000, 0x0a, 0))],
  [
    '150,000 nodes that could run',
    'too-many',
    'graph.node[99998]',
    () =>
      spoiled(({ graph }) => {
        for (let k = 0; k < 150_000; k++) graph.node.push(node('Neg', ['X'], [`n${k}`]));
      }),
  ],
  ['10 MB of empty input names', 'too-many', 'graph.node[0]', () => withGraph(record(1, repeated(3_000_000, 0x0a, 0)))],
  [
    '3 million integers in an attribute',
    'too-many',
    'graph.node[0].attribute[0].ints',
    () => withGraph(record(1, record(5, record(8, new Uint8Array(3_000_000))))),
  ],
  ['3 million unknown fields', 'too-many', 'the file', () => repeated(3_000_000, 0xf8, 0x7f, 0)],
  fault(
    '33 graphs in each other',
    'too-deep',
    'graph.node[0].attribute[0].g',
    ({ model }) => (model.graph = nested(33)),
  ),
  fault('a sequence of sequences of …', 'too-deep', 'graph.input[0].type', ({ graph }) => {
    let type = create(TypeProtoSchema, { value: { case: 'tensorType', value: { elemType: 1 } } });
    for (let i = 0; i < 60; i++)
      type = create(TypeProtoSchema, { value: { case: 'sequenceType', value: { elemType: type } } });
    graph.input[0]!.type = type;
  }),
];
