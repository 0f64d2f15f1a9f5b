/** Elements read anew as another type of the same width, bit by bit. */
import { encodeBfloat16 } from '../../../numerics/bfloat16.js';
import { encodeFloat16 } from '../../../numerics/float16.js';
import { bitsOf, type ElementType, elementCount } from '../../tensor.js';
import { numbersOf } from '../../values.js';
import type { HostOperator } from '../call.js';
import { type HostTensor, hostTensor } from '../values.js';
import { typeAttribute } from './cast.js';

const wide: Readonly<Partial<Record<ElementType, (data: Float64Array) => ArrayBufferView<ArrayBuffer>>>> = {
  f64: (data) => data.slice(),
  f32: (data) => Float32Array.from(data),
  i16: (data) => Int16Array.from(data),
  u16: (data) => Uint16Array.from(data),
  i32: (data) => Int32Array.from(data),
  u32: (data) => Uint32Array.from(data),
  i64: (data) => BigInt64Array.from(data, (value) => BigInt.asIntN(64, BigInt(value))),
  u64: (data) => BigUint64Array.from(data, (value) => BigInt.asUintN(64, BigInt(value))),
  f16: (data) => Uint16Array.from(data, encodeFloat16),
  bf16: (data) => Uint16Array.from(data, encodeBfloat16),
};

/** Codes of narrow elements, found in the list of all values that their type has; −0 is told from 0. */
function packed({ type, data }: HostTensor): Uint8Array<ArrayBuffer> {
  const bits = bitsOf(type);
  const each = 8 / bits;
  const all = Uint8Array.from({ length: 2 ** bits / each }, (_, i) => {
    return Array.from({ length: each }, (_, k) => (i * each + k) << (bits * k)).reduce((byte, code) => byte | code, 0);
  });
  const values = Array.from(numbersOf({ name: '', type, dims: [2 ** bits], bytes: all }));
  const key = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
  const codes = new Map(values.map((value, code) => [key(value), code] as const).reverse());
  const bytes = new Uint8Array(Math.ceil(data.length / each));
  data.forEach((value, i) => {
    bytes[Math.floor(i / each)]! |= (codes.get(key(value)) ?? 0) << (bits * (i % each));
  });
  return bytes;
}

/** Elements of types that are not bytes and cannot be told apart by their values (NaN with other bits) become the usual ones. */
const bitCast: HostOperator = (call) => {
  const x = call.input(0);
  const to = typeAttribute(call, 'to') ?? call.fail('bad-value', 'lacks the attribute to');
  if (x.type === 'string' || to === 'string') return call.fail('unsupported-type', 'text has no bits to read anew');
  if (bitsOf(x.type) !== bitsOf(to))
    return call.fail('bad-value', `${x.type} of ${bitsOf(x.type)} bits is not read as ${to} of ${bitsOf(to)}`);
  const view = wide[x.type]?.(x.data);
  const bytes = view ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : packed(x);
  const numbers = Float64Array.from(numbersOf({ name: '', type: to, dims: [elementCount(x.dims)], bytes }));
  return [hostTensor(to, x.dims, to === 'bool' ? numbers.map((value) => (value === 0 ? 0 : 1)) : numbers)];
};

export default { BitCast: bitCast } satisfies Readonly<Record<string, HostOperator>>;
