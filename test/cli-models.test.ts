/** The commands about models as processes: what they print and write, their exit codes, and what they say to mistakes. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors } from '../src/models/safetensors/read.js';
import { writeSafetensors } from '../src/models/safetensors/write.js';
import { readReport } from '../src/worker/models-report.js';
import { buildCli, tilewatt } from './support/cli.js';
import { fixture, missing } from './support/fixtures.js';
import { greyPng } from './support/png.js';
import { filesOfTar } from './support/tar.js';

const folder = mkdtempSync(join(tmpdir(), 'tilewatt-models-'));
const samples = resolve(import.meta.dirname, '../public/models');
const digits = join(samples, 'digits.onnx');
const data = ['--data', join(samples, 'digits-images.idx'), '--scale', '0-1'];
const labels = ['--labels', join(samples, 'digits-labels.idx')];
const dawn = ['--runtime', 'dawn'];

const loaded = (name: string) => ({ name, bytes: new Uint8Array(readFileSync(name)) });

beforeAll(buildCli, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('run', () => {
  it.each([['dawn'], ['chromium']])(
    'gives outputs, placement, memory and time on %s',
    { timeout: 120_000 },
    async (runtime) => {
      const { code, stdout } = await tilewatt([
        'run',
        digits,
        '--batch',
        '2',
        '--repeats',
        '3',
        '--json',
        '-',
        '--runtime',
        runtime,
      ]);
      expect(code).toBe(0);
      const { outputs, facts, memory, time } = JSON.parse(stdout);
      expect(outputs).toMatchObject([{ type: 'f32', dims: [2, 10], nonFinite: 0 }]);
      expect(facts).toMatchObject({ hostNodes: [] });
      expect(facts.deviceNodes).toBeGreaterThan(5);
      expect(facts.memory.allocated).toBe(memory.weights + memory.values);
      expect(time).toMatchObject({ samples: 3, batch: 2 });
    },
  );
});

describe('accuracy', () => {
  it('compares schemes on the same items', { timeout: 120_000 }, async () => {
    const schemes = ['--schemes', 'f32,int8,ternary'];
    const { code, stdout } = await tilewatt([
      'accuracy',
      digits,
      ...data,
      ...labels,
      ...schemes,
      '--limit',
      '200',
      '--json',
      '-',
      ...dawn,
    ]);
    expect(code).toBe(0);
    const { rows, recommendation, data: card } = JSON.parse(stdout);
    expect(card).toMatchObject({ items: 200, labelled: true, classes: 10, kind: 'items' });
    expect(recommendation).toMatch(/^(Take|Keep) /);
    const [float, int8, ternary] = rows;
    expect(float.top1.value).toBeGreaterThan(0.95);
    expect(Math.abs(int8.top1.value - float.top1.value)).toBeLessThan(0.02);
    // Two bits without training cost something, and the table must show it.
    expect(ternary.top1.value).toBeLessThan(int8.top1.value);
    expect(ternary.bytes).toBeLessThan(int8.bytes);
    expect(int8.agreement.value).toBeGreaterThan(0.97);
  });

  it('keeps the row of a scheme that cannot be had, with its reason', { timeout: 60_000 }, async () => {
    const { code, stdout } = await tilewatt([
      'accuracy',
      digits,
      ...data,
      ...labels,
      '--limit',
      '20',
      '--schemes',
      'f32,mixed-1',
      ...dawn,
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/mixed-1 .*(unsupported|failed): ./);
    expect(stdout).toMatch(/f32 .* %/);
  });
});

describe('images', () => {
  const home = join(folder, 'photos');
  const pixels = readFileSync(join(samples, 'digits-images.idx')).subarray(16);
  const classes = readFileSync(join(samples, 'digits-labels.idx')).subarray(8);
  const images = Array.from({ length: 30 }, (_, i) => ({
    name: `${classes[i]}/${i}.png`,
    bytes: new Uint8Array(greyPng(16, 16, pixels.subarray(256 * i, 256 * (i + 1)))),
  }));
  const run = (path: string, ...more: string[]) =>
    tilewatt(['accuracy', digits, '--data', path, '--scale', '0-1', '--schemes', 'f32', '--json', '-', ...more]);

  it('of a folder or a zip, a folder per class, are read in Chromium', { timeout: 120_000 }, async () => {
    for (const { name, bytes } of images) {
      mkdirSync(join(home, name, '..'), { recursive: true });
      writeFileSync(join(home, name), bytes);
    }
    const zip = join(folder, 'photos.zip');
    writeFileSync(zip, zipSync(Object.fromEntries(images.map(({ name, bytes }) => [`photos/${name}`, bytes]))));
    const [ofFolder, ofZip, ofPart] = await Promise.all([run(home), run(zip), run(home, '--limit', '5')]);
    const reports = [ofFolder, ofZip].map(({ stdout }) => JSON.parse(stdout));
    for (const { data: card, rows } of reports) {
      expect(card).toMatchObject({ items: 30, dims: [1, 16, 16], labelled: true, classNames: [...'0123456789'] });
      expect(rows[0].top1.value).toBeGreaterThan(0.9);
    }
    expect(reports[0].data.hash).toBe(reports[1].data.hash);
    // Five images of five classes keep the numbers of all ten.
    expect(JSON.parse(ofPart.stdout).data).toMatchObject({ items: 5, classNames: [...'0123456789'] });
  });

  it('are refused where nothing decodes them, and where there are none', { timeout: 60_000 }, async () => {
    const refused = await run(join(folder, 'photos.zip'), ...dawn);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/\.png: is to be decoded by a browser/) });
    const empty = await run(samples, ...dawn);
    expect(empty).toMatchObject({ code: 2, stderr: expect.stringContaining('There are no images in') });
  });
});

describe('layers', () => {
  it('are looked into, and the report opens on the page', { timeout: 120_000 }, async () => {
    const given = ['--limit', '16', '--schemes', 'f32,int8', '--layers', '--worst', '1', ...data, ...labels, ...dawn];
    const json = join(folder, 'report.json');
    const { code, stdout } = await tilewatt(['accuracy', digits, ...given, '--json', json]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/int8, layer by layer on 64 items at most/);
    expect(stdout).toMatch(/conv1 +Conv +native +[\d.]+ dB/);
    expect(stdout).toMatch(/without its worst 1: top-1 /);
    const { report, xrays, exclusions } = readReport('report.json', readFileSync(json, 'utf8'));
    expect(report.rows.map(({ scheme }) => scheme)).toEqual(['f32', 'int8']);
    expect(xrays.int8?.rows).toHaveLength(5);
    expect(exclusions).toMatchObject([{ scheme: 'int8', count: 1, row: { status: 'ok' } }]);
  });
});

describe('quantize', () => {
  it('writes a model that runs, smaller, with nearly the same accuracy', { timeout: 120_000 }, async () => {
    const out = join(folder, 'digits.int8.onnx');
    const { code, stderr, stdout } = await tilewatt([
      'quantize',
      digits,
      '--schemes',
      'int8',
      ...data,
      '--limit',
      '100',
      '--out',
      out,
      ...dawn,
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining(`Wrote ${out}`) });
    expect(stdout).toMatch(/conv1 +288 B +\d+ B +[\d.]+ dB +native/);
    expect(readFileSync(out).length).toBeLessThan(readFileSync(digits).length / 2);
    const again = await tilewatt([
      'accuracy',
      out,
      ...data,
      ...labels,
      '--limit',
      '200',
      '--schemes',
      'f32',
      '--json',
      '-',
      ...dawn,
    ]);
    expect(JSON.parse(again.stdout).rows[0].top1.value).toBeGreaterThan(0.95);
  });

  it('writes mixed widths within their budget', { timeout: 120_000 }, async () => {
    const out = join(folder, 'digits.mixed.onnx');
    const { code } = await tilewatt([
      'quantize',
      digits,
      '--schemes',
      'mixed-25',
      ...data,
      '--limit',
      '32',
      '--out',
      out,
      ...dawn,
    ]);
    expect(code).toBe(0);
    expect(readFileSync(out).length).toBeLessThan(readFileSync(digits).length / 2);
    const without = await tilewatt(['quantize', digits, '--schemes', 'mixed-25', ...dawn]);
    expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining('give some') });
  });

  it('writes the weights of a file without a graph', { timeout: 60_000 }, async () => {
    const weights = join(folder, 'weights.safetensors');
    const values = Float32Array.from({ length: 64 * 64 }, (_, i) => Math.sin(i));
    const tensor = { name: 'w', type: 'f32', dims: [64, 64], bytes: new Uint8Array(values.buffer) } as const;
    writeFileSync(weights, Buffer.concat(writeSafetensors('w', [tensor]) as Uint8Array[]));
    const { code } = await tilewatt(['quantize', weights, '--schemes', 'int4-g32', ...dawn]);
    expect(code).toBe(0);
    const { tensors } = readSafetensors(loaded(join(folder, 'weights.int4-g32.safetensors')));
    expect(tensors.map(({ name }) => name).sort()).toEqual(['w.codes', 'w.scales']);
  });

  it('asks for data where ranges are to be found', { timeout: 60_000 }, async () => {
    const out = join(folder, 'none.onnx');
    const { code, stderr } = await tilewatt(['quantize', digits, '--schemes', 'int8', '--out', out, ...dawn]);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('give some') });
    expect(existsSync(out)).toBe(false);
  });
});

describe.concurrent('mistakes', () => {
  const truncated = join(folder, 'truncated.onnx');
  beforeAll(() => writeFileSync(truncated, readFileSync(digits).subarray(0, 5000)));

  it.each([
    [['accuracy', digits], 2, '--data FILE'],
    [['run', join(folder, 'nothing.onnx')], 2, 'There is no file'],
    [['run'], 2, 'needs a file'],
    [['run', digits, '--batch', '0'], 2, 'positive integer'],
    [['quantize', digits, '--form', 'tflite'], 2, 'one of qdq'],
    [['quantize', digits, '--out', digits], 2, 'the model itself'],
    [['accuracy', digits, '--data', 'x', '--scale', '7'], 2, '0-255, 0-1'],
    [['accuracy', digits, ...data, '--schemes', 'f32,int99'], 2, 'No scheme is called int99'],
    [['run', digits, '--sizes', 'bacth=2', ...dawn], 2, 'Did you mean batch?'],
    [['conformance', folder], 2, 'holds no case'],
    [['run', truncated, ...dawn], 1, 'truncated.onnx: '],
    [['accuracy', digits, '--data', join(samples, 'grammar-tokens.npy'), ...dawn], 1, 'takes [batch, 1, 16, 16]'],
    [
      ['accuracy', digits, ...data, '--labels', join(samples, 'digits-images.idx'), ...dawn],
      1,
      'one number for each example',
    ],
  ])('%j: exit code %i, %s', { timeout: 60_000 }, async (args, code, said) => {
    const ended = await tilewatt(args);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(said);
  });
});

describe('conformance', () => {
  const absent = missing('onnx-node-tests.tar.gz');
  it.skipIf(absent)(
    `runs a folder of cases and counts what passes${absent ? `: ${absent}` : ''}`,
    { timeout: 120_000 },
    async () => {
      const cases = join(folder, 'cases');
      for (const { name, bytes } of filesOfTar(fixture('onnx-node-tests.tar.gz'))) {
        if (!/\/test_(flatten_axis1|softmax_axis_0|relu|qlinearmatmul_2D_int8_float32)\//.test(`/${name}`)) continue;
        mkdirSync(join(cases, name, '..'), { recursive: true });
        writeFileSync(join(cases, name), bytes);
      }
      const { code, stdout } = await tilewatt(['conformance', cases, '--json', '-', ...dawn]);
      const { summary, rows } = JSON.parse(stdout);
      expect(summary.cases).toBe(rows.length);
      expect(summary.passed).toBe(rows.filter(({ status }: { status: string }) => status === 'ok').length);
      expect(summary.passed).toBeGreaterThan(0);
      expect(code).toBe(summary.passed === summary.cases ? 0 : 1);
      for (const row of rows.filter(({ status }: { status: string }) => status !== 'ok'))
        expect(row.reason).not.toBe('');
    },
  );
});
