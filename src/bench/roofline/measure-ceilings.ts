/** Measures a device's ceilings: every microbenchmark verified, grown until it fills the device, then all timed together. */

import { batchSubject, type PassTimer } from '../../gpu/batch.js';
import type { Device } from '../../gpu/device.js';
import type { Pipelines } from '../../gpu/pipelines.js';
import type { Bound } from '../../gpu/runner.js';
import type { Kernel, Tunables } from '../../kernel/kernel.js';
import type { Shape } from '../../kernel/operation.js';
import { errorText } from '../../kernel/outcome.js';
import { completeTunables } from '../../kernel/tunables.js';
import { formatBytes, plain } from '../format.js';
import type { Host } from '../host.js';
import { type Measurement, measure } from '../measure.js';
import { shortByDesign } from '../patience.js';
import { createProblem, type Problem } from '../problem.js';
import type { TimerFacts } from '../results.js';
import type { Subject } from '../subject.js';
import { verifyVariant } from '../verify.js';
import { type Ceilings, type ComputeCeiling, ceilingsKey, ceilingsSchemaId, type MemoryCeiling } from './ceilings.js';
import {
  copyKernel,
  copyShape,
  fewestValues,
  type Microbenchmark,
  microbenchmarks,
  mostValues,
  recurrenceShape,
  workingSets,
} from './microbenchmarks.js';

export interface CeilingsOptions {
  readonly device: Device;
  readonly pipelines: Pipelines;
  readonly timer: PassTimer;
  readonly timerFacts: TimerFacts;
  readonly host: Host;
  readonly canary?: Subject;
  /** The catalogue. */
  readonly kernels: ReadonlyMap<string, Kernel>;
  readonly runtime: string;
  readonly version: string;
  /** For all of it; preparing takes about half. */
  readonly seconds: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string, fraction: number, secondsLeft: number) => void;
}

/** A verified microbenchmark, ready to be timed. */
interface Candidate {
  readonly benchmark: Microbenchmark | 'copy';
  readonly kernel: Kernel;
  readonly tunables: Tunables;
  readonly shape: Shape;
  readonly problem: Problem;
  readonly bound: Bound;
  readonly subject: Subject;
}

type Prepared = Candidate | { readonly note: string };

/** Elements of the answer that are checked: the rates need one right answer, not all of it. */
const referenceBudget = 2 ** 21;

/**
 * A dispatch should last this many launches, and this long, ns. A software adapter shares its cores with everything else that
 * runs, so short dispatches drown in what the scheduler does.
 */
const launches = 50;
const leastNs = { gpu: 500_000, software: 8_000_000 } as const;

/** A small dispatch tells little of how long a large one takes. */
const mostGrowth = 16;

/** Largest working set of a copy: beyond the last cache of today's GPUs. A software adapter has a CPU's. */
const largestWorkingSet = { gpu: 2 ** 28, software: 2 ** 26 } as const;

/** Undefined where it was cancelled. @throws what the device throws when it is lost on the way. */
export async function measureCeilings(options: CeilingsOptions): Promise<Ceilings | undefined> {
  const candidates: Candidate[] = [];
  const notes: string[] = [];
  const begin = options.host.now();
  try {
    const jobs = preparations(options);
    for (const [i, { what, prepare }] of jobs.entries()) {
      if (options.signal?.aborted) return undefined;
      options.onProgress?.(`preparing ${what}`, (0.4 * i) / jobs.length, options.seconds);
      const prepared = await prepare();
      if ('note' in prepared) notes.push(prepared.note);
      else candidates.push(prepared);
    }
    const spent = (options.host.now() - begin) / 1000;
    const left = Math.max(options.seconds - spent, options.seconds / 3);
    const measurements = await timeAll(candidates, left, options);
    return options.signal?.aborted ? undefined : assemble(candidates, measurements, notes, options);
  } finally {
    for (const candidate of candidates) release(candidate);
  }
}

function preparations(options: CeilingsOptions) {
  const { adapter, facts } = options.device;
  const bindable = 2 * Math.min(facts.limits.maxStorageBufferBindingSize ?? 0, facts.limits.maxBufferSize ?? 0);
  const largest = Math.min(largestWorkingSet[adapter.software ? 'software' : 'gpu'], bindable);
  return [
    ...microbenchmarks.map((benchmark) => ({
      what: benchmark.kernel,
      prepare: () => prepareCompute(benchmark, options),
    })),
    ...workingSets(largest).map((bytes) => ({
      what: `copy of ${plain(formatBytes(bytes))}`,
      prepare: () => bindOne('copy', options.kernels.get(copyKernel)!, {}, copyShape(bytes), options),
    })),
  ];
}

/** Grows n until a dispatch is long enough, then takes the fastest tunables; a software adapter gets the first. */
async function prepareCompute(benchmark: Microbenchmark, options: CeilingsOptions): Promise<Prepared> {
  const kernel = options.kernels.get(benchmark.kernel)!;
  const [first, ...others] = benchmark.tunables;
  const { software } = options.device.adapter;
  const target = Math.max(leastNs[software ? 'software' : 'gpu'], launches * (options.timerFacts.launchNs ?? 0));
  for (let n = fewestValues; ; ) {
    const prepared = await bindOne(benchmark, kernel, first!, recurrenceShape(n), options);
    if ('note' in prepared) return prepared;
    const ns = await quickTime(prepared.subject);
    if (ns >= target || n >= mostValues) {
      return software ? prepared : race(prepared, ns, benchmark, others, options);
    }
    release(prepared);
    n = Math.min(mostValues, n * Math.min(mostGrowth, 2 ** Math.ceil(Math.log2(target / ns))));
  }
}

