/** Data sets from files of every kind, how they are scaled and fed, and what does not fit. */
import { describe, expect, it } from 'vitest';
import type { ModelFile } from '../../../src/models/file.js';
import { readOnnx } from '../../../src/models/onnx/read.js';
import { batchesOf, feedOf, readDataSet, type Scaling, withLabels } from '../../../src/models/quantize/data.js';
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

  it('names the shapes where data does not fit', () => {
    const set = readDataSet(images);
    expect(() => feedOf(readOnnx(builtModel()), set)).toThrow(
      'images.idx: holds [3, 2, 2], but input "x" takes [1, 4, 8, 8].',
    );
  });
});
