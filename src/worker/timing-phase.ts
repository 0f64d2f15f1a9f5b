/** Times the verified kernels of a job together, compares them, and checks once more what they write. */
import { compare } from '../bench/compare.js';
import { type Criterion, thoroughness } from '../bench/criterion.js';
import { estimateAll } from '../bench/energy/order.js';
import { type Measurement, measure } from '../bench/measure.js';
import type { Problem } from '../bench/problem.js';
import type { Comparison, ResultRow } from '../bench/results.js';
import { placeRow } from '../bench/roofline/place-row.js';
import type { TimeSoFar } from '../bench/timing.js';
import { batchSubject } from '../gpu/batch.js';
import { explain, scoped } from '../gpu/errors.js';
import type { Bound } from '../gpu/runner.js';
import { costOf } from '../kernel/kernel.js';
import { rateUnitOf } from '../kernel/operation.js';
import type { Failed } from '../kernel/outcome.js';
import type { RungSoFar } from './api.js';
import type { Context } from './context.js';
import type { BenchPlan, Entry } from './plan.js';
import type { Rows } from './rows.js';

/** A verified kernel, bound to one set of buffers, or to several to keep caches cold. */
export interface Candidate {
  readonly entry: Entry;
  readonly problem: Problem;
  readonly copies: readonly Bound[];
  /** What a run and its check took, ms. */
  readonly checkMs: number;
}

/** Share of the progress that verification, which comes first, has. */
export const verifyShare = 0.35;

export interface Timed {
  readonly comparisons: readonly Comparison[];
  /** The loss of the device. */
  readonly ended?: Failed;
}

/** A comparison that should end at `endMs` by the clock of the host, where it is in a hurry. */
export interface TimingPlan extends BenchPlan {
  readonly endMs: number | undefined;
}

export async function timeAll(
  context: Context,
  plan: TimingPlan,
  candidates: readonly Candidate[],
  rows: Rows,
  signal: AbortSignal,
): Promise<Timed> {
  if (candidates.length === 0) return { comparisons: [] };
  const { timer, timerFacts, host, probes } = context;
  const subjects = candidates.map(({ entry, copies }) => batchSubject(timer, entry.key, copies));
  const baseline = Math.max(
    0,
    candidates.findIndex(({ entry }) => entry.kernel.id === plan.request.baseline),
  );
  const { measurements } = await measure(subjects, {
    timer: timerFacts,
    criterion: criterionFor(plan, candidates, host.now()),
    seed: plan.request.seed,
    host,
    canary: probes.arithmetic,
    signal,
    baseline,
    onProgress: ({ phase, subject, fraction, secondsLeft, soFar }) => {
      const warming = candidates.find(({ entry }) => entry.key === subject)?.entry.kernel.id;
      const text = phase === 'paused' ? 'paused while the tab is hidden' : warming ? `warming up ${warming}` : 'timing';
      const share = verifyShare + (1 - verifyShare) * fraction;
      rows.report('time', text, share, secondsLeft, soFar && rungsSoFar(candidates, soFar));
    },
  });
  for (const [i, measurement] of measurements.entries()) enter(plan, candidates[i]!.entry, measurement, rows);
  enterEnergy(plan, candidates, rows);
  const comparisons = compareAll(plan, candidates, measurements, baseline);
  const ended = await enterFailures(context, candidates, measurements, rows);
  return ended ? { comparisons, ended } : { comparisons };
}

/** Seconds for timing one kernel, however late it is: less gives no interval worth reading. */
const leastSeconds = 0.15;

function criterionFor({ request, endMs }: TimingPlan, candidates: readonly Candidate[], nowMs: number): Criterion {
  const { thoroughness: level, budgetSeconds } = request;
  const preset = thoroughness[level];
  const count = candidates.length;
  // Who is in a hurry does not wait longer than who is not.
  if (endMs !== undefined)
    return within(preset, Math.min(preset.seconds, secondsLeft(endMs - nowMs, candidates) / count));
  return budgetSeconds === undefined ? preset : within(preset, budgetSeconds / count);
}

function within(preset: Criterion, seconds: number): Criterion {
  return { ...preset, seconds, warmupSeconds: Math.min(preset.warmupSeconds, seconds / 4) };
}

/** What remains for timing where every kernel is checked once more behind it. */
function secondsLeft(ms: number, candidates: readonly Candidate[]): number {
  const checksMs = candidates.reduce((sum, { checkMs }) => sum + checkMs, 0);
  return Math.max(leastSeconds * candidates.length, (ms - checksMs) / 1000);
}

function enter(
  { request }: BenchPlan,
  { key, kernel, shape, tunables }: Entry,
  measurement: Measurement,
  rows: Rows,
): void {
  const row = rows.get(key)!;
  if (measurement.status === 'unresolved') rows.set(key, { ...row, reason: measurement.reason });
  if (measurement.status !== 'ok') return;
  const { timing } = measurement;
  const rates = ratesOf({ kernel, shape, tunables }, timing.meanNs);
  const variant = { shape, tunables };
  const place = request.ceilings && placeRow(kernel, variant, timing, request.ceilings, request.cache);
  rows.set(key, { ...row, time: timing, rates, ...(place ? { roofline: place } : {}) });
}

