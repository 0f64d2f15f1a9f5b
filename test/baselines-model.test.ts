/** The comparison on whole models without the libraries: agreement of outputs, files opened to batches, the report. */
import { describe, expect, it } from 'vitest';
import type { Contestant } from '../bench/baselines/src/model/contestant.js';
import { type ModelReport, modelSchemaId } from '../bench/baselines/src/model/contract.js';
import { enter } from '../bench/baselines/src/model/entry.js';
import { type Field, subjectOf } from '../bench/baselines/src/model/field.js';
import { agreement, type Batch, type Outputs, outputsOf, top1Of } from '../bench/baselines/src/model/outputs.js';
import { rebatchedFile } from '../bench/baselines/src/model/rebatched-file.js';
import { modelReportOf, oursFailedIn, tableOf } from '../bench/baselines/src/model/report.js';
import { matMulModel } from '../bench/baselines/src/models.js';
import { renderTable } from '../src/cli/text-table.js';
import { readOnnx } from '../src/models/onnx/read.js';
import { rebatched, takesAnyBatch } from '../src/models/run/rebatch.js';
import { scalar } from '../src/models/run/values.js';
import { openInOrt, ortMissing } from './support/ort.js';

const outputs = (rows: readonly (readonly number[])[]): Outputs => ({
  items: rows.length,
  width: rows[0]!.length,
  classes: rows[0]!.length,
  data: Float64Array.from(rows.flat()),
});

describe('agreement', () => {
  const expected = outputs([
    [1, 4],
    [3, 2],
    [0, 1],
  ]);

  it('counts items with another best class and finds the largest difference', () => {
    const found = outputs([
      [1, 4],
      [2, 2.5],
      [0, 1.25],
    ]);
    expect(agreement(found, expected)).toEqual({ differing: 1, firstDiffering: 1, largest: 1, relative: 0.25 });
  });

  it('takes the same NaN and infinity as right, others as infinitely far', () => {
    const odd = outputs([[Number.NaN, Number.NEGATIVE_INFINITY, 2]]);
    expect(agreement(odd, odd)).toEqual({ differing: 0, largest: 0, relative: 0 });
    expect(agreement(outputs([[0, Number.NEGATIVE_INFINITY, 2]]), odd).relative).toBe(Infinity);
    expect(agreement(outputs([[Number.NaN, 0, 2]]), odd).relative).toBe(Infinity);
  });

  it('refuses outputs of another form', () => {
    expect(() => agreement(outputs([[1, 2]]), expected)).toThrow('Outputs are 1 × 2');
  });

  it('has a share of right items where an item has one class', () => {
    expect(top1Of(expected, [1, 0, 0])).toBeCloseTo(2 / 3);
    expect(top1Of({ ...expected, classes: 1 }, [1, 0, 0])).toBeUndefined();
  });
});

describe('outputs of all items', () => {
  const batches: readonly Batch[] = [
    { inputs: new Map([['x', scalar('f32', 1)]]), from: 0, count: 2 },
    { inputs: new Map([['x', scalar('f32', 2)]]), from: 2, count: 1 },
  ];
  const giving = (dims: (count: number) => readonly number[]): Contestant => {
    let next = 0;
    return {
      name: 'x',
      prepare: () => async () => {
        const shape = dims(batches[next++]!.count);
        return { dims: shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(next) };
      },
      notes: () => [],
      destroy() {},
    };
  };

  it('are put together, sizes of one behind the classes left out', async () => {
    const done: number[] = [];
    const found = await outputsOf(
      giving((count) => [count, 3, 1, 1]),
      batches,
      3,
      (count) => done.push(count),
    );
    expect(found).toEqual({ items: 3, width: 3, classes: 3, data: Float64Array.of(1, 1, 1, 1, 1, 1, 2, 2, 2) });
    expect(done).toEqual([2, 3]);
  });

  it('are refused where the first dimension is not the items', async () => {
    const lost = outputsOf(
      giving(() => [4, 1]),
      batches,
      3,
      () => {},
    );
    await expect(lost).rejects.toThrow('The first output is [4,1] for 2 items');
  });
});

describe('a file opened to batches', () => {
  const b = Float32Array.from({ length: 6 }, (_, i) => i + 1);
  const file = { name: 'one.onnx', bytes: matMulModel({ m: 1, n: 2, k: 3 }, b) };
  const model = readOnnx(file);

  it('leaves the first dimensions to the caller and keeps the rest', () => {
    const opened = readOnnx({ name: 'many.onnx', bytes: rebatchedFile({ file, model }, rebatched(model)!) });
    expect([takesAnyBatch(model), takesAnyBatch(opened)]).toEqual([false, true]);
    expect(opened.graph.inputs[0]!.type).toMatchObject({ dims: ['batch', 3] });
    expect(opened.graph.outputs[0]!.type).toMatchObject({ dims: ['batch', 2] });
    expect(opened.graph.initializers.get('B')!.bytes).toEqual(model.graph.initializers.get('B')!.bytes);
  });

  it.skipIf(ortMissing)(`runs in ONNX Runtime${ortMissing ? ` (${ortMissing})` : ''}`, async () => {
    const run = await openInOrt(rebatchedFile({ file, model }, rebatched(model)!));
    expect(Array.from(await run([1, 0, 0, 0, 0, 1], [2, 3]))).toEqual([1, 2, 5, 6]);
  });
});

