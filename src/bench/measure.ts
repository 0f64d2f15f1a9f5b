/** Times several subjects at once, interleaved in random order, so that whatever the device does hits all alike. */
import { seededRandom } from '../numerics/random.js';
import { type Canary, describeDrift, findDrift, prepareCanary } from './canary.js';
import { type BatchLimits, batchLimits, type Criterion, leastRounds } from './criterion.js';
import type { Host } from './host.js';
import { BelowResolutionError, choosePlan, type Plan, refinePlan } from './plan.js';
import type { TimerFacts, Timing } from './results.js';
import { type Sample, shuffled, takeSample } from './sample.js';
import type { Subject } from './subject.js';
import { relativeNoise, type Stopped, summarize, type TimeSoFar, timeSoFar } from './timing.js';
import { warmUp } from './warmup.js';

export interface MeasureOptions {
  readonly timer: TimerFacts;
  readonly criterion: Criterion;
  /** Orders the rounds and resamples the interval. */
  readonly seed: number;
  readonly host: Host;
  readonly limits?: BatchLimits;
  /** Small fixed kernel run between rounds to notice a device that slows down. */
  readonly canary?: Subject;
  /** Index of the subject that all others are compared with; it is sampled as long as any of them is. */
  readonly baseline?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: MeasureProgress) => void;
}

export interface MeasureProgress {
  readonly phase: 'warm-up' | 'sampling' | 'paused';
  /** Id of the subject being warmed up. */
  readonly subject?: string;
  /** 0 … 1, never falling. */
  readonly fraction: number;
  readonly secondsLeft: number;
  /** In the order of the subjects; now and then while they are being sampled. */
  readonly soFar?: readonly (TimeSoFar | undefined)[];
}

interface Base {
  readonly id: string;
  /** Empty where the batch could not be chosen. */
  readonly samples: readonly Sample[];
  readonly stepNs: number;
}

export type Measurement =
  | (Base & { readonly status: 'ok'; readonly timing: Timing })
  /** It runs, but its time cannot be told: below resolution, or cancelled too early. */
  | (Base & { readonly status: 'unresolved'; readonly reason: string })
  /** `run` threw; `error` is what it threw. */
  | (Base & { readonly status: 'failed'; readonly error: unknown });

export interface Measured {
  /** In the order of the subjects. */
  readonly measurements: readonly Measurement[];
  readonly canaryNs: readonly number[];
  /** What befell the whole run: drift, pauses. Also in each timing. */
  readonly flags: readonly string[];
}

/** A chart of them takes some 20 ms to draw. */
const showEveryMs = 1000;
const drawMs = 50;

/** A subject on its way through the run. */
interface Track {
  readonly subject: Subject;
  plan?: Plan;
  samples: Sample[];
  content: boolean;
  refusal?: string;
  failure?: { readonly error: unknown };
}

/** Never throws for a subject's sake: what a subject throws becomes its own `failed`, and the others go on. */
export async function measure(subjects: readonly Subject[], options: MeasureOptions): Promise<Measured> {
  const run = new Run(subjects, options);
  await run.prepare();
  const stopped = await run.sample();
  return run.finish(stopped);
}

class Run {
  private readonly tracks: readonly Track[];
  private readonly options: MeasureOptions;
  private readonly limits: BatchLimits;
  private readonly random;
  private readonly start: number;
  private readonly budgetMs: number;
  private canary?: Canary;
  private pausedMs = 0;
  private pauses = 0;
  private fraction = 0;
  private shownMs = 0;

  constructor(subjects: readonly Subject[], options: MeasureOptions) {
    this.options = options;
    this.tracks = subjects.map((subject) => ({ subject, samples: [], content: false }));
    this.limits = options.limits ?? batchLimits;
    this.random = seededRandom(options.seed);
    this.start = options.host.now();
    this.budgetMs = 1000 * options.criterion.seconds * subjects.length;
  }

