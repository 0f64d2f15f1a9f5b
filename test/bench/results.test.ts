/** What the schema of results lets in, and the sentence with which it keeps the rest out. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { resultsJsonSchema, resultsJsonSchemaText } from '../../build/results-schema.js';
import { parseResults, type Results, ResultsError, schemaId } from '../../src/bench/results.js';

const good: Results = {
  schema: schemaId,
  environment: {
    version: '0.1.0',
    runtime: 'Chromium 156',
    adapter: { vendor: 'mesa', architecture: 'llvmpipe', description: '', software: true },
    features: ['timestamp-query'],
    limits: { maxBufferSize: 2 ** 32 - 4 },
    timer: { kind: 'timestamp', quantumNs: 65_536, overheadNs: 12_000, launchNs: 900, readbackNs: 470_000 },
    date: '2026-11-21T08:30:00.000Z',
    seed: 1,
  },
  rows: [
    {
      kernel: 'gemm-f32/naive',
      operation: 'gemm-f32',
      shape: { m: 512, n: 512, k: 512 },
      tunables: { tileM: 16 },
      status: 'ok',
      verification: { elements: 262_144, worst: 0.02 },
      time: {
        meanNs: 1e6,
        ci95Ns: [0.99e6, 1.01e6],
        samples: 3,
        dispatchesPerSample: 8,
        method: 'slope',
        rawNs: [1e6, 0.99e6, 1.01e6],
        stopped: 'noise',
      },
      cold: { compileNs: 1e7, uploadNs: 1e6, firstNs: 2e6 },
      rates: { flopPerS: 2.7e11, bytePerS: 3.1e9 },
    },
    {
      kernel: 'gemm-f32/subgroup',
      operation: 'gemm-f32',
      shape: { m: 512, n: 512, k: 512 },
      tunables: {},
      status: 'unsupported',
      reason: 'subgroups missing',
    },
  ],
  comparisons: [
    {
      a: 'gemm-f32/tiled',
      b: 'gemm-f32/naive',
      shape: { m: 512, n: 512, k: 512 },
      ratio: 7.1,
      ci95: [7, 7.2],
      verdict: 'faster',
      pairs: 24,
    },
  ],
};

/** `good` with the value at a path replaced, as JSON text; `undefined` leaves the field out. */
function changed(path: readonly (string | number)[], value: unknown): string {
  const copy: unknown = structuredClone(good);
  let place = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) place = place[key] as Record<string | number, unknown>;
  place[path.at(-1)!] = value;
  return JSON.stringify(copy);
}

describe('parseResults', () => {
  test('gives back what was written', () => {
    expect(parseResults(JSON.stringify(good))).toEqual(good);
  });

  test.each(['', '{', '{"schema": NaN}', 'null', '[]', '"text"', '12'])('%j is refused with a ResultsError', (text) => {
    expect(() => parseResults(text)).toThrow(ResultsError);
  });

  test('text that is no JSON is called that', () => {
    expect(() => parseResults('{oops')).toThrow(/^This is not JSON: /);
  });

  test.each([undefined, null, 1, 'tilewatt/results@2', 'tilewatt/results@10', {}])(
    'schema id %j is refused by naming what was expected and found',
    (id) => {
      expect(() => parseResults(changed(['schema'], id))).toThrow(/Expected "schema": "tilewatt\/results@1", found /);
    },
  );

  test.each<[readonly (string | number)[], unknown]>([
    [['environment'], undefined],
    [['environment', 'adapter', 'software'], undefined],
    [['environment', 'timer', 'quantumNs'], -1],
    [['environment', 'timer', 'kind'], 'sundial'],
    [['environment', 'date'], 'yesterday'],
    [['environment', 'seed'], 1.5],
    [['rows'], {}],
    [['rows', 0, 'kernel'], 7],
    [['rows', 0, 'kernel'], 'x'.repeat(201)],
    [['rows', 0, 'status'], 'fine'],
    [['rows', 0, 'shape', 'm'], 0],
    [['rows', 0, 'shape', 'm'], 2.5],
    [['rows', 0, 'time', 'meanNs'], -1],
    [['rows', 0, 'time', 'meanNs'], Number.NaN],
    [['rows', 0, 'time', 'ci95Ns'], [1]],
    [['rows', 0, 'time', 'samples'], 0],
    [['rows', 0, 'time', 'rawNs', 1], null],
    [['rows', 0, 'verification', 'worst'], null],
    [['rows', 0, 'cold', 'compileNs'], -5],
    [['rows', 1, 'reason'], 'x'.repeat(2001)],
    [['comparisons', 0, 'ratio'], -1],
    [['comparisons', 0, 'verdict'], 'amazing'],
    [['comparisons', 0, 'pairs'], 0],
  ])('%j = %j is refused by naming the field', (path, value) => {
    expect(() => parseResults(changed(path, value))).toThrow(ResultsError);
    expect(() => parseResults(changed(path, value))).toThrow(new RegExp(`^${path.join('\\.')}[.\\d]*: .+`));
  });

  test('a number too large for a double is refused', () => {
    const text = JSON.stringify(good).replace('"meanNs":1000000', '"meanNs":1e999');
    expect(() => parseResults(text)).toThrow(/^rows\.0\.time\.meanNs: /);
  });

  test('more rows than a page can hold are refused', () => {
    const rows = new Array(10_001).fill(good.rows[1]);
    expect(() => parseResults(changed(['rows'], rows))).toThrow(/^rows: /);
  });

  test('markup in names stays the plain text it is', () => {
    const markup = '<img src=x onerror=alert(1)>"; DROP TABLE';
    expect(parseResults(changed(['rows', 0, 'kernel'], markup)).rows[0]?.kernel).toBe(markup);
  });

  test('fields that it does not know are left out, prototypes untouched', () => {
    const text = JSON.stringify(good).replace('"seed":1', '"seed":1,"extra":1,"__proto__":{"polluted":true}');
    const results = parseResults(text);
    expect(results.environment).not.toHaveProperty('extra');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(results).toEqual(good);
  });
});

describe('JSON Schema', () => {
  test('public/results.schema.json is up to date (else: node build/write-schema.mjs)', () => {
    const file = new URL('../../public/results.schema.json', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(resultsJsonSchemaText());
  });

  test('names the schema id and asks for its four parts', () => {
    expect(resultsJsonSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: { schema: { const: schemaId } },
      required: ['schema', 'environment', 'rows', 'comparisons'],
    });
  });
});
