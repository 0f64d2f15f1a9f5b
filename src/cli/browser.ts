/** Starts a headless Chromium with a WebGPU adapter and opens a page of a local folder in it. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { ChromiumError, chromiumVariables, findChromium } from '../../scripts/lib/chromium.mjs';
import { serve } from '../../scripts/lib/serve.mjs';
import { errorText } from '../kernel/outcome.js';
import { RuntimeFailure } from './runtime.js';

/** WebGPU on software adapters and on Linux; timestamps in steps of 1 ns; adapter descriptions. The rest is quiet. */
const commonFlags = [
  '--enable-unsafe-webgpu',
  '--enable-webgpu-developer-features',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A real GPU on Linux needs Vulkan switched on, and its driver may stand on Chromium's list of doubtful ones. */
const linuxGpuFlags = ['--ignore-gpu-blocklist', '--enable-features=Vulkan', '--use-angle=vulkan'];

/**
 * Flag sets in the order tried, until one gives an adapter. On Linux the flags for a GPU are tried only where the kernel
 * shows a GPU, as they leave Chromium without its software adapter. Flags of one's own replace that choice.
 */
function flagSets(): readonly (readonly string[])[] {
  const own = (process.env.TILEWATT_CHROMIUM_FLAGS ?? '').split(/\s+/).filter(Boolean);
  // Chromium refuses to run its sandbox as root.
  const common = [...commonFlags, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...own];
  return own.length === 0 && hasLinuxGpu() ? [[...common, ...linuxGpuFlags], common] : [common];
}

function hasLinuxGpu(): boolean {
  if (process.platform !== 'linux') return false;
  const rendering = existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD'));
  return rendering || existsSync('/dev/nvidia0');
}

export interface PageToOpen {
  /** Served as it is, on this machine only. */
  readonly folder: string;
  readonly file: string;
  /** Global that the page sets once it can be driven. */
  readonly global: string;
  /** What to do where the page is not there or does not load. */
  readonly remedy: string;
}

export interface OpenPage {
  readonly browser: Browser;
  readonly page: Page;
  /** Ends browser and server. */
  readonly close: () => Promise<void>;
}

/** @throws RuntimeFailure saying what is missing: a browser, the page, an adapter. */
export async function openPage(wanted: PageToOpen, say: (line: string) => void): Promise<OpenPage> {
  const executablePath = chromiumPath();
  const { launch } = await puppeteer();
  if (!existsSync(join(wanted.folder, wanted.file))) {
    throw new RuntimeFailure(`The page that measures is not built. ${wanted.remedy}`);
  }
  const server = await serve(wanted.folder);
  try {
    for (const [index, args] of flagSets().entries()) {
      const browser = await start(launch, executablePath, args);
      const page = await open(browser, `${server.url}${wanted.file}`, wanted);
      if (await hasAdapter(page)) {
        say(`Running in ${await browser.version()} (${executablePath}).`);
        return {
          browser,
          page,
          async close() {
            await browser.close().catch(() => {});
            server.close();
          },
        };
      }
      await browser.close();
      if (index < flagSets().length - 1) say('No adapter with the flags for a GPU; trying without them.');
    }
  } catch (error) {
    server.close();
    throw error;
  }
  server.close();
  throw new RuntimeFailure(
    `Chromium (${executablePath}) offers no WebGPU adapter. Look at chrome://gpu in it, update the graphics driver, or ` +
      'try --runtime dawn. TILEWATT_CHROMIUM_FLAGS adds flags for its start.',
  );
}

function chromiumPath(): string {
  try {
    const found = findChromium();
    if (found !== undefined) return found;
  } catch (error) {
    if (error instanceof ChromiumError) throw new RuntimeFailure(error.message);
    throw error;
  }
  throw new RuntimeFailure(
    `No Chromium or Chrome was found. Install one, or name it with ${chromiumVariables[0]}=/path/to/chromium, or use --runtime dawn.`,
  );
}

async function puppeteer(): Promise<typeof import('puppeteer-core')> {
  try {
    return await import('puppeteer-core');
  } catch {
    throw new RuntimeFailure(
      'The Chromium runtime needs the package puppeteer-core: npm install puppeteer-core. Or use --runtime dawn, which needs webgpu.',
    );
  }
}

type Launch = typeof import('puppeteer-core').launch;

async function start(launch: Launch, executablePath: string, args: readonly string[]): Promise<Browser> {
  try {
    return await launch({
      executablePath,
      args: [...args],
      headless: true,
      // Signals are ours: what was measured is printed first.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      // A long job is one call, and may take as long as it takes.
      protocolTimeout: 0,
    });
  } catch (error) {
    throw new RuntimeFailure(
      `Chromium (${executablePath}) does not start: ${firstLine(error)} Try it by hand with --headless --version.`,
    );
  }
}

async function open(browser: Browser, url: string, { global, remedy }: PageToOpen): Promise<Page> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(firstLine(error)));
  page.on('requestfailed', (request) => complaints.push(`${request.url()} ${request.failure()?.errorText ?? ''}`));
  try {
    await page.goto(url, { waitUntil: 'load', timeout: 30_000 });
    await page.waitForFunction(`globalThis.${global} !== undefined`, { timeout: 30_000 });
    return page;
  } catch (error) {
    await browser.close();
    const why = complaints.length > 0 ? complaints.join('; ') : firstLine(error);
    throw new RuntimeFailure(`The page that measures does not load: ${why} ${remedy}`);
  }
}

/** Asked on the page, before the worker is: a browser without an adapter is closed and started with other flags. */
async function hasAdapter(page: Page): Promise<boolean> {
  return page.evaluate(async () => (await navigator.gpu?.requestAdapter()) != null);
}

/** The first line of an error's message, as a sentence. */
export function firstLine(error: unknown): string {
  const text = errorText(error);
  const line = text.split('\n').find((part) => part.trim() !== '') ?? 'no reason given';
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
