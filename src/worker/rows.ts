/** The table of one job as it fills: one row per entry, in the order first set, replaced as more is known. */
import type { ResultRow } from '../bench/results.js';
import type { OnProgress, Progress, RungSoFar } from './api.js';

export class Rows {
  private readonly rows = new Map<string, ResultRow>();
  private readonly job: string;
  private readonly onProgress: OnProgress;

  constructor(job: string, onProgress: OnProgress) {
    this.job = job;
    this.onProgress = onProgress;
  }

  set(key: string, row: ResultRow): void {
    this.rows.set(key, row);
  }

  get(key: string): ResultRow | undefined {
    return this.rows.get(key);
  }

  all(): ResultRow[] {
    return [...this.rows.values()];
  }

  report(
    phase: Progress['phase'],
    text: string,
    fraction: number,
    secondsLeft?: number,
    soFar?: readonly RungSoFar[],
  ): void {
    const progress = { job: this.job, phase, text, fraction, rows: this.all() };
    this.onProgress({ ...progress, ...(secondsLeft !== undefined && { secondsLeft }), ...(soFar && { soFar }) });
  }

  /** The same table seen by one of several equal parts of a job: own keys, and a share of the progress. */
  part(index: number, of: number, prefix: string): Rows {
    return new PartOfRows(this, index, of, prefix);
  }
}

class PartOfRows extends Rows {
  private readonly whole: Rows;
  private readonly index: number;
  private readonly of: number;
  private readonly prefix: string;

  constructor(whole: Rows, index: number, of: number, prefix: string) {
    super('', () => {});
    this.whole = whole;
    this.index = index;
    this.of = of;
    this.prefix = prefix;
  }

  override set(key: string, row: ResultRow): void {
    this.whole.set(`${this.index} ${key}`, row);
  }

  override get(key: string): ResultRow | undefined {
    return this.whole.get(`${this.index} ${key}`);
  }

  override all(): ResultRow[] {
    return this.whole.all();
  }

  override report(phase: Progress['phase'], text: string, fraction: number, secondsLeft?: number): void {
    const left = secondsLeft === undefined ? undefined : secondsLeft * (this.of - this.index);
    this.whole.report(phase, this.prefix + text, (this.index + fraction) / this.of, left);
  }
}
