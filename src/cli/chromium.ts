/** Runs the session's worker in a headless Chromium, through the page bench.html. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'puppeteer-core';
import { ChromiumError, chromiumVariables, findChromium } from '../../scripts/lib/chromium.mjs';
import { serve } from '../../scripts/lib/serve.mjs';
import { type OnProgress, type Progress, passOn, type WorkerApi } from '../worker/api.js';
import type { DrivenPage } from './driven-page.js';
import { type Runtime, RuntimeFailure } from './runtime.js';

/** The built page; the same place seen from dist/cli/ and from src/cli/. */
const site = fileURLToPath(new URL('../../site', import.meta.url));

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

export async function openChromium(say: (line: string) => void): Promise<Runtime> {
  const executablePath = chromiumPath();
  const { launch } = await puppeteer();
  if (!existsSync(join(site, 'bench.html'))) {
    throw new RuntimeFailure('The page that measures is not built. Run npm run build, then try again.');
  }
  const server = await serve(site);
  try {
    for (const [index, args] of flagSets().entries()) {
      const browser = await start(launch, executablePath, args);
      const page = await open(browser, `${server.url}bench.html`);
      if (await hasAdapter(page)) {
        say(`Running in ${await browser.version()} (${executablePath}).`);
        return runtimeOf(browser, page, server.close);
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
    throw new RuntimeFailure('The Chromium runtime needs the package puppeteer-core: npm install puppeteer-core.');
  }
}

type Launch = typeof import('puppeteer-core').launch;

async function start(launch: Launch, executablePath: string, args: readonly string[]): Promise<Browser> {
  try {
    return await launch({
      executablePath,
      args: [...args],
      headless: true,
      // Ctrl-C is ours: what was measured is printed first.
      handleSIGINT: false,
      // A long job is one call, and may take as long as it takes.
      protocolTimeout: 0,
    });
  } catch (error) {
    throw new RuntimeFailure(
      `Chromium (${executablePath}) does not start: ${firstLine(error)} Try it by hand with --headless --version.`,
    );
  }
}

async function open(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(firstLine(error)));
  page.on('requestfailed', (request) => complaints.push(`${request.url()} ${request.failure()?.errorText ?? ''}`));
  try {
    await page.goto(url, { waitUntil: 'load', timeout: 30_000 });
    await page.waitForFunction('globalThis.tilewatt !== undefined', { timeout: 30_000 });
    return page;
  } catch (error) {
    await browser.close();
    const why = complaints.length > 0 ? complaints.join('; ') : firstLine(error);
    throw new RuntimeFailure(`The page that measures does not load: ${why} Run npm run build, then try again.`);
  }
}

/** Asked on the page, before the worker is: a browser without an adapter is closed and started with other flags. */
async function hasAdapter(page: Page): Promise<boolean> {
  return page.evaluate(async () => (await navigator.gpu?.requestAdapter()) != null);
}

async function runtimeOf(browser: Browser, page: Page, stopServer: () => void): Promise<Runtime> {
  const listeners = new Map<number, OnProgress>();
  let token = 0;
  let closing = false;
  await page.exposeFunction('tilewattProgress', (of: number, progress: Progress) => listeners.get(of)?.(progress));
  const gone = new Promise<never>((_, reject) => {
    const fail = (what: string) => () => {
      if (!closing)
        reject(new RuntimeFailure(`${what} Its results are lost; try again, with smaller sizes if it repeats.`));
    };
    browser.on('disconnected', fail('Chromium ended while it was measuring.'));
    page.on('error', fail('The page crashed while it was measuring.'));
  });
  gone.catch(() => {});

  async function call<T>(method: keyof WorkerApi, args: readonly unknown[], onProgress?: OnProgress): Promise<T> {
    const own = ++token;
    if (onProgress) listeners.set(own, onProgress);
    const work = page.evaluate(
      (name, given, id) => (globalThis as { tilewatt?: DrivenPage }).tilewatt!.call(name, given, id),
      method,
      args,
      onProgress ? own : undefined,
    );
    work.catch(() => {});
    try {
      return (await Promise.race([work, gone])) as T;
    } catch (error) {
      throw error instanceof RuntimeFailure ? error : new RuntimeFailure(`The page failed: ${firstLine(error)}`);
    } finally {
      listeners.delete(own);
    }
  }

  return {
    api: passOn((method, args) => {
      const onProgress = args.find((arg): arg is OnProgress => typeof arg === 'function');
      return call(
        method,
        args.filter((arg) => arg !== onProgress),
        onProgress,
      );
    }),
    async close() {
      closing = true;
      await browser.close().catch(() => {});
      stopServer();
    },
  };
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split('\n').find((part) => part.trim() !== '') ?? 'no reason given';
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
