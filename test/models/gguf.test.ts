/** GGUF: metadata, tensor table, and what is refused. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dequantizeTensor } from '../../src/models/gguf/blocks.js';
import { indexGguf, readGguf } from '../../src/models/gguf/read.js';
import { readSafetensors } from '../../src/models/safetensors/read.js';
import { blobSource } from '../../src/models/source.js';
import type { Tensor } from '../../src/models/tensor.js';
import { bytesNeeded, loadTensor } from '../../src/models/tensor-index.js';
import { typedArrayOf } from '../../src/models/values.js';
import { f32, join, le, utf8 } from '../support/bytes.js';
import { fixture, missing } from '../support/fixtures.js';
import { array, gguf, pair, text } from '../support/gguf-file.js';
import { endure, faultOf } from '../support/mutations.js';

const u32 = (key: string, value: number) => pair(key, 'u32', le(value, 4));
const nested = (depth: number): Uint8Array =>
  depth === 0 ? array('u8', [le(1, 1)]) : array('array', [nested(depth - 1)]);

const every = {
  pairs: [
    pair('u8', 'u8', le(255, 1)),
    pair('i8', 'i8', le(-1, 1)),
    pair('u16', 'u16', le(65535, 2)),
    pair('i16', 'i16', le(-2, 2)),
    u32('u32', 4294967295),
    pair('i32', 'i32', le(-3, 4)),
    pair('f32', 'f32', f32(0.5)),
    pair('bool', 'bool', le(1, 1)),
    pair('string', 'string', text('Grüße')),
    pair('u64', 'u64', le(2n ** 64n - 1n, 8)),
    pair('i64', 'i64', le(-4, 8)),
    pair('f64', 'f64', new Uint8Array(Float64Array.of(1 / 3).buffer)),
    pair('tokens', 'array', array('string', [text('a'), text('')])),
    pair('nested', 'array', array('array', [array('u8', [le(1, 1), le(2, 1)]), array('bool', [le(0, 1)])])),
    pair('__proto__', 'string', text('just a key')),
  ],
  infos: [
    { name: 'matrix', dims: [3, 2], type: 0, offset: 0 },
    { name: 'scalar', dims: [], type: 24, offset: 32 },
    { name: 'blocks', dims: [32], type: 8, offset: 64 },
  ],
  data: join(f32(1, 2, 3, 4, 5, 6), new Uint8Array(8), [7], new Uint8Array(31), new Uint8Array(34).fill(3)),
};

describe('malformed GGUF', () => {
  const w = { name: 'w', dims: [4], type: 0, offset: 0 };
  const data = new Uint8Array(16);
  const one = (info: object, size = 16) => gguf({ infos: [{ ...w, ...info }], data: new Uint8Array(size) });
  const whole = gguf(every).bytes;
  const cut = (length: number) => ({ name: 'x', bytes: whole.slice(0, length) });
  const cases: readonly (readonly [string, string, { name: string; bytes: Uint8Array<ArrayBuffer> }])[] = [
    ['an empty file', 'truncated', cut(0)],
    ['three bytes', 'truncated', cut(3)],
    ['another magic', 'unknown-format', gguf({ magic: 'GGML' })],
    ['no version', 'truncated', cut(6)],
    ['version 0', 'unsupported-version', gguf({ version: 0 })],
    ['version 1', 'unsupported-version', gguf({ version: 1 })],
    ['version 4', 'unsupported-version', gguf({ version: 4 })],
    ['a big-endian version', 'unsupported-version', gguf({ version: 0x0300_0000 })],
    ['no counts', 'truncated', cut(12)],
    ['2⁶⁴ − 1 tensors', 'out-of-range', gguf({ tensorCount: -1 })],
    ['2³² tensors', 'too-many', gguf({ tensorCount: 2 ** 32 })],
    ['1,000 tensors announced and none there', 'truncated', gguf({ tensorCount: 1000 })],
    ['2⁶⁴ − 1 pairs', 'out-of-range', gguf({ pairCount: -1 })],
    ['2³² pairs', 'too-many', gguf({ pairCount: 2 ** 32 })],
    ['1,000 pairs announced and none there', 'truncated', gguf({ pairCount: 1000 })],
    ['an empty key', 'missing-field', gguf({ pairs: [u32('', 1)] })],
    ['a key of 65,536 bytes', 'too-large', gguf({ pairs: [u32('k'.repeat(65_536), 1)] })],
    ['a key of 2⁶⁴ − 1 bytes', 'out-of-range', gguf({ pairs: [join(le(-1, 8), new Uint8Array(20))] })],
    ['a key that reaches beyond the end', 'truncated', gguf({ pairs: [join(le(1000, 8), new Uint8Array(20))] })],
    ['a key that is not UTF-8', 'malformed', gguf({ pairs: [pair(Uint8Array.of(0xff), 'u32', le(1, 4))] })],
    ['a key given twice', 'duplicate-name', gguf({ pairs: [u32('a', 1), u32('a', 1)] })],
    ['an unknown value type', 'bad-value', gguf({ pairs: [pair('a', 13, le(1, 4))] })],
    ['a bool of 2', 'bad-value', gguf({ pairs: [pair('a', 'bool', le(2, 1))] })],
    [
      'a value cut off',
      'truncated',
      { name: 'x', bytes: join(utf8('GGUF'), le(3, 4), le(0, 8), le(1, 8), pair('ab', 'u64', le(1, 4))) },
    ],
    ['text of 2⁶³ bytes', 'out-of-range', gguf({ pairs: [pair('a', 'string', le(2n ** 63n, 8))] })],
    ['text beyond the end', 'truncated', gguf({ pairs: [pair('a', 'string', le(1000, 8))] })],
    ['an array of 2⁶⁴ − 1 elements', 'out-of-range', gguf({ pairs: [pair('a', 'array', array('u8', [], -1n))] })],
    ['an array beyond the end', 'truncated', gguf({ pairs: [pair('a', 'array', array('u64', [], 1000))] })],
    ['an array of an unknown type', 'bad-value', gguf({ pairs: [pair('a', 'array', join(le(99, 4), le(0, 8)))] })],
    [
      'an array of 5,000,000 elements',
      'too-many',
      gguf({ pairs: [pair('a', 'array', array('u8', [new Uint8Array(5e6)], 5e6))] }),
    ],
    [
      'arrays of 6,000,000 elements in all',
      'too-many',
      gguf({ pairs: ['a', 'b'].map((key) => pair(key, 'array', array('u8', [new Uint8Array(3e6)], 3e6))) }),
    ],
    ['arrays nested five deep', 'too-deep', gguf({ pairs: [pair('a', 'array', nested(4))] })],
    ['arrays nested 2,000 deep', 'too-deep', gguf({ pairs: [pair('a', 'array', nested(2000))] })],
    ['an alignment of 0', 'bad-value', gguf({ pairs: [u32('general.alignment', 0)] })],
    ['an alignment of 13', 'bad-value', gguf({ pairs: [u32('general.alignment', 13)] })],
    ['an alignment of 2³¹', 'bad-value', gguf({ pairs: [u32('general.alignment', 2 ** 31)] })],
    ['an alignment that is text', 'bad-value', gguf({ pairs: [pair('general.alignment', 'string', text('32'))] })],
    ['an alignment in 64 bits', 'bad-value', gguf({ pairs: [pair('general.alignment', 'u64', le(32, 8))] })],
    ['an empty tensor name', 'missing-field', one({ name: '' })],
    ['a tensor name of 257 bytes', 'too-large', one({ name: 'n'.repeat(257) })],
    ['a tensor name that is not UTF-8', 'malformed', one({ name: Uint8Array.of(0xc3, 0x28) })],
    ['a tensor given twice', 'duplicate-name', gguf({ infos: [w, { ...w, offset: 32 }], data: new Uint8Array(48) })],
    ['five dimensions', 'bad-shape', one({ dims: [4, 1, 1, 1, 1] })],
    ['2³² − 1 dimensions', 'bad-shape', one({ rank: 2 ** 32 - 1 })],
    ['a dimension of 2⁶⁴ − 1', 'bad-shape', one({ dims: [-1] })],
    ['dimensions that overflow together', 'bad-shape', one({ dims: [2 ** 32, 2 ** 32] })],
    ['dimensions that overflow to the right size', 'bad-shape', one({ dims: [2n ** 62n + 1n, 4] })],
    ['an unknown type', 'unsupported-type', one({ type: 255 })],
    ['a type that was withdrawn', 'unsupported-type', one({ type: 4 })],
    ['a row that is no whole block', 'bad-shape', one({ type: 8, dims: [33] }, 64)],
    ['blocks across rows', 'bad-shape', one({ type: 2, dims: [16, 2] }, 18)],
    ['an offset of 2⁶⁴ − 32', 'out-of-range', one({ offset: -32 })],
    ['an offset of 2³¹ + 32 in a small file', 'out-of-range', one({ offset: 2 ** 31 + 32 })],
    ['an offset that is not aligned', 'misaligned', one({ offset: 8 }, 64)],
    ['a tensor that starts at the end', 'truncated', one({ offset: 32 }, 32)],
    ['a tensor cut off', 'truncated', one({}, 15)],
    ['no data', 'truncated', one({}, 0)],
    [
      'tensors that overlap',
      'overlap',
      gguf({
        infos: [
          { ...w, dims: [16] },
          { ...w, name: 'v', offset: 32 },
        ],
        data: new Uint8Array(64),
      }),
    ],
    ['tensors at one place', 'overlap', gguf({ infos: [w, { ...w, name: 'v' }], data })],
    ['a hole between tensors', 'gap', gguf({ infos: [w, { ...w, name: 'v', offset: 64 }], data: new Uint8Array(80) })],
    ['a hole at the start', 'gap', one({ offset: 32 }, 48)],
    ['a tensor table cut off', 'truncated', { name: 'x', bytes: gguf({ infos: [w] }).bytes.slice(0, 50) }],
  ];
  it.each(cases)('%s: %s', (_, code, broken) => {
    expect(faultOf(() => readGguf(broken))).toBe(code);
  });

  it('reads or refuses every damaged file', () => {
    const header = whole.length - every.data.length;
    const endured = endure(whole, (bytes) => readGguf({ name: 'x', bytes }), { within: header, seed: 2 });
    expect(endured.refused).toBeGreaterThan(5000);
    expect(endured.worst).toBeLessThan(50);
  });

  it('names file, tensor and rule', () => {
    expect(() => readGguf(one({ offset: 8 }, 64))).toThrow(
      'model.gguf: tensor "w" offset is 8, which is no multiple of 32.',
    );
  });
});

describe('reading', () => {
  it.each([2, 3])('gives metadata and views of version %i', (version) => {
    const file = gguf({ ...every, version });
    const { tensors, metadata, remarks } = readGguf(file);
    expect([...metadata]).toEqual([
      ['u8', 255],
      ['i8', -1],
      ['u16', 65535],
      ['i16', -2],
      ['u32', 4294967295],
      ['i32', -3],
      ['f32', 0.5],
      ['bool', true],
      ['string', 'Grüße'],
      ['u64', 2n ** 64n - 1n],
      ['i64', -4],
      ['f64', 1 / 3],
      ['tokens', ['a', '']],
      ['nested', [[1, 2], [false]]],
      ['__proto__', 'just a key'],
    ]);
    expect(tensors.map(({ name, type, dims, bytes }) => [name, type, dims, bytes])).toEqual([
      ['matrix', 'f32', [2, 3], f32(1, 2, 3, 4, 5, 6)],
      ['scalar', 'i8', [], Uint8Array.of(7)],
      ['blocks', 'q8_0', [32], new Uint8Array(34).fill(3)],
    ]);
    expect(tensors.every(({ bytes }) => bytes.buffer === file.bytes.buffer)).toBe(true);
    expect(remarks).toEqual([]);
  });

  it('follows the alignment of the file, and tensors in any order', () => {
    const infos = [
      { name: 'b', dims: [1], offset: 64 },
      { name: 'a', dims: [1], offset: 0 },
    ];
    const data = join(f32(1), new Uint8Array(60), f32(2));
    const { tensors } = readGguf(gguf({ pairs: [u32('general.alignment', 64)], infos, alignment: 64, data }));
    expect(tensors.map(({ name, bytes }) => [name, [...bytes]])).toEqual([
      ['b', [...f32(2)]],
      ['a', [...f32(1)]],
    ]);
  });

  it('replaces what is no UTF-8 in values, since tokens may be halves of characters', () => {
    const { metadata } = readGguf(gguf({ pairs: [pair('token', 'string', text(Uint8Array.of(0xc3)))] }));
    expect(metadata.get('token')).toBe('\ufffd');
  });

  it('steps over types that it does not decode, and says so', () => {
    const infos = [
      { name: 'a', dims: [256], type: 10, offset: 0 },
      { name: 'b', dims: [1], offset: 96 },
    ];
    const { tensors, remarks } = readGguf(gguf({ infos, data: new Uint8Array(100) }));
    expect(tensors.map(({ name }) => name)).toEqual(['b']);
    expect(remarks).toEqual(['1 tensor is of a type that is not read here (Q2_K), first "a", Q2_K[256].']);
  });

  it('remarks on bytes after the last tensor', () => {
    expect(readGguf(gguf({ data: new Uint8Array(40) })).remarks).toEqual([
      '40 bytes after the last tensor belong to none.',
    ]);
  });

  it('takes more of a Blob until the header is whole, and no data', async () => {
    const token = Buffer.from(text('token'));
    const tokens = pair('tokens', 'array', array('string', [Buffer.alloc(token.length * 200_000, token)], 200_000));
    const { bytes } = gguf({ pairs: [tokens], infos: [{ dims: [1 << 20] }], data: new Uint8Array(4 << 20) });
    const source = blobSource('x', new Blob([bytes]));
    let most = 0;
    const index = await indexGguf({
      ...source,
      read: (offset, length) => {
        most = Math.max(most, offset + length);
        return source.read(offset, length);
      },
    });
    expect(most).toBe(4 << 20);
    expect(bytesNeeded(index)).toBe(4 << 20);
    const { bytes: read } = await loadTensor(index.entries[0]!, source);
    // Element by element, `toEqual` takes a minute for these 4 MiB.
    expect(Buffer.compare(read, new Uint8Array(4 << 20))).toBe(0);
    const cut = blobSource('x', new Blob([bytes.subarray(0, 3 << 20)]));
    await expect(indexGguf(cut)).rejects.toMatchObject({ code: 'truncated' });
  });
});

/** Interleaved rotary rows to half-split ones: row 2i + h of a head becomes row h·(size/2) + i. */
function halfSplit(values: Float32Array, heads: number, [rows, columns]: readonly [number, number]): Float32Array {
  const size = rows / heads;
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const [head, within] = [Math.floor(row / size), row % size];
    const to = head * size + (within % 2) * (size / 2) + Math.floor(within / 2);
    out.set(values.subarray(row * columns, (row + 1) * columns), to * columns);
  }
  return out;
}

