/** Searches a space of candidates within a time budget: explore, run off, and a last duel with the default on fresh samples. */

import type { Tunables } from '../../kernel/kernel.js';
import { seededRandom } from '../../numerics/random.js';
import { leastPairs, type PairedComparison } from '../compare.js';
import { leastRounds } from '../criterion.js';
import { shuffled } from '../sample.js';
import { additive } from './additive.js';
import type { Candidate, Duel, Tuned, TuneOptions, TuneStep } from './contract.js';
import { type Fought, fightOut } from './duel.js';
import { close, type Entrant, pointOf, ratioOf } from './entrant.js';
import type { TunePoint } from './points.js';
import { advisorBy } from './predict.js';
import { FatalError, Race, type Racer, recentNs } from './race.js';

/** Newcomers that are compared with each other and the leader at a time. */
const cohort = 6;
/**
 * Rounds they get: at least the first number; up to the second while sampling took less than half the time of compiling
 * and verifying, which makes each newcomer worth a better look.
 */
const fewRounds = 4;
const manyRounds = 16;
const sampledPerOpened = 0.5;
/** Of each cohort, how many are drawn at random whatever the advisor says. */
const wild = 1;
/** Shares of the budget at which exploring and the run-off end. */
const exploreShare = 0.55;
const runOffShare = 0.7;
/** Most that enter the run-off: the best of those that are not clearly slower. */
const runOffSize = 6;
/** After so many rounds the weaker half leaves. */
const runOffRounds = 8;

/** Where nothing else is given: the tunables' own effects, learned from this search alone. */
const separateEffects = advisorBy(additive, (tunables) => ({ features: Object.values(tunables) }));

/** @param candidates the default first. */
export async function tune(candidates: readonly Candidate[], options: TuneOptions): Promise<Tuned> {
  return new Search(candidates, options).run();
}

class Search {
  private readonly entrants: readonly Entrant[];
  private readonly options: TuneOptions;
  private readonly random;
  private readonly race: Race;
  private readonly began: number;
  private untried: Entrant[];
  private openingSeconds = 0;

  constructor(candidates: readonly Candidate[], options: TuneOptions) {
    this.options = options;
    this.entrants = candidates.map((candidate) => ({ candidate }));
    this.untried = [...this.entrants];
    this.random = seededRandom(options.seed);
    const { timer, host, signal, explain } = options;
    this.race = new Race({ timer, host, random: this.random, signal, explain });
    this.began = host.now();
  }

  async run(): Promise<Tuned> {
    try {
      await this.explore();
      await this.runOff();
      return await this.conclude();
    } catch (error) {
      if (!(error instanceof FatalError)) throw error;
      return { ...this.summary('failed'), ...this.bestSoFar(), reason: error.message };
    } finally {
      for (const entrant of this.entrants) close(entrant);
    }
  }

  private async explore(): Promise<void> {
    while (this.untried.length > 0 && !this.isOver(exploreShare)) {
      const began = this.spent();
      const leader = this.leader();
      const newcomers: Racer[] = [];
      for (const entrant of this.nextCohort()) {
        if (this.race.anchor && this.isOver(exploreShare)) {
          this.untried.push(entrant);
          continue;
        }
        // In the first cohort the default, which comes first, is the one to beat.
        const toBeat = leader ?? this.race.anchor;
        const racer = await this.open(entrant, toBeat);
        if (racer && toBeat) await this.race.lookAt(racer, toBeat);
        if (racer?.state === 'racing') newcomers.push(racer);
        this.report('explore');
      }
      await this.tryCohort(newcomers, leader, this.spent() - began);
      for (const entrant of this.entrants) if (entrant.racer && entrant.racer.state !== 'racing') close(entrant);
    }
  }

  private async tryCohort(newcomers: readonly Racer[], before: Racer | undefined, openedFor: number): Promise<void> {
    const began = this.spent();
    for (let round = 0; round < manyRounds && !this.cancelled(); round++) {
      const active = newcomers.filter(({ state }) => state === 'racing');
      if (active.every((racer) => racer === this.race.anchor)) return;
      if (round >= fewRounds && this.spent() - began > sampledPerOpened * openedFor) return;
      if (round >= leastRounds && this.isOver(exploreShare)) return;
      await this.sampleRound(before ? [before, ...active] : active);
      const leader = this.leader();
      if (round + 1 >= leastRounds && leader) this.race.dropSlower(active, leader);
      this.report('explore');
    }
  }

