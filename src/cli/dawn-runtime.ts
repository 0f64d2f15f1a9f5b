/** The session in Node itself, on Dawn: no browser, and no worker, as nothing else wants the thread. */

import { dirname } from 'node:path';
import { ChromiumError, findChromium } from '../../scripts/lib/chromium.mjs';
import { errorText } from '../kernel/outcome.js';
import { createSession } from '../worker/session.js';
import { dawnGpu } from './dawn.js';
import { type Runtime, RuntimeFailure } from './runtime.js';

export async function openDawn(say: (line: string) => void): Promise<Runtime> {
  const gpu = await obtain();
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  const name = adapter?.info.description || adapter?.info.vendor || 'an unnamed adapter';
  say(`Running in Node through Dawn on ${name}.`);
  const session = createSession({ gpu, runtime: `Dawn in Node ${process.versions.node}` });
  return { api: session, close: async () => session.close() };
}

async function obtain(): Promise<GPU> {
  const folder = chromiumFolder();
  try {
    return await dawnGpu(folder === undefined ? {} : { chromiumFolder: folder });
  } catch (error) {
    throw new RuntimeFailure(errorText(error));
  }
}

/** A Chromium brings SwiftShader, which serves where no driver does; a wrongly named one is none. */
function chromiumFolder(): string | undefined {
  try {
    const path = findChromium();
    return path && dirname(path);
  } catch (error) {
    if (error instanceof ChromiumError) return undefined;
    throw error;
  }
}
