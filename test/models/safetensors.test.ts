/** Safetensors: reading, writing, shards, and what is refused. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { indexOf, indexSafetensors, readSafetensors } from '../../src/models/safetensors/read.js';
import { readShardedSafetensors } from '../../src/models/safetensors/shards.js';
import { type Part, spliceSafetensors, writeSafetensors } from '../../src/models/safetensors/write.js';
import { blobSource } from '../../src/models/source.js';
import type { Tensor } from '../../src/models/tensor.js';
import { bytesNeeded, loadTensor } from '../../src/models/tensor-index.js';
import { seededRandom } from '../../src/numerics/random.js';
import { f32, join, le, utf8 } from '../support/bytes.js';
import { fixture, missing } from '../support/fixtures.js';
import { endure, faultOf } from '../support/mutations.js';

const file = (header: string, data: ArrayLike<number> = []) => {
  const text = utf8(header);
  return { name: 'model.safetensors', bytes: join(le(text.length, 8), text, data) };
};
const entry = (dtype: string, shape: string, from: number | string, to: number | string): string =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${from},${to}]}`;
const bytesOf = async (parts: readonly Part[]) => new Uint8Array(await new Blob([...parts]).arrayBuffer());
const joined = (parts: readonly Part[]) => join(...parts.map((part) => part as Uint8Array));

const sample: readonly Tensor[] = [
  { name: 'weight', type: 'f32', dims: [2, 3], bytes: f32(1, 2, 3, 4, 5, 6) },
  { name: 'half', type: 'bf16', dims: [3], bytes: Uint8Array.of(1, 2, 3, 4, 5, 6) },
  { name: '__proto__', type: 'i64', dims: [], bytes: le(-7, 8) },
  { name: 'empty "ü" 𝄞', type: 'f16', dims: [0, 4], bytes: new Uint8Array() },
  { name: '12', type: 'e2m1', dims: [2, 3], bytes: Uint8Array.of(0x21, 0x43, 0x65) },
];

describe('malformed safetensors', () => {
  const big = '18446744073709551614';
  const f = entry('F32', '[1]', 0, 4);
  const four = [0, 0, 0, 0];
  const eight = [...four, ...four];
  const cases: readonly (readonly [string, string, { name: string; bytes: Uint8Array<ArrayBuffer> }])[] = [
    ['an empty file', 'truncated', { name: 'x', bytes: new Uint8Array() }],
    ['seven bytes', 'truncated', { name: 'x', bytes: new Uint8Array(7) }],
    ['a header beyond the end', 'truncated', { name: 'x', bytes: join(le(100, 8), utf8('{}')) }],
    ['a header of 2⁶⁴ − 1 bytes', 'too-large', { name: 'x', bytes: join(le(-1, 8), utf8('{}')) }],
    ['a header beyond the cap', 'too-large', { name: 'x', bytes: join(le(100_000_001, 8), utf8('{}')) }],
    ['a header of 0 bytes', 'malformed', file('')],
    ['a header that begins with a space', 'malformed', file(' {}')],
    ['a byte order mark', 'malformed', file('\ufeff{}')],
    ['an array as header', 'malformed', file('[]')],
    ['a header cut off', 'malformed', file(`{"w":${f}`, four)],
    ['text after the header', 'malformed', file(`{"w":${f}}x`, four)],
    ['bytes that are not UTF-8', 'malformed', { name: 'x', bytes: join(le(5, 8), [0x7b, 0x22, 0xff, 0x22, 0x7d]) }],
    ['half of a character', 'malformed', file(`{"\\ud800":${f}}`, four)],
    ['an unknown escape', 'malformed', file(`{"\\x":${f}}`, four)],
    ['a trailing comma', 'malformed', file(`{"w":${f},}`, four)],
    ['a number with a leading zero', 'malformed', file(`{"w":${entry('F32', '[01]', 0, 4)}}`, four)],
    ['10,000 nested arrays', 'too-deep', file(`{"w":${'['.repeat(10_000)}`)],
    ['a tensor given twice', 'duplicate-name', file(`{"w":${f},"w":${f}}`, four)],
    ['a tensor given twice, once by escapes', 'duplicate-name', file(`{"w":${f},"\\u0077":${f}}`, four)],
    [
      'a field given twice',
      'duplicate-name',
      file(`{"w":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, four),
    ],
    ['a tensor that is no object', 'malformed', file('{"w":3}')],
    ['a missing dtype', 'missing-field', file('{"w":{"shape":[1],"data_offsets":[0,4]}}', four)],
    ['a missing shape', 'missing-field', file('{"w":{"dtype":"F32","data_offsets":[0,4]}}', four)],
    ['missing offsets', 'missing-field', file('{"w":{"dtype":"F32","shape":[1]}}', four)],
    ['a dtype that is a number', 'bad-value', file('{"w":{"dtype":1,"shape":[1],"data_offsets":[0,4]}}', four)],
    ['an unknown dtype', 'unsupported-type', file(`{"w":${entry('F31', '[1]', 0, 4)}}`, four)],
    [
      'a dtype named as a property of objects',
      'unsupported-type',
      file(`{"w":${entry('constructor', '[1]', 0, 4)}}`, four),
    ],
    ['a negative dimension', 'bad-shape', file(`{"w":${entry('F32', '[-1]', 0, 4)}}`, four)],
    ['a fraction as dimension', 'bad-shape', file(`{"w":${entry('F32', '[1.5]', 0, 4)}}`, four)],
    ['a dimension of 2⁶⁴ − 2', 'bad-shape', file(`{"w":${entry('F32', `[${big}]`, 0, 4)}}`, four)],
    ['dimensions that overflow together', 'bad-shape', file(`{"w":${entry('F32', '[4294967296,4294967296]', 0, 0)}}`)],
    [
      'dimensions that overflow, hidden by a zero',
      'bad-shape',
      file(`{"w":${entry('F32', '[4294967296,4294967296,0]', 0, 0)}}`),
    ],
    ['a shape that is a number', 'bad-shape', file(`{"w":${entry('F32', '1', 0, 4)}}`, four)],
    ['1,000 dimensions', 'bad-shape', file(`{"w":${entry('F32', `[${Array(1000).fill(1)}]`, 0, 4)}}`, four)],
    ['three offsets', 'bad-value', file('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}', four)],
    ['a negative offset', 'bad-value', file(`{"w":${entry('F32', '[1]', -4, 0)}}`, four)],
    ['offsets as text', 'bad-value', file(`{"w":${entry('F32', '[1]', '"0"', '"4"')}}`, four)],
    ['an offset of 2⁶⁴ − 2', 'bad-value', file(`{"w":${entry('F32', '[1]', 0, big)}}`, four)],
    ['an end before its begin', 'bad-value', file(`{"w":${entry('F32', '[1]', 4, 0)}}`, four)],
    ['too few bytes for the shape', 'size-mismatch', file(`{"w":${entry('F32', '[2]', 0, 4)}}`, four)],
    ['too many bytes for the shape', 'size-mismatch', file(`{"w":${entry('F32', '[1]', 0, 8)}}`, eight)],
    ['a shape of half a byte', 'size-mismatch', file(`{"w":${entry('F4', '[3]', 0, 2)}}`, [0, 0])],
    ['a tensor beyond the end', 'truncated', file(`{"w":${entry('F32', '[2]', 0, 8)}}`, four)],
    ['a tensor that starts beyond the end', 'out-of-range', file(`{"w":${entry('F32', '[1]', 400, 404)}}`, four)],
    [
      'tensors that overlap',
      'overlap',
      file(`{"a":${entry('F32', '[1]', 0, 4)},"b":${entry('F32', '[1]', 2, 6)}}`, eight),
    ],
    ['tensors at one place', 'overlap', file(`{"a":${f},"b":${f}}`, four)],
    ['a hole between tensors', 'gap', file(`{"a":${f},"b":${entry('U8', '[1]', 5, 6)}}`, eight.slice(0, 6))],
    ['a hole at the start', 'gap', file(`{"a":${entry('F32', '[1]', 4, 8)}}`, eight)],
    ['trailing bytes', 'gap', file(`{"a":${f}}`, eight)],
    ['data without tensors', 'gap', file('{}', four)],
    ['metadata that is text', 'bad-value', file('{"__metadata__":"pt"}')],
    ['metadata that holds a number', 'bad-value', file('{"__metadata__":{"format":1}}')],
  ];
  it.each(cases)('%s: %s', (_, code, broken) => {
    expect(faultOf(() => readSafetensors(broken))).toBe(code);
  });

  it('reads or refuses every damaged file', () => {
    const bytes = joined(writeSafetensors('x', sample, new Map([['format', 'pt']])));
    const endured = endure(bytes, (each) => readSafetensors({ name: 'x', bytes: each }));
    expect(endured.refused).toBeGreaterThan(5000);
    expect(endured.worst).toBeLessThan(50);
  });

  it('names file, tensor and rule', () => {
    expect(() => readSafetensors(file(`{"w":${entry('F32', '[2]', 0, 4)}}`, four))).toThrow(
      'model.safetensors: tensor "w" data_offsets span 4 bytes, but F32[2] needs 8.',
    );
  });
});

describe('reading', () => {
  it('gives views, in order of the header, with the metadata', () => {
    const given = file(
      `{"__metadata__":{"format":"pt"},"b":${entry('U8', '[2]', 4, 6)},"a":${entry('F32', '[1]', 0, 4)}}  `,
      [...f32(2.5), 7, 8],
    );
    const { tensors, metadata, remarks } = readSafetensors(given);
    expect(tensors.map(({ name, type, dims, bytes }) => [name, type, dims, [...bytes]])).toEqual([
      ['b', 'u8', [2], [7, 8]],
      ['a', 'f32', [1], [...f32(2.5)]],
    ]);
    expect(tensors.every(({ bytes }) => bytes.buffer === given.bytes.buffer)).toBe(true);
    expect([...metadata]).toEqual([['format', 'pt']]);
    expect(remarks).toEqual([]);
  });

  it('steps over types that it does not decode, and says so', () => {
    const { tensors, remarks } = readSafetensors(file(`{"a":${entry('F6_E2M3', '[4]', 0, 3)}}`, [1, 2, 3]));
    expect(tensors).toEqual([]);
    expect(remarks).toEqual(['1 tensor is of a type that is not read here (F6_E2M3), first "a", F6_E2M3[4].']);
  });

  it('needs the header alone of a Blob, and then one tensor at a time', async () => {
    const source = blobSource('x', new Blob([...writeSafetensors('x', sample)]));
    const reads: number[] = [];
    const counting = {
      ...source,
      read: (offset: number, length: number) => {
        reads.push(length);
        return source.read(offset, length);
      },
    };
    const index = await indexSafetensors(counting);
    expect(bytesNeeded(index)).toBe(24 + 6 + 8 + 3);
    expect(reads.reduce((sum, each) => sum + each, 0)).toBe(source.size - bytesNeeded(index));
    const weight = await loadTensor(index.entries.find(({ name }) => name === 'weight')!, counting);
    expect(weight).toEqual(sample[0]);
    expect(reads.at(-1)).toBe(24);
  });

  it('refuses a Blob that ends before it should', async () => {
    const source = blobSource('x', new Blob(['short']));
    await expect(source.read(0, 100)).rejects.toMatchObject({ code: 'truncated', file: 'x' });
  });
});

describe('writing', () => {
  it('gives back what it was given', () => {
    const metadata = new Map([['__proto__', 'a "b"\n']]);
    const read = readSafetensors({ name: 'x', bytes: joined(writeSafetensors('x', sample, metadata)) });
    const byName = (a: Tensor, b: Tensor) => (a.name < b.name ? -1 : 1);
    expect(read.tensors.toSorted(byName)).toEqual(sample.toSorted(byName));
    expect(read.metadata).toEqual(metadata);
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
  });

  it('starts each tensor at a multiple of its element', () => {
    const bytes = joined(writeSafetensors('x', sample));
    const sizes: Readonly<Record<string, number>> = { i64: 8, f32: 4, bf16: 2, f16: 2, e2m1: 1 };
    for (const { offset, type } of indexOf({ name: 'x', bytes }).entries) expect(offset % sizes[type]!).toBe(0);
  });

  it('is a fixed point: 500 files written, read and written again', () => {
    const random = seededRandom(5);
    const types = ['f32', 'f16', 'bf16', 'i8', 'u8', 'i64', 'e4m3', 'bool'] as const;
    const sizes = { f32: 4, f16: 2, bf16: 2, i8: 1, u8: 1, i64: 8, e4m3: 1, bool: 1 };
    for (let i = 0; i < 500; i++) {
      const tensors = Array.from({ length: random.below(8) }, (_, k): Tensor => {
        const type = types[random.below(types.length)]!;
        const dims = Array.from({ length: random.below(4) }, () => random.below(5));
        const length = dims.reduce((product, dim) => product * dim, sizes[type]);
        return { name: `t${k}`, type, dims, bytes: Uint8Array.from({ length }, () => random.below(256)) };
      });
      const bytes = joined(writeSafetensors('x', tensors));
      const { tensors: read } = readSafetensors({ name: 'x', bytes });
      expect(new Set(read)).toEqual(new Set(tensors));
      expect(joined(writeSafetensors('x', read))).toEqual(bytes);
    }
  });

  it('replaces some tensors of a Blob and passes the others byte by byte', async () => {
    const blob = new Blob([...writeSafetensors('x', sample, new Map([['format', 'pt']]))]);
    const index = await indexSafetensors(blobSource('x', blob));
    const slice = (_: unknown, from: number, to: number) => blob.slice(from, to);
    const codes: Tensor = { name: 'weight.codes', type: 'u8', dims: [3], bytes: Uint8Array.of(9, 8, 7) };
    const scale: Tensor = { name: 'weight.scale', type: 'f32', dims: [1], bytes: f32(0.5) };
    const changes = new Map([
      ['weight', [codes, scale]],
      ['half', []],
    ]);
    const bytes = await bytesOf(spliceSafetensors('x', index, slice, changes));
    const { tensors, metadata } = readSafetensors({ name: 'x', bytes });
    const kept = sample.filter(({ name }) => !changes.has(name));
    expect(new Set(tensors)).toEqual(new Set([...kept, codes, scale]));
    expect([...metadata]).toEqual([['format', 'pt']]);
    const same = await bytesOf(spliceSafetensors('x', index, slice, new Map()));
    expect(same).toEqual(new Uint8Array(await blob.arrayBuffer()));
  });

  it.each([
    ['a name given twice', 'duplicate-name', [sample[0]!, sample[0]!]],
    ['the name of the metadata', 'duplicate-name', [{ ...sample[0]!, name: '__metadata__' }]],
    ['bytes that do not fit', 'size-mismatch', [{ ...sample[0]!, dims: [7] }]],
    ['an odd number of 4-bit floats', 'size-mismatch', [{ ...sample[4]!, dims: [5] }]],
    ['a type that the format lacks', 'unsupported-type', [{ ...sample[0]!, type: 'q4_0', dims: [32] } as Tensor]],
  ])('refuses %s: %s', (_, code, tensors) => {
    expect(faultOf(() => writeSafetensors('x', tensors))).toBe(code);
  });
});

describe('shards', () => {
  const shard = (name: string, tensors: readonly Tensor[]) => ({
    name: `model/${name}`,
    bytes: joined(writeSafetensors(name, tensors)),
  });
  const shards = [shard('1.safetensors', sample.slice(0, 2)), shard('2.safetensors', sample.slice(2, 3))];
  const index = (map: unknown) => ({
    name: 'model/index.json',
    bytes: utf8(JSON.stringify({ weight_map: map, metadata: { total_size: 38 } })),
  });
  const map = { half: '1.safetensors', weight: '1.safetensors' };

  it('are read as one file, in the order of the index', () => {
    const { tensors, metadata, remarks } = readShardedSafetensors(
      {
        name: 'i',
        bytes: utf8('{"weight_map":{"__proto__":"2.safetensors","half":"1.safetensors"},"metadata":{"total_size":38}}'),
      },
      shards,
    );
    expect(tensors).toEqual([sample[2], sample[1]]);
    expect(metadata.get('total_size')).toBe(38);
    expect(remarks).toEqual(['1 tensors of the shards are not in the index and are left out.']);
  });

  it.each([
    ['a shard that was not given', 'missing-file', index({ ...map, x: '3.safetensors' })],
    ['a tensor that its shard lacks', 'dangling', index({ ...map, x: '1.safetensors' })],
    ['a shard in another folder', 'unsafe-path', index({ ...map, x: '../1.safetensors' })],
    ['a shard on another drive', 'unsafe-path', index({ ...map, x: 'C:1.safetensors' })],
    ['no map', 'missing-field', { name: 'i', bytes: utf8('{}') }],
    ['a map that is a list', 'bad-value', index([])],
    ['a shard that is a number', 'bad-value', index({ x: 1 })],
    ['a tensor mapped twice', 'duplicate-name', { name: 'i', bytes: utf8('{"weight_map":{"a":"1","a":"1"}}') }],
  ])('are refused for %s: %s', (_, code, broken) => {
    expect(faultOf(() => readShardedSafetensors(broken, shards))).toBe(code);
  });
});

const stories = 'stories260k/model.safetensors';
describe.skipIf(missing(stories))(`fixture ${stories}${missing(stories) ? `: ${missing(stories)}` : ''}`, () => {
  it('is read, and spliced with nothing changed but the header', () => {
    const given = { name: 'model.safetensors', bytes: Uint8Array.from(readFileSync(fixture(stories))) };
    const { tensors } = readSafetensors(given);
    expect(tensors[0]).toMatchObject({ name: 'model.embed_tokens.weight', type: 'f32', dims: [512, 64] });
    const parts = spliceSafetensors('x', indexOf(given), (_, from, to) => given.bytes.subarray(from, to), new Map());
    const again = readSafetensors({ name: 'x', bytes: joined(parts) }).tensors;
    expect(again.map(({ name }) => name)).toEqual(tensors.map(({ name }) => name));
    for (const [i, { bytes }] of tensors.entries()) expect(Buffer.compare(bytes, again[i]!.bytes)).toBe(0);
  });
});
