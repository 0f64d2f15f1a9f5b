/** Element types and value types of ONNX, by their published numbers. */
import type { Dim, ValueType } from '../graph.js';
import type { ElementType } from '../tensor.js';
import type { TypeProto } from './gen/onnx_pb.js';
import type { Place } from './place.js';

/** TensorProto.DataType: the index is the number. */
const types: readonly (ElementType | undefined)[] = [
  undefined,
  'f32',
  'u8',
  'i8',
  'u16',
  'i16',
  'i32',
  'i64',
  'string',
  'bool',
  'f16',
  'f64',
  'u32',
  'u64',
  'c64',
  'c128',
  'bf16',
  'e4m3',
  'e4m3fnuz',
  'e5m2',
  'e5m2fnuz',
  'u4',
  'i4',
  'e2m1',
  'e8m0',
  'u2',
  'i2',
];

/** The number of a type in ONNX. Blocks of GGUF have none: undefined. */
export function dataTypeOf(type: ElementType): number | undefined {
  const number = types.indexOf(type);
  return number < 0 ? undefined : number;
}

/** Undefined where the number stands for no type that is read here. */
export function elementTypeNumbered(dataType: number): ElementType | undefined {
  return types[dataType];
}

/** @throws ModelFileError `unsupported-type`. */
export function elementTypeOf(dataType: number, place: Place): ElementType {
  return (
    types[dataType] ??
    place.fail('unsupported-type', `is ${dataType}, which stands for no element type that is read here`)
  );
}

/** @returns undefined where the file states no type. */
export function valueTypeOf(proto: TypeProto | undefined, place: Place): ValueType | undefined {
  const given = proto?.value;
  if (given === undefined || given.case === undefined) return undefined;
  if (given.case === 'tensorType' || given.case === 'sparseTensorType') {
    const { elemType, shape } = given.value;
    // Types are optional, and 0 says that this one is not known.
    if (elemType === 0) return undefined;
    const kind = given.case === 'tensorType' ? 'tensor' : 'sparse';
    const type = elementTypeOf(elemType, place.field('type.tensor_type.elem_type'));
    const dims = shape?.dim.map(({ value }): Dim => {
      if (value.case === 'dimParam') return value.value === '' ? undefined : value.value;
      // Some exporters write -1 where a size is not known.
      if (value.case !== 'dimValue' || value.value < 0n) return undefined;
      return sizeOf(value.value, place.field('type.tensor_type.shape'));
    });
    return dims === undefined ? { kind, type } : { kind, type, dims };
  }
  if (given.case === 'mapType') {
    const of = valueTypeOf(given.value.valueType, place);
    return of && { kind: 'map', key: elementTypeOf(given.value.keyType, place.field('type.map_type.key_type')), of };
  }
  const of = valueTypeOf(given.value.elemType, place);
  return of && { kind: given.case === 'sequenceType' ? 'sequence' : 'optional', of };
}

/** @throws ModelFileError `bad-shape` for a size that no tensor can have. */
export function sizeOf(value: bigint, place: Place): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) {
    place.fail('bad-shape', `has a dimension of ${value}, but sizes go from 0 to 2⁵³ − 1`);
  }
  return Number(value);
}
