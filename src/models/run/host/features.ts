/** The simple operators of ai.onnx.ml: labels, thresholds, chosen features. */
import type { HostCall, HostOperator } from '../call.js';
import { type HostTensor, hostStrings, hostTensor } from '../values.js';
import { indexWithin, layoutAround, pickAxes } from '../walk.js';

type Item = string | number;

interface Items {
  readonly type: HostTensor['type'];
  readonly items: readonly Item[];
}

/** A list of keys or values from whichever attribute holds it. */
function listOf(call: HostCall, name: 'keys' | 'values'): Items | undefined {
  const tensor = call.tensor(`${name}_tensor`);
  if (tensor) return { type: tensor.type, items: tensor.strings ?? Array.from(tensor.data) };
  const strings = call.strings(`${name}_strings`);
  if (strings) return { type: 'string', items: strings };
  const integers = call.ints(`${name}_int64s`);
  if (integers) return { type: 'i64', items: integers };
  const floats = call.floats(`${name}_floats`);
  return floats && { type: 'f32', items: floats };
}

function fallback(call: HostCall, type: HostTensor['type']): Item {
  const tensor = call.tensor('default_tensor');
  if (tensor) return tensor.strings?.[0] ?? tensor.data[0] ?? 0;
  if (type === 'string') return call.string('default_string', '_Unused');
  return type === 'i64' ? call.int('default_int64', -1) : call.float('default_float', -0);
}

const labelEncoder: HostOperator = (call) => {
  const input = call.input(0);
  // Version 1 has one list of classes, looked up in both directions.
  const classes = call.strings('classes_strings');
  const positions: Items = { type: 'i64', items: (classes ?? []).map((_, i) => i) };
  const named: Items = { type: 'string', items: classes ?? [] };
  const keys = classes ? (input.strings ? named : positions) : listOf(call, 'keys');
  const values = classes ? (input.strings ? positions : named) : listOf(call, 'values');
  if (keys === undefined || values === undefined || keys.items.length !== values.items.length)
    return call.fail('unsupported-form', 'keys and values are not lists of one length');
  // Map holds NaN equal to itself, as the operator asks.
  const table = new Map(keys.items.map((key, i) => [key, values.items[i]!]));
  const otherwise = fallback(call, values.type);
  const given: readonly Item[] = input.strings ?? Array.from(input.data);
  const found = given.map((item) => table.get(item) ?? otherwise);
  if (values.type === 'string') return [hostStrings(input.dims, found.map(String))];
  return [hostTensor(values.type, input.dims, found.map(Number))];
};

const binarizer: HostOperator = (call) => {
  const { type, dims, data } = call.input(0);
  const threshold = call.float('threshold', 0);
  return [
    hostTensor(
      type,
      dims,
      data.map((x) => (x > threshold ? 1 : 0)),
    ),
  ];
};

/** Takes columns of the last dimension; a line becomes a matrix of one row. */
const extractor: HostOperator = (call) => {
  const input = call.input(0);
  const dims = input.dims.length < 2 ? [1, ...(input.dims.length === 0 ? [1] : input.dims)] : input.dims;
  const { size } = layoutAround(dims, dims.length - 1);
  const maps: ArrayLike<number>[] = [];
  maps[dims.length - 1] = call.input(1).data.map((index) => indexWithin(call, index, size));
  return [pickAxes(call, { ...input, dims }, maps)];
};

export default {
  'ai.onnx.ml.LabelEncoder': labelEncoder,
  'ai.onnx.ml.Binarizer': binarizer,
  'ai.onnx.ml.ArrayFeatureExtractor': extractor,
} satisfies Readonly<Record<string, HostOperator>>;
