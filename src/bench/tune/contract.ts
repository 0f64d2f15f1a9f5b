/** What a search is given and what it answers; plain data but for the candidates themselves. */
import type { Tunables } from '../../kernel/kernel.js';
import type { Host } from '../host.js';
import type { TimerFacts, Timing, Verdict } from '../results.js';
import type { Interval } from '../statistics.js';
import type { Subject } from '../subject.js';
import type { TunePoint } from './points.js';
import type { Advisor } from './predict.js';
import type { RaceOptions } from './race.js';

/** One combination: nothing is compiled or run before it is opened. */
export interface Candidate {
  readonly tunables: Tunables;
  /** Compiles, runs and verifies it. Only what is right gets a subject. */
  readonly open: () => Promise<Opening>;
}

export type Opening =
  | {
      readonly status: 'ok';
      readonly subject: Subject;
      /** Checks once more what a timed batch writes; a sentence where that is wrong. */
      readonly confirm: () => Promise<string | undefined>;
      readonly close: () => void;
    }
  | { readonly status: 'unsupported' | 'wrong' | 'failed'; readonly reason: string; readonly fatal?: boolean };

export interface TuneOptions {
  readonly timer: TimerFacts;
  readonly host: Host;
  readonly seed: number;
  /** For everything: compiling, verifying, racing and the last duel. */
  readonly seconds: number;
  readonly canary?: Subject;
  readonly signal?: AbortSignal;
  readonly explain: RaceOptions['explain'];
  /** Orders what is untried; where left out, a model of the tunables' separate effects. */
  readonly advisor?: Advisor;
  readonly onProgress?: (progress: TuneStep) => void;
}

export interface TuneStep {
  readonly phase: 'explore' | 'run-off' | 'duel';
  readonly tried: number;
  readonly of: number;
  readonly fraction: number;
  readonly secondsLeft: number;
  readonly points: readonly TunePoint[];
}

/** The challenger against the reference. */
export interface Duel {
  readonly challenger: Tunables;
  /** Time of the reference over the challenger's: above 1, the challenger is faster. */
  readonly ratio: number;
  readonly ci95: Interval;
  readonly verdict: Verdict;
  readonly pairs: number;
}

export interface Tuned {
  /** The default, or the first that ran where the default does not run here. */
  readonly reference?: Tunables | undefined;
  /** The challenger where the verdict says that it is faster, else the reference. Undefined where nothing ran. */
  readonly best?: Tunables | undefined;
  readonly duel?: Duel | undefined;
  /** False where the search was cancelled before the duel: the ratio then comes from the samples that chose it. */
  readonly confirmed: boolean;
  readonly timing?: Timing | undefined;
  readonly referenceTiming?: Timing | undefined;
  /** In the order of the candidates. */
  readonly points: readonly TunePoint[];
  readonly spentSeconds: number;
  /** Of these, for compiling and verifying. */
  readonly openingSeconds: number;
  readonly stopped: 'complete' | 'time' | 'cancelled' | 'failed';
  /** Why it stopped early, or why the challenger lost its place: in a sentence. */
  readonly reason?: string | undefined;
  readonly flags: readonly string[];
}
