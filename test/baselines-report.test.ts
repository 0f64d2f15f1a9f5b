/** What the comparison with other libraries makes of times: verdicts, crossings and the report. */
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
import { roundTripName } from '../bench/baselines/src/entrant.js';
import { crossingTexts, lossTexts, oursFailed, reportOf, targetTexts } from '../bench/baselines/src/report.js';
import { parseResults, type ResultRow, type Results, schemaId } from '../src/bench/results.js';
import { renderTable } from '../src/cli/text-table.js';
import { seededRandom } from '../src/numerics/random.js';

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
