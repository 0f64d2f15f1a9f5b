/** Reports as files come back as they were written, and are refused with the field that is wrong. */
import { describe, expect, it } from 'vitest';
import { type ReportFile, readReport, writeReport } from '../../src/worker/models-report.js';

const hash = 'ab'.repeat(32);
const file = {
  report: {
    rows: [
      {
        scheme: 'int8',
        title: 'INT8',
        status: 'ok',
        settings: { scheme: 'int8' },
        bytes: 6264,
        top1: { value: 0.98, ci95: [0.97, 0.99] },
        layers: [{ name: 'c', computed: 'simulated', bytesBefore: 4, bytesAfter: 1, why: 'So.' }],
      },
    ],
    recommendation: 'Take INT8.',
    front: [0],
    environment: { date: '2026-01-02T03:04:05.678Z', runtime: 'test' },
    model: { name: 'm.onnx', bytes: 26454, hash },
    data: { items: 500, hash, kind: 'items' },
  },
  xrays: {},
} as unknown as ReportFile;

const changed = (fields: object): string => {
  const copy = JSON.parse(writeReport(file));
  return JSON.stringify({ ...copy, ...fields });
};

describe('a report as a file', () => {
  it('comes back as it was written', () => {
    expect(readReport('r.json', writeReport(file))).toMatchObject(file);
  });

  it('is refused with the field that is wrong', () => {
    expect(() => readReport('r.json', '{')).toThrow(/^r\.json: the file is no JSON/);
    expect(() => readReport('r.json', '{"schema":"x"}')).toThrow(/r\.json: schema/);
    expect(() => readReport('r.json', changed({ model: { name: 'm.onnx', bytes: 1, hash: 'x' } }))).toThrow(
      /r\.json: model\.hash .* 64 hexadecimal digits/,
    );
    expect(() => readReport('r.json', changed({ front: ['a'] }))).toThrow(/r\.json: front\.0/);
    expect(() => readReport('r.json', ' '.repeat(2 ** 26 + 1))).toThrow(/has 67108865 characters/);
  });
});
