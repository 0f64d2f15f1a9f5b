/** What the comparison with other libraries is made of, without the libraries: models, weights, verdicts, the report. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  compareAll,
  cpuCrossings,
  type Finisher,
  groupsOf,
  headlines,
  isRival,
  onCpu,
} from '../bench/baselines/src/comparisons.js';
import { type Entrant, entrantOf, type Rival, roundTripName } from '../bench/baselines/src/entrant.js';
import { matMulModel, matMulNBitsModel, operatorOf } from '../bench/baselines/src/models.js';
import { encodeModel } from '../bench/baselines/src/onnx.js';
import { crossingTexts, lossTexts, oursFailed, reportOf, targetTexts } from '../bench/baselines/src/report.js';
import { enterRival } from '../bench/baselines/src/run-work.js';
import { createTask, type Task } from '../bench/baselines/src/task.js';
import { toMatMulNBits } from '../bench/baselines/src/weights.js';
import { shapeOf, titleOf, works } from '../bench/baselines/src/works.js';
import { parseResults, type ResultRow, type Results, schemaId } from '../src/bench/results.js';
import { renderTable } from '../src/cli/text-table.js';
import { kernels, ladders } from '../src/kernel/catalog.js';
import { checkShape, completeTunables } from '../src/kernel/tunables.js';
import { dequantizeInt4, quantizeInt4 } from '../src/numerics/int4.js';
import { fromMatMulNBits, type MatMulNBitsWeights } from '../src/numerics/int4-layout.js';
import { seededRandom } from '../src/numerics/random.js';
import { testDevice } from './support/dawn.js';

describe('ONNX models', () => {
  it('hold a product with both operands as inputs', () => {
    const model = read(matMulModel({ m: 2, n: 300, k: 4 }));
    expect(numbers(model, 1)).toEqual([8]);
    expect(messages(model, 8).map((opset) => [strings(opset, 1)[0], numbers(opset, 2)[0]])).toEqual([
      ['', 17],
      ['com.microsoft', 1],
    ]);
    const graph = messages(model, 7)[0]!;
    const node = messages(graph, 1)[0]!;
    expect([strings(node, 1), strings(node, 2), strings(node, 4)]).toEqual([['A', 'B'], ['C'], ['MatMul']]);
    expect(messages(graph, 11).map(dimsOf)).toEqual([
      ['A', 1, [2, 4]],
      ['B', 1, [4, 300]],
    ]);
    expect(messages(graph, 12).map(dimsOf)).toEqual([['C', 1, [2, 300]]]);
    expect(messages(graph, 5)).toEqual([]);
  });

  it('hold weights as constants, byte for byte', () => {
    const b = Float32Array.from({ length: 100 }, (_, i) => i / 7);
    const graph = messages(read(matMulModel({ m: 1, n: 20, k: 5 }, b)), 7)[0]!;
    const [constant] = messages(graph, 5);
    expect([numbers(constant!, 1), numbers(constant!, 2), strings(constant!, 8)]).toEqual([[5, 20], [1], ['B']]);
    const raw = Uint8Array.from(bytes(constant!, 9)[0]!);
    expect(new Float32Array(raw.buffer)).toEqual(b);
    expect(messages(graph, 11).map(dimsOf)).toEqual([['A', 1, [1, 5]]]);
  });

  it('hold MatMulNBits with its attributes', () => {
    const weights = toMatMulNBits(matrixOf(3, 64));
    const graph = messages(read(matMulNBitsModel({ m: 1 }, weights)), 7)[0]!;
    const node = messages(graph, 1)[0]!;
    expect([strings(node, 4), strings(node, 7)]).toEqual([['MatMulNBits'], ['com.microsoft']]);
    const attributes = messages(node, 5).map((field) => [strings(field, 1)[0], numbers(field, 3)[0]]);
    expect(Object.fromEntries(attributes)).toEqual({ K: 64, N: 3, bits: 4, block_size: 32, accuracy_level: 0 });
    expect(messages(graph, 5).map((constant) => numbers(constant, 1))).toEqual([[3, 2, 16], [6]]);
  });

  it('refuse a constant of another length than its dims say', () => {
    const constant = { name: 'B', type: 'float', dims: [2, 2], data: new Uint8Array(15) } as const;
    const output = { name: 'C', type: 'float', dims: [2, 2] } as const;
    const model = { operator: 'MatMul', domain: '', attributes: {}, inputs: [], constants: [constant], output };
    expect(() => encodeModel(model)).toThrow('B holds 15 bytes, and its dims say 16.');
  });
});

describe('weights', () => {
  it('come back from MatMulNBits as they went', () => {
    const matrix = matrixOf(5, 96);
    const back = fromMatMulNBits(toMatMulNBits(matrix));
    expect(back.codes).toEqual(matrix.codes);
    expect(dequantizeInt4(back)).toEqual(dequantizeInt4(matrix));
  });
});

describe('works', () => {
  it.each(works.map((work) => [titleOf(work), work] as const))(
    '%s names kernels and tunables that exist',
    (_, work) => {
      expect(() => checkShape(ladders.get(work.operation)!.operation, shapeOf(work))).not.toThrow();
      for (const { kernel, settings } of work.contenders) {
        expect(kernels.has(kernel), kernel).toBe(true);
        for (const setting of settings) expect(() => completeTunables(kernels.get(kernel)!, setting)).not.toThrow();
      }
    },
  );
});

describe('A rounded to 8 bits', () => {
  it('is another subject with a name of its own', () => {
    const b = toMatMulNBits(matrixOf(3, 64));
    const names = works.filter(({ operation }) => operation !== 'gemm-f32').map((work) => operatorOf({ work, b }));
    expect(new Set(names)).toEqual(new Set(['MatMulNBits', 'MatMulNBits-level4']));
    const node = messages(messages(read(matMulNBitsModel({ m: 1 }, b, 4)), 7)[0]!, 1)[0]!;
    const attributes = messages(node, 5).map((field) => [strings(field, 1)[0], numbers(field, 3)[0]]);
    expect(attributes).toContainEqual(['accuracy_level', 4]);
  });

  it('may be rounded by any blocks, but not to fewer bits', async () => {
    const sizes = { m: 5, n: 24, k: 256 };
    const work = { ...works.find(({ operation }) => operation === 'gemm-int4-a8')!, sizes };
    const { gpu: device } = await testDevice();
    const options = { seed: 1, distribution: 'normal', referenceBudget: 2 ** 24, nowMs: () => 0 } as const;
    const task = await createTask(device, work, options);
    const weights = dequantizeInt4(fromMatMulNBits(task.b as MatMulNBitsWeights));
    const product = (block: number, most: number) => {
      const a = Float64Array.from(task.a, (value, i) => {
        const from = Math.floor(i / block) * block;
        const step = Math.max(...task.a.subarray(from, from + block).map(Math.abs)) / most;
        return Math.round(value / step) * step;
      });
      return Float64Array.from({ length: sizes.m * sizes.n }, (_, at) => {
        const [row, column] = [Math.floor(at / sizes.n), at % sizes.n];
        let sum = 0;
        for (let p = 0; p < sizes.k; p++) sum += a[row * sizes.k + p]! * weights[column * sizes.k + p]!;
        return sum;
      });
    };
    for (const block of [32, 128, 256]) expect(task.judge(product(block, 127)).right).toBe(true);
    expect(task.judge(product(32, 3)).right).toBe(false);
    task.destroy();
  });
});

describe('entrants', () => {
  const task = {
    work: works[0]!,
    judge: (output: ArrayLike<number>) => ({
      right: output[0] === 1,
      verification: { elements: 1, worst: 0, ...(output[0] === 1 ? {} : { first: 'C[0][0] is 2, expected 1 ± 0' }) },
    }),
  } as unknown as Task;
  const library = (result: number, log: string[] = []): Rival => ({
    nameFor: () => 'jax-js/matmul',
    enter: async () =>
      entrantOf(
        {
          kernel: 'jax-js/matmul',
          compileNs: 0,
          uploadNs: 0,
          notes: [],
          step: () => void log.push('step'),
          finish: () => void log.push('finish'),
          output: async () => [result],
          destroy: () => void log.push('destroy'),
        },
        task,
      ),
  });

  it('run back to back and wait once', async () => {
    const log: string[] = [];
    const entrant: Entrant = await library(1, log).enter(task);
    expect(await entrant.run(3)).toBeGreaterThanOrEqual(0);
    expect(log).toEqual(['step', 'step', 'step', 'finish']);
  });

  it('take part where they are right', async () => {
    const { entrant, row } = await enterRival(task, library(1), 'jax-js/matmul');
    expect(row.status).toBe('ok');
    expect(entrant).toBeDefined();
  });

  it('take no part where they are wrong', async () => {
    const log: string[] = [];
    const { entrant, row } = await enterRival(task, library(2, log), 'jax-js/matmul');
    expect(entrant).toBeUndefined();
    expect(row).toMatchObject({ status: 'wrong', reason: 'C[0][0] is 2, expected 1 ± 0. It is not timed.' });
    expect(row.time).toBeUndefined();
    expect(log.at(-1)).toBe('destroy');
  });

  it('say why they do not load', async () => {
    const broken: Rival = { nameFor: () => 'jax-js/matmul', enter: () => Promise.reject(new Error('no module.')) };
    const { entrant, row } = await enterRival(task, broken, 'jax-js/matmul');
    expect(entrant).toBeUndefined();
    expect(row).toMatchObject({ status: 'failed', reason: 'It could not run here: no module. It is not timed.' });
  });
});

describe('comparisons', () => {
  it('know rivals by name', () => {
    expect(isRival('gemm-f32/direct')).toBe(false);
    expect(isRival('onnxruntime-web/MatMul')).toBe(true);
    expect(onCpu('onnxruntime-web/MatMul')).toBe(false);
    expect(onCpu('onnxruntime-web/wasm-MatMul')).toBe(true);
  });

  it('hold everyone against the fastest rival on the adapter, and our fastest against all', () => {
    const found = resultsOf({
      'gemm-f32/a': 10,
      'gemm-f32/b': 30,
      'jax-js/matmul': 20,
      'onnxruntime-web/wasm-MatMul': 5,
    });
    const pairs = found.comparisons.map(({ a, b, verdict }) => [a, b, verdict]);
    expect(pairs).toEqual([
      ['gemm-f32/a', 'jax-js/matmul', 'faster'],
      ['gemm-f32/b', 'jax-js/matmul', 'slower'],
      ['onnxruntime-web/wasm-MatMul', 'jax-js/matmul', 'faster'],
      ['gemm-f32/a', 'onnxruntime-web/wasm-MatMul', 'slower'],
    ]);
    expect(headlines(groupsOf(found)[0]!).map(({ b, ratio }) => [b, Math.round(10 * ratio)])).toEqual([
      ['jax-js/matmul', 20],
      ['onnxruntime-web/wasm-MatMul', 5],
    ]);
    expect(lossTexts(found)).toHaveLength(1);
    expect(lossTexts(found)[0]).toContain('gemm-f32/a loses to onnxruntime-web/wasm-MatMul');
  });

  it('decide nothing where nobody of ours or no rival was right', () => {
    expect(resultsOf({ 'gemm-f32/a': 10 }).comparisons).toEqual([]);
    expect(resultsOf({ 'jax-js/matmul': 10 }).comparisons).toEqual([]);
  });

  it('find from which size the adapter beats the CPU thread', () => {
    const small = resultsOf({ 'gemm-f32/a': 20, 'onnxruntime-web/wasm-MatMul': 10 }, 64);
    const large = resultsOf({ 'gemm-f32/b': 10, 'onnxruntime-web/wasm-MatMul': 20 }, 256);
    const both = { rows: [...small.rows, ...large.rows], comparisons: [...small.comparisons, ...large.comparisons] };
    expect(cpuCrossings(both, 'kernel').map(({ at, above }) => [Math.round(at), above])).toEqual([[128, 'a']]);
    expect(crossingTexts({ ...small, ...both })[0]).toContain(
      'Kernel alone, data on the device: from a size of 128³ on',
    );
    expect(crossingTexts(small)).toEqual([
      'Kernel alone, data on the device: at every square size measured, one CPU thread is the faster one.',
      'With A uploaded and C downloaded each time: no size has a time both on the adapter and on the CPU thread.',
    ]);
  });

  it('hold a round trip against the CPU alone, and find where it begins to pay', () => {
    const trip = roundTripName('gemm-f32/a');
    const at = (size: number, ours: number, there: number, cpu: number) =>
      resultsOf({ 'gemm-f32/a': ours, [trip]: there, 'jax-js/matmul': 9, 'onnxruntime-web/wasm-MatMul': cpu }, size);
    const parts = [at(64, 1, 5, 1.5), at(128, 2, 8, 6), at(256, 8, 16, 40)];
    const [first] = parts;
    expect(first!.comparisons.filter(({ a, b }) => a === trip || b === trip).map(({ b }) => b)).toEqual([
      'onnxruntime-web/wasm-MatMul',
    ]);
    expect(headlines(groupsOf(first!)[0]!).every(({ a }) => a === 'gemm-f32/a')).toBe(true);
    const all = {
      ...first!,
      rows: parts.flatMap(({ rows }) => rows),
      comparisons: parts.flatMap(({ comparisons }) => comparisons),
    };
    const [alone, there] = crossingTexts(all);
    expect(alone).toContain('at every square size measured, the adapter is the faster one');
    expect(there).toMatch(/^With A uploaded and C downloaded each time: from a size of 1[4-7]\d³ on/);
  });
});

describe('report', () => {
  it('says which targets are met, missed or not certain', () => {
    expect(targetTexts(resultsOf({ 'gemm-f32/a': 10, 'jax-js/matmul': 20 }))[0]).toMatch(/target 1\.3×: met\.$/);
    expect(targetTexts(resultsOf({ 'gemm-f32/a': 10, 'jax-js/matmul': 11 }))[0]).toMatch(/target 1\.3×: missed\.$/);
    expect(targetTexts(resultsOf({ 'gemm-f32/a': 10, 'jax-js/matmul': 13 }))[0]).toMatch(/1\.3×: not certain\.$/);
    expect(targetTexts(resultsOf({ 'gemm-f32/a': 10 }))[0]).toMatch(/no rival on the adapter was right and timed\.$/);
  });

  it('shows wrong and failed rivals without a time', () => {
    const base = resultsOf({ 'gemm-f32/a': 10, 'jax-js/matmul': 20 });
    const { time, rates, ...untimed } = base.rows[1]!;
    const wrong: ResultRow = { ...untimed, kernel: 'tfjs-backend-webgpu/matMul', status: 'wrong', reason: 'C is 2.' };
    const failed: ResultRow = { ...untimed, kernel: 'onnxruntime-web/MatMul', status: 'failed', reason: 'No module.' };
    const results = { ...base, rows: [...base.rows, wrong, failed] };
    const text = reportOf(results, renderTable);
    expect(text).toMatch(/tfjs-backend-webgpu\/matMul +✕ wrong +— +— +— /);
    expect(text).toMatch(/onnxruntime-web\/MatMul +✕ failed +— +— +— /);
    expect(text).toContain('  onnxruntime-web/MatMul: No module.');
    expect(oursFailed(results)).toBe(false);
    expect(oursFailed({ ...results, rows: [{ ...wrong, kernel: 'gemm-f32/a' }] })).toBe(true);
  });

  const file = new URL('../bench/results/baselines-lavapipe.json', import.meta.url);
  it('reads the measured file, which names no place on a machine', ({ skip }) => {
    if (!existsSync(file)) skip('bench/results/baselines-lavapipe.json is not there');
    const text = readFileSync(file, 'utf8');
    expect(text).not.toMatch(/"[^"]*(\/(home|root|opt|tmp|usr|work)\/|[A-Z]:\\\\)/);
    const results = parseResults(text);
    expect(reportOf(results, renderTable)).toContain('Targets');
    for (const { status, time } of results.rows) if (status !== 'ok') expect(time).toBeUndefined();
  });
});

/** Results of one square product, each kernel with a mean in ms and noise of a few per cent. */
function resultsOf(meansMs: Readonly<Record<string, number>>, size = 512): Results {
  const shape = { m: size, n: size, k: size };
  const random = seededRandom(7);
  const finishers: Finisher[] = Object.entries(meansMs).map(([kernel, ms]) => ({
    kernel,
    meanNs: ms * 1e6,
    stepNs: 0,
    samples: Array.from({ length: 16 }, (_, round) => ({ round, ns: ms * 1e6 * (1 + 0.02 * random.normal()) })),
  }));
  const rows: ResultRow[] = finishers.map(({ kernel, meanNs, samples }) => ({
    kernel,
    operation: 'gemm-f32',
    shape,
    tunables: {},
    status: 'ok',
    time: { meanNs, ci95Ns: [meanNs, meanNs], samples: samples.length, dispatchesPerSample: 1, method: 'slope' },
    rates: { flopPerS: 1e9, bytePerS: 1e9 },
  }));
  const environment = {
    version: '0.0.0',
    runtime: 'none',
    adapter: { vendor: '', architecture: '', description: '', software: true },
    features: [],
    limits: {},
    timer: { kind: 'wall', quantumNs: 1, overheadNs: 0 } as const,
    date: new Date(0).toISOString(),
    seed: 1,
  };
  return { schema: schemaId, environment, rows, comparisons: [...compareAll(finishers, shape)] };
}