  async prepare(): Promise<void> {
    const { canary, timer, signal } = this.options;
    await this.untilVisible();
    if (canary && !signal?.aborted) {
      // A canary that cannot run or be timed only means that drift goes unwatched.
      this.canary = await prepareCanary(canary, timer).catch(() => undefined);
    }
    for (const track of this.tracks) {
      await this.untilVisible();
      if (signal?.aborted) return;
      this.report('warm-up', track.subject.id);
      await this.guarded(track, () => this.prepareTrack(track));
    }
  }

  private async prepareTrack(track: Track): Promise<void> {
    const { subject } = track;
    const { timer, host, criterion, signal } = this.options;
    const began = host.now();
    // The first dispatch may compile the shader; no batch is chosen by it.
    await subject.run(1);
    if (signal?.aborted) return;
    const plan = await choosePlan(subject, timer, this.limits);
    const secondsLeft = criterion.warmupSeconds - (host.now() - began) / 1000;
    if (secondsLeft > 0) {
      const { dispatchNs } = await warmUp(subject, plan, secondsLeft, host, signal);
      track.plan = refinePlan(plan, dispatchNs, timer, this.limits);
    } else {
      track.plan = plan;
    }
  }

  /** Rounds until every subject is content, time is up or the run is cancelled. */
  async sample(): Promise<Stopped> {
    let roundMs = 0;
    for (let round = 0; ; round++) {
      if (this.options.signal?.aborted) return 'cancelled';
      const active = this.activeTracks();
      if (active.length === 0) return 'noise';
      if (round >= leastRounds && this.elapsedMs() + roundMs / 2 > this.budgetMs) return 'time';
      await this.untilVisible();
      const began = this.elapsedMs();
      if (await this.sampleRound(active, round)) await this.canary?.read().catch(() => undefined);
      roundMs = this.elapsedMs() - began;
      this.judgeContent(active);
      await this.show(this.roundsLeft() * roundMs);
    }
  }

  /** Times so far are told seldom, and nothing is timed while whoever is told draws them. */
  private async show(expectedMs: number): Promise<void> {
    const { host, onProgress } = this.options;
    const due = onProgress !== undefined && this.elapsedMs() - this.shownMs >= showEveryMs;
    this.report('sampling', undefined, expectedMs, due ? this.timesSoFar() : undefined);
    if (!due) return;
    await host.sleep(drawMs);
    this.shownMs = this.elapsedMs();
  }

  /** One sample of each; false, and none kept, where the page was hidden meanwhile. */
  private async sampleRound(active: readonly Track[], round: number): Promise<boolean> {
    const taken: [Track, Sample][] = [];
    for (const track of shuffled(active, this.random)) {
      if (this.options.signal?.aborted) break;
      await this.guarded(track, async () => {
        const ns = await takeSample(track.subject, track.plan!, this.random);
        taken.push([track, { round, ns }]);
      });
      if (this.options.host.isHidden()) return false;
    }
    for (const [track, sample] of taken) track.samples.push(sample);
    return true;
  }

  private judgeContent(active: readonly Track[]): void {
    const { minSamples, maxNoise } = this.options.criterion;
    for (const track of active) {
      if (track.content || !track.plan || track.samples.length < minSamples) continue;
      track.content = relativeNoise(nanoseconds(track), track.plan) <= maxNoise;
    }
  }

  /**
   * Those still to be sampled. A content subject goes on as long as one it is compared with does, so that every
   * comparison has all rounds of both; without a baseline all are compared with all.
   */
  private activeTracks(): readonly Track[] {
    const running = this.tracks.filter((track) => track.plan && !track.failure && !track.refusal);
    const wanting = running.filter((track) => !track.content);
    const { baseline } = this.options;
    if (wanting.length === 0 || baseline === undefined) return wanting.length === 0 ? [] : running;
    const reference = this.tracks[baseline];
    return reference && !reference.content ? running : running.filter((track) => track === reference || !track.content);
  }

