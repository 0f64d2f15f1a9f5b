/** The key-value part of a GGUF file. Source: the GGUF specification (docs/gguf.md of ggml). */
import { quoted } from '../errors.js';
import type { MetadataValue } from '../tensor.js';
import type { Cursor } from './cursor.js';

/** Keys are capped by the format; the rest is ours. Elements of arrays are counted over the whole file. */
const metadataLimits = { keys: 65_536, keyBytes: 65_535, arrayElements: 4_000_000, arrayDepth: 4 } as const;

/** Key length, one byte of key, type, one byte of value. */
const leastPairBytes = 8 + 1 + 4 + 1;

const types = ['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'f32', 'bool', 'string', 'array', 'u64', 'i64', 'f64'] as const;
type MetadataType = (typeof types)[number];

/** Bytes of each type at least: an empty text is its length alone, an empty array its type and count. */
const leastBytes: Readonly<Record<MetadataType, number>> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  f32: 4,
  bool: 1,
  string: 8,
  array: 12,
  u64: 8,
  i64: 8,
  f64: 8,
};

export interface Metadata {
  readonly values: ReadonlyMap<string, MetadataValue>;
  /** The stored type of each key. */
  readonly types: ReadonlyMap<string, MetadataType>;
}

/** @param count pairs, as the head of the file says. */
export function readMetadata(cursor: Cursor, count: number): Metadata {
  if (count > metadataLimits.keys) {
    cursor.fail('too-many', 'metadata_kv_count', `is ${count}; at most ${metadataLimits.keys} are read`);
  }
  cursor.expect(count, leastPairBytes, 'metadata_kv_count');
  const values = new Map<string, MetadataValue>();
  const stored = new Map<string, MetadataType>();
  const budget = { elements: metadataLimits.arrayElements };
  for (let i = 0; i < count; i++) {
    const field = `metadata[${i}]`;
    const key = cursor.name(`${field} key`, metadataLimits.keyBytes);
    if (key === '') cursor.fail('missing-field', `${field} key`, 'is empty');
    if (values.has(key)) cursor.fail('duplicate-name', `${field} key`, `is ${quoted(key)}, which came before`);
    const at = `metadata ${quoted(key)}`;
    const type = readType(cursor, at);
    stored.set(key, type);
    values.set(key, readValue(cursor, type, at, budget, 0));
  }
  return { values, types: stored };
}

function readType(cursor: Cursor, field: string): MetadataType {
  const code = cursor.u32(field);
  return types[code] ?? cursor.fail('bad-value', field, `has value type ${code}; 0 to ${types.length - 1} exist`);
}

function readValue(
  cursor: Cursor,
  type: MetadataType,
  field: string,
  budget: { elements: number },
  depth: number,
): MetadataValue {
  if (type === 'array') return readArray(cursor, field, budget, depth + 1);
  if (type === 'string') return cursor.text(field);
  if (type !== 'bool') return cursor[type](field);
  const byte = cursor.u8(field);
  if (byte > 1) cursor.fail('bad-value', field, `is ${byte}, but a bool is 0 or 1`);
  return byte === 1;
}

function readArray(
  cursor: Cursor,
  field: string,
  budget: { elements: number },
  depth: number,
): readonly MetadataValue[] {
  const { arrayDepth, arrayElements } = metadataLimits;
  if (depth > arrayDepth) cursor.fail('too-deep', field, `nests arrays deeper than ${arrayDepth} levels`);
  const type = readType(cursor, field);
  const count = cursor.index(field);
  cursor.expect(count, leastBytes[type], field);
  budget.elements -= count;
  if (budget.elements < 0) {
    cursor.fail('too-many', field, `brings the elements of all arrays beyond ${arrayElements}, which is the most read`);
  }
  const items: MetadataValue[] = [];
  for (let i = 0; i < count; i++) items.push(readValue(cursor, type, field, budget, depth));
  return items;
}
