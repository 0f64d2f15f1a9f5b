/** Values as the host computes with them: numbers in doubles, rounded to their element type after every operator. */
import { roundToBfloat16 } from '../../numerics/bfloat16.js';
import { decodeFloat16, encodeFloat16 } from '../../numerics/float16.js';
import { type ElementType, elementCount, type Tensor } from '../tensor.js';
import { isDecodable, numbersOf } from '../values.js';
import { ModelRunError } from './errors.js';
import { scaleRounding, smallFloatRounding } from './small-floats.js';

/**
 * Numbers of any type lie in doubles: exact for all types but 64-bit integers beyond ±2⁵³, which no shape or index reaches.
 * Booleans are 0 and 1.
 */
export interface HostTensor {
  readonly kind: 'tensor';
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: Float64Array;
  /** The elements where the type is `string`; `data` is empty then. */
  readonly strings?: readonly string[];
}

export interface HostSequence {
  readonly kind: 'sequence';
  readonly items: readonly HostValue[];
}

export interface HostOptional {
  readonly kind: 'optional';
  readonly value?: HostValue;
}

export type HostValue = HostTensor | HostSequence | HostOptional;

const empty = new Float64Array();

/** @param data as many numbers as the dimensions hold; taken over, not copied, where it is a Float64Array. */
export function hostTensor(type: ElementType, dims: readonly number[], data: ArrayLike<number>): HostTensor {
  return { kind: 'tensor', type, dims, data: data instanceof Float64Array ? data : Float64Array.from(data) };
}

export function hostStrings(dims: readonly number[], strings: readonly string[]): HostTensor {
  return { kind: 'tensor', type: 'string', dims, data: empty, strings };
}

export function scalar(type: ElementType, value: number): HostTensor {
  return hostTensor(type, [], [value]);
}

/** @throws ModelRunError for types that are not decoded to numbers. */
export function fromTensor(tensor: Tensor): HostTensor {
  const { type, dims } = tensor;
  if (type === 'string') return hostStrings(dims, tensor.strings ?? []);
  if (!isDecodable(type))
    throw new ModelRunError('unsupported-type', `"${tensor.name}"`, `${type} is not computed with`);
  return hostTensor(type, dims, numbersOf(tensor));
}

export function countOf({ dims }: Pick<HostTensor, 'dims'>): number {
  return elementCount(dims);
}

const floats: ReadonlySet<ElementType> = new Set([
  'f64',
  'f32',
  'f16',
  'bf16',
  'e4m3',
  'e4m3fnuz',
  'e5m2',
  'e5m2fnuz',
  'e2m1',
  'e8m0',
]);

export function isFloat(type: ElementType): boolean {
  return floats.has(type);
}

/** Bits and sign of the integer types. */
const integers: Readonly<Partial<Record<ElementType, readonly [bits: number, signed: boolean]>>> = {
  bool: [1, false],
  u2: [2, false],
  i2: [2, true],
  u4: [4, false],
  i4: [4, true],
  u8: [8, false],
  i8: [8, true],
  u16: [16, false],
  i16: [16, true],
  u32: [32, false],
  i32: [32, true],
  u64: [64, false],
  i64: [64, true],
};

/** Least and greatest value of an integer type; undefined for others. Those of 64 bits are the nearest doubles. */
export function integerRange(type: ElementType): readonly [least: number, greatest: number] | undefined {
  const entry = integers[type];
  if (entry === undefined) return undefined;
  const [bits, signed] = entry;
  return signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
}

/** How a double becomes an element of a type: floats round to nearest even, integers wrap as two's complement does. */
export function rounding(type: ElementType): (value: number) => number {
  switch (type) {
    case 'f32':
      return Math.fround;
    case 'f16':
      return (value) => decodeFloat16(encodeFloat16(value));
    case 'bf16':
      return (value) => (Number.isFinite(value) ? roundToBfloat16(Math.fround(value)) : value);
    case 'e4m3':
    case 'e4m3fnuz':
    case 'e5m2':
    case 'e5m2fnuz':
    case 'e2m1':
      return smallFloatRounding(type, true, true);
    case 'e8m0':
      return scaleRounding('nearest', true);
    default: {
      const entry = integers[type];
      if (entry === undefined) return (value) => value;
      // Beyond 2⁵³ doubles cannot wrap exactly, so operators that may get there do it themselves.
      return entry[0] === 64 ? (value) => (Number.isFinite(value) ? Math.trunc(value) : 0) : wrapping(...entry);
    }
  }
}

function wrapping(bits: number, signed: boolean): (value: number) => number {
  const size = 2 ** bits;
  return (value) => {
    const rest = ((Math.trunc(value) % size) + size) % size;
    return signed && rest >= size / 2 ? rest - size : rest;
  };
}

/** The value with every element rounded to its type. @param precise leaves floating-point values as they are, for a reference. */
export function settle(value: HostValue, precise = false): HostValue {
  if (value.kind !== 'tensor' || value.type === 'string' || value.type === 'f64') return value;
  if (precise && isFloat(value.type)) return value;
  const data = value.type === 'f32' ? toFloats(value.data) : toType(value.data, rounding(value.type));
  return data === value.data ? value : { ...value, data };
}

/** Each element rounded to f32; the same array where none changes, as where values were only moved. */
function toFloats(data: Float64Array): Float64Array {
  let i = 0;
  while (i < data.length && Object.is(Math.fround(data[i]!), data[i])) i++;
  if (i === data.length) return data;
  const out = data.slice();
  for (; i < out.length; i++) out[i] = Math.fround(out[i]!);
  return out;
}

/** The same for any type; a loop of its own above, as a call for each element takes most of the time. */
function toType(data: Float64Array, round: (value: number) => number): Float64Array {
  const i = data.findIndex((value) => !Object.is(round(value), value));
  if (i < 0) return data;
  const out = data.slice();
  for (let k = i; k < out.length; k++) out[k] = round(out[k]!);
  return out;
}
