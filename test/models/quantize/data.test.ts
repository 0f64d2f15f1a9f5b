/** Data sets from files of every kind, how they are scaled and fed, and what does not fit. */
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { ModelFile } from '../../../src/models/file.js';
import { readOnnx } from '../../../src/models/onnx/read.js';
import { batchesOf, feedOf, readDataSet, type Scaling, withLabels } from '../../../src/models/quantize/data.js';
import { assigned, describeFills } from '../../../src/models/quantize/data-inputs.js';
import type { HostTensor } from '../../../src/models/run/values.js';
import { builtModel, modelFile, weights } from '../../support/built-model.js';
import { join, utf8 } from '../../support/bytes.js';
import { node } from '../../support/onnx-model.js';

function idx(name: string, dims: readonly number[], bytes: readonly number[]): ModelFile {
  const sizes = dims.flatMap((size) => [0, 0, size >> 8, size & 255]);
  return { name, bytes: join([0, 0, 8, dims.length], sizes, bytes) };
}

const images = idx('images.idx', [3, 2, 2], [0, 51, 102, 153, 1, 2, 3, 4, 255, 254, 253, 252]);
const labels = idx('labels.idx', [3], [1, 0, 2]);

function grey(batch: number | string): ReturnType<typeof readOnnx> {
  const file = modelFile([node('Relu', ['x'], ['y'])], [], [1, 1, 2, 2], [1, 1, 2, 2]);
  const model = readOnnx(file);
  const type = { kind: 'tensor', type: 'f32', dims: [batch, 1, 2, 2] } as const;
  return { ...model, graph: { ...model.graph, inputs: [{ name: 'x', type }] } };
}

/** A model of tokens with such inputs. */
function bertLike(names: readonly string[]): ReturnType<typeof readOnnx> {
  const model = grey(1);
  const type = { kind: 'tensor', type: 'i64', dims: ['batch', 'sequence'] } as const;
  return { ...model, graph: { ...model.graph, inputs: names.map((name) => ({ name, type })) } };
}

