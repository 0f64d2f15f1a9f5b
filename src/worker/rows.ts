/** The table of one job as it fills: one row per kernel, in the order of the request, replaced as more is known. */
import type { ResultRow } from '../bench/results.js';
import type { OnProgress, Progress } from './api.js';

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

  report(phase: Progress['phase'], text: string, fraction: number, secondsLeft?: number): void {
    const progress = { job: this.job, phase, text, fraction, rows: this.all() };
    this.onProgress(secondsLeft === undefined ? progress : { ...progress, secondsLeft });
  }
}
