/** Starts the runtime that was asked for; each is loaded only where it is used. */
import type { RuntimeName } from './options/problem.js';
import type { Runtime } from './runtime.js';

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