async function race(
  incumbent: Candidate,
  ns: number,
  benchmark: Microbenchmark,
  others: Microbenchmark['tunables'],
  options: CeilingsOptions,
): Promise<Candidate> {
  let [best, bestNs] = [incumbent, ns];
  for (const tunables of others) {
    const rival = await bindOne(benchmark, best.kernel, tunables, best.shape, options);
    if ('note' in rival) continue;
    const rivalNs = await quickTime(rival.subject);
    release(rivalNs < bestNs ? best : rival);
    if (rivalNs < bestNs) [best, bestNs] = [rival, rivalNs];
  }
  return best;
}

/** Shortest of three batches after a first that warms up, ns per dispatch: enough to choose by, not to print. */
async function quickTime(subject: Subject): Promise<number> {
  const dispatches = 2;
  await subject.run(1);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) best = Math.min(best, (await subject.run(dispatches)) / dispatches);
  return best;
}

async function bindOne(
  benchmark: Candidate['benchmark'],
  kernel: Kernel,
  given: Readonly<Record<string, number>>,
  shape: Shape,
  options: CeilingsOptions,
): Promise<Prepared> {
  const { device, pipelines, timer, host, seed } = options;
  const tunables = completeTunables(kernel, given);
  const nowMs = host.now;
  const problem = await createProblem(device.gpu, kernel.computes, shape, {
    seed,
    distribution: 'normal',
    referenceBudget,
    nowMs,
  });
  const outcome = await verifyVariant(device.gpu, pipelines, kernel, tunables, problem, nowMs, {
    patience: shortByDesign,
  });
  if (outcome.status !== 'ok') {
    problem.destroy();
    return { note: `${kernel.id} was not measured: ${outcome.reason}` };
  }
  const id = `${kernel.id} ${Object.values(shape).join(' ')}`;
  const { bound } = outcome;
  return { benchmark, kernel, tunables, shape, problem, bound, subject: batchSubject(timer, id, [bound]) };
}

function release({ bound, problem }: Candidate): void {
  bound.destroy();
  problem.destroy();
}

/**
 * A software adapter is timed by whole batches: its dispatches last so long that what a batch costs besides takes 1 % of
 * them at most, while the difference of two batches that other programs interrupt may tell nothing at all.
 */
async function timeAll(
  candidates: readonly Candidate[],
  seconds: number,
  { device, timerFacts, host, seed, canary, signal, onProgress }: CeilingsOptions,
): Promise<readonly Measurement[]> {
  const each = seconds / Math.max(candidates.length, 1);
  const { measurements } = await measure(
    candidates.map(({ subject }) => subject),
    {
      timer: device.adapter.software ? { ...timerFacts, overheadNs: 0 } : timerFacts,
      criterion: { seconds: each, warmupSeconds: each / 4, maxNoise: 0.01, minSamples: 12 },
      seed,
      host,
      ...(canary ? { canary } : {}),
      ...(signal ? { signal } : {}),
      onProgress: ({ fraction, secondsLeft }) => onProgress?.('timing the ceilings', 0.4 + 0.6 * fraction, secondsLeft),
    },
  );
  return measurements;
}

function assemble(
  candidates: readonly Candidate[],
  measurements: readonly Measurement[],
  notes: readonly string[],
  { device, runtime, version, timerFacts }: CeilingsOptions,
): Ceilings {
  const compute: ComputeCeiling[] = [];
  const memory: MemoryCeiling[] = [];
  let workgroupMemory: Ceilings['workgroupMemory'];
  const said = [...notes];
  for (const [i, { benchmark, kernel, tunables, shape }] of candidates.entries()) {
    const measurement = measurements[i];
    if (measurement?.status !== 'ok') {
      said.push(`${kernel.id} was not timed: ${reasonOf(measurement)}`);
      continue;
    }
    const work = benchmark === 'copy' ? 8 * shape.words! : benchmark.perStep * shape.n! * shape.steps!;
    const rate = rateOf(work, measurement.timing);
    if (benchmark === 'copy') memory.push({ ...rate, workingSet: work });
    else if (benchmark.of === 'workgroupMemory') workgroupMemory = rate;
    else compute.push({ ...rate, kind: benchmark.of, kernel: kernel.id, tunables: { ...tunables }, shape });
  }
  if (memory.length === 0) throw new Error(`No copy could be measured, and a roofline needs one. ${said.join(' ')}`);
  const { launchNs, readbackNs } = timerFacts;
  const about = { adapter: device.adapter, runtime, version };
  return {
    schema: ceilingsSchemaId,
    key: ceilingsKey(about),
    ...about,
    date: new Date().toISOString(),
    compute,
    memory,
    ...(workgroupMemory ? { workgroupMemory } : {}),
    ...(launchNs === undefined ? {} : { launchNs }),
    ...(readbackNs === undefined ? {} : { readbackNs }),
    notes: said,
  };
}

function reasonOf(measurement: Measurement | undefined): string {
  if (measurement?.status === 'unresolved') return measurement.reason;
  if (measurement?.status !== 'failed') return 'cancelled.';
  const { error } = measurement;
  return errorText(error);
}

function rateOf(work: number, { meanNs, ci95Ns }: { readonly meanNs: number; readonly ci95Ns: [number, number] }) {
  const at = (ns: number): number => (work / ns) * 1e9;
  const ci95: [number, number] = [at(ci95Ns[1]), at(ci95Ns[0])];
  return { perSecond: at(meanNs), ci95 };
}
