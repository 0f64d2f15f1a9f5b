/** The built page in a real headless Chromium, and ways to read it through its shadow roots. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import axe from 'axe-core';
import puppeteer, { type Browser, type ElementHandle, type Page } from 'puppeteer-core';
import { expect } from 'vitest';
import { findChromium } from '../../scripts/lib/chromium.mjs';
import { ensureBuilt } from '../../scripts/lib/project.mjs';
import { serve } from '../../scripts/lib/serve.mjs';

const root = resolve(import.meta.dirname, '../..');
export const site = join(root, 'site');
export const shots = join(root, 'test-output', 'page');

/** WebGPU on Chromium's software adapter. Without it the browser has no adapter, which is a state of its own. */
export const webgpu = ['--enable-unsafe-webgpu'];

const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export interface Stage {
  readonly browser: Browser;
  readonly url: string;
  /** A fresh page; what it logs as an error is collected. */
  readonly open: (path?: string, prepare?: (page: Page) => Promise<void>) => Promise<OpenPage>;
  readonly close: () => Promise<void>;
}

export interface OpenPage {
  readonly page: Page;
  /** Uncaught errors, console errors and violations of the content security policy. */
  readonly errors: readonly string[];
}

/** Serves a folder and starts a browser for it. */
export async function openStage(flags: readonly string[] = webgpu, folder = site): Promise<Stage> {
  if (folder === site) ensureBuilt(['app']);
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium found. Run npm test, which gets one, or set TILEWATT_CHROMIUM.');
  const server = await serve(folder);
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await puppeteer.launch({ executablePath, headless: true, args: [...quiet, ...sandbox, ...flags] });
  return {
    browser,
    url: server.url,
    open: async (path = '', prepare) => {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      await page.setViewport({ width: 1440, height: 900 });
      await prepare?.(page);
      await page.goto(`${server.url}${path}`);
      return { page, errors };
    },
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}

/** Everything the page shows as text, shadow roots included, hidden parts left out. */
export function textOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const isHidden = (element: Element) => {
      const { display, visibility } = getComputedStyle(element);
      return display === 'none' || visibility === 'hidden';
    };
    const read = (node: Node): string => {
      if (node instanceof Text) return node.data;
      if (node instanceof Element && (node.matches('style, script, template') || isHidden(node))) return '';
      if (node instanceof HTMLSlotElement) return node.assignedNodes().map(read).join(' ');
      const children = node instanceof Element && node.shadowRoot ? node.shadowRoot.childNodes : node.childNodes;
      return [...children].map(read).join(' ');
    };
    return read(document.body).replace(/\s+/g, ' ');
  });
}

/** Waits until the page shows a text, and fails with what it shows in its place. */
export async function waitForText(page: Page, pattern: RegExp, timeoutMs = 60_000): Promise<string> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const text = await textOf(page);
    if (pattern.test(text)) return text;
    if (Date.now() > end)
      throw new Error(`${pattern} did not appear within ${timeoutMs / 1000} s. The page shows: ${text}`);
    await new Promise((wake) => setTimeout(wake, 200));
  }
}

/** The first element that matches, in shadow roots too. Puppeteer's own waiting does not see changes inside those. */
export async function find(page: Page, selector: string, timeoutMs = 30_000): Promise<ElementHandle> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const element = await page.$(selector);
    if (element) return element;
    if (Date.now() > end) throw new Error(`${selector} did not appear. The page shows: ${await textOf(page)}`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

/** Clicks the button whose text begins so. */
export async function press(page: Page, text: string): Promise<void> {
  const pressed = await page.evaluate((wanted) => {
    const find = (within: ParentNode): HTMLButtonElement | undefined => {
      for (const element of within.querySelectorAll('*')) {
        if (element instanceof HTMLButtonElement && element.innerText.trim().startsWith(wanted)) return element;
        const inner = element.shadowRoot && find(element.shadowRoot);
        if (inner) return inner;
      }
      return undefined;
    };
    const button = find(document);
    button?.click();
    return button !== undefined && !button.disabled;
  }, text);
  if (!pressed) throw new Error(`There is no button "${text}" to press. The page shows: ${await textOf(page)}`);
}

/** Kernel and status of each row of the results table, as drawn. */
export function rowsOf(
  page: Page,
): Promise<readonly { readonly kernel: string; readonly status: string; readonly text: string }[]> {
  return page.$$eval('>>> tw-results-table >>> tbody tr', (rows) =>
    rows.map((row) => ({ kernel: row.dataset.kernel ?? '', status: row.dataset.status ?? '', text: row.innerText })),
  );
}

/** Waits until Run can be pressed again: no run is going on. */
export async function waitForEnd(page: Page, timeoutMs = 120_000): Promise<void> {
  await page.waitForFunction(
    () => {
      const bar = document
        .querySelector('tw-app')
        ?.shadowRoot?.querySelector('tw-compare-page')
        ?.shadowRoot?.querySelector('tw-run-bar');
      const [run, cancel] = bar?.shadowRoot?.querySelectorAll('button') ?? [];
      return run !== undefined && !run.disabled && cancel?.disabled === true;
    },
    { timeout: timeoutMs, polling: 200 },
  );
}

export async function takeShot(page: Page, name: string, fullPage = true): Promise<void> {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) as `${string}.png`, fullPage });
}

/** What axe finds, one line per rule with the first element that breaks it. */
export async function violationsOf(at: Page): Promise<readonly string[]> {
  if (!(await at.evaluate('typeof axe === "object"'))) await at.evaluate(axe.source);
  const found = (await at.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ' ' + JSON.stringify(nodes[0].target) + ' ' + nodes[0].html.slice(0, 200) + ' ' + nodes[0].failureSummary))`,
  )) as string[];
  return found;
}

/** Both schemes and both widths: a screenshot each, nothing wider than the screen, nothing that axe finds. */
export async function looks(at: Page, name: string): Promise<void> {
  for (const width of [1440, 390]) {
    await at.setViewport({ width, height: 900 });
    for (const scheme of ['light', 'dark']) {
      await at.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await new Promise((wake) => setTimeout(wake, 250));
      await takeShot(at, `${name}-${width}-${scheme}`);
      const beyond = await at.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(beyond, `${name} at ${width} px`).toBeLessThanOrEqual(0);
      expect(await violationsOf(at), `${name} ${width} ${scheme}`).toEqual([]);
    }
  }
  await at.setViewport({ width: 1440, height: 900 });
}

export async function goTo(at: Page, hash: string): Promise<void> {
  await at.evaluate((next) => {
    location.hash = next;
  }, hash);
  await new Promise((wake) => setTimeout(wake, 300));
}
