/** What the place of models makes of addresses, file names and schemes, without a browser. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../src/numerics/random.js';
import { chartFront } from '../src/ui/models/chart-front.js';
import { sortFiles } from '../src/ui/models/given-files.js';
import { readModelSettings, writeModelSettings } from '../src/ui/models/model-settings.js';
import { goalOf, reportMarkdown } from '../src/ui/models/model-words.js';
import { groupSchemes } from '../src/ui/models/scheme-menu.js';
import type { SchemeRow } from '../src/worker/models-api.js';
import { readReport } from '../src/worker/models-report.js';

describe('the address', () => {
  it('holds the settings and gives them back', () => {
    const queries = ['', 'sample=digits&schemes=int8,int5-g64&method=smooth+gptq&batch=7&limit=50', 'calibrator=mse'];
    for (const query of queries) {
      const { settings, problems } = readModelSettings(query.replaceAll('+', '%2B'));
      expect(problems).toEqual([]);
      expect(readModelSettings(writeModelSettings(settings)).settings).toEqual(settings);
    }
  });

  it('is answered in a sentence where it cannot be followed', () => {
    const { settings, problems } = readModelSettings('sample=cats&schemes=int8,%3Cb%3E&batch=0&method=%3F');
    expect(problems).toHaveLength(4);
    expect(settings).toMatchObject({ schemes: ['int8'], batch: 32, method: 'nearest' });
    expect(settings.sample).toBeUndefined();
  });
});

describe('the line of a chart', () => {
  const schemes = [
    { name: 'f32', size: 80, time: 10, y: 0.978 },
    { name: 'int8', size: 21, time: 30, y: 0.979 },
    // Fast, and so on the front of all three; neither small nor good.
    { name: 'f16', size: 40, time: 8, y: 0.97 },
    { name: 'int4', size: 13, time: 40, y: 0.975 },
    { name: 'again', size: 13, time: 40, y: 0.975 },
    { name: 'int3', size: 11, time: 50, y: 0.94 },
    { name: 'bad', size: 13, time: 60, y: 0.9 },
  ];
  const along = (axis: 'size' | 'time', lessIsBetter = false) =>
    chartFront(
      schemes.map(({ y, ...each }) => ({ name: each.name, x: each[axis], y: lessIsBetter ? 1 / y : y })),
      lessIsBetter,
    ).map(({ name }) => name);

  it('joins what nothing beats in its own two axes', () => {
    expect(along('size')).toEqual(['int3', 'int4', 'int8']);
    expect(along('time')).toEqual(['f16', 'f32', 'int8']);
    expect(along('size', true)).toEqual(along('size'));
    expect(along('time', true)).toEqual(along('time'));
    expect(chartFront([], false)).toEqual([]);
  });

  it('gets better all the way', () => {
    const { next } = seededRandom(6, 'uniform');
    const points = Array.from({ length: 40 }, () => ({ x: Math.ceil(40 * next()), y: Math.ceil(40 * next()) }));
    const line = chartFront(points, false);
    expect(line.length).toBeGreaterThan(1);
    for (const [i, { x, y }] of line.entries()) {
      if (i > 0) expect(x > line[i - 1]!.x && y > line[i - 1]!.y).toBe(true);
      expect(points.some((other) => other.x <= x && other.y > y)).toBe(false);
    }
  });
});

describe('files', () => {
  const sorted = (...names: string[]) => {
    const kinds = sortFiles(names.map((name) => ({ name, blob: new Blob() })));
    const joined = (files: readonly { readonly name: string }[]) => files.map(({ name }) => name).join();
    const { models, companions, data, labels, reports } = kinds;
    return {
      models: joined(models),
      companions: joined(companions),
      data: joined(data),
      labels: joined(labels),
      reports: joined(reports),
    };
  };

  it.each([
    [['m.onnx', 'm.onnx.data', 'x.npy'], { models: 'm.onnx', companions: 'm.onnx.data', data: 'x.npy' }],
    [
      ['a-00001.safetensors', 'm.safetensors.index.json'],
      { models: 'm.safetensors.index.json', companions: 'a-00001.safetensors' },
    ],
    [['m.safetensors'], { models: 'm.safetensors' }],
    [
      ['t10k-images-idx3-ubyte.gz', 't10k-labels-idx1-ubyte.gz'],
      { data: 't10k-images-idx3-ubyte.gz', labels: 't10k-labels-idx1-ubyte.gz' },
    ],
    [
      ['x.zip', 'y_labels.npy', 'run-report.json'],
      { data: 'x.zip', labels: 'y_labels.npy', reports: 'run-report.json' },
    ],
    [['d/.DS_Store', 'd/a/1.png', 'd/b/2.jpg', 'd/readme.txt', 'd/list.csv'], { data: 'd/a/1.png,d/b/2.jpg' }],
    [['m.bin'], { models: 'm.bin' }],
    [['m.safetensors', 'x.npy'], { models: 'm.safetensors', data: 'x.npy' }],
  ])('%s are told apart', (names, wanted) => {
    expect(sorted(...names)).toEqual({ models: '', companions: '', data: '', labels: '', reports: '', ...wanted });
  });
});

describe('words', () => {
  const of = (value: number) => ({ value, ci95: [value - 0.01, value + 0.01] as const });
  const row = (scheme: string, part: Partial<SchemeRow>): SchemeRow => ({
    scheme,
    title: scheme,
    status: 'ok',
    settings: { scheme },
    ...part,
  });

  it('rank by accuracy, else perplexity, else agreement, in which the float model is whole', () => {
    expect(goalOf([row('f32', { top1: of(0.9), perplexity: of(3) })]).name).toBe('Top-1');
    expect(goalOf([row('f32', { perplexity: of(3) })]).name).toBe('Perplexity');
    const goal = goalOf([row('f32', {}), row('int8', { agreement: of(0.8) })]);
    expect(goal.of(row('f32', {}))?.value).toBe(1);
    expect(goal.of(row('f32', { status: 'failed' }))).toBeUndefined();
  });

  it('keep reasons apart from the columns of a table in Markdown', () => {
    const rows = [row('f32', { top1: of(0.9), bytes: 10 }), row('int8', { status: 'unsupported', reason: 'a | b' })];
    const card = { id: '', items: 2, dims: [1], labelled: true, hash: '', kind: 'items' } as const;
    const text = reportMarkdown({
      rows,
      front: [],
      recommendation: 'Take f32.',
      model: { name: 'm', bytes: 1, hash: '' },
      data: card,
    });
    expect(text).toContain('| f32 | 10 B | 90.0 % ± 1.0 | — | — | — | — |');
    expect(text).toContain('a \\| b');
  });

  it('group every scheme once, those added by name included', () => {
    const menu = ['f32', 'int8', 'int4-g32', 'nf4-g64', 'f16', 'lmul-m4'].map((id) => ({ id, title: id }));
    const ids = groupSchemes(menu, ['int8', 'int5-g64']).flatMap(({ schemes }) => schemes.map(({ id }) => id));
    expect(ids.sort()).toEqual(['f16', 'int4-g32', 'int5-g64', 'int8', 'lmul-m4', 'nf4-g64']);
  });
});

describe('a report that is read', () => {
  it.each([
    ['{', /r\.json: the file is no JSON/],
    ['[]', /r\.json: /],
    ['{"schema":"other/1"}', /r\.json: schema is not/],
    ['{"schema":"tilewatt-models/1","rows":[{"scheme":3}]}', /r\.json: rows\.0\.scheme/],
  ])('%s is refused by name and field', (json, message) => {
    expect(() => readReport('r.json', json)).toThrow(message);
  });
});
