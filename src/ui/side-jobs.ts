/** Jobs beside the comparison: a sweep, the laboratory's timing, ceilings, loads, a search. Each place has its last one, and one runs at a time. */
import type { Results } from '../bench/results.js';
import { type Failed, failed, type Refusal } from '../kernel/outcome.js';
import type { JobOutcome, OnProgress } from '../worker/api.js';
import type { Client } from '../worker/client.js';
import { endOf, type Job } from './run.js';

/** What a job's work is given: the worker, the name to run under, where to report, and whether it was cancelled meanwhile. */
export interface Work {
  readonly client: Client;
  readonly job: string;
  readonly onProgress: OnProgress;
  readonly isCancelled: () => boolean;
}

/** What the workbench lends. */
export interface Host {
  readonly changed: () => void;
  readonly busy: () => boolean;
  readonly keep: (results: Results) => Promise<void>;
  readonly lost: (refusal: Failed) => void;
}

export class SideJobs {
  private readonly client: Client;
  private readonly host: Host;
  private readonly jobs = new Map<string, Job>();
  private count = 0;
  private active: { readonly place: string; readonly name: string } | undefined;

  constructor(client: Client, host: Host) {
    this.client = client;
    this.host = host;
  }

  get running(): Job | undefined {
    return this.active && this.jobs.get(this.active.place);
  }

  /** The last job of a place, running or ended. */
  of(place: string): Job | undefined {
    return this.jobs.get(place);
  }

  /** Does nothing while another job has the GPU. What was finished is kept, however the job ends. */
  async run(place: string, key: string, work: (work: Work) => Promise<JobOutcome>): Promise<void> {
    if (this.host.busy()) return;
    const given = this.begin(place, key);
    // Fetched now, so that the run can be kept even if the network is gone when it ends.
    void import('../store/history.js').catch(() => {});
    const outcome = await work(given).catch((error: unknown) => failed('internal', `The job failed: ${String(error)}`));
    this.active = undefined;
    await this.finish(place, outcome);
  }

  /** A job whose outcome is no table: ceilings, a load, a search. Refused while another job has the GPU. */
  async alone<T extends { readonly status: 'ok' }>(
    place: string,
    work: (work: Work) => Promise<T | Refusal>,
  ): Promise<T | Refusal> {
    if (this.host.busy()) return failed('validation', 'Another job has the GPU. Wait for it, or cancel it.');
    const given = this.begin(place, '');
    const outcome = await work(given).catch((error: unknown) => failed('internal', `The job failed: ${String(error)}`));
    this.active = undefined;
    const { progress: _, cancelling: __, ...rest } = this.jobs.get(place)!;
    this.set(place, { ...rest, ...(outcome.status === 'ok' ? { state: 'done' as const } : endOf(outcome)) });
    if (outcome.status === 'failed' && outcome.cause === 'device-lost') this.host.lost(outcome);
    return outcome;
  }

  private begin(place: string, key: string): Work {
    this.count += 1;
    const name = `${place}-${this.count}`;
    this.active = { place, name };
    this.set(place, { key, state: 'running', startedAt: Date.now(), rows: [], comparisons: [] });
    return {
      client: this.client,
      job: name,
      onProgress: (progress) => {
        const job = this.jobs.get(place);
        if (job && this.active?.name === name) this.set(place, { ...job, progress, rows: progress.rows });
      },
      isCancelled: () => this.jobs.get(place)?.cancelling === true,
    };
  }

  private async finish(place: string, outcome: JobOutcome): Promise<void> {
    const { progress: _, cancelling: __, ...rest } = this.jobs.get(place)!;
    const { results } = outcome;
    const found = results && { results, rows: results.rows, comparisons: results.comparisons };
    this.set(place, { ...rest, ...endOf(outcome), ...found });
    if (results?.rows.some((row) => row.time)) await this.host.keep(results);
    if (outcome.status === 'failed' && outcome.cause === 'device-lost') this.host.lost(outcome);
  }

  async cancel(): Promise<void> {
    const job = this.running;
    if (!this.active || !job || job.cancelling) return;
    this.set(this.active.place, { ...job, cancelling: true });
    await this.client.cancel(this.active.name);
  }

  private set(place: string, job: Job): void {
    this.jobs.set(place, job);
    this.host.changed();
  }
}
