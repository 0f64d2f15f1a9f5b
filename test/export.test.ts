/** Results leave as JSON, CSV, Markdown and tables without losing a number or letting a text become something else. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCsv } from '../src/bench/csv.js';
import { groupsOf, remarksOf, tableOf, titleOf, toJson, toMarkdown } from '../src/bench/export.js';
import { parseResults } from '../src/bench/results.js';
import { sampleResults } from './support/results.js';

it('reads back the JSON it writes', () => {
  expect(parseResults(toJson(sampleResults()))).toEqual(sampleResults());
});

describe('table', () => {
  const results = sampleResults();
  const [group] = groupsOf(results);

  it('shows verification, time, rate and verdict of each row', () => {
    const { columns, rows } = tableOf(results, group!);
    expect(columns.map(({ title }) => title)).toEqual([
      'kernel',
      'verified',
      'time',
      'rate',
      'bandwidth',
      'vs gemm-f32/naive',
    ]);
    expect(rows).toEqual([
      ['gemm-f32/naive', '✓ 25 % of bound', '400 µs ± 1', '1.31 GFLOP/s', '123 MB/s', 'baseline'],
      ['gemm-f32/blocked', '✓ 25 % of bound', '100 µs ± 1', '5.24 GFLOP/s', '492 MB/s', '▲ faster 4.00× ± 0.10'],
      ['gemm-f32/shuffled', 'skipped', '—', '—', '—', '—'],
      ['gemm-f32/broken', '✕ failed', '—', '—', '—', '—'],
    ]);
  });

  it('gives a reason for every number that is not there', () => {
    expect(remarksOf(group!)).toEqual(['gemm-f32/shuffled: no subgroups', 'gemm-f32/broken: the device was lost']);
  });

  it('says what is true of all kernels once', () => {
    const flagged = results.rows.slice(0, 2).map((row) => ({ ...row, time: { ...row.time!, flags: ['It got hot.'] } }));
    const [hot] = groupsOf({ ...results, rows: flagged });
    expect(remarksOf(hot!)).toEqual(['all: It got hot.']);
  });

  it('tells variants of one kernel apart by their tunables', () => {
    const [first] = results.rows;
    const twice = { ...results, comparisons: [], rows: [first!, { ...first!, tunables: { groupX: 8 } }] };
    const labels = tableOf(twice, groupsOf(twice)[0]!).rows.map(([label]) => label);
    expect(labels).toEqual(['gemm-f32/naive groupX=16', 'gemm-f32/naive groupX=8']);
  });

  it('never mixes shapes', () => {
    const [first] = results.rows;
    const mixed = { ...results, rows: [...results.rows, { ...first!, shape: { m: 1, n: 1, k: 1 } }] };
    expect(groupsOf(mixed).map(({ rows }) => rows.length)).toEqual([4, 1]);
  });
});

it('puts kernels of another operation into the table of the baseline they were compared with', () => {
  const results = sampleResults();
  const shape = { m: 64, n: 64, k: 64, groupSize: 32 };
  const foreign = { ...results.rows[1]!, kernel: 'gemm-int4/dp4a', operation: 'gemm-int4', shape };
  const comparison = { ...results.comparisons[0]!, a: 'gemm-int4/dp4a', shape };
  const mixed = {
    ...results,
    rows: [...results.rows, { ...foreign, accuracy: { sqnrDb: 20.5, relativeRms: 0.1, maxAbsolute: 1 } }],
    comparisons: [...results.comparisons, comparison],
  };
  const groups = groupsOf(mixed);
  expect(groups).toHaveLength(1);
  const { columns, rows } = tableOf(mixed, groups[0]!);
  expect(columns[2]!.title).toBe('accuracy');
  expect(rows.at(-1)!.slice(0, 3)).toEqual([
    'gemm-int4/dp4a groupSize=32',
    '✓ 25 % of bound',
    '20.5 dB, rms 10.0 %, max 1.00',
  ]);
  expect(rows[0]![2]).toBe('—');
});

it('says in a sweep over widths what a weight takes', () => {
  const results = sampleResults();
  const row = results.rows.find(({ time, rates }) => time && rates)!;
  const shape = { n: 64, k: 32, bits: 4 };
  // A dispatch of 1 µs that moves 2 GB/s moves 2000 bytes.
  const measured = { ...row, shape, time: { ...row.time!, meanNs: 1000 }, rates: { ...row.rates!, bytePerS: 2e9 } };
  const swept = { ...results, comparisons: [], rows: [{ ...measured, at: 4 }], sweep: { axis: 'bits' } };
  const { columns, rows } = tableOf(swept, groupsOf(swept)[0]!);
  const column = columns.findIndex(({ title }) => title === 'bytes/weight');
  expect(rows[0]![column]).toBe((2000 / (64 * 32)).toPrecision(3));
  const plainly = { ...results, comparisons: [], rows: [measured] };
  expect(tableOf(plainly, groupsOf(plainly)[0]!).columns.map(({ title }) => title)).not.toContain('bytes/weight');
});

it('keeps the points of a sweep apart', () => {
  const results = sampleResults();
  const [first] = results.rows;
  const rows = [0.1, 0.5].map((at) => ({ ...first!, at }));
  const swept = { ...results, comparisons: [], rows, sweep: { axis: 'density' } };
  expect(groupsOf(swept).map((group) => titleOf(swept, group))).toEqual([
    'gemm-f32  m=64 n=64 k=64  density 0.1',
    'gemm-f32  m=64 n=64 k=64  density 0.5',
  ]);
});

describe('CSV', () => {
  it('keeps full precision, one line per row', () => {
    const [header, naive, blocked] = parseCsv(toCsv(sampleResults()));
    const cell = (row: readonly string[] | undefined, name: string) => row?.[header!.indexOf(name)];
    expect(cell(naive, 'kernel')).toBe('gemm-f32/naive');
    expect(Number(cell(naive, 'mean_ns'))).toBe(400_000);
    expect(cell(naive, 'ratio')).toBe('');
    expect(Number(cell(blocked, 'ratio'))).toBe(4);
    expect(cell(blocked, 'shape_m')).toBe('64');
    expect(cell(blocked, 'seed')).toBe('7');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])('does not let %j become a formula', (text) => {
    const [header, ...rows] = parseCsv(toCsv(sampleResults(text)));
    expect(rows.at(-1)?.[header!.indexOf('reason')]).toBe(`'${text}`);
  });

  it('returns any text unharmed but for the apostrophe', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const [header, ...rows] = parseCsv(toCsv(sampleResults(text)));
        expect(rows).toHaveLength(4);
        const cell = rows.at(-1)![header!.indexOf('reason')]!;
        expect(cell === text || cell === `'${text}`).toBe(true);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('Markdown', () => {
  it('is a table with its remarks and its environment', () => {
    const lines = toMarkdown(sampleResults()).split('\n');
    expect(lines[2]).toBe('| kernel | verified | time | rate | bandwidth | vs gemm-f32/naive |');
    expect(lines.filter((line) => line.startsWith('|'))).toHaveLength(6);
    expect(lines).toContain('- gemm-f32/broken: the device was lost');
    expect(lines.at(-2)).toContain('Acme One · Chrome 156');
  });

  it('keeps markup in texts from becoming markup', () => {
    const markdown = toMarkdown(sampleResults('<img src=x onerror=alert(1)> | [a](javascript:b)\n# c'));
    expect(markdown).toContain('\\>');
    expect(markdown).not.toMatch(/<img|[^\\]\[a\]|\n#+ c/);
  });
});

/** A reader of RFC 4180 of its own, so that the writer is not checked by itself. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',') {
      row.push(cell);
      cell = '';
    } else if (character === '\r' && text[i + 1] === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
      i++;
    } else cell += character;
  }
  return rows;
}
