/** Results written by hand, with every status and with texts that a careless writer would let through. */

import * as v from 'valibot';
import { type Results, resultsSchema, schemaId } from '../../src/bench/results.js';

const shape = { m: 64, n: 64, k: 64 };
const verification = { elements: 4096, of: 4096, worst: 0.25 };

const timed = (kernel: string, meanNs: number): Results['rows'][number] => ({
  kernel,
  operation: 'gemm-f32',
  shape,
  tunables: { groupX: 16 },
  status: 'ok',
  verification,
  time: {
    meanNs,
    ci95Ns: [meanNs - 1000, meanNs + 1000],
    samples: 30,
    dispatchesPerSample: 8,
    method: 'slope',
    stopped: 'noise',
  },
  rates: { flopPerS: 524_288e9 / meanNs, bytePerS: 49_152e9 / meanNs },
});

/** @param reason text of the row that failed: what a driver, or a stranger's file, might put there */
export function sampleResults(reason = 'the device was lost'): Results {
  return v.parse(resultsSchema, {
    schema: schemaId,
    environment: {
      version: '0.1.0',
      runtime: 'Chrome 156 on Linux x86_64',
      adapter: { vendor: 'acme', architecture: 'one', description: 'Acme One', software: false },
      features: [],
      limits: {},
      timer: { kind: 'timestamp', quantumNs: 1, overheadNs: 20_000 },
      date: '2026-11-21T08:00:00.000Z',
      seed: 7,
      distribution: 'normal',
    },
    rows: [
      timed('gemm-f32/naive', 400_000),
      timed('gemm-f32/blocked', 100_000),
      {
        kernel: 'gemm-f32/shuffled',
        operation: 'gemm-f32',
        shape,
        tunables: {},
        status: 'unsupported',
        reason: 'no subgroups',
      },
      { kernel: 'gemm-f32/broken', operation: 'gemm-f32', shape, tunables: {}, status: 'failed', reason },
    ],
    comparisons: [
      { a: 'gemm-f32/blocked', b: 'gemm-f32/naive', shape, ratio: 4, ci95: [3.9, 4.1], verdict: 'faster', pairs: 40 },
    ],
  });
}
