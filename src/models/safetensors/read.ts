/** A safetensors file: its header checked in full, its tensors as views. */
import { ModelFileError, type ModelFileFault, quoted } from '../errors.js';
import type { ModelFile } from '../file.js';
import type { ByteSource } from '../source.js';
import { describeType, elementCount, isCountable, type TensorFile } from '../tensor.js';
import {
  checkLayout,
  remarksOnUnread,
  type StoredTensor,
  type TensorIndex,
  type UnreadTensor,
  viewTensors,
} from '../tensor-index.js';
import { decodeUtf8, type Json, type JsonObject, parseJson } from './json.js';
import { bitsNamed, typeNamed } from './types.js';

/** The format caps its header at 100 MB; counts and rank are ours. */
export const safetensorsLimits = { headerBytes: 100_000_000, tensors: 200_000, rank: 32 } as const;

/** Bytes of the length that stands before the header. */
const lengthBytes = 8;

/**
 * Reads and checks a file in memory. Tensors are views of `file.bytes`.
 * @throws ModelFileError naming file, field and rule.
 */
export function readSafetensors(file: ModelFile): TensorFile {
  return viewTensors(indexOf(file), [file]);
}

/** The index of a file in memory. */
export function indexOf({ name, bytes }: ModelFile): TensorIndex {
  const length = headerLength(name, bytes.subarray(0, lengthBytes), bytes.length);
  return indexHeader(name, bytes.subarray(lengthBytes, lengthBytes + length), bytes.length);
}

/**
 * Reads and checks the header alone; `loadTensor` reads the rest one by one.
 * @throws ModelFileError naming file, field and rule.
 */
export async function indexSafetensors(source: ByteSource): Promise<TensorIndex> {
  const { name, size } = source;
  const length = headerLength(name, await source.read(0, Math.min(lengthBytes, size)), size);
  return indexHeader(name, await source.read(lengthBytes, length), size);
}

function headerLength(file: string, start: Uint8Array<ArrayBuffer>, size: number): number {
  const fail = failsAt(file, 'header length');
  if (start.length < lengthBytes) fail('truncated', `takes ${lengthBytes} bytes, but the file has ${size}`);
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (length > BigInt(safetensorsLimits.headerBytes)) {
    fail('too-large', `is ${length}, but at most ${safetensorsLimits.headerBytes} bytes are allowed`);
  }
  if (Number(length) > size - lengthBytes) {
    fail('truncated', `is ${length}, but only ${size - lengthBytes} bytes follow; is the file cut off?`);
  }
  return Number(length);
}

type Fail = (code: ModelFileFault, rule: string) => never;

function failsAt(file: string, field: string): Fail {
  return (code, rule) => {
    throw new ModelFileError(code, file, field, rule);
  };
}

function indexHeader(file: string, bytes: Uint8Array<ArrayBuffer>, size: number): TensorIndex {
  const fail = failsAt(file, 'header');
  if (bytes[0] !== 0x7b) fail('malformed', 'does not begin with "{"');
  const header = parseJson(decodeUtf8(bytes, fail), fail);
  if (!isObject(header)) return fail('malformed', 'is no JSON object');
  if (header.size > safetensorsLimits.tensors + 1) {
    fail('too-many', `lists ${header.size} tensors; at most ${safetensorsLimits.tensors} are read`);
  }
  const dataStart = lengthBytes + bytes.length;
  const entries: StoredTensor[] = [];
  const unread: UnreadTensor[] = [];
  const remarks: string[] = [];
  for (const [name, entry] of header) {
    if (name === '__metadata__') continue;
    const { dtype, extras, ...place } = readEntry(file, name, entry);
    const type = typeNamed(dtype);
    if (extras.length > 0) remarks.push(`Tensor ${quoted(name)} has unknown fields: ${extras.map(quoted).join(', ')}.`);
    if (type) entries.push({ ...place, type });
    else unread.push({ ...place, type: dtype });
  }
  const all = [...entries, ...unread];
  const end = checkLayout(all, size - dataStart, 1, (name, code, rule) =>
    failsAt(file, `tensor ${quoted(name)} data_offsets`)(code, rule),
  );
  if (end < size - dataStart) fail('gap', `leaves ${size - dataStart - end} bytes at the end to no tensor`);
  const moved = <T extends { readonly offset: number }>(each: T): T => ({ ...each, offset: each.offset + dataStart });
  return {
    format: 'safetensors',
    entries: entries.map(moved),
    unread: unread.map(moved),
    metadata: readMetadata(file, header.get('__metadata__')),
    remarks: [...remarks, ...remarksOnUnread(unread)],
  };
}

/** An entry of the header, its offset still relative to the data. */
function readEntry(file: string, name: string, entry: Json) {
  const at = (field: string): Fail => failsAt(file, `tensor ${quoted(name)}${field}`);
  if (!isObject(entry)) return at('')('malformed', 'is no JSON object');
  const dtype = entry.get('dtype') ?? at(' dtype')('missing-field', 'is absent');
  if (typeof dtype !== 'string') return at(' dtype')('bad-value', 'is no text');
  const bits = bitsNamed(dtype) ?? at(' dtype')('unsupported-type', `is ${quoted(dtype)}, which is not known`);
  const dims = readDims(entry.get('shape'), at(' shape'));
  const [offset, end] = readOffsets(entry.get('data_offsets'), at(' data_offsets'));
  const length = end - offset;
  const needed = (elementCount(dims) * bits) / 8;
  if (length !== needed) {
    at(' data_offsets')('size-mismatch', `span ${length} bytes, but ${describeType(dtype, dims)} needs ${needed}`);
  }
  const extras = [...entry.keys()].filter((key) => !['dtype', 'shape', 'data_offsets'].includes(key));
  return { name, file, dtype, dims, offset, length, extras };
}

function readDims(shape: Json | undefined, fail: Fail): readonly number[] {
  if (shape === undefined) return fail('missing-field', 'is absent');
  const { rank } = safetensorsLimits;
  if (!isArray(shape)) return fail('bad-shape', 'is no array');
  if (shape.length > rank) fail('bad-shape', `has ${shape.length} dimensions; at most ${rank} are read`);
  if (!shape.every((dim) => typeof dim === 'number') || !isCountable(shape)) {
    return fail('bad-shape', 'must hold integers ≥ 0 whose product stays below 2⁵³');
  }
  return shape;
}

function readOffsets(offsets: Json | undefined, fail: Fail): readonly [number, number] {
  if (offsets === undefined) return fail('missing-field', 'is absent');
  if (!isArray(offsets) || offsets.length !== 2) return fail('bad-value', 'must be two integers');
  const [begin, end] = offsets;
  if (!isOffset(begin) || !isOffset(end)) return fail('bad-value', 'must be integers from 0 to 2⁵³ − 1');
  if (begin > end) fail('bad-value', `begin at ${begin} and end before, at ${end}`);
  return [begin, end];
}

function readMetadata(file: string, metadata: Json | undefined): ReadonlyMap<string, string> {
  const fail = failsAt(file, '__metadata__');
  const texts = new Map<string, string>();
  if (metadata === undefined) return texts;
  if (!isObject(metadata)) return fail('bad-value', 'is no JSON object');
  for (const [key, value] of metadata) {
    if (typeof value !== 'string') return fail('bad-value', `has ${quoted(key)}, which is no text`);
    texts.set(key, value);
  }
  return texts;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return value instanceof Map;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isOffset(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