function npy(descr: string, dims: readonly number[], data: BigInt64Array): Uint8Array<ArrayBuffer> {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dims.join(', ')}), }`.padEnd(117);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return join([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0], utf8(`${header}\n`), bytes);
}

function archive(files: Readonly<Record<string, Uint8Array>>): ModelFile {
  return { name: 'tokens.npz', bytes: zipSync(files) as Uint8Array<ArrayBuffer> };
}

function fed(scaling: Scaling, batch: number | string = 1, wanted = 1): number[][] {
  const set = readDataSet(images, labels);
  const model = grey(batch);
  return [...batchesOf(set, feedOf(model, set, wanted), scaling)].map(({ inputs }) => [
    ...(inputs.get('x') as HostTensor).data,
  ]);
}

describe('data sets', () => {
  it('come from IDX with labels', () => {
    const set = readDataSet(images, labels);
    expect(set).toMatchObject({ count: 3, dims: [2, 2], type: 'u8' });
    expect([...set.labels!]).toEqual([1, 0, 2]);
  });

  it('come from CSV with a column of labels', () => {
    const set = readDataSet({ name: 'rows.csv', bytes: utf8('a,label,b\n1,2,3\n4,0,6\n') });
    expect(set).toMatchObject({ count: 2, dims: [2] });
    expect([...set.labels!]).toEqual([2, 0]);
    expect([...new Float32Array(set.tensor.bytes.buffer)]).toEqual([1, 3, 4, 6]);
  });

  it('refuse labels of another length, or that are no classes', () => {
    const set = readDataSet(images);
    expect(() => readDataSet(images, idx('few.idx', [2], [1, 2]))).toThrow(
      'few.idx: has 2 labels, but images.idx has 3 examples.',
    );
    expect(() => withLabels(set, [0, 1.5, 2])).toThrow(/label 1.5 at 1/);
    expect(() => readDataSet(images, images)).toThrow(/one number for each example/);
    expect(() => readDataSet({ name: 'x.bin', bytes: utf8('hello') })).toThrow(/no data file/);
  });
});

describe('feeding', () => {
  it('scales as asked', () => {
    expect(fed({ kind: '0…255' })[0]).toEqual([0, 51, 102, 153]);
    expect(fed({ kind: '0…1' })[0]).toEqual([0, 51, 102, 153].map((value) => Math.fround(value / 255)));
    const normalized = fed({ kind: 'mean/std', mean: [0.2], std: [0.5] })[0]!;
    expect(normalized[1]).toBeCloseTo(0, 6);
    expect(normalized[3]).toBeCloseTo(0.8, 6);
    expect(() => fed({ kind: 'mean/std', mean: [1, 2, 3], std: [1, 1, 1] })).toThrow(/1 channels/);
  });

  it('makes batches where the model lets it', () => {
    expect(fed({ kind: '0…255' }, 'batch', 2).map((batch) => batch.length)).toEqual([8, 8]);
    const set = readDataSet(images, labels);
    const free = [...batchesOf(set, feedOf(grey('batch'), set, 2), { kind: '0…255' }, { fixed: false })];
    expect(free.map(({ count, inputs }) => [count, (inputs.get('x') as HostTensor).dims[0]])).toEqual([
      [2, 2],
      [1, 1],
    ]);
    // A fixed batch is filled up with the last example.
    const full = [...batchesOf(set, feedOf(grey(2), set), { kind: '0…255' })];
    expect(full.map(({ count, from }) => [from, count])).toEqual([
      [0, 2],
      [2, 1],
    ]);
    expect([...(full[1]!.inputs.get('x') as HostTensor).data].slice(4)).toEqual([255, 254, 253, 252]);
  });

  it('flattens images for a model that takes rows', () => {
    const rows = readOnnx(modelFile([node('MatMul', ['x', 'w'], ['y'])], [weights('w', [4, 2], 4, 1)], [1, 4], [1, 2]));
    expect(feedOf(rows, readDataSet(images))).toEqual({ input: 'x', type: 'f32', dims: [1, 4], batch: 1 });
  });

  it('gives arrays of an archive to the inputs they are named after, and fills what tokens alone decide', () => {
    const model = bertLike(['input_ids', 'attention_mask', 'token_type_ids']);
    const ids = npy('<i8', [2, 3], new BigInt64Array([5n, 6n, 7n, 8n, 9n, 10n]));
    const mask = npy('<i8', [2, 3], new BigInt64Array([1n, 1n, 0n, 1n, 0n, 0n]));
    const both = archive({ 'input_ids.npy': ids, 'attention_mask.npy': mask });
    const { set } = assigned(model, readDataSet(both));
    const feed = feedOf(model, set, 2);
    const [batch] = batchesOf(set, feed, { kind: '0…255' }, { fixed: false });
    const of = (name: string) => [...(batch!.inputs.get(name) as HostTensor).data];
    expect(of('input_ids')).toEqual([5, 6, 7, 8, 9, 10]);
    expect(of('attention_mask')).toEqual([1, 1, 0, 1, 0, 0]);
    expect(of('token_type_ids')).toEqual([0, 0, 0, 0, 0, 0]);
    expect(describeFills(feed.others!)).toEqual(['Input token_type_ids is not in the data, so it is all zeros.']);
    const alone = readDataSet({ name: 'ids.npy', bytes: ids });
    expect(feedOf(model, alone).others?.map(({ from }) => from)).toEqual(['ones', 'zeros']);
  });

  it('names inputs that nothing is given for, and arrays that fit none', () => {
    const ids = npy('<i8', [2, 3], new BigInt64Array(6));
    const set = readDataSet({ name: 'ids.npy', bytes: ids });
    expect(() => feedOf(bertLike(['input_ids', 'pixels']), set)).toThrow(
      'ids.npy: has nothing for input "pixels"; give a .npz whose arrays are named input_ids, pixels.',
    );
    const several = readDataSet(archive({ 'a.npy': ids, 'b.npy': ids }));
    expect(() => feedOf(bertLike(['input_ids']), several)).toThrow(/holds the arrays a, b; name one "input_ids"/);
    const short = archive({ 'input_ids.npy': ids, 'pixels.npy': npy('<i8', [1, 3], new BigInt64Array(3)) });
    expect(() => feedOf(bertLike(['input_ids', 'pixels']), readDataSet(short))).toThrow(
      /holds 2 examples as "input_ids", but 1 as "pixels"/,
    );
  });

  it('names the shapes where data does not fit', () => {
    const set = readDataSet(images);
    expect(() => feedOf(readOnnx(builtModel()), set)).toThrow(
      'images.idx: holds [3, 2, 2], but input "x" takes [1, 4, 8, 8].',
    );
  });
});
