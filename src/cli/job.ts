/** Runs jobs of the session one after another: progress on stderr, Ctrl-C ends them and keeps what is there. */
import type { ResultRow, Results } from '../bench/results.js';
import type { JobOutcome, OnProgress, WorkerApi } from '../worker/api.js';
import { openRuntime } from './open-runtime.js';
import type { Settings } from './options.js';
import { progressLine, type Said } from './progress.js';
import { RuntimeFailure } from './runtime.js';

export interface Jobs {
  readonly api: WorkerApi;
  readonly say: (line: string) => void;
  /** Runs one job under a name of its own; throws where it ends without any result. Says why where it ends early. */
  readonly run: (start: (job: string, onProgress: OnProgress) => Promise<JobOutcome>) => Promise<Results>;
  /** The same for jobs whose outcome is of another kind. */
  readonly follow: <T>(start: (job: string, onProgress: (progress: Said) => void) => Promise<T>) => Promise<T>;
  /** False once a job ended early, by Ctrl-C or because the device was lost: no other is worth starting. */
  readonly complete: () => boolean;
}

/** Opens the runtime, hands it to `work`, and closes it whatever happens. */
export async function withJobs<T>(
  { runtime: name }: Pick<Settings, 'runtime'>,
  work: (jobs: Jobs) => Promise<T>,
): Promise<T> {
  const line = progressLine();
  const runtime = await openRuntime(name, line.say);
  const { api } = runtime;
  let current: string | undefined;
  let interrupts = 0;
  let complete = true;
  const interrupt = (): void => {
    interrupts++;
    if (interrupts > 1) process.exit(1);
    line.say('Cancelling; press Ctrl-C again to leave at once.');
    if (current !== undefined) api.cancel(current).catch(() => {});
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  let count = 0;
  const follow: Jobs['follow'] = async (start) => {
    current = `job-${++count}`;
    try {
      return await start(current, line.update);
    } finally {
      current = undefined;
      line.clear();
    }
  };
  try {
    return await work({
      api,
      say: line.say,
      follow,
      complete: () => complete && interrupts === 0,
      run: async (start) => {
        const outcome = await follow(start);
        if (outcome.status === 'ok') return outcome.results;
        if (outcome.results === undefined) throw new RuntimeFailure(outcome.reason);
        complete = false;
        line.say(outcome.reason);
        return outcome.results;
      },
    });
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    await runtime.close();
  }
}

/** `3 right, 1 skipped`: what a list of rows comes to. */
export function tally(rows: readonly ResultRow[]): string {
  const words = { ok: 'right', unsupported: 'skipped', wrong: 'wrong', failed: 'failed' } as const;
  const parts = Object.entries(words).flatMap(([status, word]) => {
    const count = rows.filter((row) => row.status === status).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return parts.join(', ') || 'nothing was run';
}
