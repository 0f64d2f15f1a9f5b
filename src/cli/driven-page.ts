/** What bench.html runs: the worker's session, handed to whoever drives the page. */
import type { OnProgress, Progress, WorkerApi } from '../worker/api.js';
import { createClient } from '../worker/client.js';

/** One call of the session, as plain data. `token` asks for progress, reported through `tilewattProgress`. */
export interface DrivenPage {
  readonly call: (method: keyof WorkerApi, args: readonly unknown[], token?: number) => Promise<unknown>;
}

declare global {
  var tilewatt: DrivenPage | undefined;
  /** Put there by the driver before the page loads. */
  var tilewattProgress: ((token: number, progress: Progress) => void) | undefined;
}

const client = createClient();

globalThis.tilewatt = {
  call(method, args, token) {
    const report: OnProgress = (progress) => globalThis.tilewattProgress?.(token ?? 0, progress);
    const run = client[method] as (...all: readonly unknown[]) => Promise<unknown>;
    return run(...(token === undefined ? args : [...args, report]));
  },
};