function matrixOf(n: number, k: number) {
  return quantizeInt4(seededRandom(3).values(n * k), { n, k, groupSize: 32, scheme: 'symmetric' });
}

/** A protocol-buffer message taken apart: field number and payload, in order. */
type Message = readonly { readonly field: number; readonly value: number | Uint8Array }[];

function read(data: Uint8Array): Message {
  const fields: { field: number; value: number | Uint8Array }[] = [];
  let at = 0;
  const varint = (): number => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = data[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < data.length) {
    const key = varint();
    const value = varint();
    if (key % 8 === 0) fields.push({ field: key >> 3, value });
    else {
      expect(key % 8).toBe(2);
      expect(at + value).toBeLessThanOrEqual(data.length);
      fields.push({ field: key >> 3, value: data.subarray(at, at + value) });
      at += value;
    }
  }
  return fields;
}

function bytes(message: Message, wanted: number): Uint8Array[] {
  return message.flatMap(({ field, value }) => (field === wanted && typeof value !== 'number' ? [value] : []));
}

function numbers(message: Message, wanted: number): number[] {
  return message.flatMap(({ field, value }) => (field === wanted && typeof value === 'number' ? [value] : []));
}

function strings(message: Message, wanted: number): string[] {
  return bytes(message, wanted).map((text) => new TextDecoder().decode(text));
}

function messages(message: Message, wanted: number): Message[] {
  return bytes(message, wanted).map(read);
}

/** Name, element type and dims of a ValueInfoProto. */
function dimsOf(info: Message): unknown[] {
  const tensor = messages(messages(info, 2)[0]!, 1)[0]!;
  const dims = messages(messages(tensor, 2)[0]!, 1).map((dim) => numbers(dim, 1)[0]);
  return [strings(info, 1)[0], numbers(tensor, 1)[0], dims];
}
