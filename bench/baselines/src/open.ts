/** Opens the page with all rivals for its driver. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OpenPage, openPage } from '../../../src/cli/browser.js';
import type {} from './driven.js';

/** The workspace's folder, seen from the built driver. */
export const here = dirname(dirname(fileURLToPath(import.meta.url)));

const remedy = 'Run npm run bench:baselines again; it builds what is missing.';

/** @throws RuntimeFailure saying what is missing. */
export function openBaselines(say: (line: string) => void): Promise<OpenPage> {
  return openPage({ folder: join(here, 'site'), file: 'index.html', global: 'baselines', remedy }, say);
}
