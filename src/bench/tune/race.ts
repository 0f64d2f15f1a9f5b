/** Races candidates in interleaved rounds beside an anchor, and drops those that are clearly slower than the leader. */
import { mean, median } from 'simple-statistics';
import type { Random } from '../../numerics/random.js';
import { compare, leastPairs, type PairedComparison } from '../compare.js';
import { batchLimits } from '../criterion.js';
import type { Host } from '../host.js';
import { BelowResolutionError, batchTarget, choosePlan, type Plan, refinePlan } from '../plan.js';
import type { TimerFacts } from '../results.js';
import { type Sample, shuffled, takeSample } from '../sample.js';
import type { Subject } from '../subject.js';
import { warmUp } from '../warmup.js';

/** What a candidate is as long as it is in the race, and what took it out. */
export type State = 'racing' | 'slower' | 'set-aside' | 'failed';

export interface Racer {
  readonly subject: Subject;
  readonly plan: Plan;
  /** What the first batches gave, ns per dispatch. */
  readonly firstNs: number;
  readonly samples: Sample[];
  state: State;
  reason?: string;
}

export interface RaceOptions {
  readonly timer: TimerFacts;
  readonly host: Host;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
  /** What a thrown error means; `fatal` ends the search, as the loss of the device does. */
  readonly explain: (error: unknown) => Promise<{ readonly reason: string; readonly fatal: boolean }>;
}

/** Times longer than this many times the leader's at first look need no samples: the noise is not that large. */
const hopeless = 2;

/** Where single dispatches, not warmed up, are slower than this many times the leader, warming up would only cost time. */
const farBehind = 4;

/** Most time for warming a candidate up before its batch is chosen for good, s. */
const warmupSeconds = 0.08;

export class FatalError extends Error {
  override readonly name = 'FatalError';
}

export class Race {
  /** The one that every round samples: the default, or the first that runs where the default does not. */
  anchor?: Racer;
  private readonly options: RaceOptions;
  private readonly compared = new Map<
    Racer,
    { readonly samples: number; readonly result: PairedComparison | undefined }
  >();
  private round = 0;

  constructor(options: RaceOptions) {
    this.options = options;
  }

  /**
   * Chooses the batch and looks at it once. A candidate whose every dispatch takes many times as long as the leader's is
   * out after two of them: where a dispatch lasts a second, warming it up to find that out takes several.
   */
  async enter(subject: Subject, leader?: Racer): Promise<Racer | { readonly reason: string }> {
    const { timer, host, signal } = this.options;
    await this.untilVisible();
    try {
      const first = (await subject.run(1)) - timer.overheadNs;
      const bar = leader ? farBehind * Math.max(leader.firstNs, recentNs(leader)) : Number.POSITIVE_INFINITY;
      if (first > bar && first >= batchTarget(timer, batchLimits)) {
        const second = (await subject.run(1)) - timer.overheadNs;
        if (second > bar) return beyondHope(subject, Math.min(first, second), timer, leader!);
      }
      const rough = await choosePlan(subject, timer, batchLimits);
      const { dispatchNs } = await warmUp(subject, rough, warmupSeconds, host, signal);
      const plan = refinePlan(rough, dispatchNs, timer, batchLimits);
      const racer: Racer = { subject, plan, firstNs: dispatchNs, samples: [], state: 'racing' };
      this.anchor ??= racer;
      return racer;
    } catch (error) {
      return { reason: await this.reasonOf(error) };
    }
  }

  /** Drops a newcomer whose first look, and a second one, are beyond hope: a disturbance does not come twice. */
  async lookAt(racer: Racer, leader: Racer): Promise<void> {
    const bar = hopeless * Math.max(leader.firstNs, recentNs(leader));
    if (racer === leader || racer === this.anchor || racer.state !== 'racing' || racer.firstNs < bar) return;
    await this.guarded(racer, async () => {
      const { dispatches, overheadNs } = racer.plan;
      const again = ((await racer.subject.run(dispatches)) - overheadNs) / dispatches;
      if (again < bar) return;
      racer.state = 'slower';
      racer.reason = firstLook(Math.min(again, racer.firstNs), leader);
    });
  }

  /** One sample of each, in random order; none is kept where the page was hidden meanwhile. */
  async sampleRound(racers: readonly Racer[]): Promise<void> {
    await this.untilVisible();
    const { random, signal, host } = this.options;
    const round = this.round++;
    const taken: [Racer, Sample][] = [];
    const all = new Set([...(this.anchor ? [this.anchor] : []), ...racers]);
    for (const racer of shuffled([...all], random)) {
      if (signal?.aborted) break;
      await this.guarded(racer, async () => {
        taken.push([racer, { round, ns: await takeSample(racer.subject, racer.plan, random) }]);
      });
      if (host.isHidden()) return;
    }
    for (const [racer, sample] of taken) racer.samples.push(sample);
  }

