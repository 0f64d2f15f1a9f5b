/** Zip archives: the directory checked in full, entries unpacked one by one. Source: PKWARE APPNOTE.TXT 6.3. */
import { ModelFileError, type ModelFileFault, quoted } from '../errors.js';
import type { ModelFile } from '../file.js';
import { checkDeclared, crc32, inflate } from './inflate.js';

const zipLimits = { entries: 200_000, nameBytes: 1024 } as const;

/** Plain data; `unzip` reads it. */
export interface ZipEntry {
  /** With `/` between parts; never absolute, never with `..`. */
  readonly name: string;
  /** Bytes when unpacked. */
  readonly size: number;
  readonly compressedSize: number;
  readonly deflated: boolean;
  readonly crc: number;
  /** Where its local header starts. */
  readonly offset: number;
}

const endSignature = 0x0605_4b50;
const endBytes = 22;
const directorySignature = 0x0201_4b50;
const directoryBytes = 46;
const localSignature = 0x0403_4b50;
const localBytes = 30;
/** A field of this value says that the true one is in a zip64 record. */
const in64 = 0xffff_ffff;

type Fail = (code: ModelFileFault, field: string, rule: string) => never;

/**
 * The files of an archive, folders left out. Nothing is unpacked, and the declared sizes in all are held to
 * `inflateLimits`, so what unpacking takes is known.
 * @throws ModelFileError; `unsupported-version` for archives that are encrypted, split or zip64.
 */
export function readZipDirectory({ name: file, bytes }: ModelFile): readonly ZipEntry[] {
  const fail: Fail = (code, field, rule) => {
    throw new ModelFileError(code, file, field, rule);
  };
  const view = viewOf(bytes);
  const end = findEnd(view, fail);
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  const length = view.getUint32(end + 12, true);
  if (count === 0xffff || start === in64)
    fail('unsupported-version', 'end record', 'asks for zip64, which is not read');
  if (view.getUint16(end + 4, true) !== 0) fail('unsupported-version', 'end record', 'is of a split archive');
  if (start + length > end) fail('out-of-range', 'directory', `of ${length} bytes does not fit at byte ${start}`);
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  let at = start;
  for (let i = 0; i < count; i++) {
    const { entry, next } = readEntry(bytes, view, at, start + length, `directory[${i}]`, fail);
    at = next;
    if (entry.name.endsWith('/')) continue;
    if (names.has(entry.name)) fail('duplicate-name', `directory[${i}]`, `is ${quoted(entry.name)}, which came before`);
    names.add(entry.name);
    entries.push(entry);
  }
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  checkDeclared(total, bytes.length, (code, rule) => fail(code, 'the archive', rule));
  refuseOverlap(entries, start, fail);
  return entries;
}

/**
 * The bytes of an entry: a view where it is stored plain.
 * @throws ModelFileError for data that differ from what the directory declares.
 */
export function unzip({ name: file, bytes }: ModelFile, entry: ZipEntry): Uint8Array<ArrayBuffer> {
  const field = `entry ${quoted(entry.name)}`;
  const fail = (code: ModelFileFault, rule: string): never => {
    throw new ModelFileError(code, file, field, rule);
  };
  const view = viewOf(bytes);
  if (entry.offset + localBytes > bytes.length || view.getUint32(entry.offset, true) !== localSignature) {
    fail('malformed', `has no header at byte ${entry.offset}`);
  }
  const names = view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true);
  const start = entry.offset + localBytes + names;
  const end = start + entry.compressedSize;
  if (end > bytes.length) fail('truncated', `ends at byte ${end}, but the file has ${bytes.length}`);
  const data = bytes.subarray(start, end);
  if (entry.deflated) return inflate(data, entry.size, entry.crc, fail);
  if (crc32(data) !== entry.crc) fail('malformed', 'does not match its checksum');
  return data;
}

/** The end record stands last, before a comment of up to 65,535 bytes. */
function findEnd(view: DataView, fail: Fail): number {
  const last = view.byteLength - endBytes;
  for (let at = last; at >= Math.max(0, last - 0xffff); at--) {
    if (view.getUint32(at, true) === endSignature && view.getUint16(at + 20, true) === last - at) return at;
  }
  return fail('truncated', 'end record', 'is absent; is the file a zip archive, and whole?');
}

function readEntry(
  bytes: Uint8Array<ArrayBuffer>,
  view: DataView,
  at: number,
  end: number,
  field: string,
  fail: Fail,
): { readonly entry: ZipEntry; readonly next: number } {
  if (at + directoryBytes > end || view.getUint32(at, true) !== directorySignature) {
    fail('malformed', field, `is absent at byte ${at}`);
  }
  const u16 = (offset: number): number => view.getUint16(at + offset, true);
  const u32 = (offset: number): number => view.getUint32(at + offset, true);
  const nameEnd = at + directoryBytes + u16(28);
  const next = nameEnd + u16(30) + u16(32);
  if (next > end) fail('truncated', field, 'reaches beyond the directory');
  const name = readName(bytes.subarray(at + directoryBytes, nameEnd), field, fail);
  if (u16(8) & 1) fail('unsupported-version', field, `is ${quoted(name)}, which is encrypted`);
  const method = u16(10);
  if (method !== 0 && method !== 8) {
    fail('unsupported-version', field, `is packed by method ${method}; 0 (stored) and 8 (deflate) are read`);
  }
  const [crc, compressedSize, size, offset] = [u32(16), u32(20), u32(24), u32(42)];
  if (compressedSize === in64 || size === in64 || offset === in64) {
    fail('unsupported-version', field, 'asks for zip64, which is not read');
  }
  if (method === 0 && size !== compressedSize) {
    fail('size-mismatch', field, `is stored plain in ${compressedSize} bytes, but declares ${size}`);
  }
  return { entry: { name, size, compressedSize, deflated: method === 8, crc, offset }, next };
}

function readName(bytes: Uint8Array<ArrayBuffer>, field: string, fail: Fail): string {
  if (bytes.length > zipLimits.nameBytes) fail('too-large', field, `has a name of ${bytes.length} bytes`);
  // Names that are not UTF-8 are of an old code page; which one the file does not say.
  const name = new TextDecoder('utf-8').decode(bytes).replaceAll('\\', '/');
  if (name === '') fail('missing-field', field, 'has no name');
  const parts = name.split('/');
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name) || parts.includes('..') || name.includes('\0')) {
    fail('unsafe-path', field, `is ${quoted(name)}, which leads out of the archive`);
  }
  return name;
}

/** Entries that share bytes are how a small archive declares a large one. */
function refuseOverlap(entries: readonly ZipEntry[], directory: number, fail: Fail): void {
  let end = 0;
  for (const { name, offset, compressedSize } of entries.toSorted((a, b) => a.offset - b.offset)) {
    const field = `entry ${quoted(name)}`;
    if (offset < end) fail('overlap', field, `starts at byte ${offset}, but the entry before reaches to byte ${end}`);
    end = offset + localBytes + compressedSize;
    if (end > directory) fail('out-of-range', field, `reaches to byte ${end}, beyond the directory at ${directory}`);
  }
}

function viewOf(bytes: Uint8Array<ArrayBuffer>): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
