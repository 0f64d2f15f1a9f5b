/** AttributeProto to plain data. */
import type { Attribute, Graph, SparseTensor } from '../graph.js';
import { elementCount, type Tensor } from '../tensor.js';
import type { AttributeProto, GraphProto, SparseTensorProto, TensorProto } from './gen/onnx_pb.js';
import type { Place } from './place.js';
import { sizeOf, valueTypeOf } from './types.js';

/** What the reading of an attribute needs from around it. */
export interface Inside {
  readonly tensor: (proto: TensorProto, place: Place) => Tensor;
  readonly graph: (proto: GraphProto, place: Place) => Graph;
}

const fields = ['f', 'i', 's', 't', 'g', 'floats', 'ints', 'strings', 'tensors', 'graphs'] as const;
const rareFields = ['sparseTensor', 'sparseTensors', 'tp', 'typeProtos'] as const;
type Field = (typeof fields)[number] | (typeof rareFields)[number];

/** AttributeType 1, 2, … in their published order. */
const byType: readonly Field[] = [...fields, ...rareFields];

const utf8 = new TextDecoder();

/** @throws ModelFileError where the declared type and what is there do not fit. */
export function readAttribute(proto: AttributeProto, place: Place, inside: Inside): Attribute {
  if (proto.refAttrName !== '') return { kind: 'reference', value: proto.refAttrName };
  const field = fieldOf(proto, place);
  const at = place.field(field);
  const some = <T>(value: T | undefined): T =>
    value ?? at.fail('missing-field', 'is absent, but the type says that it is there');
  switch (field) {
    case 'f':
      return { kind: 'float', value: proto.f ?? 0 };
    case 'i':
      return { kind: 'int', value: Number(proto.i ?? 0n) };
    case 's':
      return { kind: 'string', value: utf8.decode(proto.s) };
    case 't':
      return { kind: 'tensor', value: inside.tensor(some(proto.t), at) };
    case 'g':
      return { kind: 'graph', value: inside.graph(some(proto.g), at) };
    case 'floats':
      return { kind: 'floats', value: proto.floats };
    case 'ints':
      return { kind: 'ints', value: proto.ints.map(Number) };
    case 'strings':
      return { kind: 'strings', value: proto.strings.map((text) => utf8.decode(text)) };
    case 'tensors':
      return { kind: 'tensors', value: proto.tensors.map((tensor, i) => inside.tensor(tensor, place.field(field, i))) };
    case 'graphs':
      return { kind: 'graphs', value: proto.graphs.map((graph, i) => inside.graph(graph, place.field(field, i))) };
    case 'sparseTensor':
      return { kind: 'sparse', value: readSparse(some(proto.sparseTensor), at, inside) };
    case 'sparseTensors':
      return at.fail('unsupported-type', 'is a list of sparse tensors, which is not read');
    case 'tp':
      return { kind: 'type', value: some(valueTypeOf(some(proto.tp), at)) };
    case 'typeProtos':
      return { kind: 'types', value: proto.typeProtos.map((type) => some(valueTypeOf(type, at))) };
    default:
      return field satisfies never;
  }
}

/** The one field that holds the value; files of IR version 1 state no type, so then it is the one that is filled. */
function fieldOf(proto: AttributeProto, place: Place): Field {
  const filled = byType.filter((field) => {
    const value = proto[field];
    return value !== undefined && !(Array.isArray(value) && value.length === 0);
  });
  const declared = proto.type === 0 ? filled[0] : byType[proto.type - 1];
  if (proto.type === 0 && declared === undefined) place.fail('missing-field', 'has neither a type nor a value');
  if (declared === undefined)
    return place.field('type').fail('bad-value', `is ${proto.type}, but must be 1 to ${byType.length}`);
  const stray = filled.find((field) => field !== declared);
  if (stray !== undefined) place.fail('bad-value', `has a value in ${stray}, but its type says ${declared}`);
  return declared;
}

/** @throws ModelFileError where values and indices are not as many as each other. */
function readSparse(proto: SparseTensorProto, place: Place, inside: Inside): SparseTensor {
  const values = inside.tensor(proto.values ?? place.fail('missing-field', 'has no values'), place.field('values'));
  const indices = inside.tensor(proto.indices ?? place.fail('missing-field', 'has no indices'), place.field('indices'));
  const dims = proto.dims.map((dim) => sizeOf(dim, place.field('dims')));
  const at = place.field('indices');
  if (indices.type !== 'i64') at.fail('bad-value', `are of type ${indices.type}, but must be i64`);
  const count = elementCount(values.dims);
  const expected = indices.dims.length === 2 ? [count, dims.length] : [count];
  if (indices.dims.join() !== expected.join()) {
    at.fail('bad-shape', `have shape [${indices.dims.join(',')}], but ${count} values need [${expected.join(',')}]`);
  }
  return { values, indices, dims };
}