describe('model and items', () => {
  const data = { name: 'x.csv', bytes: new TextEncoder().encode('1,2,3\n4,5,6\n7,8,9\n') };
  const b = Float32Array.from({ length: 6 }, () => 1);
  const request = { data, scaling: { kind: '0…255' }, batch: 2, rounds: 3, seconds: 1, threads: 1 } as const;

  it('come in batches of any size, the last one shorter', () => {
    const model = { name: 'one.onnx', bytes: matMulModel({ m: 1, n: 2, k: 3 }, b) };
    const { batches, anyBatch } = subjectOf({ ...request, model });
    expect(anyBatch).toBe(false);
    expect([...batches(2)].map(({ from, count }) => [from, count])).toEqual([
      [0, 2],
      [2, 1],
    ]);
    expect([...subjectOf({ ...request, model, items: 2 }).batches(1)]).toHaveLength(2);
  });

  it('are refused where the model takes a fixed number at once', () => {
    const model = { name: 'four.onnx', bytes: matMulModel({ m: 4, n: 2, k: 3 }, b) };
    expect(() => subjectOf({ ...request, model })).toThrow('four.onnx takes 4 items at once');
  });
});

describe('everyone who enters', () => {
  const subject = subjectOf({
    model: { name: 'one.onnx', bytes: matMulModel({ m: 1, n: 2, k: 3 }, new Float32Array(6)) },
    data: { name: 'x.csv', bytes: new TextEncoder().encode('1,2,3\n4,5,6\n') },
    scaling: { kind: '0…255' },
    batch: 2,
    rounds: 3,
    seconds: 1,
    threads: 1,
  });
  const meeting = {
    subject,
    field: { batch: 2, file: subject.file.bytes } as Field,
    reference: {
      name: 'oracle',
      outputs: outputs([
        [1, 2],
        [4, 3],
      ]),
    },
    allowed: 1e-3,
    say() {},
  };
  const opening = (data: readonly number[] | Error) => {
    let open = 0;
    const contestant = async (): Promise<Contestant> => {
      open++;
      return {
        name: 'x',
        prepare: () => async () => {
          if (data instanceof Error) throw data;
          return { dims: [2, 2], data };
        },
        notes: () => [],
        destroy: () => void open--,
      };
    };
    return { contestant, open: () => open };
  };

  it('is ready where the outputs are right', async () => {
    const { contestant, open } = opening([1, 2, 4, 3.001]);
    const entered = await enter(meeting, 'x', contestant);
    expect(entered).toMatchObject({ row: { status: 'ok', differing: 0, largest: expect.closeTo(0.001) } });
    expect(open()).toBe(1);
  });

  it.each([
    ['wrong', [1, 2, 3, 4], { status: 'wrong', differing: 1, firstDiffering: 1, largest: 1 }],
    ['not finite', [1, 2, Number.NaN, 3], { status: 'wrong', reason: expect.stringContaining('Infinity') }],
    ['failing', new Error('No such kernel.'), { status: 'failed', reason: expect.stringContaining('No such kernel.') }],
  ] as const)('is closed and not timed where it is %s', async (_, data, row) => {
    const { contestant, open } = opening(data);
    const entered = await enter(meeting, 'x', contestant);
    expect(entered).toMatchObject({ name: 'x', ...row });
    expect(entered).not.toHaveProperty('contestant');
    expect(open()).toBe(0);
  });
});

describe('the report on a model', () => {
  const time = { meanNs: 2e6, ci95Ns: [1.9e6, 2.1e6], samples: 9, dispatchesPerSample: 1, method: 'direct' } as const;
  const report = {
    schema: modelSchemaId,
    environment: { adapter: { vendor: 'v', architecture: 'a', description: '' }, runtime: 'Chrome/1' },
    model: { name: 'm.onnx', bytes: 1, sha256: '' },
    data: { name: 'd', items: 1000, labelled: true, sha256: '' },
    batch: 100,
    reference: 'onnxruntime-web/wasm-1-thread, the file as given',
    allowed: 1e-3,
    rows: [
      { name: 'onnxruntime-web/webgpu', status: 'wrong', reason: 'An output is off.', differing: 7, notes: [] },
      { name: 'onnxruntime-web/wasm-1-thread', status: 'ok', time: { ...time, meanNs: 4e6 }, notes: [] },
      { name: 'tilewatt', status: 'ok', differing: 0, largest: 2e-6, relative: 1e-7, top1: 0.978, time, notes: ['n'] },
    ],
    comparisons: [
      {
        a: 'tilewatt',
        b: 'onnxruntime-web/wasm-1-thread',
        shape: { batch: 100 },
        ratio: 2,
        ci95: [1.9, 2.1],
        verdict: 'faster',
        pairs: 9,
      },
    ],
  } as unknown as ModelReport;

  it('puts the fastest first and those without a time last', () => {
    const rows = tableOf(report).rows.map((cells) => [cells[0], cells[5], cells[6]]);
    expect(rows).toEqual([
      ['tilewatt', '2.00 ms ± 0.10', '20.0 µs'],
      ['onnxruntime-web/wasm-1-thread', expect.stringContaining('4.00 ms'), '40.0 µs'],
      ['onnxruntime-web/webgpu', '✕ wrong', '—'],
    ]);
  });

  it('says who is faster and why one has no time', () => {
    const text = modelReportOf(report, renderTable);
    expect(text).toContain('tilewatt is 2.00× ± 0.10 as fast as onnxruntime-web/wasm-1-thread: faster (9 pairs)');
    expect(text).toContain('onnxruntime-web/webgpu: An output is off.');
    expect(text).toContain('0 of 1,000');
  });

  it('fails a run for ours alone', () => {
    expect(oursFailedIn(report)).toBe(false);
    expect(oursFailedIn({ rows: [{ name: 'tilewatt', status: 'failed', notes: [] }] })).toBe(true);
  });
});
