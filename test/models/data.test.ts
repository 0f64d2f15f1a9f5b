/** Data files: npy, npz, zip, gzip, IDX and CSV, and what is refused. */
import { readFileSync } from 'node:fs';
import { deflateSync, gzipSync, type Zippable, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../src/models/data/csv.js';
import { readIdx } from '../../src/models/data/idx.js';
import { crc32 } from '../../src/models/data/inflate.js';
import { readNpy, readNpz } from '../../src/models/data/npy.js';
import { readZipDirectory, unzip } from '../../src/models/data/zip.js';
import { f32, join, le, utf8 } from '../support/bytes.js';
import { fixture, missing } from '../support/fixtures.js';
import { endure, faultOf } from '../support/mutations.js';

const named = (name: string, bytes: Uint8Array) => ({ name, bytes: Uint8Array.from(bytes) });

function npy(header: string, data: ArrayLike<number> = [], version = 1) {
  const text = utf8(header);
  const length = le(text.length, version === 1 ? 2 : 4);
  return named('x.npy', join([0x93], utf8('NUMPY'), [version, 0], length, text, data));
}
const header = (descr: string, shape: string, order = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

interface Item {
  readonly name: string | Uint8Array;
  readonly content?: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  readonly size?: number;
  readonly compressedSize?: number;
  readonly crc?: number;
  readonly offset?: number;
}

/** A zip archive whose directory says what the items say. */
function zip(items: readonly Item[], { count = items.length, start }: { count?: number; start?: number } = {}) {
  const locals: Uint8Array[] = [];
  const records: Uint8Array[] = [];
  let at = 0;
  for (const item of items) {
    const { content = utf8('hello'), method = 8, flags = 0 } = item;
    const name = typeof item.name === 'string' ? utf8(item.name) : item.name;
    const data = method === 8 ? deflateSync(content) : content;
    const sizes = join(
      le(item.crc ?? crc32(content), 4),
      le(item.compressedSize ?? data.length, 4),
      le(item.size ?? content.length, 4),
    );
    const common = join(le(20, 2), le(flags, 2), le(method, 2), le(0, 4), sizes, le(name.length, 2), le(0, 2));
    const local = join(le(0x04034b50, 4), common, name, data);
    const offset = le(item.offset ?? at, 4);
    records.push(join(le(0x02014b50, 4), le(20, 2), common, new Uint8Array(10), offset, name));
    locals.push(local);
    at += local.length;
  }
  const directory = join(...records);
  const end = join(le(0x06054b50, 4), le(0, 4), le(count, 2), le(count, 2), le(directory.length, 4));
  return named('x.zip', join(...locals, directory, end, le(start ?? at, 4), le(0, 2)));
}
const unzipAll = (file: ReturnType<typeof zip>) => readZipDirectory(file).map((entry) => unzip(file, entry));

describe('malformed arrays and archives', () => {
  const four = f32(1);
  const good = npy(header('<f4', '(1,)'), four);
  const arrays: readonly (readonly [string, string, ReturnType<typeof npy>])[] = [
    ['an empty file', 'unknown-format', named('x', new Uint8Array())],
    ['a file of the magic alone', 'truncated', named('x', good.bytes.subarray(0, 7))],
    ['version 4', 'unsupported-version', npy(header('<f4', '(1,)'), four, 4)],
    ['a header beyond the end', 'truncated', named('x', good.bytes.subarray(0, 30))],
    ['a header of 2³² − 1 bytes', 'too-large', named('x', join([0x93], utf8('NUMPY'), [2, 0], le(-1, 4)))],
    ['a header that is no dictionary', 'malformed', npy('[1, 2]')],
    ['a header that calls a function', 'malformed', npy("{'descr': exit(), 'fortran_order': False, 'shape': ()}")],
    ['a key given twice', 'duplicate-name', npy("{'descr': '<f4', 'descr': '<f4', 'shape': ()}", four)],
    ['a key too many', 'malformed', npy(header('<f4', "(1,), 'more': True"), four)],
    ['no shape', 'missing-field', npy("{'descr': '<f4', 'fortran_order': False}", four)],
    ['a negative dimension', 'bad-shape', npy(header('<f4', '(-1,)'), four)],
    ['a shape that overflows', 'bad-shape', npy(header('<f4', '(4294967296, 4294967296)'), four)],
    ['a shape that overflows, hidden by a zero', 'bad-shape', npy(header('<f4', '(4294967296, 4294967296, 0)'))],
    ['65 dimensions', 'bad-shape', npy(header('<f4', `(${'1,'.repeat(65)})`), four)],
    ['an order that is text', 'bad-value', npy(header('<f4', '(1,)', "'C'"), four)],
    ['Python objects', 'unsupported-type', npy(header('|O', '(1,)'), four)],
    ['text', 'unsupported-type', npy(header('<U1', '(1,)'), four)],
    ['records', 'unsupported-type', npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", four)],
    ['too few bytes', 'truncated', npy(header('<f4', '(2,)'), four)],
    ['too many bytes', 'size-mismatch', npy(header('<f4', '()'), [...four, 0])],
  ];
  it.each(arrays)('npy, %s: %s', (_, code, file) => {
    expect(faultOf(() => readNpy(file))).toBe(code);
  });

  const a = { name: 'a' };
  const deflated = deflateSync(utf8('hello')).length;
  const archives: readonly (readonly [string, string, ReturnType<typeof zip>])[] = [
    ['an empty file', 'truncated', named('x', new Uint8Array())],
    ['no end record', 'truncated', named('x', zip([a]).bytes.slice(0, -4))],
    ['a directory beyond the end', 'out-of-range', zip([a], { start: 1e6 })],
    ['a directory elsewhere', 'malformed', zip([a], { start: 0 })],
    ['an entry too many', 'malformed', zip([a], { count: 2 })],
    ['zip64', 'unsupported-version', zip([a], { count: 0xffff })],
    ['encryption', 'unsupported-version', zip([{ ...a, flags: 1 }])],
    ['another method', 'unsupported-version', zip([{ ...a, method: 14 }])],
    ['no name', 'missing-field', zip([{ name: '' }])],
    ['a path upwards', 'unsafe-path', zip([{ name: 'x/../../y' }])],
    ['a path upwards for Windows', 'unsafe-path', zip([{ name: '..\\y' }])],
    ['an absolute path', 'unsafe-path', zip([{ name: '/etc/passwd' }])],
    ['a drive', 'unsafe-path', zip([{ name: 'C:y' }])],
    ['a name given twice', 'duplicate-name', zip([a, a])],
    ['a name of 2,000 bytes', 'too-large', zip([{ name: 'n'.repeat(2000) }])],
    ['a declared bomb', 'too-large', zip([{ ...a, size: 2 ** 31 + 1 }])],
    [
      'many entries that are a bomb together',
      'too-large',
      zip([...'abcdefgh'].map((name) => ({ name, size: 2 ** 28 }))),
    ],
    ['an actual bomb', 'size-mismatch', zip([{ ...a, content: new Uint8Array(1e7), size: 100 }])],
    ['more declared than there is', 'size-mismatch', zip([{ ...a, size: 6 }])],
    ['a wrong checksum', 'malformed', zip([{ ...a, crc: 1 }])],
    [
      'deflate data cut off',
      'malformed',
      zip([{ ...a, content: utf8('hello'.repeat(99)), compressedSize: deflated - 2 }]),
    ],
    ['plain data of another size', 'size-mismatch', zip([{ ...a, method: 0, size: 9 }])],
    ['entries that share bytes', 'overlap', zip([a, { name: 'b', offset: 0 }])],
    ['an entry beyond the directory', 'out-of-range', zip([{ ...a, offset: 40 }])],
    ['an entry that does not start one', 'malformed', zip([{ ...a, offset: 1 }])],
  ];
  it.each(archives)('zip, %s: %s', (_, code, file) => {
    expect(faultOf(() => unzipAll(file))).toBe(code);
  });

  const idx = (bytes: ArrayLike<number>) => named('x', Uint8Array.from(bytes));
  const gz = gzipSync(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 5, 6));
  const patched = (at: number, value: number) => gz.with(gz.length + at, value);
  it.each([
    ['an empty file', 'truncated', idx([])],
    ['another magic', 'unknown-format', idx([1, 0, 8, 1])],
    ['an unknown type', 'unsupported-type', idx([0, 0, 10, 1])],
    ['no dimensions', 'bad-shape', idx([0, 0, 8, 0])],
    ['sizes cut off', 'truncated', idx([0, 0, 8, 2, 0, 0, 0, 1])],
    ['sizes that overflow', 'bad-shape', idx([0, 0, 8, 2, ...Array(8).fill(255)])],
    ['too few bytes', 'truncated', idx([0, 0, 8, 1, 0, 0, 0, 2, 5])],
    ['too many bytes', 'size-mismatch', idx([0, 0, 8, 1, 0, 0, 0, 1, 5, 6])],
    ['gzip cut off', 'truncated', idx(gz.subarray(0, 12))],
    ['gzip of another method', 'malformed', idx(gz.with(2, 7))],
    ['gzip with a wrong checksum', 'malformed', idx(patched(-8, gz.at(-8)! ^ 1))],
    ['gzip that declares 4 GB', 'too-large', idx(patched(-1, 255))],
    ['gzip that declares too little', 'size-mismatch', idx(patched(-4, 3))],
    ['gzip that declares too much', 'size-mismatch', idx(patched(-4, 30))],
  ])('IDX, %s: %s', (_, code, file) => {
    expect(faultOf(() => readIdx(file))).toBe(code);
  });

  it.each([
    ['an empty file', 'missing-field', ''],
    ['a short row', 'bad-shape', '1,2\n3\n'],
    ['a long row', 'bad-shape', '1,2\n3,4,5\n'],
    ['an empty cell', 'bad-value', 'a,b\n1,\n'],
    ['text', 'bad-value', 'a\nb\n'],
    ['a number beyond f64', 'bad-value', 'a\n1e999\n'],
    ['hexadecimal', 'bad-value', 'a\n0x10\n'],
    ['NaN', 'bad-value', 'a\nNaN\n'],
    ['a quoted comma', 'bad-value', '"a,b",c\n1,2,3\n'],
    ['a name given twice', 'duplicate-name', 'a,a\n1,2\n'],
    ['a wide row over many short ones', 'bad-shape', `${'1,'.repeat(9999)}1\n${'1\n'.repeat(99_999)}`],
    ['too many columns', 'too-many', `${'1,'.repeat(70_000)}1\n`],
  ])('CSV, %s: %s', (_, code, text) => {
    expect(faultOf(() => readCsv({ name: 'x.csv', bytes: utf8(text) }))).toBe(code);
  });
});

describe('damaged files', () => {
  const array = npy(header('<f4', '(3, 2)', 'True'), f32(1, 2, 3, 4, 5, 6));
  const readers: readonly (readonly [string, Uint8Array<ArrayBuffer>, (bytes: Uint8Array<ArrayBuffer>) => unknown])[] =
    [
      ['npy', array.bytes, (bytes) => readNpy({ name: 'x', bytes })],
      ['npz', zip([{ name: 'a.npy', content: array.bytes }]).bytes, (bytes) => readNpz({ name: 'x', bytes })],
      ['IDX', Uint8Array.of(0, 0, 11, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4), (bytes) => readIdx({ name: 'x', bytes })],
      ['CSV', utf8('a,b\n1,2.5\n-3e2,4\n'), (bytes) => readCsv({ name: 'x', bytes })],
    ];
  it.each(readers)('%s: reads or refuses every damaged file', (_, bytes, read) => {
    const endured = endure(bytes, read, { seed: 3 });
    expect(endured.refused).toBeGreaterThan(2000);
    expect(endured.worst).toBeLessThan(50);
  });
});

/** Written by NumPy 2.4: a = arange(6) <f4 [2, 3]; b the same as >i2 in Fortran order; z = zeros(100), compressed. */
const byNumpy =
  'UEsDBC0AAAAIAAAAIQBP6QAq//////////8FABQAYS5ucHkBABAAmAAAAAAAAABVAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKuo6Ce' +
  'll9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CsaaOgq1CmQDLgYwaLAHEg5ABMQNQLzAAQBQSwMELQAAAAgAAAAhAOEe+qj//////////wUA' +
  'FABiLm5weQEAEACMAAAAAAAAAFEAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpdppK6joJ6WX1RSlJgXn1+UkgoSDykqTQUKF2ckFqQCuRpG' +
  'OgrGmjoKtQrkAy4GBgZmBkYGFgYmBlYAUEsDBC0AAAAIAAAAIQB8fZ0a//////////8FABQAei5ucHkBABAAoAMAAAAAAABOAAAAAAAAAJvsF+ob' +
  'EMnIUMZQrZ6SWpxcpG6loG6TZqGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GoYGBjqaOgq1CmQDLoZRMApGAU4AAFBLAQItAy0AAAAI' +
  'AAAAIQBP6QAqVQAAAJgAAAAFAAAAAAAAAAAAAACAAQAAAABhLm5weVBLAQItAy0AAAAIAAAAIQDhHvqoUQAAAIwAAAAFAAAAAAAAAAAAAACAAYwA' +
  'AABiLm5weVBLAQItAy0AAAAIAAAAIQB8fZ0aTgAAAKADAAAFAAAAAAAAAAAAAACAARQBAAB6Lm5weVBLBQYAAAAAAwADAJkAAACZAQAAAAA=';

describe('reading', () => {
  it('arrays as NumPy writes them: big-endian, columns first, compressed', () => {
    const [a, b, z] = readNpz(named('x.npz', Buffer.from(byNumpy, 'base64')));
    expect(a).toEqual({ name: 'a', type: 'f32', dims: [2, 3], bytes: f32(0, 1, 2, 3, 4, 5) });
    const counted = new Uint8Array(Int16Array.of(0, 1, 2, 3, 4, 5).buffer);
    expect(b).toEqual({ name: 'b', type: 'i16', dims: [2, 3], bytes: counted });
    expect(z).toEqual({ name: 'z', type: 'f64', dims: [100], bytes: new Uint8Array(800) });
  });

  it.each([1, 2, 3])('npy version %i as a view', (version) => {
    const file = npy(header('<f4', '(1, 2)'), f32(1, 2), version);
    const tensor = readNpy(file);
    expect(tensor).toMatchObject({ name: 'x', type: 'f32', dims: [1, 2] });
    expect(tensor.bytes.buffer).toBe(file.bytes.buffer);
  });

  it.each([
    ['|b1', 'bool', 1],
    ['|i1', 'i8', 1],
    ['|u1', 'u8', 1],
    ['<i2', 'i16', 2],
    ['<u2', 'u16', 2],
    ['<i4', 'i32', 4],
    ['<u4', 'u32', 4],
    ['<i8', 'i64', 8],
    ['<u8', 'u64', 8],
    ['<f2', 'f16', 2],
    ['<f8', 'f64', 8],
    ['<c8', 'c64', 8],
    ['<c16', 'c128', 16],
  ])('npy of %s is %s', (descr, type, bytes) => {
    const data = Uint8Array.from({ length: bytes }, (_, i) => i);
    expect(readNpy(npy(header(descr, '()'), data))).toMatchObject({ type, dims: [], bytes: data });
  });

  it('big-endian complex numbers part by part', () => {
    const { bytes } = readNpy(npy(header('>c8', '()'), [1, 2, 3, 4, 5, 6, 7, 8]));
    expect([...bytes]).toEqual([4, 3, 2, 1, 8, 7, 6, 5]);
  });

  it('columns first in three dimensions', () => {
    const { bytes } = readNpy(npy(header('|u1', '(2, 3, 2)', 'True'), [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]));
    expect([...bytes]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('zip as others write it, folders left out, stored entries as views', () => {
    const files = {
      'cat/1.png': utf8('meow'.repeat(50)),
      'dog/': new Uint8Array(),
      'dog/2.png': [utf8('woof'), { level: 0 }] as const,
    };
    const file = named('x.zip', zipSync(files as unknown as Zippable));
    const entries = readZipDirectory(file);
    expect(entries.map(({ name, size }) => [name, size])).toEqual([
      ['cat/1.png', 200],
      ['dog/2.png', 4],
    ]);
    expect(unzip(file, entries[0]!)).toEqual(utf8('meow'.repeat(50)));
    expect(unzip(file, entries[1]!).buffer).toBe(file.bytes.buffer);
  });

  it('IDX, plain and gzipped', () => {
    const bytes = [0, 0, 11, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4];
    const expected = { name: 'x', type: 'i16', dims: [1, 2], bytes: Uint8Array.of(2, 1, 4, 3) };
    expect(readIdx(named('x', Uint8Array.from(bytes)))).toEqual(expected);
    expect(readIdx(named('x.gz', gzipSync(Uint8Array.from(bytes))))).toEqual(expected);
  });

  it('CSV with and without names', () => {
    const values = new Uint8Array(Float64Array.of(1, -2.5, 300, 0.25).buffer);
    const tensor = { name: 'x', type: 'f64', dims: [2, 2], bytes: values };
    expect(readCsv(named('x.csv', utf8('\ufeff"a", b\r\n1,-2.5\r\n3e2, .25\r\n\r\n')))).toEqual({
      columns: ['a', 'b'],
      tensor,
    });
    expect(readCsv(named('x.csv', utf8('1,-2.5\n+300.,0.25')))).toEqual({ tensor });
  });
});

const images = 't10k-images-idx3-ubyte.gz';
const tokens = 'stories260k/token_ids.npy';
const absent = missing(images) ?? missing(tokens);
describe.skipIf(absent)(`fixtures${absent ? `: ${absent}` : ''}`, () => {
  const open = (name: string) => named(name, readFileSync(fixture(name)));

  it('hold 10,000 images with labels from 0 to 9', () => {
    expect(readIdx(open(images))).toMatchObject({ type: 'u8', dims: [10_000, 28, 28] });
    const labels = readIdx(open('t10k-labels-idx1-ubyte.gz'));
    expect(labels.dims).toEqual([10_000]);
    // The first labels of the published set.
    expect([...labels.bytes.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  });

  it('hold token ids', () => {
    expect(readNpy(open(tokens))).toMatchObject({ name: 'token_ids', type: 'i32', dims: [16, 256] });
  });
});
