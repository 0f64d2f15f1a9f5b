/** NumPy's .npy arrays and .npz archives. Source: numpy.lib.format, versions 1.0 to 3.0. */
import { ModelFileError, type ModelFileFault, quoted } from '../errors.js';
import { baseName, type ModelFile } from '../file.js';
import {
  bitsOf,
  byteLengthOf,
  describeType,
  type ElementType,
  elementCount,
  isCountable,
  type Tensor,
} from '../tensor.js';
import { rowMajor, swapped } from './byte-order.js';
import { readZipDirectory, unzip } from './zip.js';

/** NumPy writes at most 64 dimensions; its headers rarely pass 128 bytes. */
const npyLimits = { headerBytes: 2 ** 16, rank: 64 } as const;

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Kind and bytes; the byte order stands before. bfloat16 and 8-bit floats have no type of NumPy's own. */
const types: Readonly<Record<string, ElementType>> = {
  b1: 'bool',
  i1: 'i8',
  u1: 'u8',
  i2: 'i16',
  u2: 'u16',
  i4: 'i32',
  u4: 'u32',
  i8: 'i64',
  u8: 'u64',
  f2: 'f16',
  f4: 'f32',
  f8: 'f64',
  c8: 'c64',
  c16: 'c128',
};

type Fail = (code: ModelFileFault, field: string, rule: string) => never;

/** Whether bytes begin as .npy files do. */
export function isNpy(bytes: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/**
 * An array of numbers, named after the file. Its bytes are a view, or a copy where the file holds columns first or
 * big-endian numbers. Objects (pickles) are never read.
 * @throws ModelFileError
 */
export function readNpy({ name: file, bytes }: ModelFile): Tensor {
  const fail: Fail = (code, field, rule) => {
    throw new ModelFileError(code, file, field, rule);
  };
  const { text, start } = readHeaderText(bytes, fail);
  const { descr, fortran, dims } = readHeader(text, fail);
  const { type, bigEndian } = readType(descr, fail);
  const length = byteLengthOf(type, elementCount(dims));
  const data = bytes.subarray(start);
  if (data.length !== length) {
    const code = data.length < length ? 'truncated' : 'size-mismatch';
    fail(code, 'data', `has ${data.length} bytes, but ${describeType(type, dims)} needs ${length}`);
  }
  const complex = type === 'c64' || type === 'c128' ? 2 : 1;
  const elementBytes = bitsOf(type) / 8;
  const little = bigEndian ? swapped(data, elementBytes / complex) : data;
  const rows = fortran && dims.length > 1 ? rowMajor(little, dims, elementBytes) : little;
  return { name: baseName(file).replace(/\.npy$/i, ''), type, dims, bytes: rows };
}

/**
 * All arrays of an archive, named as NumPy names them: without `.npy`.
 * @throws ModelFileError
 */
export function readNpz(file: ModelFile): readonly Tensor[] {
  return readZipDirectory(file).map((entry) => {
    if (!entry.name.endsWith('.npy')) {
      throw new ModelFileError('unknown-format', file.name, `entry ${quoted(entry.name)}`, 'is no .npy array');
    }
    const tensor = readNpy({ name: `${file.name}/${entry.name}`, bytes: unzip(file, entry) });
    return { ...tensor, name: entry.name.slice(0, -'.npy'.length) };
  });
}

function readHeaderText(bytes: Uint8Array<ArrayBuffer>, fail: Fail): { readonly text: string; readonly start: number } {
  if (!isNpy(bytes)) fail('unknown-format', 'magic', 'is not "\\x93NUMPY"');
  if (bytes.length < 10) fail('truncated', 'header', `is absent: the file has ${bytes.length} bytes`);
  const version = bytes[6]!;
  if (version < 1 || version > 3) fail('unsupported-version', 'version', `is ${version}; 1 to 3 are read`);
  const lengthBytes = version === 1 ? 2 : 4;
  if (bytes.length < 8 + lengthBytes) fail('truncated', 'header', `is absent: the file has ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const { headerBytes } = npyLimits;
  if (length > headerBytes) fail('too-large', 'header', `has ${length} bytes; at most ${headerBytes} are read`);
  const start = 8 + lengthBytes + length;
  if (start > bytes.length) fail('truncated', 'header', `of ${length} bytes reaches beyond the end of the file`);
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(8 + lengthBytes, start));
  return { text, start };
}

interface Header {
  readonly descr: string;
  readonly fortran: boolean;
  readonly dims: readonly number[];
}

/** The header is the text of a Python dictionary of three keys, in any order. */
function readHeader(text: string, fail: Fail): Header {
  const body = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1] ?? fail('malformed', 'header', 'is no Python dictionary');
  const pair = /\s*(['"])(\w+)\1\s*:\s*('[^'\\]*'|"[^"\\]*"|True|False|\([^()]*\)|\[.*\])\s*(?:,|$)/sy;
  const found = new Map<string, string>();
  while (body.slice(pair.lastIndex).trim() !== '') {
    const from = pair.lastIndex;
    const [, , key, value] =
      pair.exec(body) ?? fail('malformed', 'header', `is not understood from character ${from + 1}`);
    if (found.has(key!)) fail('duplicate-name', 'header', `gives the key ${quoted(key!)} twice`);
    found.set(key!, value!);
    if (found.size > 3) fail('malformed', 'header', 'has keys beyond descr, fortran_order and shape');
  }
  const get = (key: string): string => found.get(key) ?? fail('missing-field', `header ${key}`, 'is absent');
  const [descr, order, shape] = [get('descr'), get('fortran_order'), get('shape')];
  if (descr.startsWith('['))
    fail('unsupported-type', 'header descr', 'is a record of several fields; only numbers are read');
  if (order !== 'True' && order !== 'False') fail('bad-value', 'header fortran_order', 'is neither True nor False');
  return { descr: descr.slice(1, -1), fortran: order === 'True', dims: readDims(shape, fail) };
}

function readDims(shape: string, fail: Fail): readonly number[] {
  const inner = /^\(\s*((?:\d+\s*,\s*)*(?:\d+\s*)?)\)$/.exec(shape)?.[1]?.trim();
  if (inner === undefined) return fail('bad-shape', 'header shape', `is ${quoted(shape)}, not a tuple of integers ≥ 0`);
  const dims = inner
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (dims.length > npyLimits.rank || !isCountable(dims)) {
    fail('bad-shape', 'header shape', `has more than ${npyLimits.rank} dimensions, or 2⁵³ elements or more`);
  }
  return dims;
}

function readType(descr: string, fail: Fail): { readonly type: ElementType; readonly bigEndian: boolean } {
  const code = descr.slice(1);
  const type = /^[<>|=]/.test(descr) && Object.hasOwn(types, code) ? types[code] : undefined;
  if (type) return { type, bigEndian: descr[0] === '>' };
  const rule = `is ${quoted(descr)}; numbers and booleans are read, no text, dates, records or Python objects`;
  return fail('unsupported-type', 'header descr', rule);
}