  /** The default first; then what the advisor expects to be fastest, and a few at random. */
  private nextCohort(): readonly Entrant[] {
    const [first] = this.entrants;
    const anchorNs = this.race.anchor ? Math.max(recentNs(this.race.anchor), 1) : 1;
    const timed = this.entrants.flatMap(({ candidate: { tunables }, racer }) => {
      const ratio = racer && racer.state !== 'failed' ? ratioOf(racer, this.race) : 0;
      return ratio > 0 ? [{ tunables, logTime: Math.log(anchorNs / ratio) }] : [];
    });
    const rest = shuffled(
      this.untried.filter((entrant) => entrant !== first),
      this.random,
    );
    const predict = (this.options.advisor ?? separateEffects)(timed);
    const chosen = this.untried.includes(first!) ? [first!] : [];
    if (predict) {
      chosen.push(...rest.splice(0, wild));
      const expected = new Map(rest.map((entrant) => [entrant, predict(entrant.candidate.tunables)]));
      rest.sort((a, b) => expected.get(a)! - expected.get(b)!);
    }
    chosen.push(...rest.slice(0, cohort - chosen.length));
    this.untried = this.untried.filter((entrant) => !chosen.includes(entrant));
    return chosen;
  }

  private async open(entrant: Entrant, leader: Racer | undefined): Promise<Racer | undefined> {
    const began = this.spent();
    const opening = await entrant.candidate.open();
    this.openingSeconds += this.spent() - began;
    // Cancelled half-way, it is as good as untried.
    if (opening.status === 'failed' && !opening.fatal && this.options.signal?.aborted) return undefined;
    entrant.opening = opening;
    if (opening.status !== 'ok') {
      if (opening.fatal) throw new FatalError(opening.reason);
      return undefined;
    }
    const entered = await this.race.enter(opening.subject, leader);
    if ('subject' in entered) {
      entrant.racer = entered;
      return entered;
    }
    entrant.trouble = entered.reason;
    return undefined;
  }

  /** The best few again, until one is left or its share of the time is up; the weaker half leaves now and then. */
  private async runOff(): Promise<void> {
    const best = this.leader();
    if (!best || this.cancelled()) return;
    this.race.dropSlower(this.racers(), best);
    let pool = this.race.ranked(this.racers()).slice(0, runOffSize);
    for (let round = 1; this.challengersIn(pool) > 1 && !this.isOver(runOffShare); round++) {
      await this.sampleRound(pool);
      const leader = this.race.ranked(pool)[0];
      if (!leader) return;
      this.race.dropSlower(pool, leader);
      pool = pool.filter((racer) => racer === leader || (racer.state === 'racing' && !this.race.isSame(racer, leader)));
      if (round % runOffRounds === 0) pool = [...this.race.ranked(pool).slice(0, Math.ceil(pool.length / 2))];
      this.report('run-off');
    }
  }

  private challengersIn(pool: readonly Racer[]): number {
    return pool.filter((racer) => racer !== this.race.anchor).length;
  }

  private async conclude(): Promise<Tuned> {
    const { anchor } = this.race;
    if (this.cancelled() || !anchor) return { ...this.summary(this.stopped()), ...this.bestSoFar() };
    const challenger = this.race.ranked(this.racers()).find((racer) => racer !== anchor);
    this.report('duel');
    const { comparison, reference, failure, flags, ...fought } = await this.fightOut(anchor, challenger);
    const { reason, fatal } = failure ? await this.options.explain(failure.error) : { reason: undefined, fatal: false };
    if (fatal) throw new FatalError(reason!);
    if (this.cancelled() && !(comparison && comparison.pairs >= leastPairs)) {
      return { ...this.summary('cancelled'), ...this.bestSoFar() };
    }
    const spoilt = challenger && comparison?.verdict === 'faster' ? await this.confirm(challenger) : undefined;
    const duel = challenger && comparison && spoilt === undefined ? this.duelOf(challenger, comparison) : undefined;
    const won = duel?.verdict === 'faster';
    return {
      ...this.summary(this.stopped()),
      confirmed: true,
      best: won ? duel.challenger : this.tunablesOf(anchor),
      duel,
      timing: won ? fought.challenger : reference,
      referenceTiming: reference,
      reason: spoilt ?? reason,
      flags,
    };
  }

