/** Where kernels run: the worker's session in a headless Chromium, or the same session in Node on Dawn. */
import type { WorkerApi } from '../worker/api.js';
import type { RuntimeName } from './options.js';

export interface Runtime {
  readonly api: WorkerApi;
  readonly close: () => Promise<void>;
}

/** Something outside of Tilewatt is missing or broke; the message says what to do. Exit code 1. */
export class RuntimeFailure extends Error {
  override readonly name = 'RuntimeFailure';
}

/** @param say gets a line on what was chosen */
export async function openRuntime(name: RuntimeName, say: (line: string) => void): Promise<Runtime> {
  switch (name) {
    case 'chromium': {
      const { openChromium } = await import('./chromium.js');
      return openChromium(say);
    }
    case 'dawn': {
      const { openDawn } = await import('./dawn-runtime.js');
      return openDawn(say);
    }
    default:
      return name satisfies never;
  }
}
