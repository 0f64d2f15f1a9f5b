/** A GGUF file of version 2 or 3: metadata and tensor table checked in full, tensors as views. */
import { ModelFileError, quoted } from '../errors.js';
import type { ModelFile } from '../file.js';
import type { ByteSource } from '../source.js';
import { describeType, elementCount, isCountable, type TensorFile } from '../tensor.js';
import { checkLayout, remarksOnUnread, type StoredTensor, type TensorIndex, viewTensors } from '../tensor-index.js';
import { Cursor, NeedsMore } from './cursor.js';
import { type Metadata, readMetadata } from './metadata.js';
import { type GgufType, ggufTypes } from './types.js';

/** The rank is ggml's; names of other programs run longer than its 64 bytes; the rest is ours. */
const ggufLimits = {
  tensors: 200_000,
  rank: 4,
  nameBytes: 256,
  headerBytes: 2 ** 28,
  alignment: 2 ** 20,
} as const;

/** "GGUF", read as a little-endian word. */
const magic = 0x4655_4747;

/** Name length, one byte of name, rank, type, offset; a scalar has no dimensions. */
const leastInfoBytes = 8 + 1 + 4 + 4 + 8;

/** What is read of a file whose header is of unknown length, at first. */
const firstBytes = 2 ** 20;

/**
 * Reads and checks a file in memory. Tensors are views of `file.bytes`, dimensions with the fastest last.
 * @throws ModelFileError naming file, field and rule.
 */
export function readGguf(file: ModelFile): TensorFile {
  return viewTensors(indexBytes(file.name, file.bytes, file.bytes.length), [file]);
}

/**
 * Reads and checks the header alone; `loadTensor` reads the rest one by one.
 * @throws ModelFileError naming file, field and rule.
 */
export async function indexGguf(source: ByteSource): Promise<TensorIndex> {
  const { name, size } = source;
  for (let length = firstBytes; ; length *= 4) {
    const start = await source.read(0, Math.min(length, size));
    try {
      return indexBytes(name, start, size);
    } catch (error) {
      if (!(error instanceof NeedsMore)) throw error;
      if (length < ggufLimits.headerBytes) continue;
      const rule = `is longer than ${ggufLimits.headerBytes} bytes, which is the most read`;
      throw new ModelFileError('too-large', name, 'header', rule);
    }
  }
}

/** @param start the first bytes of the file, of which there are `size`. */
function indexBytes(file: string, start: Uint8Array<ArrayBuffer>, size: number): TensorIndex {
  const cursor = new Cursor(file, start, size);
  readHead(cursor);
  const count = cursor.index('tensor_count');
  if (count > ggufLimits.tensors) {
    cursor.fail('too-many', 'tensor_count', `is ${count}; at most ${ggufLimits.tensors} are read`);
  }
  const metadata = readMetadata(cursor, cursor.index('metadata_kv_count'));
  cursor.expect(count, leastInfoBytes, 'tensor_count');
  const alignment = alignmentOf(cursor, metadata);
  const infos = readInfos(cursor, count, alignment);
  const dataStart = Math.ceil(cursor.at / alignment) * alignment;
  const dataSize = Math.max(0, size - dataStart);
  const end = checkLayout(infos, dataSize, alignment, (name, code, rule) =>
    cursor.fail(code, `tensor ${quoted(name)} offset`, rule),
  );
  const entries: StoredTensor[] = [];
  const unread = [];
  for (const { name, kind, dims, offset, length } of infos) {
    const place = { name, dims, file, offset: offset + dataStart, length };
    if (kind.type) entries.push({ ...place, type: kind.type });
    else unread.push({ ...place, type: kind.name });
  }
  const remarks = [...remarksOnUnread(unread)];
  const padded = Math.ceil(end / alignment) * alignment;
  if (dataSize > padded) remarks.push(`${dataSize - padded} bytes after the last tensor belong to none.`);
  return { format: 'gguf', entries, unread, metadata: metadata.values, remarks };
}

function readHead(cursor: Cursor): void {
  if (cursor.u32('magic') !== magic) cursor.fail('unknown-format', 'magic', 'is not "GGUF"');
  const version = cursor.u32('version');
  if (version === 2 || version === 3) return;
  const swapped = version !== 0 && (version & 0xffff) === 0;
  const rule = swapped ? 'has its bytes in the order of big-endian machines' : `is ${version}`;
  cursor.fail('unsupported-version', 'version', `${rule}; 2 and 3, little-endian, are read`);
}

function alignmentOf(cursor: Cursor, { values, types }: Metadata): number {
  const field = 'metadata "general.alignment"';
  const value = values.get('general.alignment') ?? 32;
  const type = types.get('general.alignment');
  if (typeof value !== 'number' || (type !== undefined && type !== 'u32')) {
    return cursor.fail('bad-value', field, `is of type ${type}, but must be a u32`);
  }
  const { alignment } = ggufLimits;
  if (value < 1 || value > alignment || (value & (value - 1)) !== 0) {
    cursor.fail('bad-value', field, `is ${value}, but must be a power of two up to ${alignment}`);
  }
  return value;
}

interface Info {
  readonly name: string;
  readonly kind: GgufType;
  readonly dims: readonly number[];
  /** From the start of the data. */
  readonly offset: number;
  readonly length: number;
}

function readInfos(cursor: Cursor, count: number, alignment: number): readonly Info[] {
  const infos: Info[] = [];
  const names = new Set<string>();
  for (let i = 0; i < count; i++) {
    const info = readInfo(cursor, i, alignment);
    if (names.has(info.name)) {
      cursor.fail('duplicate-name', `tensor[${i}] name`, `is ${quoted(info.name)}, which came before`);
    }
    names.add(info.name);
    infos.push(info);
  }
  return infos;
}

function readInfo(cursor: Cursor, i: number, alignment: number): Info {
  const name = cursor.name(`tensor[${i}] name`, ggufLimits.nameBytes);
  if (name === '') cursor.fail('missing-field', `tensor[${i}] name`, 'is empty');
  const field = `tensor ${quoted(name)}`;
  const rank = cursor.u32(`${field} n_dims`);
  if (rank > ggufLimits.rank) {
    cursor.fail('bad-shape', `${field} n_dims`, `is ${rank}; at most ${ggufLimits.rank} are allowed`);
  }
  const fastestFirst = Array.from({ length: rank }, () => cursor.u64(`${field} dimensions`));
  const dims = fastestFirst.map(Number).reverse();
  if (fastestFirst.some((dim) => typeof dim === 'bigint') || !isCountable(dims)) {
    cursor.fail(
      'bad-shape',
      `${field} dimensions`,
      `are ${fastestFirst.join(' × ')}; their product must stay below 2⁵³`,
    );
  }
  const code = cursor.u32(`${field} type`);
  const kind =
    ggufTypes.get(code) ?? cursor.fail('unsupported-type', `${field} type`, `is ${code}, which is not known`);
  const row = dims.at(-1) ?? 1;
  if (row % kind.elements !== 0) {
    const rule = `are ${describeType(kind.name, dims)}, but rows of ${kind.name} hold a multiple of ${kind.elements}`;
    cursor.fail('bad-shape', `${field} dimensions`, rule);
  }
  const offset = cursor.index(`${field} offset`);
  if (offset % alignment !== 0) {
    cursor.fail('misaligned', `${field} offset`, `is ${offset}, which is no multiple of ${alignment}`);
  }
  return { name, kind, dims, offset, length: (elementCount(dims) / kind.elements) * kind.bytes };
}