function ratesOf({ kernel, shape, tunables }: Omit<Entry, 'key'>, meanNs: number): NonNullable<ResultRow['rates']> {
  const cost = costOf(kernel, { shape, tunables });
  const perSecond = 1e9 / meanNs;
  return {
    flopPerS: cost.nominal * perSecond,
    bytePerS: (cost.bytesRead + cost.bytesWritten) * perSecond,
    unit: rateUnitOf(kernel.computes.cost(shape)),
  };
}

function rungsSoFar(candidates: readonly Candidate[], times: readonly (TimeSoFar | undefined)[]): RungSoFar[] {
  return times.flatMap((time, i) => {
    const { entry } = candidates[i]!;
    return time ? [{ kernel: entry.kernel.id, time, rates: ratesOf(entry, time.meanNs) }] : [];
  });
}

/** Joules of every timed row, where there is a model to estimate them by. */
function enterEnergy({ request }: BenchPlan, candidates: readonly Candidate[], rows: Rows): void {
  const { energy, cache } = request;
  if (!energy) return;
  const timed = candidates.flatMap(({ entry }) => {
    const row = rows.get(entry.key)!;
    return row.time ? [{ entry, row, time: row.time }] : [];
  });
  const uses = timed.map(({ entry: { kernel, shape, tunables }, time }) => ({
    cost: costOf(kernel, { shape, tunables }),
    ns: time.meanNs,
    cache,
  }));
  for (const [i, estimate] of estimateAll(uses, energy).entries()) {
    const { entry, row } = timed[i]!;
    rows.set(entry.key, { ...row, energy: estimate });
  }
}

/** @returns the loss of the device, where that is why a kernel failed while it was timed. */
async function enterFailures(
  { device }: Context,
  candidates: readonly Candidate[],
  measurements: readonly Measurement[],
  rows: Rows,
): Promise<Failed | undefined> {
  for (const [i, measurement] of measurements.entries()) {
    if (measurement.status !== 'failed') continue;
    const { key, kernel } = candidates[i]!.entry;
    const outcome = await explain(device.gpu, `timing ${kernel.id}`, measurement.error);
    rows.set(key, { ...rows.get(key)!, status: 'failed', reason: outcome.reason });
    if (outcome.cause === 'device-lost') return outcome;
  }
  return undefined;
}

/** Every kernel against the baseline; then the fastest against the next, where neither is the baseline. */
function compareAll(
  { at }: BenchPlan,
  candidates: readonly Candidate[],
  measurements: readonly Measurement[],
  baseline: number,
): readonly Comparison[] {
  const timed = measurements.flatMap((measurement, index) =>
    measurement.status === 'ok' ? [{ index, measurement, meanNs: measurement.timing.meanNs }] : [],
  );
  const against = timed.find(({ index }) => index === baseline) ?? timed[0];
  const [fastest, next] = [...timed].sort((x, y) => x.meanNs - y.meanNs);
  const pairs = timed.filter((entry) => entry !== against).map((entry) => [entry, against!] as const);
  if (next && fastest !== against && next !== against) pairs.push([fastest!, next]);
  return pairs.flatMap(([a, b]) => {
    const compared = compare(a.measurement, b.measurement);
    if (!compared) return [];
    const { ratio, ci95, verdict, pairs: count } = compared;
    const { kernel, shape } = candidates[a.index]!.entry;
    const names = { a: kernel.id, b: candidates[b.index]!.entry.kernel.id };
    return [{ ...names, shape, ratio, ci95: [...ci95], verdict, pairs: count, ...(at === undefined ? {} : { at }) }];
  });
}

/** Poisons the outputs, runs one more batch as it was timed, and checks what it wrote: no time for work not done. */
export async function checkAgain(
  { device, timer }: Context,
  candidates: readonly Candidate[],
  rows: Rows,
): Promise<Failed | undefined> {
  for (const { entry, problem, copies } of candidates) {
    const row = rows.get(entry.key)!;
    if (!row.time) continue;
    const { dispatchesPerSample } = row.time;
    const outcome = await scoped(device.gpu, `checking ${entry.kernel.id} after timing`, async () => {
      problem.poisonOutputs();
      const subject = batchSubject(timer, entry.key, copies);
      // Every copy has its turn: the first is the one that is checked. None of the batches is longer than those timed.
      for (let done = 0; done < copies.length; done += dispatchesPerSample) await subject.run(dispatchesPerSample);
      return problem.check();
    });
    if (outcome.status === 'unsupported') continue;
    if (outcome.status === 'failed') {
      rows.set(entry.key, { ...untimed(row), status: 'failed', reason: outcome.reason });
      if (outcome.cause === 'device-lost') return outcome;
    } else if (!outcome.right) {
      const reason = `Right when run once, wrong after a timed batch: ${outcome.verification.first}.`;
      rows.set(entry.key, { ...untimed(row), status: 'wrong', reason, verification: outcome.verification });
    }
  }
  return undefined;
}

function untimed({ time, rates, roofline, energy, ...row }: ResultRow): ResultRow {
  return row;
}
