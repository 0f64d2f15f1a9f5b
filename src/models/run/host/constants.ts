/** Constants, and operators that hand their input on. */
import type { HostOperator } from '../call.js';
import { room } from '../room.js';
import { type HostTensor, hostStrings, hostTensor } from '../values.js';

const constant: HostOperator = (call) => {
  const value = call.tensor('value');
  if (value !== undefined) return [value];
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
