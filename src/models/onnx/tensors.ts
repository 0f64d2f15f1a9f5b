/** TensorProto to `Tensor`: views of the file's bytes wherever the wire holds them as they are. */
import type { ModelFile } from '../file.js';
import {
  byteLengthOf,
  describeType,
  type ElementType,
  elementCount,
  groupOf,
  isCountable,
  type Tensor,
} from '../tensor.js';
import { externalBytes } from './external.js';
import type { TensorProto } from './gen/onnx_pb.js';
import type { Place } from './place.js';
import { elementTypeOf, sizeOf } from './types.js';
import { integersOf } from './varints.js';

/** The fields of TensorProto that can hold its elements, apart from raw_data and external files. */
const typedFields = {
  float_data: 'floatData',
  double_data: 'doubleData',
  int32_data: 'int32Data',
  int64_data: 'int64Data',
  uint64_data: 'uint64Data',
  string_data: 'stringData',
} as const;

type TypedField = keyof typeof typedFields;

const utf8 = new TextDecoder();

/**
 * @param companions files that may hold external data.
 * @throws ModelFileError for types, shapes and sizes that do not fit, and for external data that cannot be had.
 */
export function readTensor(proto: TensorProto, place: Place, companions: readonly ModelFile[]): Tensor {
  const { name } = proto;
  const type = elementTypeOf(proto.dataType, place.field('data_type'));
  const dims = proto.dims.map((dim) => sizeOf(dim, place.field('dims')));
  if (!isCountable(dims))
    place.field('dims').fail('bad-shape', `are [${dims.join(',')}], more elements than can be counted`);
  if (proto.segment)
    place.field('segment').fail('unsupported-version', 'splits the tensor into parts, which is not read');
  if (proto.dataLocation !== 0 && proto.dataLocation !== 1) {
    place.field('data_location').fail('bad-value', `is ${proto.dataLocation}, but must be 0 (here) or 1 (external)`);
  }
  const sources = sourcesOf(proto);
  if (sources.length > 1) place.fail('bad-value', `has its elements twice, in ${sources.join(' and in ')}`);
  const expected = fieldFor(type);
  const [source] = sources;
  if (source !== undefined && source !== expected && (type === 'string' || source in typedFields)) {
    place.field(source).fail('bad-value', `holds the elements, but those of type ${type} belong in ${expected}`);
  }
  if (type === 'string') {
    return { name, type, dims, bytes: new Uint8Array(0), strings: readStrings(proto, dims, place) };
  }
  return { name, type, dims, bytes: readBytes(proto, source, type, dims, place, companions) };
}

function readBytes(
  proto: TensorProto,
  source: string | undefined,
  type: ElementType,
  dims: readonly number[],
  place: Place,
  companions: readonly ModelFile[],
): Uint8Array<ArrayBuffer> {
  const count = elementCount(dims);
  const needed = byteLengthOf(type, count);
  if (source === 'an external file') return externalBytes(proto, needed, place, companions);
  if (source === undefined) {
    if (needed > 0) place.fail('missing-field', `is ${describeType(type, dims)}, but has no elements`);
    return new Uint8Array(0);
  }
  const typed = source in typedFields ? (source as TypedField) : undefined;
  const bytes = typed === undefined ? proto.rawData! : typedBytes(proto, typed, type, count, place);
  if (bytes.length !== needed) {
    const rule = `has ${bytes.length} bytes, but ${describeType(type, dims)} needs ${needed}`;
    place.field(source).fail('size-mismatch', rule);
  }
  return bytes as Uint8Array<ArrayBuffer>;
}

/** Packed little-endian bytes; a view where the wire format is the same, which it is for floats. */
function typedBytes(proto: TensorProto, field: TypedField, type: ElementType, count: number, place: Place): Uint8Array {
  const runs = proto[typedFields[field]];
  if (field === 'float_data' || field === 'double_data') return joined(runs);
  // Below a byte, each integer holds one byte of packed elements.
  const group = groupOf(type);
  return integersOf(joined(runs), group > 1 ? 'u8' : type, Math.ceil(count / group), place.field(field));
}

/** A writer may split a packed run; hardly any does, so this hardly ever copies. */
function joined(runs: readonly Uint8Array[]): Uint8Array {
  if (runs.length === 1) return runs[0]!;
  const bytes = new Uint8Array(runs.reduce((sum, run) => sum + run.length, 0));
  let at = 0;
  for (const run of runs) {
    bytes.set(run, at);
    at += run.length;
  }
  return bytes;
}

function readStrings(proto: TensorProto, dims: readonly number[], place: Place): readonly string[] {
  const count = elementCount(dims);
  if (proto.stringData.length !== count) {
    const rule = `has ${proto.stringData.length} elements, but ${describeType('string', dims)} needs ${count}`;
    place.field('string_data').fail('size-mismatch', rule);
  }
  return proto.stringData.map((text) => utf8.decode(text));
}

/** Where the elements are; an empty raw_data is no place, since some writers set it always. */
function sourcesOf(proto: TensorProto): readonly string[] {
  const typed = Object.entries(typedFields).flatMap(([field, key]) => (proto[key].length > 0 ? [field] : []));
  const raw = proto.rawData !== undefined && proto.rawData.length > 0 ? ['raw_data'] : [];
  return [...raw, ...typed, ...(proto.dataLocation === 1 ? ['an external file'] : [])];
}

function fieldFor(type: ElementType): TypedField {
  if (type === 'string') return 'string_data';
  if (type === 'f32' || type === 'c64') return 'float_data';
  if (type === 'f64' || type === 'c128') return 'double_data';
  if (type === 'i64') return 'int64_data';
  return type === 'u32' || type === 'u64' ? 'uint64_data' : 'int32_data';
}