const names: readonly (readonly [RegExp, string])[] = [
  [/^token_embd\./, 'model.embed_tokens.'],
  [/^output_norm\./, 'model.norm.'],
  [/^blk\.(\d+)\./, 'model.layers.$1.'],
  [/attn_norm/, 'input_layernorm'],
  [/attn_output/, 'self_attn.o_proj'],
  [/attn_([qkv])/, 'self_attn.$1_proj'],
  [/ffn_norm/, 'post_attention_layernorm'],
  [/ffn_(gate|up|down)/, 'mlp.$1_proj'],
];

const story = 'stories260k/model-f32.gguf';
describe.skipIf(missing(story))(`fixture ${story}${missing(story) ? `: ${missing(story)}` : ''}`, () => {
  const open = (name: string) => ({ name, bytes: Uint8Array.from(readFileSync(fixture(`stories260k/${name}`))) });

  it('equals the safetensors file tensor by tensor, rotary rows aside', () => {
    const { tensors, metadata } = readGguf(open('model-f32.gguf'));
    const others = new Map(readSafetensors(open('model.safetensors')).tensors.map((tensor) => [tensor.name, tensor]));
    expect(metadata.get('general.architecture')).toBe('llama');
    expect(tensors.length).toBe(others.size);
    const heads = {
      q: Number(metadata.get('llama.attention.head_count')),
      k: Number(metadata.get('llama.attention.head_count_kv')),
    };
    for (const tensor of tensors) {
      const name = names.reduce((text, [pattern, other]) => text.replace(pattern, other), tensor.name);
      const other = others.get(name);
      expect(other?.dims, name).toEqual(tensor.dims);
      const values = dequantizeTensor(tensor as Tensor & { type: 'f32' });
      const rotary = /attn_([qk])\./.exec(tensor.name)?.[1] as 'q' | 'k' | undefined;
      const ours = rotary ? halfSplit(values, heads[rotary], tensor.dims as readonly [number, number]) : values;
      const theirs = typedArrayOf(other as Tensor & { type: 'f32' });
      expect(
        Buffer.compare(
          new Uint8Array(ours.buffer),
          new Uint8Array(theirs.buffer, theirs.byteOffset, theirs.byteLength),
        ),
        name,
      ).toBe(0);
    }
  });
});
