/** The comparison on the page and those that ended before it: started, followed, resumed, kept. One runs at a time. */
import type { Results } from '../bench/results.js';
import type { JobOutcome } from '../worker/api.js';
import type { Client } from '../worker/client.js';
import type { Equipped } from './known.js';
import { endOf, mergeRows, type Run } from './run.js';
import type { Host } from './side-jobs.js';

/** What is there already of a run that goes on. */
type Kept = Pick<Run, 'rows' | 'comparisons'>;

export class ComparisonRuns {
  /** The run on the page: running, ended, or recalled. */
  shown: Run | undefined;

  private readonly client: Client;
  private readonly host: Host;
  private readonly ended = new Map<string, Run>();
  private jobs = 0;

  constructor(client: Client, host: Host) {
    this.client = client;
    this.host = host;
  }

  get running(): Run | undefined {
    return this.shown?.state === 'running' ? this.shown : undefined;
  }

  /** A name that no other job has. */
  nextJob(): string {
    this.jobs += 1;
    return `job-${this.jobs}`;
  }

  /** Shows the last run of these settings again, where there was one. */
  recall(key: string): void {
    const known = this.ended.get(key);
    if (known && !this.host.busy()) this.shown = known;
  }

  /** Runs a comparison. @param before the run that it goes on with. */
  async start({ tuned, ...request }: Equipped, key: string, before?: Run): Promise<void> {
    const kept: Kept = { rows: before?.rows ?? [], comparisons: before?.comparisons ?? [] };
    this.show({
      key,
      request: { ...(before?.request ?? request), job: request.job },
      state: 'running',
      startedAt: Date.now(),
      tuned: { ...before?.tuned, ...tuned },
      ...kept,
    });
    // Fetched now, so that the run can be kept even if the network is gone when it ends.
    void import('../store/history.js').catch(() => {});
    const outcome = await this.client.bench(request, (progress) => {
      const run = this.running;
      if (run?.request.job !== request.job) return;
      const soFar = progress.soFar ?? run.progress?.soFar;
      this.show({
        ...run,
        progress: { ...progress, ...(soFar && { soFar }) },
        rows: mergeRows(kept.rows, progress.rows),
      });
    });
    if (this.shown?.request.job === request.job) await this.finish(this.shown, kept, outcome);
  }

  private async finish(run: Run, kept: Kept, outcome: JobOutcome): Promise<void> {
    const { progress: _, ...rest } = run;
    const ended = endOf(outcome);
    if (!outcome.results) {
      this.show({ ...rest, ...ended });
    } else {
      const rows = mergeRows(kept.rows, outcome.results.rows);
      const comparisons = [...kept.comparisons, ...outcome.results.comparisons];
      const results: Results = { ...outcome.results, rows: [...rows], comparisons };
      this.show({ ...rest, ...ended, rows, comparisons, results });
      if (rows.some((row) => row.time)) await this.host.keep(results);
    }
    if (outcome.status === 'failed' && outcome.cause === 'device-lost') this.host.lost(outcome);
  }

  async cancel(): Promise<void> {
    const run = this.running;
    if (!run || run.cancelling) return;
    this.show({ ...run, cancelling: true });
    await this.client.cancel(run.request.job);
  }

  /** For a worker that was ended: what was finished stays. */
  stop(reason: string): void {
    const run = this.running;
    if (!run) return;
    const { progress: _, ...rest } = run;
    this.show({ ...rest, state: 'cancelled', reason });
  }

  private show(run: Run): void {
    this.shown = run;
    if (run.state !== 'running') this.ended.set(run.key, run);
    this.host.changed();
  }
}
