/** One piece of work for everyone: prepared, verified, measured together, verified again. */
import type { Criterion } from '../../../src/bench/criterion.js';
import { formatTiming, plain } from '../../../src/bench/format.js';
import type { Host } from '../../../src/bench/host.js';
import { type Measurement, measure } from '../../../src/bench/measure.js';
import type { Comparison, ResultRow, TimerFacts } from '../../../src/bench/results.js';
import { batchSubject, type PassTimer } from '../../../src/gpu/batch.js';
import { type Device, messageOf } from '../../../src/gpu/device.js';
import type { Pipelines } from '../../../src/gpu/pipelines.js';
import { kernels } from '../../../src/kernel/catalog.js';
import { costOf } from '../../../src/kernel/kernel.js';
import { compareAll } from './comparisons.js';
import type { Entrant, Rival } from './entrant.js';
import { enterOurs, type Ours } from './ours.js';
import { withRoundTrip } from './round-trip.js';
import { createTask, type Task } from './task.js';
import { hasRoundTrip, shapeOf, type Work } from './works.js';

export interface Hall {
  readonly device: Device;
  readonly pipelines: Pipelines;
  readonly host: Host;
  /** What the clock that everyone is measured by is worth. */
  readonly wall: TimerFacts;
  /** GPU timestamps, for ours in addition; undefined where there are none. */
  readonly stamps?: { readonly timer: PassTimer; readonly facts: TimerFacts };
  readonly rivals: readonly Rival[];
  readonly seed: number;
  /** Most seconds for measuring one entrant. */
  readonly seconds: number;
}

export interface WorkResult {
  readonly rows: readonly ResultRow[];
  readonly comparisons: readonly Comparison[];
}

/** Multiply-adds that the exact answer may take; beyond it a sample of rows is checked. */
const referenceBudget = 2e8;

/** Long batches: a wall clock counts whatever else the browser does, and slopes only cancel what is the same each time. */
const limits = { minQuanta: 100, minBatchNs: 20e6, maxBatchNs: 200e6, maxDispatches: 1024 };

const nowMs = (): number => performance.now();

export async function runWork(hall: Hall, work: Work, say: (text: string) => void): Promise<WorkResult> {
  const { seed } = hall;
  say('preparing');
  const options = { seed, distribution: 'normal', referenceBudget, nowMs } as const;
  const task = await createTask(hall.device.gpu, work, options);
  const rows = new Map<string, ResultRow>();
  const ready: Entrant[] = [];
  try {
    for await (const { kernel, entrant, row } of entrances(hall, task, say)) {
      rows.set(kernel, row);
      if (entrant) ready.push(entrant);
    }
    const measurements = await measureAll(hall, ready, say);
    const finishers = [];
    for (const [i, entrant] of ready.entries()) {
      const measurement = measurements[i]!;
      const row = await finish(hall, task, entrant, measurement, rows.get(entrant.kernel)!);
      rows.set(entrant.kernel, row);
      if (row.time && measurement.status === 'ok') {
        finishers.push({ ...measurement, kernel: entrant.kernel, meanNs: row.time.meanNs });
      }
    }
    return { rows: [...rows.values()], comparisons: compareAll(finishers, shapeOf(work)) };
  } finally {
    for (const entrant of ready) entrant.destroy();
    task.destroy();
  }
}

interface Entrance {
  readonly kernel: string;
  readonly row: ResultRow;
  /** Undefined for those that take no part. */
  readonly entrant?: Entrant;
}

/** Everyone's first run, held against the exact answer. */
async function* entrances(hall: Hall, task: Task, say: (text: string) => void): AsyncGenerator<Entrance> {
  let fastest: Ours | undefined;
  for (const contender of task.work.contenders) {
    say(`racing settings of ${contender.kernel}`);
    const entry = await enterOurs(hall.device, hall.pipelines, task, contender);
    if (entry.status === 'ok') {
      const entrance = await admit(task, entry.entrant);
      if (entrance.entrant && !(fastest && fastest.racedNs <= entry.entrant.racedNs)) fastest = entry.entrant;
      yield entrance;
    } else {
      const { status, reason } = entry;
      yield { kernel: contender.kernel, row: { ...blankRow(task, contender.kernel), status, reason } };
    }
  }
  if (fastest && hasRoundTrip(task.work)) yield await admit(task, await withRoundTrip(hall.device.gpu, task, fastest));
  for (const rival of hall.rivals) {
    const kernel = rival.nameFor(task);
    if (kernel === undefined) continue;
    say(`preparing ${kernel}`);
    yield await enterRival(task, rival, kernel);
  }
}