  /** The anchor against a racer: `ratio` above 1 where the racer is faster. Kept until it is sampled again. */
  againstAnchor(racer: Racer): PairedComparison | undefined {
    if (!this.anchor || racer === this.anchor) return undefined;
    const known = this.compared.get(racer);
    if (known?.samples === racer.samples.length) return known.result;
    const result = compareRacers(racer, this.anchor);
    this.compared.set(racer, { samples: racer.samples.length, result });
    return result;
  }

  /**
   * How much faster than the anchor it is as far as is known; 0 where nothing is. By medians until there are enough pairs
   * for fences: of four samples one may hold another program's share.
   */
  score(racer: Racer): number {
    if (racer === this.anchor) return 1;
    const compared = this.againstAnchor(racer);
    if (compared && compared.pairs >= leastPairs) return compared.ratio;
    const shared = new Set(racer.samples.map(({ round }) => round));
    const others = this.anchor?.samples.filter(({ round }) => shared.has(round)) ?? [];
    if (others.length === 0) return 0;
    const own = median(racer.samples.map(({ ns }) => ns));
    return own > 0 ? median(others.map(({ ns }) => ns)) / own : 0;
  }

  /** Best first; those still racing only. */
  ranked(racers: readonly Racer[]): readonly Racer[] {
    const scored = racers
      .filter(({ state }) => state === 'racing')
      .map((racer) => ({ racer, score: this.score(racer) }));
    return scored.sort((a, b) => b.score - a.score).map(({ racer }) => racer);
  }

  /**
   * Takes out whoever the leader beats at 99 %. Where the two share no rounds, each was paired with the anchor: then the
   * intervals of those ratios must lie apart.
   */
  dropSlower(racers: readonly Racer[], leader: Racer): void {
    for (const racer of racers) {
      if (racer === leader || racer === this.anchor || racer.state !== 'racing') continue;
      const behind = this.isBehind(racer, leader);
      if (behind === undefined) continue;
      racer.state = 'slower';
      racer.reason = `the leader is ${behind.toFixed(2)} times as fast`;
    }
  }

  /** By how much the leader is faster, where that is sure. */
  private isBehind(racer: Racer, leader: Racer): number | undefined {
    const direct = compareRacers(leader, racer);
    if (direct && direct.pairs >= leastShared) return direct.ci99[0] > 1 ? direct.ratio : undefined;
    const one = this.againstAnchor(leader);
    const other = this.againstAnchor(racer);
    if (!one || !other) return undefined;
    return other.ci99[1] < one.ci99[0] ? one.ratio / other.ratio : undefined;
  }

  /** Whether enough rounds say that a racer is the leader's equal. */
  isSame(racer: Racer, leader: Racer): boolean {
    const compared = compareRacers(leader, racer);
    return compared !== undefined && compared.pairs >= leastPairs && compared.verdict === 'same';
  }

  private async guarded(racer: Racer, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      racer.state = 'failed';
      racer.reason = await this.reasonOf(error);
    }
  }

  private async reasonOf(error: unknown): Promise<string> {
    if (error instanceof BelowResolutionError) return error.message;
    const { reason, fatal } = await this.options.explain(error);
    if (fatal) throw new FatalError(reason);
    return reason;
  }

  private async untilVisible(): Promise<void> {
    const { host, signal } = this.options;
    while (host.isHidden() && !signal?.aborted) await host.sleep(200);
  }
}

function firstLook(ns: number, leader: Racer): string {
  return `at first look it took ${(ns / recentNs(leader)).toFixed(1)} times as long as the leader`;
}

function beyondHope(subject: Subject, firstNs: number, { overheadNs, quantumNs }: TimerFacts, leader: Racer): Racer {
  const plan: Plan = { method: 'direct', dispatches: 1, overheadNs, stepNs: quantumNs };
  return { subject, plan, firstNs, samples: [], state: 'slower', reason: firstLook(firstNs, leader) };
}

/** Rounds two racers must share to be compared with each other rather than through the anchor. */
const leastShared = 4;

function compareRacers(a: Racer, b: Racer): PairedComparison | undefined {
  return compare({ samples: a.samples, stepNs: a.plan.stepNs }, { samples: b.samples, stepNs: b.plan.stepNs });
}

/** Mean of the last samples, or the first look where there are none yet. */
export function recentNs({ samples, firstNs }: Racer): number {
  const last = samples.slice(-4).map(({ ns }) => ns);
  return last.length === 0 ? firstNs : mean(last);
}
