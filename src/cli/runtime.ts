/** Where kernels run: the worker's session in a headless Chromium, or the same session in Node on Dawn. */
import type { WorkerApi } from '../worker/api.js';

export interface Runtime {
  readonly api: WorkerApi;
  readonly close: () => Promise<void>;
}

/** Something outside of Tilewatt is missing or broke; the message says what to do. Exit code 1. */
export class RuntimeFailure extends Error {
  override readonly name = 'RuntimeFailure';
}
