/**
 * Writes the smallest ONNX models there are, one operator each, straight as protocol-buffer bytes.
 * Field numbers are those of onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3).
 */

export type OnnxType = 'float' | 'uint8';

/** A graph input or output, or with `data` a constant. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: readonly number[];
}

export interface OnnxConstant extends OnnxTensor {
  /** Little-endian, as many bytes as `dims` say. */
  readonly data: Uint8Array;
}

export interface OnnxModel {
  readonly operator: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  readonly attributes: Readonly<Record<string, number>>;
  readonly inputs: readonly OnnxTensor[];
  readonly constants: readonly OnnxConstant[];
  readonly output: OnnxTensor;
}

/** Version of the file format, and of the operators: the first that MatMulNBits' host versions all read. */
const irVersion = 8;
const opset = 17;
const contribDomain = 'com.microsoft';

const dataTypes: Readonly<Record<OnnxType, number>> = { float: 1, uint8: 2 };
const bytesOf: Readonly<Record<OnnxType, number>> = { float: 4, uint8: 1 };

/** ModelProto bytes. @throws RangeError where a constant has another length than its dims say. */
export function encodeModel(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const names = [...model.inputs, ...model.constants].map(({ name }) => name);
  const node = message([
    ...names.map((name) => text(1, name)),
    text(2, model.output.name),
    text(4, model.operator),
    ...Object.entries(model.attributes).map(([name, value]) => nested(5, attribute(name, value))),
    text(7, model.domain),
  ]);
  const graph = message([
    nested(1, node),
    text(2, 'baseline'),
    ...model.constants.map((constant) => nested(5, tensor(constant))),
    ...model.inputs.map((input) => nested(11, valueInfo(input))),
    nested(12, valueInfo(model.output)),
  ]);
  const opsets = [['', opset] as const, [contribDomain, 1] as const];
  return message([
    integer(1, irVersion),
    nested(7, graph),
    ...opsets.map(([domain, version]) => nested(8, message([text(1, domain), integer(2, version)]))),
  ]);
}

/** AttributeProto of type INT. */
function attribute(name: string, value: number): Uint8Array {
  return message([text(1, name), integer(3, value), integer(20, 2)]);
}

/** TensorProto with raw data. */
function tensor({ name, type, dims, data }: OnnxConstant): Uint8Array {
  const expected = dims.reduce((product, size) => product * size, bytesOf[type]);
  if (data.byteLength !== expected) {
    throw new RangeError(`${name} holds ${data.byteLength} bytes, and its dims say ${expected}.`);
  }
  return message([
    ...dims.map((size) => integer(1, size)),
    integer(2, dataTypes[type]),
    text(8, name),
    nested(9, data),
  ]);
}

/** ValueInfoProto of a tensor with known dims. */
function valueInfo({ name, type, dims }: OnnxTensor): Uint8Array {
  const shape = message(dims.map((size) => nested(1, message([integer(1, size)]))));
  const tensorType = message([integer(1, dataTypes[type]), nested(2, shape)]);
  return message([text(1, name), nested(2, message([nested(1, tensorType)]))]);
}

function message(fields: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(fields.reduce((sum, field) => sum + field.length, 0));
  let at = 0;
  for (const field of fields) {
    bytes.set(field, at);
    at += field.length;
  }
  return bytes;
}

/** Wire type 0: a varint. */
function integer(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(field * 8), ...varint(value)]);
}

/** Wire type 2: a length, then that many bytes. */
function nested(field: number, bytes: Uint8Array): Uint8Array {
  return message([Uint8Array.from([...varint(field * 8 + 2), ...varint(bytes.length)]), bytes]);
}

function text(field: number, value: string): Uint8Array {
  return nested(field, new TextEncoder().encode(value));
}

/** Seven bits a byte, low ones first; `value` is a non-negative integer below 2⁵³. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
