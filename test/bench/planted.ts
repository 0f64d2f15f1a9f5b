/** Searches for tunables on simulated devices where the time of every combination is planted, so the best is known. */
import { thoroughness } from '../../src/bench/criterion.js';
import { measure } from '../../src/bench/measure.js';
import type { Candidate, TuneOptions } from '../../src/bench/tune/contract.js';
import { keyOf } from '../../src/bench/tune/points.js';
import { tune } from '../../src/bench/tune/tune.js';
import type { Tunables } from '../../src/kernel/kernel.js';
import { seededRandom } from '../../src/numerics/random.js';
import { type Conditions, clocks, type Simulated, simulate, weathers } from './simulated.js';

const values = { tileM: [16, 32, 64, 128], tileN: [16, 32, 64], threads: [32, 64, 128], unroll: [1, 2, 4] };
export const noisy: Conditions = { ...weathers.noisy!, quantumNs: clocks['65,536 ns'] };
const explain = async (error: unknown) => ({ reason: String(error), fatal: false });
/** Compiling and verifying one candidate, ms. */
const openMs = 150;

export interface Planted {
  readonly tunables: Tunables;
  readonly ns: number;
}

/** Times with an effect of each tunable, pairwise interactions, and some scatter; the first is the default. */
export function plant(seed: number, scale = 2e6): readonly Planted[] {
  const random = seededRandom(seed);
  let all: Tunables[] = [{}];
  for (const [name, own] of Object.entries(values)) {
    all = all.flatMap((chosen) => own.map((value) => ({ ...chosen, [name]: value })));
  }
  const effects = new Map<string, number>();
  const effect = (key: string, size: number): number => {
    if (!effects.has(key)) effects.set(key, size * random.normal());
    return effects.get(key)!;
  };
  const planted = all.map((tunables) => {
    const pairs = Object.entries(tunables).map(([name, value]) => `${name}=${value}`);
    let log = 0.02 * random.normal();
    for (const [i, one] of pairs.entries()) {
      log += effect(one, 0.3);
      for (const other of pairs.slice(i + 1)) log += effect(`${one} ${other}`, 0.1);
    }
    return { tunables, ns: scale * Math.exp(log) };
  });
  const usual = random.below(planted.length);
  return [planted[usual]!, ...planted.filter((_, i) => i !== usual)];
}

export interface Setup {
  readonly device: Simulated;
  readonly planted: readonly Planted[];
  readonly candidates: readonly Candidate[];
  readonly opened: string[];
}

export function setUp(
  seed: number,
  conditions: Conditions,
  planted = plant(seed),
  wrong: ReadonlySet<string> = new Set(),
): Setup {
  const device = simulate(seed, conditions);
  const opened: string[] = [];
  const candidates = planted.map(({ tunables, ns }): Candidate => {
    const key = keyOf(tunables);
    return {
      tunables,
      open: async () => {
        opened.push(key);
        await device.host.sleep(openMs);
        if (wrong.has(key)) return { status: 'wrong', reason: 'element 0 is 2, not 1.' };
        return { status: 'ok', subject: device.kernel(key, ns), confirm: async () => undefined, close: () => {} };
      },
    };
  });
  return { device, planted, candidates, opened };
}

export function search({ device, candidates }: Setup, seed: number, seconds: number, more: Partial<TuneOptions> = {}) {
  const { timer, host } = device;
  return tune(candidates, { timer, host, seed, seconds, explain, ...more });
}

/** Seconds that verifying and measuring every candidate takes with the engine's quick preset. */
export async function exhaustiveSeconds(seed: number, conditions: Conditions): Promise<number> {
  const { device, planted } = setUp(seed, conditions);
  const began = device.host.now();
  const subjects = planted.map(({ tunables, ns }) => device.kernel(keyOf(tunables), ns));
  await device.host.sleep(openMs * planted.length);
  await measure(subjects, { ...device, seed, criterion: thoroughness.quick, baseline: 0 });
  return (device.host.now() - began) / 1000;
}

export const nsOf = (planted: readonly Planted[], tunables: Tunables | undefined): number =>
  planted.find((one) => tunables && keyOf(one.tunables) === keyOf(tunables))!.ns;
