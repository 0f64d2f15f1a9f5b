/** Searches and predictions of this visit, by kernel: what is known while a search runs, and what it found; winners go to what is known. */
import type { Forecast } from '../../bench/tune/forecast.js';
import type { TunePoint } from '../../bench/tune/points.js';
import type { Shape } from '../../kernel/operation.js';
import type { Tuning } from '../../worker/api.js';
import type { Workbench } from '../workbench.js';

export interface Search {
  readonly shape: Shape;
  readonly points: readonly TunePoint[];
  /** Once it has ended with anything. */
  readonly tuning?: Tuning;
  /** Why it ended with nothing. */
  readonly problem?: string;
}

/** What the predictor answered last, or why it has no answer. */
export type Answer = { readonly forecast: Forecast; readonly hasEnergyModel: boolean } | { readonly problem: string };

/** Names the job: there is one search at a time, as there is one of any job. */
export const tuneJob = 'tune';

export class Tuner {
  private readonly workbench: Workbench;
  private readonly searches = new Map<string, Search>();
  private readonly answers = new Map<string, Answer>();
  private now: string | undefined;

  constructor(workbench: Workbench) {
    this.workbench = workbench;
  }

  /** The last search of a kernel, running or ended. */
  of(kernel: string): Search | undefined {
    return this.searches.get(kernel);
  }

  /** The last prediction for a kernel. */
  answerOf(kernel: string): Answer | undefined {
    return this.answers.get(kernel);
  }

  /** Asks what stored searches and runs let expect of a shape; nothing runs on the GPU. */
  async predict(kernel: string, shape: Shape): Promise<void> {
    const { side, known } = this.workbench;
    if (this.workbench.running) return;
    const { energy } = known;
    const outcome = await side.alone('forecast', async ({ client }) => {
      const [learned, times] = await Promise.all([known.learned(kernel), known.stored(kernel)]);
      return client.forecast({ kernel, shape, known: learned, times, ...(energy && { energy }) });
    });
    this.answers.set(
      kernel,
      outcome.status === 'ok'
        ? { forecast: outcome.forecast, hasEnergyModel: energy !== undefined }
        : { problem: outcome.reason },
    );
    this.workbench.redraw();
  }

  /** Kernel that is searched now. */
  get running(): string | undefined {
    return this.workbench.side.of(tuneJob)?.state === 'running' ? this.now : undefined;
  }

  /** @param seconds for all of it. */
  async tune(kernel: string, shape: Shape, seconds: number): Promise<void> {
    const { side, settings, known } = this.workbench;
    if (this.workbench.running) return;
    this.now = kernel;
    this.searches.set(kernel, { shape, points: [] });
    const { seed, distribution } = settings;
    const outcome = await side.alone(tuneJob, async ({ client, job, onProgress }) => {
      const learned = await known.learned(kernel);
      const energy = known.energy && { energy: known.energy };
      const request = { job, kernel, shape, seed, distribution, seconds, known: learned, ...energy };
      return client.tune(request, (progress) => {
        this.searches.set(kernel, { shape, points: progress.points });
        onProgress(progress);
      });
    });
    const { points } = this.searches.get(kernel)!;
    if (outcome.status !== 'ok') {
      this.searches.set(kernel, { shape, points, problem: outcome.reason });
    } else {
      const { tuning } = outcome;
      this.searches.set(kernel, { shape, points: tuning.points, tuning });
      if (tuning.winner) await known.keepWinner(tuning.winner);
    }
    this.workbench.redraw();
  }
}
