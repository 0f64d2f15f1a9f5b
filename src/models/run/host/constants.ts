/** Constants, and operators that hand their input on. */
import type { SparseTensor } from '../../graph.js';
import type { HostCall, HostOperator } from '../call.js';
import { room } from '../room.js';
import { stridesOf } from '../shapes.js';
import { fromTensor, type HostTensor, hostStrings, hostTensor } from '../values.js';

const constant: HostOperator = (call) => {
  const value = call.tensor('value');
  if (value !== undefined) return [value];
  const sparse = call.node.attributes.get('sparse_value');
  if (sparse?.kind === 'sparse') return [densified(call, sparse.value)];
  const numbers = call.floats('value_floats');
  if (numbers !== undefined) return [hostTensor('f32', [numbers.length], numbers)];
  const integers = call.ints('value_ints');
  if (integers !== undefined) return [hostTensor('i64', [integers.length], integers)];
  const strings = call.strings('value_strings');
  if (strings !== undefined) return [hostStrings([strings.length], strings)];
  if (call.has('value_string')) return [hostStrings([], [call.string('value_string', '')])];
  if (call.has('value_float')) return [hostTensor('f32', [], [call.float('value_float', 0)])];
  if (call.has('value_int')) return [hostTensor('i64', [], [call.int('value_int', 0)])];
  return call.fail('unsupported-form', 'has none of the values that are known here');
};

/** Zeros, but for the values at flat positions or at coordinates. */
function densified(call: HostCall, { values, indices, dims }: SparseTensor): HostTensor {
  const { type, data } = fromTensor(values);
  const at = fromTensor(indices);
  const result = room(call, dims);
  const width = at.dims.length > 1 ? at.dims[1]! : 1;
  const strides = width === 1 ? [1] : stridesOf(dims);
  for (let i = 0; i < data.length; i++) {
    const place = strides.reduce((sum, stride, axis) => sum + at.data[i * width + axis]! * stride, 0);
    if (!(place >= 0 && place < result.length)) call.fail('bad-value', `sparse value ${i} lies outside [${dims}]`);
    result[place] = data[i]!;
  }
  return hostTensor(type, dims, result);
}

const constantOfShape: HostOperator = (call) => {
  const dims = Array.from(call.input(0).data);
  const { type, data } = call.tensor('value') ?? hostTensor('f32', [1], [0]);
  const result: HostTensor = {
    kind: 'tensor',
    type,
    dims,
    data: room(call, dims).fill(data[0] ?? 0),
  };
  return [result];
};

export default {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Identity: (call) => [call.inputs[0]],
} satisfies Readonly<Record<string, HostOperator>>;
