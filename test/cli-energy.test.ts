/** `tilewatt energy import` as a process: a log fitted to recorded runs, and each thing that may be wrong with either in a sentence. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { energyModelSchema } from '../src/bench/energy/model.js';
import type { LoadRun } from '../src/bench/energy/runs.js';
import { buildCli, tilewatt } from './support/cli.js';
import { loadRun } from './support/load-run.js';

const folder = mkdtempSync(join(tmpdir(), 'tilewatt-energy-'));
const begin = Date.UTC(2026, 10, 21, 10);
const adapter = { vendor: 'nvidia', architecture: 'hopper', description: 'NVIDIA H100 80GB HBM3', software: false };

/** 60 W at idle, 12 pJ for a multiply-add, 55 pJ for a byte. */
const rates = (i: number) => ({ fma32: 1e12 * ((i * 5) % 7), bytes: 1e11 * ((i * 11) % 13) });
const runs = Array.from({ length: 14 }, (_, i): LoadRun => {
  const { fma32, bytes } = rates(i);
  return loadRun(`kernel-${i}`, { fma32 }, bytes, begin + 20_000 * i);
});
const log = (shift = 0, watts = (i: number) => 60 + 12e-12 * rates(i).fma32 + 55e-12 * rates(i).bytes): string => {
  const lines = Array.from({ length: 14 * 20 }, (_, j) => {
    const at = new Date(begin + shift - 5000 + 1000 * j).toISOString();
    return `${at},${watts(Math.floor(j / 20)).toFixed(3)}`;
  });
  return `time,watts\n${lines.join('\n')}\n`;
};

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const recorded = (change: object = {}) =>
  file('runs.json', JSON.stringify({ schema: 'tilewatt/energy-runs@1', adapter, runs, ...change }));

beforeAll(buildCli, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('tilewatt energy import', () => {
  it('fits a model, says how well it predicts a kernel left out, and writes it', async () => {
    const out = join(folder, 'model.json');
    const { code, stdout, stderr } = await tilewatt([
      ...['energy', 'import', file('power.csv', log()), '--runs', recorded(), '--json', out],
    ]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('Tier: measured (csv log)');
    expect(stdout).toMatch(/Fitted to 14 runs\. Left out one by one they are predicted within [\d.]+ % \(median\)/);
    const { idleWatts, perOperation, perMemoryByte } = v.parse(
      energyModelSchema,
      JSON.parse(readFileSync(out, 'utf8')),
    );
    expect(idleWatts.mid).toBeCloseTo(60, 1);
    expect(perOperation.fma32.mid * 1e12).toBeCloseTo(12, 1);
    expect(perMemoryByte.mid * 1e12).toBeCloseTo(55, 1);
  });

  it.each<[string, string, string]>([
    ['a log of another hour', log(7_200_000), 'they do not overlap'],
    ['wrong columns', 'a,b\n1,2\n', 'The log has no column of time'],
    ['negative watts', log(0, () => -5), 'power cannot be negative'],
    ['absurd watts', log(0, () => 60_000), 'Are these milliwatts?'],
    ['no log at all', '', 'no column'],
  ])('%s is refused in a sentence', async (_, text, sentence) => {
    const { code, stdout, stderr } = await tilewatt(['energy', 'import', file('bad.csv', text), '--runs', recorded()]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('fault of tilewatt');
  });

  it('runs without a log of their own, or of a software adapter, are refused', async () => {
    const alone = await tilewatt(['energy', 'import', '--runs', recorded()]);
    expect(alone.code).toBe(2);
    expect(alone.stderr).toContain('The runs hold no power log of their own');
    const software = recorded({ adapter: { ...adapter, software: true } });
    const { code, stderr } = await tilewatt(['energy', 'import', file('power.csv', log()), '--runs', software]);
    expect(code).toBe(1);
    expect(stderr).toContain('A software adapter has no GPU power model');
  });
});
