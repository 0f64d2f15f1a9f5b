/** Safetensors files as parts to join in a Blob: a new header, and bytes that are passed on as they are. */
import { ModelFileError, quoted } from '../errors.js';
import { bitsOf, byteLengthOf, describeType, elementCount, type Tensor } from '../tensor.js';
import type { StoredTensor, TensorIndex } from '../tensor-index.js';
import { safetensorsLimits } from './read.js';
import { nameOf } from './types.js';

/** Anything of known size that a Blob can be built from; a Blob stays on disk. */
export type Part = Uint8Array<ArrayBuffer> | Blob;

/** A tensor whose bytes may still lie in a file. */
export interface WritableTensor extends Pick<Tensor, 'name' | 'type' | 'dims'> {
  readonly bytes: Part;
}

/**
 * Parts of a file with these tensors. Those of wider elements come first, else the order is kept, so that each
 * starts at a multiple of its element's size.
 * @param file its name, for errors.
 * @throws ModelFileError for a name given twice, a type that the format lacks, bytes that do not fit the shape.
 */
export function writeSafetensors(
  file: string,
  tensors: readonly WritableTensor[],
  metadata: ReadonlyMap<string, string> = new Map(),
): readonly Part[] {
  const ordered = tensors.toSorted((a, b) => elementBytes(b) - elementBytes(a));
  const entries = [...(metadata.size > 0 ? [`"__metadata__":${textMap(metadata)}`] : [])];
  const names = new Set(['__metadata__']);
  let at = 0;
  for (const tensor of ordered) {
    const { name, dims } = tensor;
    if (names.has(name)) throw new ModelFileError('duplicate-name', file, `tensor ${quoted(name)}`, 'is given twice');
    names.add(name);
    const end = at + checkedLength(file, tensor);
    const dtype = JSON.stringify(nameOf(tensor.type));
    // Joined as text: an object would lose the key `__proto__` and reorder keys that look like integers.
    entries.push(`${JSON.stringify(name)}:{"dtype":${dtype},"shape":[${dims}],"data_offsets":[${at},${end}]}`);
    at = end;
  }
  return [framed(file, `{${entries.join(',')}}`), ...ordered.map(({ bytes }) => bytes)];
}

/**
 * Parts of a copy of a file in which some tensors are replaced, each by any number of others (a weight by its codes and
 * scales, say), and the rest passes byte by byte.
 * @param slice bytes `from` to `to` of a file: `(_, from, to) => blob.slice(from, to)`.
 * @param replacements by name of the tensor replaced; an empty list removes it.
 * @throws ModelFileError as `writeSafetensors`, `dangling` for a replacement of nothing, `unsupported-type` where the
 * file holds tensors that are not read.
 */
export function spliceSafetensors(
  file: string,
  index: TensorIndex,
  slice: (stored: StoredTensor, from: number, to: number) => Part,
  replacements: ReadonlyMap<string, readonly WritableTensor[]>,
  metadata: ReadonlyMap<string, string> = textsOf(index),
): readonly Part[] {
  const [lost] = index.unread;
  if (lost) {
    const rule = `is ${describeType(lost.type, lost.dims)}, which is not read, so it cannot be copied`;
    throw new ModelFileError('unsupported-type', file, `tensor ${quoted(lost.name)}`, rule);
  }
  const present = new Set(index.entries.map(({ name }) => name));
  for (const name of replacements.keys()) {
    if (!present.has(name))
      throw new ModelFileError('dangling', file, `tensor ${quoted(name)}`, 'is not there to replace');
  }
  const tensors = index.entries
    .toSorted((a, b) => (a.file === b.file ? a.offset - b.offset : 0))
    .flatMap((stored): readonly WritableTensor[] => {
      const { name, type, dims, offset, length } = stored;
      return replacements.get(name) ?? [{ name, type, dims, bytes: slice(stored, offset, offset + length) }];
    });
  return writeSafetensors(file, tensors, metadata);
}

function checkedLength(file: string, { name, type, dims, bytes }: WritableTensor): number {
  const fail = (code: 'unsupported-type' | 'size-mismatch', rule: string): never => {
    throw new ModelFileError(code, file, `tensor ${quoted(name)}`, rule);
  };
  if (!nameOf(type)) fail('unsupported-type', `is ${type}, which safetensors does not have; write its codes as u8`);
  const length = bytes instanceof Uint8Array ? bytes.length : bytes.size;
  const needed = byteLengthOf(type, elementCount(dims));
  const odd = (elementCount(dims) * bitsOf(type)) % 8 !== 0;
  if (length !== needed || odd)
    fail('size-mismatch', `has ${length} bytes, but ${describeType(type, dims)} needs ${needed}`);
  return length;
}

/** The header after its length, padded with spaces so that the data starts at a multiple of 8. */
function framed(file: string, json: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(json);
  const length = Math.ceil(text.length / 8) * 8;
  if (length > safetensorsLimits.headerBytes) {
    throw new ModelFileError('too-large', file, 'header', `takes ${length} bytes; the format allows 100,000,000`);
  }
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  return bytes;
}

function textMap(map: ReadonlyMap<string, string>): string {
  return `{${[...map].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
}

function textsOf({ metadata }: TensorIndex): ReadonlyMap<string, string> {
  return new Map([...metadata].filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function elementBytes({ type }: WritableTensor): number {
  return Math.max(1, bitsOf(type) / 8);
}