  private async guarded(track: Track, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (error instanceof BelowResolutionError) track.refusal = error.message;
      else track.failure = { error };
    }
  }

  private async untilVisible(): Promise<void> {
    const { host, signal } = this.options;
    if (!host.isHidden()) return;
    const began = host.now();
    this.pauses++;
    this.report('paused');
    while (host.isHidden() && !signal?.aborted) await host.sleep(200);
    this.pausedMs += host.now() - began;
  }

  /** Time spent, pauses left out, ms. */
  private elapsedMs(): number {
    return this.options.host.now() - this.start - this.pausedMs;
  }

  /** Rounds until the noisiest is content: the interval shrinks with the square root of the samples. */
  private roundsLeft(): number {
    const { minSamples, maxNoise } = this.options.criterion;
    const needed = this.tracks.map((track) => {
      if (!track.plan || track.content || track.failure) return 0;
      const count = track.samples.length;
      const noise = relativeNoise(nanoseconds(track), track.plan);
      // Nothing can be foretold from too few samples; time then runs out first.
      if (!Number.isFinite(noise)) return Number.MAX_SAFE_INTEGER;
      return Math.max(minSamples, count * (noise / maxNoise) ** 2) - count;
    });
    return Math.max(0, ...needed);
  }

  private timesSoFar(): readonly (TimeSoFar | undefined)[] {
    return this.tracks.map((track) => track.plan && timeSoFar(nanoseconds(track), track.plan));
  }

  private report(
    phase: MeasureProgress['phase'],
    subject?: string,
    expectedMs = Number.POSITIVE_INFINITY,
    soFar?: MeasureProgress['soFar'],
  ): void {
    const elapsed = this.elapsedMs();
    const left = Math.max(0, Math.min(this.budgetMs - elapsed, expectedMs));
    this.fraction = Math.max(this.fraction, elapsed / Math.max(elapsed + left, 1));
    const progress = { phase, fraction: Math.min(this.fraction, 1), secondsLeft: left / 1000 };
    this.options.onProgress?.({ ...progress, ...(subject !== undefined && { subject }), ...(soFar && { soFar }) });
  }

  finish(stopped: Stopped): Measured {
    const flags = this.flags();
    const measurements = this.tracks.map((track, i) =>
      this.conclude(track, track.content ? 'noise' : stopped, flags, i),
    );
    return { measurements, canaryNs: this.canary?.readingsNs ?? [], flags };
  }

  private flags(): readonly string[] {
    const drift = findDrift(this.canary?.readingsNs ?? []);
    const flags = drift ? [describeDrift(drift)] : [];
    if (this.pauses > 0) {
      const seconds = (this.pausedMs / 1000).toFixed(1);
      flags.push(
        `Paused ${this.pauses === 1 ? 'once' : `${this.pauses} times`} for ${seconds} s while the tab was hidden.`,
      );
    }
    return flags;
  }

  private conclude(track: Track, stopped: Stopped, flags: readonly string[], index: number): Measurement {
    const { id } = track.subject;
    const { samples, plan } = track;
    const base = { id, samples, stepNs: plan?.stepNs ?? 0 };
    if (track.failure) return { ...base, status: 'failed', error: track.failure.error };
    if (track.refusal !== undefined) return { ...base, status: 'unresolved', reason: track.refusal };
    if (!plan) return { ...base, status: 'unresolved', reason: 'Cancelled before any sample was taken.' };
    const random = seededRandom(this.options.seed + 1 + index);
    const summary = summarize(nanoseconds(track), { plan, timer: this.options.timer, random, stopped, flags });
    if ('refusal' in summary) return { ...base, status: 'unresolved', reason: summary.refusal };
    return { ...base, status: 'ok', timing: summary.timing };
  }
}

function nanoseconds(track: Track): readonly number[] {
  return track.samples.map((sample) => sample.ns);
}
