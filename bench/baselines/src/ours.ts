/** Our kernels as entrants: tunables chosen by a short race, then one submission for every run, as an application would. */
import { formatShape } from '../../../src/bench/format.js';
import { verifyVariant } from '../../../src/bench/verify.js';
import { submitPass } from '../../../src/gpu/batch.js';
import type { Device } from '../../../src/gpu/device.js';
import type { Pipelines } from '../../../src/gpu/pipelines.js';
import type { Bound } from '../../../src/gpu/runner.js';
import { kernels } from '../../../src/kernel/catalog.js';
import type { Kernel, Tunables } from '../../../src/kernel/kernel.js';
import { type Outcome, type Refusal, unsupported, type Wrong } from '../../../src/kernel/outcome.js';
import { completeTunables } from '../../../src/kernel/tunables.js';
import type { Entrant } from './entrant.js';
import type { Task } from './task.js';
import type { Contender } from './works.js';

export interface Ours extends Entrant {
  readonly bound: Bound;
  /** What its race gave, ns for one; to tell which of ours is worth a round trip. */
  readonly racedNs: number;
}

interface Candidate {
  readonly tunables: Tunables;
  readonly bound: Bound;
  readonly compileNs: number;
  readonly firstNs: number;
  best: number;
}

/** Seconds for trying settings of one kernel; the defaults come first. */
const raceSeconds = 6;
const raceRounds = 3;

const nowMs = (): number => performance.now();

/** The kernel with the fastest of its settings here, or why none of them runs. One wrong setting makes the kernel wrong. */
export async function enterOurs(
  { gpu: device }: Device,
  pipelines: Pipelines,
  task: Task,
  contender: Contender,
): Promise<Outcome<{ readonly entrant: Ours }> | Wrong> {
  const kernel = kernels.get(contender.kernel)!;
  const problem = await task.problemFor(kernel.computes.id);
  const candidates: Candidate[] = [];
  let refusal: Refusal | undefined;
  const end = nowMs() + 1000 * raceSeconds;
  for (const tunables of settingsOf(kernel, contender)) {
    if (candidates.length > 0 && nowMs() > end) break;
    const outcome = await verifyVariant(device, pipelines, kernel, tunables, problem, nowMs);
    if (outcome.status === 'wrong') {
      for (const { bound } of candidates) bound.destroy();
      return { status: 'wrong', reason: `With ${formatShape(tunables)}: ${outcome.reason}` };
    }
    if (outcome.status !== 'ok') {
      refusal ??= outcome.status === 'too-long' ? unsupported(outcome.reason) : outcome;
      continue;
    }
    const { bound, cold } = outcome;
    candidates.push({ tunables, bound, compileNs: cold.compileNs, firstNs: cold.firstNs, best: Infinity });
  }
  if (candidates.length === 0) return refusal!;
  const winner = await race(device, candidates, end);
  for (const { bound } of candidates) if (bound !== winner.bound) bound.destroy();
  const { bound, tunables, compileNs, firstNs } = winner;
  const run = (times: number): Promise<number> => runOn(device, bound, times);
  const entrant: Ours = {
    kernel: kernel.id,
    tunables,
    compileNs,
    uploadNs: problem.uploadNs,
    firstNs,
    notes: [`Tunables chosen by a race of ${candidates.length} before.`],
    bound,
    racedNs: winner.best,
    run,
    async check() {
      problem.poisonOutputs();
      await run(1);
      return problem.check();
    },
    destroy: bound.destroy,
  };
  return { status: 'ok', entrant };
}

function settingsOf(kernel: Kernel, { settings }: Contender): readonly Tunables[] {
  const all = [{}, ...settings].map((setting) => completeTunables(kernel, setting));
  return [...new Map(all.map((tunables) => [JSON.stringify(tunables), tunables])).values()];
}

/** Interleaved rounds; the fastest reading of each counts. What wins here is measured anew afterwards. */
async function race(device: GPUDevice, candidates: readonly Candidate[], end: number): Promise<Candidate> {
  const times = Math.min(64, Math.ceil(10e6 / Math.min(...candidates.map(({ firstNs }) => firstNs))));
  for (let round = 0; round < raceRounds && (round === 0 || nowMs() < end); round++) {
    for (const candidate of candidates) {
      candidate.best = Math.min(candidate.best, (await runOn(device, candidate.bound, times)) / times);
    }
  }
  return candidates.reduce((best, candidate) => (candidate.best < best.best ? candidate : best));
}

/** Encoding and submitting count, run by run, as they do for the libraries. */
async function runOn(device: GPUDevice, bound: Bound, times: number): Promise<number> {
  const begin = nowMs();
  for (let i = 0; i < times; i++) submitPass(device, bound.encode);
  await device.queue.onSubmittedWorkDone();
  return (nowMs() - begin) * 1e6;
}
