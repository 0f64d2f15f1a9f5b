/** Names of element types in safetensors files. Source: the Dtype enumeration of the safetensors crate. */
import { bitsOf, type ElementType } from '../tensor.js';

const readTypes: Readonly<Record<string, ElementType>> = {
  BOOL: 'bool',
  F4: 'e2m1',
  U8: 'u8',
  I8: 'i8',
  F8_E5M2: 'e5m2',
  F8_E4M3: 'e4m3',
  F8_E5M2FNUZ: 'e5m2fnuz',
  F8_E4M3FNUZ: 'e4m3fnuz',
  F8_E8M0: 'e8m0',
  I16: 'i16',
  U16: 'u16',
  F16: 'f16',
  BF16: 'bf16',
  I32: 'i32',
  U32: 'u32',
  F32: 'f32',
  I64: 'i64',
  U64: 'u64',
  F64: 'f64',
  C64: 'c64',
};

/** Known, and stepped over. */
const unreadBits: Readonly<Record<string, number>> = { F6_E2M3: 6, F6_E3M2: 6 };

const names = new Map(Object.entries(readTypes).map(([name, type]) => [type, name]));

/** The type of that name, or undefined where it is not read. */
export function typeNamed(name: string): ElementType | undefined {
  return Object.hasOwn(readTypes, name) ? readTypes[name] : undefined;
}

/** Bits per element of any type of the format, undefined for an unknown name. */
export function bitsNamed(name: string): number | undefined {
  const type = typeNamed(name);
  if (type) return bitsOf(type);
  return Object.hasOwn(unreadBits, name) ? unreadBits[name] : undefined;
}

/** Undefined for types that the format does not have. */
export function nameOf(type: ElementType): string | undefined {
  return names.get(type);
}
