/** Deflate and gzip with sizes held to what was declared, so that a small file cannot fill the memory. */
import { gunzipSync, inflateSync } from 'fflate';
import { ModelFileError, type ModelFileFault } from '../errors.js';
import type { ModelFile } from '../file.js';

/** Declared sizes are refused beyond `bytes`, and beyond `free` where they are more than `ratio` times the file. */
const inflateLimits = { bytes: 2 ** 30, free: 2 ** 26, ratio: 200 } as const;

type Fail = (code: ModelFileFault, rule: string) => never;

/** Refuses a declared size before anything is allocated for it. */
export function checkDeclared(declared: number, compressed: number, fail: Fail): void {
  const { bytes, free, ratio } = inflateLimits;
  if (declared > bytes) fail('too-large', `unpacks to ${declared} bytes; at most ${bytes} are read`);
  if (declared > free && declared > ratio * compressed) {
    fail('too-large', `unpacks ${compressed} bytes to ${declared}, more than ${ratio} times as many`);
  }
}

/**
 * Raw deflate data of a known size and checksum.
 * @param fail throws for `malformed` data and a `size-mismatch`.
 */
export function inflate(bytes: Uint8Array, size: number, crc: number, fail: Fail): Uint8Array<ArrayBuffer> {
  return unpack((out) => inflateSync(bytes, { out }), size, crc, fail);
}

/** Whether bytes begin as gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * A gzip file of one member, as gzip writes it; any other file as it is.
 * @throws ModelFileError
 */
export function gunzipped(file: ModelFile): ModelFile {
  const { name, bytes } = file;
  if (!isGzip(bytes)) return file;
  const fail: Fail = (code, rule) => {
    throw new ModelFileError(code, name, 'the gzip data', rule);
  };
  // Ten bytes of head, checksum and size at the end.
  if (bytes.length < 18) fail('truncated', `has ${bytes.length} bytes; gzip takes at least 18`);
  if (bytes[2] !== 8 || (bytes[3]! & 0xe0) !== 0) fail('malformed', 'has an unknown method or flag');
  const tail = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8, 8);
  const size = tail.getUint32(4, true);
  checkDeclared(size, bytes.length, fail);
  const unpacked = unpack((out) => gunzipSync(bytes, { out }), size, tail.getUint32(0, true), fail);
  return { name: name.replace(/\.gz$/i, ''), bytes: unpacked };
}

function unpack(
  run: (out: Uint8Array<ArrayBuffer>) => Uint8Array,
  size: number,
  crc: number,
  fail: Fail,
): Uint8Array<ArrayBuffer> {
  // One byte more than declared shows data that goes on; fflate drops what does not fit.
  const out = allocate(size + 1) ?? fail('too-large', `unpacks to ${size} bytes, more than there is memory for`);
  let length = 0;
  try {
    length = run(out).length;
  } catch (error) {
    fail('malformed', `cannot be unpacked (${error instanceof Error ? error.message : error})`);
  }
  if (length > size) fail('size-mismatch', `unpacks to more than the ${size} bytes it declares`);
  if (length < size) fail('size-mismatch', `unpacks to ${length} bytes, but declares ${size}`);
  const bytes = out.subarray(0, size);
  if (crc32(bytes) !== crc) fail('malformed', 'does not match its checksum');
  return bytes;
}

function allocate(size: number): Uint8Array<ArrayBuffer> | undefined {
  try {
    return new Uint8Array(size);
  } catch {
    return undefined;
  }
}

let table: Uint32Array | undefined;

/** CRC-32 of ISO 3309, as gzip and zip use it. */
export function crc32(bytes: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
    return crc;
  });
  let crc = 0xffff_ffff;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
