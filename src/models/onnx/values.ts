/** Files beside a model that hold one value each: a tensor, a sequence or an optional, as the ONNX project's tests give them. */

import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf';
import { errorText } from '../../kernel/outcome.js';
import { ModelFileError } from '../errors.js';
import type { ModelFile } from '../file.js';
import type { ValueType } from '../graph.js';
import { fromTensor, type HostValue } from '../run/values.js';
import {
  type OptionalProto,
  OptionalProtoSchema,
  type SequenceProto,
  SequenceProtoSchema,
  TensorProtoSchema,
} from './gen/onnx_pb.js';
import { Place } from './place.js';
import { scan } from './scan.js';
import { readTensor } from './tensors.js';

/**
 * @param type what the model says of the input or output, which decides how the bytes are read; a tensor where unknown.
 * @throws ModelFileError
 */
export function readValueFile(file: ModelFile, type?: ValueType): HostValue {
  const place = new Place(file.name);
  if (type?.kind === 'sequence') return sequenceOf(decode(file, SequenceProtoSchema), place);
  if (type?.kind === 'optional') return optionalOf(decode(file, OptionalProtoSchema), place);
  const tensor = readTensor(decode(file, TensorProtoSchema), place, []);
  // Programs whose arrays know no bfloat16 write its codes as unsigned integers.
  const coded = type?.kind === 'tensor' && type.type === 'bf16' && tensor.type === 'u16';
  return fromTensor(coded ? { ...tensor, type: 'bf16' } : tensor);
}

function sequenceOf(proto: SequenceProto, place: Place): HostValue {
  const tensors = proto.tensorValues.map((each, i) =>
    fromTensor(readTensor(each, place.field('tensor_values', i), [])),
  );
  const sequences = proto.sequenceValues.map((each, i) => sequenceOf(each, place.field('sequence_values', i)));
  const optionals = proto.optionalValues.map((each, i) => optionalOf(each, place.field('optional_values', i)));
  return { kind: 'sequence', items: [...tensors, ...sequences, ...optionals] };
}

function optionalOf(proto: OptionalProto, place: Place): HostValue {
  const { tensorValue, sequenceValue, optionalValue } = proto;
  // A tensor without a type stands for nothing.
  if (tensorValue && tensorValue.dataType !== 0) {
    return { kind: 'optional', value: fromTensor(readTensor(tensorValue, place.field('tensor_value'), [])) };
  }
  if (sequenceValue) return { kind: 'optional', value: sequenceOf(sequenceValue, place.field('sequence_value')) };
  if (optionalValue) return { kind: 'optional', value: optionalOf(optionalValue, place.field('optional_value')) };
  return { kind: 'optional' };
}

function decode<Desc extends DescMessage>(file: ModelFile, schema: Desc): MessageShape<Desc> {
  scan(file.name, file.bytes, schema);
  try {
    return fromBinary(schema, file.bytes);
  } catch (error) {
    const rule = `is no ${schema.typeName.split('.').at(-1)}: ${errorText(error)}`;
    throw new ModelFileError('malformed', file.name, 'the file', rule);
  }
}