/** Never throws: a library that does not load or cannot run the task says so in its row. */
export async function enterRival(task: Task, rival: Rival, kernel: string): Promise<Entrance> {
  try {
    return await admit(task, await rival.enter(task));
  } catch (error) {
    return { kernel, row: failedRow(task, kernel, error) };
  }
}

/** Only who is right after a first run takes part. */
async function admit(task: Task, entrant: Entrant): Promise<Entrance> {
  const { kernel, tunables, compileNs, uploadNs } = entrant;
  try {
    const firstNs = entrant.firstNs ?? (await entrant.run(1));
    const { right, verification } = await entrant.check();
    const cold = { compileNs, uploadNs, firstNs };
    const row: ResultRow = { ...blankRow(task, kernel), tunables, status: 'ok', verification, cold };
    if (right) return { kernel, entrant, row };
    entrant.destroy();
    return { kernel, row: { ...row, status: 'wrong', reason: `${verification.first}. It is not timed.` } };
  } catch (error) {
    entrant.destroy();
    return { kernel, row: failedRow(task, kernel, error) };
  }
}

/** All of them in interleaved rounds, by the wall clock. */
export async function measureAll(
  { wall, host, seed, seconds }: Hall,
  ready: readonly Pick<Entrant, 'kernel' | 'run'>[],
  say: (text: string) => void,
  criterion: Criterion = criterionOf(seconds),
): Promise<readonly Measurement[]> {
  const subjects = ready.map(({ kernel, run }) => ({ id: kernel, run }));
  const { measurements } = await measure(subjects, {
    // What a batch costs differs by library, so none of it is taken off: slopes cancel it, and a run that fills a batch
    // alone is timed with it, by at most a hundredth and to the disadvantage of whoever is faster.
    timer: { ...wall, overheadNs: 0 },
    criterion,
    limits,
    seed,
    host,
    onProgress: ({ phase, subject }) => say(subject ? `warming up ${subject}` : phase),
  });
  return measurements;
}

function criterionOf(seconds: number): Criterion {
  return { seconds, warmupSeconds: seconds / 10, maxNoise: 0.01, minSamples: 12 };
}

/** The time of an entrant that is still right after it. */
async function finish(
  hall: Hall,
  task: Task,
  entrant: Entrant,
  measurement: Measurement,
  row: ResultRow,
): Promise<ResultRow> {
  if (measurement.status === 'failed') return { ...row, ...failedRow(task, row.kernel, measurement.error) };
  if (measurement.status === 'unresolved') return { ...row, reason: measurement.reason };
  const { right, verification } = await entrant.check();
  if (!right) {
    const reason = `Right at first, wrong after it was timed: ${verification.first}. Its time does not count.`;
    return { ...row, status: 'wrong', reason, verification };
  }
  const { timing } = measurement;
  const stamped = 'bound' in entrant ? await byTimestamps(hall, entrant as Ours) : [];
  const time = { ...timing, flags: [...(timing.flags ?? []), ...entrant.notes, ...stamped] };
  const { nominal, bytesRead, bytesWritten } = costOf(kernels.get(task.work.contenders[0]!.kernel)!, {
    shape: shapeOf(task.work),
    tunables: {},
  });
  const perSecond = 1e9 / timing.meanNs;
  return { ...row, time, rates: { flopPerS: nominal * perSecond, bytePerS: (bytesRead + bytesWritten) * perSecond } };
}

/** What the same kernel takes by the GPU's own clock, submission left out. */
async function byTimestamps(
  { stamps, host, seed, seconds }: Hall,
  { kernel, bound }: Ours,
): Promise<readonly string[]> {
  if (!stamps) return [];
  const { measurements } = await measure([batchSubject(stamps.timer, kernel, [bound])], {
    timer: stamps.facts,
    criterion: criterionOf(seconds / 4),
    seed,
    host,
  });
  const [measurement] = measurements;
  return measurement?.status === 'ok' ? [`By GPU timestamps ${plain(formatTiming(measurement.timing))}.`] : [];
}

function blankRow(task: Task, kernel: string) {
  return { kernel, operation: task.work.operation, shape: shapeOf(task.work), tunables: {}, cache: 'hot' } as const;
}

function failedRow(task: Task, kernel: string, error: unknown): ResultRow {
  const reason = `It could not run here: ${messageOf(error).split('\n')[0]!.slice(0, 500)}. It is not timed.`;
  return { ...blankRow(task, kernel), status: 'failed', reason };
}
