/** Sentences the page makes out of runs: the headline, the time left, the state of a row. */
import { formatRate, formatRatio, formatTime, significant, thinSpace } from '../bench/format.js';
import type { ResultRow } from '../bench/results.js';
import type { Shape } from '../kernel/operation.js';
import { type Job, type Run, type Rung, verdictAgainst } from './run.js';

/** `512³` for a cube, else `512 × 64 × 2048`. */
export function shapeWords(shape: Shape): string {
  const sizes = Object.values(shape);
  const [first] = sizes;
  if (sizes.length === 3 && sizes.every((size) => size === first)) return `${first}³`;
  if (sizes.length === 2 && sizes.every((size) => size === first)) return `${first}²`;
  return sizes.join(' × ');
}

/** The answer in one line, or what stands in its way. */
export interface Headline {
  readonly before: string;
  /** Kernel id, set in figures. */
  readonly kernel?: string;
  readonly after: string;
}

export function headlineOf(run: Run, rungs: readonly Rung[], adapter: string): Headline {
  const timed = rungs.filter((rung) => rung.row?.time);
  const size = shapeWords(run.request.shape);
  if (timed.length === 0) return withoutTimes(run, rungs, size);
  const [best, second] = [...timed].sort((a, b) => meanOf(a) - meanOf(b));
  const where = `On ${adapter}, `;
  const rate = `${best?.row?.rates ? formatRate(best.row.rates.flopPerS, best.row.rates.unit) : formatTime(meanOf(best!))}${attainableWords(best?.row)}`;
  const soFar = run.state === 'done' ? '' : ' so far';
  const share = best?.against && best.against.verdict !== 'same' ? `, ${againstWords(best, baselineName(rungs))}` : '';
  if (best && second && !isFaster(run, best, second)) {
    return {
      before: `${where}`,
      kernel: best.id,
      after: ` and ${second.name} are too close to call at ${size}${soFar}: ${rate}${share}.`,
    };
  }
  const alone = timed.length === 1 ? ` takes ${formatTime(meanOf(best!))} at ${size}${soFar}: ${rate}.` : undefined;
  return { before: where, kernel: best!.id, after: alone ?? ` is fastest at ${size}${soFar}: ${rate}${share}.` };
}

/** ` (71 % of what it can do)`; empty where the ceilings are not known, or a time beats them. */
function attainableWords(row: ResultRow | undefined): string {
  const { fraction = Number.NaN } = row?.roofline ?? {};
  return fraction <= 1 ? ` (${significant(100 * fraction, 2)}${thinSpace}% of what it can do)` : '';
}

function withoutTimes(run: Run, rungs: readonly Rung[], size: string): Headline {
  const { operation } = run.request;
  if (run.state === 'running') return { before: `Measuring ${operation} at ${size} on your device.`, after: '' };
  if (run.state === 'cancelled') return { before: `Cancelled before any kernel of ${operation} was timed.`, after: '' };
  if (run.state === 'failed') return { before: `The run of ${operation} at ${size} ended early.`, after: '' };
  const [ofOne, ofNone] = withoutAny(rungs);
  const [only, other] = rungs;
  if (only && !other) return { before: '', kernel: only.id, after: ` ${ofOne} at ${size}. Its row below says why.` };
  return {
    before: `None of the ${rungs.length} kernels of ${operation} ${ofNone} at ${size}. Each row below says why.`,
    after: '',
  };
}

/** Why nothing was timed, said of a single kernel and of none of several. */
function withoutAny(rungs: readonly Rung[]): readonly [ofOne: string, ofNone: string] {
  if (rungs.every(({ row }) => row?.status === 'unsupported')) return ['is not supported here', 'is supported here'];
  if (rungs.some(({ row }) => row?.status === 'ok')) return ['is right, but could not be timed', 'could be timed'];
  return ['gave no correct result', 'gave a correct result'];
}

function meanOf(rung: Rung): number {
  return rung.row?.time?.meanNs ?? Number.POSITIVE_INFINITY;
}

/** By their paired comparison; where there is none (a run that ended early), by intervals that do not touch. */
function isFaster(run: Run, a: Rung, b: Rung): boolean {
  const compared = verdictAgainst(run.comparisons, a.id, b.id);
  if (compared) return compared.verdict === 'faster';
  return a.row!.time!.ci95Ns[1] < b.row!.time!.ci95Ns[0];
}

function baselineName(rungs: readonly Rung[]): string {
  return rungs.find((rung) => rung.isBaseline)?.name ?? 'the baseline';
}

function againstWords(rung: Rung, baseline: string): string {
  const { against } = rung;
  if (!against) return '';
  const { verdict, ratio } = against;
  if (verdict === 'faster') return `${formatRatio(ratio)} as fast as ${baseline}`;
  if (verdict === 'slower') return `${formatRatio(1 / ratio)} as long as ${baseline}`;
  return verdict === 'same' ? `level with ${baseline}` : `undecided against ${baseline}`;
}

export function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** `1 kernel`, `3 kernels`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `about 12 s left`. */
export function timeLeft(run: Pick<Job, 'cancelling' | 'progress'>): string {
  if (run.cancelling) return 'stopping';
  const seconds = run.progress?.secondsLeft;
  if (seconds === undefined) return run.progress ? `${Math.round(run.progress.fraction * 100)} %` : 'starting';
  if (seconds < 1) return 'almost done';
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `about ${minutes} min ${Math.round(seconds % 60)} s left` : `about ${Math.ceil(seconds)} s left`;
}

/** The state of a row with a mark of its own. */
export interface RowState {
  readonly mark: string;
  readonly word: string;
  readonly tone: 'good' | 'caution' | 'bad' | 'soft';
  /** The reason or the evidence, in a sentence. */
  readonly about: string;
}

export function stateOf(row: ResultRow | undefined, running: boolean): RowState {
  if (!row) return { mark: '·', word: running ? 'waiting' : 'not run', tone: 'soft', about: '' };
  switch (row.status) {
    case 'ok':
      return { mark: '✓', word: 'verified', tone: 'good', about: evidence(row) };
    case 'unsupported':
      return { mark: '–', word: 'unsupported', tone: 'caution', about: row.reason ?? '' };
    case 'wrong':
      return { mark: '✕', word: 'wrong', tone: 'bad', about: row.reason ?? row.verification?.first ?? '' };
    case 'failed':
      return { mark: '!', word: 'failed', tone: 'bad', about: row.reason ?? '' };
    default:
      return row.status satisfies never;
  }
}

function evidence(row: ResultRow): string {
  const { verification } = row;
  if (!verification) return '';
  const { elements, of = elements, worst } = verification;
  const count = elements.toLocaleString('en');
  const share = elements < of ? `${count} of ${of.toLocaleString('en')} elements` : `all ${count} elements`;
  return `${share}; the worst error is ${significant(worst * 100)} % of its bound`;
}
