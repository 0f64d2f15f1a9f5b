/** The place of models in a real browser where things are large or go wrong: 300 MB, and a GPU process that crashes half-way. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElementHandle, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeLargeModel } from '../support/large-model.js';
import { find, openStage, press, type Stage, textOf, waitForText } from './site.js';

const folder = mkdtempSync(join(tmpdir(), 'tilewatt-large-'));

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 60_000);
afterAll(async () => {
  await stage?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Watched {
  /** Bytes given to workers without a copy. */
  transferred: number;
  /** Longest time that the page could not react, in ms. */
  longest: number;
}

/** Watches what is handed to workers, and how long the page is held up. */
function watch(page: Page): Promise<unknown> {
  return page.evaluateOnNewDocument(() => {
    const watched: Watched = { transferred: 0, longest: 0 };
    Object.assign(window, { watched });
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (this: Worker, message: unknown, transfer?: unknown) {
      const given = (Array.isArray(transfer) ? transfer : []) as { readonly byteLength?: number }[];
      for (const { byteLength = 0 } of given) watched.transferred += byteLength;
      post.call(this, message, transfer as StructuredSerializeOptions);
    };
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      watched.longest = Math.max(watched.longest, now - last);
      last = now;
    }, 20);
  });
}

const watchedIn = (page: Page): Promise<Watched> =>
  page.evaluate(() => ({ ...(window as unknown as { watched: Watched }).watched }));

describe('a model of 300 MB', () => {
  it('is asked about, handed over without a copy, and opened while the page goes on', async () => {
    const path = join(folder, 'large.onnx');
    const bytes = writeLargeModel(path, 8192, 9600);
    expect(bytes).toBeGreaterThan(300e6);
    const { page, errors } = await stage.open('#/models', async (fresh) => void (await watch(fresh)));
    await waitForText(page, /Try digits/);
    const input = await find(page, '>>> tw-model-drop >>> input[aria-label="Model files"]');
    await (input as ElementHandle<HTMLInputElement>).uploadFile(path);
    await waitForText(page, /Opening large\.onnx takes 300\sMiB of memory/);
    await page.evaluate(() => {
      (window as unknown as { watched: Watched }).watched.longest = 0;
    });
    const start = Date.now();
    await press(page, 'Open it');
    const text = await waitForText(page, /A run of 32 items takes 302\sMiB/, 120_000);
    const { transferred, longest } = await watchedIn(page);
    expect(text).toMatch(/What is in large\.onnx.*300\sMiB.*MatMul/);
    expect(transferred).toBeGreaterThanOrEqual(bytes);
    // What takes long is done by the worker.
    expect(longest).toBeLessThan((Date.now() - start) / 2);
    expect(errors).toEqual([]);
    await page.close();
  }, 180_000);
});

describe('a GPU process that crashes while schemes are compared', () => {
  it('leaves what is finished, and the next test has a device again', async () => {
    const { page } = await stage.open('#/models?sample=digits&schemes=int8,int4-g32,nf4-g64,int3-g32');
    await waitForText(page, /digits\.onnx is ready to be tested/, 60_000);
    await page.keyboard.press('r');
    await waitForText(page, /f32 .*80\.7\sKiB\s+97\.8/, 100_000);
    const session = await stage.browser.target().createCDPSession();
    await session.send('Browser.crashGpuProcess' as never);
    await waitForText(page, /device was lost/i);
    const text = await textOf(page);
    expect(text).toMatch(/What is in digits\.onnx/);
    expect(text).toMatch(/f32 .*80\.7\sKiB\s+97\.8/);
    await press(page, 'Open the GPU again');
    await waitForText(page, /google|SwiftShader|llvmpipe/i);
    await page.keyboard.press('r');
    await waitForText(page, /Testing digits\.onnx/);
    await waitForText(page, /f32 .*80\.7\sKiB\s+97\.8/, 100_000);
    await page.keyboard.press('Escape');
    await waitForText(page, /[Cc]ancelled/, 60_000);
    await page.close();
  }, 300_000);
});
