/** Runs jobs of the session one after another: progress on stderr, Ctrl-C ends them and keeps what is there. */
import type { ResultRow, Results } from '../bench/results.js';
import type { JobOutcome, OnProgress, WorkerApi } from '../worker/api.js';
import { openRuntime } from './open-runtime.js';
import type { Settings } from './options.js';
import { progressLine, type Said } from './progress.js';
import { type Runtime, RuntimeFailure } from './runtime.js';

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

/** Ctrl-C, what ends a process politely, and a terminal that is closed. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Opens the runtime, hands it to `work`, and closes it whatever happens. */
export async function withJobs<T>(
  { runtime: name }: Pick<Settings, 'runtime'>,
  work: (jobs: Jobs) => Promise<T>,
): Promise<T> {
  const line = progressLine();
  let runtime: Runtime | undefined;
  let current: string | undefined;
  let interrupts = 0;
  let complete = true;
  const interrupt = (): void => {
    interrupts++;
    // Leaving takes the browser along, one that is only being started too.
    if (interrupts > 1 || runtime === undefined) process.exit(1);
    line.say('Cancelling; press Ctrl-C again to leave at once.');
    if (current !== undefined) runtime.api.cancel(current).catch(() => {});
  };
  for (const signal of signals) process.on(signal, interrupt);
  let count = 0;
  const follow: Jobs['follow'] = async (start) => {
    if (interrupts > 0) throw new RuntimeFailure('Cancelled.');
    current = `job-${++count}`;
    try {
      return await start(current, line.update);
    } finally {
      current = undefined;
      line.clear();
    }
  };
  try {
    runtime = await openRuntime(name, line.say);
    return await work({
      api: runtime.api,
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
    for (const signal of signals) process.off(signal, interrupt);
    await runtime?.close();
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
