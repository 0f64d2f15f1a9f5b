/** Whoever takes part: a kernel of ours or a library, ready to compute one task again and again. */
import type { Verification } from '../../../src/bench/results.js';
import type { Tunables } from '../../../src/kernel/kernel.js';
import type { Task } from './task.js';

export interface Entrant {
  /** Name of its row, e.g. `gemm-f32/direct` or `onnxruntime-web/MatMul`. */
  readonly kernel: string;
  readonly tunables: Tunables;
  /**
   * Computes so many times back to back, inputs and results staying where the library computes: ns by the wall clock from
   * the first call until the device is done. Nothing is downloaded.
   */
  readonly run: (times: number) => Promise<number>;
  /** Runs once more and holds what was written against the exact answer. */
  readonly check: () => Promise<{ readonly right: boolean; readonly verification: Verification }>;
  /** Before the first run: building a session or pipeline, and moving the inputs. */
  readonly compileNs: number;
  readonly uploadNs: number;
  /** The very first run, where it has been before its entrance. */
  readonly firstNs?: number;
  /** What a reader of its row should know. */
  readonly notes: readonly string[];
  readonly destroy: () => void;
}

const roundTrip = ', round trip';

/** Name of the row of a kernel with what it takes to get A there and C back. */
export function roundTripName(kernel: string): string {
  return `${kernel}${roundTrip}`;
}

export function isRoundTrip(kernel: string): boolean {
  return kernel.endsWith(roundTrip);
}

export interface Rival {
  /** The row's name for a task; undefined where the library has no such operator. */
  readonly nameFor: (task: Task) => string | undefined;
  /** Loads the library if need be. Throws where it cannot be loaded, or cannot run the task. */
  readonly enter: (task: Task) => Promise<Entrant>;
}

/** What a library does with one task; the rest of an entrant is the same for all. */
export interface Session extends Pick<Entrant, 'kernel' | 'compileNs' | 'uploadNs' | 'notes' | 'destroy'> {
  /** Starts one computation; resolves where the library lets the next one start. */
  readonly step: () => Promise<void> | void;
  /** Resolves when all that was started is done. */
  readonly finish: () => Promise<void> | void;
  /** Downloads the last result. */
  readonly output: () => Promise<ArrayLike<number>>;
}

export function entrantOf(session: Session, task: Task): Entrant {
  const { step, finish, output, ...rest } = session;
  const run = async (times: number): Promise<number> => {
    const begin = performance.now();
    for (let i = 0; i < times; i++) {
      // A promise costs a turn of the event loop, which a synchronous library does not need.
      const started = step();
      if (started) await started;
    }
    await finish();
    return (performance.now() - begin) * 1e6;
  };
  return {
    ...rest,
    tunables: {},
    run,
    async check() {
      await run(1);
      return task.judge(await output());
    },
  };
}

/** Loads a library once; how long that took is kept with it. */
export function once<T>(load: () => Promise<T>): () => Promise<{ readonly library: T; readonly note: string }> {
  let loading: Promise<{ readonly library: T; readonly note: string }> | undefined;
  return () => {
    loading ??= timed(load).then(({ value, ns }) => ({
      library: value,
      note: `Loading the library took ${(ns / 1e9).toFixed(1)} s.`,
    }));
    return loading;
  };
}

export async function timed<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly ns: number }> {
  const begin = performance.now();
  const value = await work();
  return { value, ns: (performance.now() - begin) * 1e6 };
}
