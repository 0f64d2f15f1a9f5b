/** Tuning on real WebGPU: through the session, and through the command line as a process. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseResults } from '../src/bench/results.js';
import { keyOf, type TunePoint } from '../src/bench/tune/points.js';
import { shapeClassOf, sourceHash } from '../src/bench/tune/winners.js';
import { parseWinners, type Winner, winnersSchemaId } from '../src/bench/tune/winners-schema.js';
import { dawnGpu } from '../src/cli/dawn.js';
import { kernels } from '../src/kernel/catalog.js';
import type { Shape } from '../src/kernel/operation.js';
import { specialize } from '../src/kernel/specialize.js';
import { defaultTunables } from '../src/kernel/tunables.js';
import type { TuneProgress, TuneRequest } from '../src/worker/api.js';
import { createSession } from '../src/worker/session.js';
import { buildCli, startTilewatt, tilewatt } from './support/cli.js';
import { roundModel } from './support/energy-model.js';

const kernel = 'gemm-f32/naive';
const shape = { m: 65, n: 64, k: 129 };
const request: TuneRequest = {
  job: 'tune',
  kernel,
  shape,
  seed: 3,
  distribution: 'normal',
  seconds: 4,
};

describe('session', async () => {
  const session = createSession({ gpu: await dawnGpu(), runtime: 'Dawn in Node' });
  afterAll(session.close);

  it('verifies and races every combination, and is never slower than the default', async () => {
    const seen: TuneProgress[] = [];
    const outcome = await session.tune({ ...request, energy: roundModel }, (progress) => seen.push(progress));
    expect(outcome.status).toBe('ok');
    if (outcome.status !== 'ok') return;
    const { tuning } = outcome;
    expect(structuredClone(tuning)).toEqual(tuning);
    expect(tuning.points.some(({ ratio }) => ratio !== undefined)).toBe(true);
    expect(tuning.confirmed).toBe(true);
    // Times are ratios to the default: where a busy machine left it without one, there are no joules.
    const usual = tuning.points.find(({ ratio }) => ratio === 1)?.ns;
    const timed = tuning.points.filter(({ ratio = 0 }) => usual && ratio > 0).map(({ tunables }) => keyOf(tunables));
    expect(tuning.energy).toMatchObject({ tier: 'modelled', source: 'a test' });
    expect(Object.keys(tuning.energy!.joules)).toEqual(timed);
    for (const { lowJ, midJ, highJ } of Object.values(tuning.energy!.joules)) {
      expect(0 < lowJ && lowJ <= midJ && midJ <= highJ).toBe(true);
    }
    // A machine that is busy with other work may leave even the default without a time; then nothing is kept.
    expect(tuning.winner !== undefined).toBe(tuning.timing !== undefined);
    if (!tuning.winner) return;
    expect(tuning.winner).toMatchObject({ kernel, shapeClass: 'm~64+ n~64 k~128+', tunables: tuning.best });
    expect(tuning.winner.isDefault).toBe(tuning.duel?.verdict !== 'faster');
    if (!tuning.winner.isDefault) expect(tuning.winner.ci95[0]).toBeGreaterThan(1);
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.at(-1)!.points).toHaveLength(tuning.points.length);
  });

  it('has no joules without an energy model, and tells what it learned from', async () => {
    const outcome = await session.tune({ ...request, seconds: 1 }, () => {});
    if (outcome.status !== 'ok') throw new Error(outcome.reason);
    expect(outcome.tuning.energy).toBeUndefined();
    expect(outcome.tuning.predictor.energy).toBeUndefined();
    const device = await session.device();
    if (device.status !== 'ok') throw new Error(device.reason);
    const { adapter, runtime } = device.card;
    const known = [64, 128].map((size) => searchAt(size, adapter, runtime));
    const asked = await session.forecast({ kernel, shape: cube(96), known, energy: roundModel });
    if (asked.status !== 'ok') throw new Error(asked.reason);
    expect(structuredClone(asked)).toEqual(asked);
    expect(asked.forecast).toMatchObject({ isSeen: false, shapes: [cube(64), cube(128)] });
    expect(asked.forecast.default.joules).toBeDefined();
    expect(await session.forecast({ kernel, shape: { m: 1 }, known })).toMatchObject({ status: 'failed' });
    expect(await session.forecast({ kernel, shape: cube(96), known: [] })).toMatchObject({
      reason: expect.stringContaining('There is nothing to predict'),
    });
  });

  it('keeps the best so far when cancelled, but no winner', async () => {
    const outcome = await session.tune({ ...request, seconds: 60 }, () => void session.cancel('tune'));
    if (outcome.status !== 'ok') throw new Error(outcome.reason);
    expect(outcome.tuning).toMatchObject({ stopped: 'cancelled', confirmed: false });
    expect(outcome.tuning.winner).toBeUndefined();
    expect(outcome.tuning.spentSeconds).toBeLessThan(20);
  });

  it.each<[Partial<TuneRequest>, string]>([
    [{ kernel: 'gemm-f32/none' }, 'There is no kernel'],
    [{ seconds: 0 }, 'seconds above 0'],
    [{ shape: { m: 1 } }, 'needs a value for n'],
    [{ shape: { m: 100_000, n: 8, k: 100_000 } }, 'Choose a smaller shape'],
  ])('refuses %j', async (change, sentence) => {
    const outcome = await session.tune({ ...request, ...change }, () => {});
    expect(outcome.status).not.toBe('ok');
    expect(outcome).toHaveProperty('reason', expect.stringContaining(sentence));
  });
});

describe('command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tilewatt-tune-'));
  const file = join(folder, 'tuned.json');
  const args = ['tune', kernel, '--shape', 'm=65,n=64,k=129', '--runtime', 'dawn'];
  beforeAll(buildCli, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('teaches', async () => {
    const { code, stdout } = await tilewatt(['tune', '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples\n {2}tilewatt tune/);
    expect(stdout).toMatch(/Ctrl-C\s+keeps the best so far/);
  });

  it.each([
    [['tune'], 'tune takes one kernel'],
    [['tune', 'gemm-f32'], 'is an operation'],
    [['tune', kernel, '--map', 'groupX,grupY'], 'Did you mean groupY?'],
    [['tune', kernel, '--map', 'groupX'], '--map takes two tunables'],
    [['tune', kernel, '--shape', '8', '--shape', '9'], 'tune takes one --shape'],
    [['bench', kernel, '--tuned', join(folder, 'none.json')], 'Cannot read'],
    [['tune', kernel, '--predict', '--tuned', 'x.json'], '--predict needs the shape'],
    [['tune', kernel, '--predict', '--shape', '8'], '--predict needs something to learn from'],
    [['tune', kernel, '--predict', '--shape', '8', '--learn', join(folder, 'none.json')], 'Cannot read'],
    [['tune', kernel, '--shape', '8', '--tuned', 'x.json'], '--tuned and --learn go with --predict'],
  ])('%j exits with 2 and says what to type', async (given, sentence) => {
    const { code, stdout, stderr } = await tilewatt(given);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });

  it('leaves a file alone that holds something else', async () => {
    const other = join(folder, 'other.json');
    writeFileSync(other, '{"mine":1}');
    const { code, stderr } = await tilewatt([...args, '--json', other]);
    expect(code).toBe(2);
    expect(stderr).toContain('Expected "schema": "tilewatt/winners@1"');
    expect(readFileSync(other, 'utf8')).toBe('{"mine":1}');
  });

  it('shows the best few, a heat map and a verdict, and writes the winner or why there is none', async () => {
    const { code, stdout, stderr } = await tilewatt([
      ...args,
      '--seconds',
      '4',
      '--json',
      file,
      '--map',
      'groupX,groupY',
    ]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/tunables +time +default \/ it +samples\n/);
    expect(stdout).toMatch(/ +groupX=\d+ +groupX=\d+/);
    expect(stdout).toMatch(/0 wrong/);
    expect(stdout).toMatch(/After [\d.]+ s: .*groupX=\d+/);
    if (existsSync(file)) expect(parseWinners(readFileSync(file, 'utf8')).winners[0]).toMatchObject({ kernel, shape });
    else expect(stderr).toContain('Nothing was written');
  });

  it('bench uses what was tuned here, and says why it does not use what was tuned elsewhere', async () => {
    const card = JSON.parse((await tilewatt(['device', '--runtime', 'dawn', '--json', '-'])).stdout);
    const tunables = { groupX: 8, groupY: 4 };
    const code = specialize(kernels.get(kernel)!, { shape, tunables }).code;
    const winner = {
      ...{ kernel, shape, shapeClass: shapeClassOf(shape), adapter: card.adapter, runtime: card.runtime, tunables },
      ...{ source: await sourceHash(code), version: '0.1.0', isDefault: false, meanNs: 1, ci95Ns: [1, 1] },
      ...{ ratio: 2, ci95: [1.9, 2.1], pairs: 20, date: '2026-11-21T08:00:00.000Z' },
    };
    const bench = async (adapter: object) => {
      writeFileSync(file, JSON.stringify({ schema: winnersSchemaId, winners: [{ ...winner, adapter }] }));
      const rest = ['--runtime', 'dawn', '--seconds', '1', '--tuned', file, '--json', '-'];
      const ended = await tilewatt(['bench', kernel, '--shape', 'm=65,n=64,k=129', ...rest]);
      expect(ended.code, ended.stderr).toBe(0);
      return { ...ended, tunables: parseResults(ended.stdout).rows[0]!.tunables };
    };
    expect((await bench(card.adapter)).tunables).toEqual(tunables);
    const elsewhere = await bench({ ...card.adapter, description: 'Acme One' });
    expect(elsewhere.tunables).toEqual(defaultTunables(kernels.get(kernel)!));
    expect(elsewhere.stderr).toContain(`${kernel} was tuned on Acme One, and this is`);
  });

  it('--predict answers for a shape that was not run, and not for another device', async () => {
    const card = JSON.parse((await tilewatt(['device', '--runtime', 'dawn', '--json', '-'])).stdout);
    const searches = [64, 128, 256].map((size) => searchAt(size, card.adapter, card.runtime));
    writeFileSync(file, JSON.stringify({ schema: winnersSchemaId, winners: searches }));
    const ask = [...['tune', kernel, '--predict', '--runtime', 'dawn', '--shape', '192', '--tuned'], file];
    const { code, stdout, stderr } = await tilewatt(ask);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/tunables +expected time +default \/ it/);
    expect(stdout).toMatch(/Predicted, not measured: learned from \d+ times at 3 shapes\.\n/);
    expect(stdout).toMatch(/median error on shapes held out\. Energy is not predicted: no energy model is in use/);
    const { stdout: json } = await tilewatt([...ask, '--json', '-']);
    const { default: usual, quality } = JSON.parse(json);
    // Planted: 2 ns for each thousand multiply-adds.
    expect(usual.ns / (2e-3 * 192 ** 3)).toBeCloseTo(1, 1);
    expect(quality.time.heldOut).toBe('shapes');
    const elsewhere = searches.map((one) => ({ ...one, runtime: 'Another 1' }));
    writeFileSync(file, JSON.stringify({ schema: winnersSchemaId, winners: elsewhere }));
    const refused = await tilewatt(ask);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`There is nothing to predict ${kernel} from on this device`);
  });

  it('sweep uses what was tuned here, at the values it fits', async () => {
    const card = JSON.parse((await tilewatt(['device', '--runtime', 'dawn', '--json', '-'])).stdout);
    const tunables = { groupX: 8, groupY: 4 };
    const source = await sourceHash(specialize(kernels.get(kernel)!, { shape: cube(64), tunables }).code);
    const winner = { ...searchAt(64, card.adapter, card.runtime), tunables, source };
    writeFileSync(file, JSON.stringify({ schema: winnersSchemaId, winners: [winner] }));
    const args = ['sweep', kernel, '--vary', 'm,n,k=32,64', '--seconds', '0.5', '--runtime', 'dawn', '--json', '-'];
    const { code, stdout, stderr } = await tilewatt([...args, '--tuned', file, '--energy', 'auto']);
    expect(code, stderr).toBe(0);
    if (card.adapter.software) expect(stderr).toContain('A software adapter has no GPU power model');
    const usual = defaultTunables(kernels.get(kernel)!);
    expect(parseResults(stdout).rows.map(({ at, tunables: used }) => [at, used])).toEqual([
      [32, usual],
      [64, tunables],
    ]);
  });

  it('keeps the best so far on Ctrl-C, and writes no winner', async () => {
    const stopped = join(folder, 'stopped.json');
    const { child, ended, says } = startTilewatt([...args, '--seconds', '120', '--json', stopped]);
    await says('tried');
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(code, stderr).toBe(1);
    expect(stdout).toContain('Cancelled: the best so far.');
    expect(existsSync(stopped)).toBe(false);
  });
});

function cube(size: number): Shape {
  return { m: size, n: size, k: size };
}

/** A search as a file holds it, in which every combination takes the same 2 ns for a thousand multiply-adds. */
function searchAt(size: number, adapter: Winner['adapter'], runtime: string): Winner {
  const ns = 2e-3 * size ** 3;
  const tunables = defaultTunables(kernels.get(kernel)!);
  const others = [8, 32].flatMap((groupX) => [4, 8, 16].map((groupY) => ({ groupX, groupY })));
  const points = [tunables, ...others].map((one, i): TunePoint => {
    const ratio = i === 0 ? 1 : 1 + 0.001 * i;
    return { tunables: one, state: 'racing', ratio, ns: ns / ratio };
  });
  return {
    ...{ kernel, shape: cube(size), shapeClass: shapeClassOf(cube(size)), adapter, runtime, tunables, points },
    ...{ source: '0123456789abcdef', version: '0.1.0', isDefault: true, meanNs: ns, ci95Ns: [ns, ns] },
    ...{ ratio: 1, ci95: [1, 1], pairs: 0, date: '2026-11-21T08:00:00.000Z' },
  };
}