  private fightOut(anchor: Racer, challenger: Racer | undefined): Promise<Fought> {
    const { timer, host, seed, seconds, canary, signal } = this.options;
    return fightOut(anchor.subject, challenger?.subject, {
      timer,
      host,
      seed: seed + 1,
      least: seconds * (1 - runOffShare),
      left: () => seconds - this.spent(),
      raced: challenger && this.race.againstAnchor(challenger),
      ...(canary ? { canary } : {}),
      ...(signal ? { signal } : {}),
      onProgress: () => this.report('duel'),
    });
  }

  private duelOf(challenger: Racer, { ratio, ci95, verdict, pairs }: PairedComparison): Duel {
    return { challenger: this.tunablesOf(challenger), ratio, ci95, verdict, pairs };
  }

  private stopped(): Tuned['stopped'] {
    if (this.cancelled()) return 'cancelled';
    return this.untried.length > 0 ? 'time' : 'complete';
  }

  /** A winner must still be right after a timed batch; where it is not, the reason. */
  private async confirm(racer: Racer): Promise<string | undefined> {
    const entrant = this.entrants.find((one) => one.racer === racer);
    if (entrant?.opening?.status !== 'ok') return undefined;
    const reason = await entrant.opening.confirm();
    if (reason !== undefined) entrant.opening = { status: 'wrong', reason };
    return reason;
  }

  /** Without a duel: the leader, where the rounds so far say that it is faster than the reference. */
  private bestSoFar(): Pick<Tuned, 'best' | 'duel'> {
    const { anchor } = this.race;
    if (!anchor) return {};
    const leader = this.race.ranked(this.racers()).find((racer) => racer !== anchor);
    const compared = leader && this.race.againstAnchor(leader);
    if (!leader || !compared) return { best: this.tunablesOf(anchor) };
    const duel = this.duelOf(leader, compared);
    return { best: duel.verdict === 'faster' ? duel.challenger : this.tunablesOf(anchor), duel };
  }

  private summary(stopped: Tuned['stopped']): Tuned {
    const { anchor } = this.race;
    const reference = anchor ? { reference: this.tunablesOf(anchor) } : {};
    const times = { spentSeconds: this.spent(), openingSeconds: this.openingSeconds };
    return { ...reference, ...times, confirmed: false, points: this.points(), stopped, flags: [] };
  }

  private async sampleRound(racers: readonly Racer[]): Promise<void> {
    await this.race.sampleRound(racers);
    const { anchor } = this.race;
    if (anchor?.state === 'failed') throw new FatalError(`The default failed while it was timed: ${anchor.reason}`);
  }

  private racers(): readonly Racer[] {
    return this.entrants.flatMap(({ racer }) => racer ?? []);
  }

  private leader(): Racer | undefined {
    return this.race.ranked(this.racers())[0];
  }

  private tunablesOf(racer: Racer): Tunables {
    return this.entrants.find((entrant) => entrant.racer === racer)!.candidate.tunables;
  }

  private points(): readonly TunePoint[] {
    return this.entrants.map((entrant) => pointOf(entrant, this.race));
  }

  private report(phase: TuneStep['phase']): void {
    const { seconds, onProgress } = this.options;
    const spent = this.spent();
    const of = this.entrants.length;
    const [fraction, secondsLeft] = [Math.min(1, spent / seconds), Math.max(0, seconds - spent)];
    onProgress?.({ phase, tried: of - this.untried.length, of, fraction, secondsLeft, points: this.points() });
  }

  private spent(): number {
    return (this.options.host.now() - this.began) / 1000;
  }

  private isOver(share: number): boolean {
    return this.cancelled() || this.spent() >= share * this.options.seconds;
  }

  private cancelled(): boolean {
    return this.options.signal?.aborted ?? false;
  }
}
