/** Where the tensors of a file lie, known from its header alone: enough to show them and to plan memory. */
import { ModelFileError, type ModelFileFault, quoted } from './errors.js';
import { baseName, type ModelFile } from './file.js';
import type { ByteSource } from './source.js';
import { describeType, type ElementType, type Tensor, type TensorFile } from './tensor.js';

/** A tensor that has not been read yet. */
export interface StoredTensor extends Pick<Tensor, 'name' | 'dims'> {
  readonly type: ElementType;
  /** Name of the file that holds it. */
  readonly file: string;
  /** From the start of the file, in bytes. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
}

/** A tensor of a type that is known but not decoded here. */
export interface UnreadTensor extends Omit<StoredTensor, 'type'> {
  /** As the format names it. */
  readonly type: string;
}

export interface TensorIndex extends Omit<TensorFile, 'tensors'> {
  /** In the order of the header. */
  readonly entries: readonly StoredTensor[];
  readonly unread: readonly UnreadTensor[];
}

/** Bytes that all tensors of an index take when read. */
export function bytesNeeded({ entries }: TensorIndex): number {
  return entries.reduce((sum, { length }) => sum + length, 0);
}

/** All tensors as views of files in memory. */
export function viewTensors(index: TensorIndex, files: readonly ModelFile[]): TensorFile {
  const held = new Map(files.map(({ name, bytes }) => [name, bytes]));
  const tensors = index.entries.map(({ name, type, dims, file, offset, length }): Tensor => {
    const bytes = held.get(file);
    if (!bytes) throw new ModelFileError('missing-file', file, 'the file', `holds tensor ${quoted(name)}; give it too`);
    return { name, type, dims, bytes: bytes.subarray(offset, offset + length) };
  });
  const { format, metadata, remarks } = index;
  return { format, tensors, metadata, remarks };
}

/** One tensor, read from the file that holds it. */
export async function loadTensor(stored: StoredTensor, source: ByteSource): Promise<Tensor> {
  const { name, type, dims, offset, length } = stored;
  return { name, type, dims, bytes: await source.read(offset, length) };
}

/** The file of that name, matched by the last part of its path: a dropped folder puts its own name before. */
export function fileNamed<F extends { readonly name: string }>(files: readonly F[], name: string): F | undefined {
  return files.find((file) => file.name === name) ?? files.find((file) => baseName(file.name) === name);
}

/** A tensor's place in the data part of a file. */
export interface Extent {
  readonly name: string;
  /** From the start of the data, in bytes. */
  readonly offset: number;
  readonly length: number;
}

/**
 * Refuses tensors that leave the data, share bytes, or lie apart by more than padding.
 * @param size bytes of the data part.
 * @param alignment what each tensor's start is rounded up to; 1 where tensors touch.
 * @param fail throws for a tensor.
 * @returns where the last tensor ends.
 */
export function checkLayout(
  extents: readonly Extent[],
  size: number,
  alignment: number,
  fail: (name: string, code: ModelFileFault, rule: string) => never,
): number {
  for (const { name, offset, length } of extents) {
    if (offset > size) {
      fail(name, 'out-of-range', `starts at byte ${offset} of the data, but the file holds ${size} bytes of data`);
    }
    if (offset + length > size) {
      const rule = `ends at byte ${offset + length} of the data, but the file holds ${size} bytes of data; is it cut off?`;
      fail(name, 'truncated', rule);
    }
  }
  let end = 0;
  let before = '';
  for (const { name, offset, length } of extents.toSorted((a, b) => a.offset - b.offset || a.length - b.length)) {
    if (offset < end) fail(name, 'overlap', `starts at byte ${offset}, but ${quoted(before)} reaches to byte ${end}`);
    const expected = Math.ceil(end / alignment) * alignment;
    if (offset > expected) {
      fail(
        name,
        'gap',
        `starts at byte ${offset}, but byte ${expected} follows the tensor before; the bytes between belong to none`,
      );
    }
    end = offset + length;
    before = name;
  }
  return end;
}

/** A remark on tensors of types that are not decoded. */
export function remarksOnUnread(unread: readonly UnreadTensor[]): readonly string[] {
  if (unread.length === 0) return [];
  const types = [...new Set(unread.map(({ type }) => type))].sort().join(', ');
  const [{ name, type, dims }] = unread as [UnreadTensor];
  const count = unread.length === 1 ? '1 tensor is' : `${unread.length} tensors are`;
  return [`${count} of a type that is not read here (${types}), first ${quoted(name)}, ${describeType(type, dims)}.`];
}
