/** What the page does when things go wrong: no WebGPU, no adapter, a crashed GPU process, a full store, a worker that is gone. */
import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  openStage,
  press,
  rowsOf,
  type Stage,
  site,
  takeShot,
  textOf,
  waitForEnd,
  waitForText,
  webgpu,
} from './site.js';

const pair = '?op=gemm-f32&m=64&n=64&k=64&kernels=naive,direct';

describe('without an adapter', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage([]);
  });
  afterAll(() => stage?.close());

  it('names cause and next step, and leaves the rest of the page usable', { timeout: 60_000 }, async () => {
    const { page, errors } = await stage.open();
    const text = await waitForText(page, /No GPU to measure on/);
    expect(text).toMatch(/found no adapter/);
    expect(text).toMatch(/chrome:\/\/gpu/);
    await takeShot(page, 'no-adapter-1440-light', false);
    await page.setViewport({ width: 390, height: 844 });
    await takeShot(page, 'no-adapter-390-light', false);
    await goTo(page, '#/method');
    await waitForText(page, /How each number is made/);
    await goTo(page, '#/history');
    await waitForText(page, /Nothing here yet/);
    await takeShot(page, 'history-empty-390-light', false);
    await goTo(page, '#/kernel/gemm-f32/naive');
    await waitForText(page, /WGSL as compiled/);
    expect(errors).toEqual([]);
  });
});

describe('without WebGPU', () => {
  it('says that an insecure page has none', { timeout: 60_000 }, async () => {
    const stage = await openStage([...webgpu, '--host-resolver-rules=MAP tilewatt.test 127.0.0.1']);
    try {
      const { page } = await stage.open('', async (fresh) => {
        await fresh.goto('about:blank');
      });
      await page.goto(stage.url.replace('127.0.0.1', 'tilewatt.test'));
      expect(await page.evaluate(() => 'gpu' in navigator)).toBe(false);
      expect(await waitForText(page, /No GPU to measure on/)).toMatch(/secure page.*https/);
    } finally {
      await stage.close();
    }
  });
});

describe('a crash', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage?.close());

  it('of the GPU process keeps the results, and one click goes on', { timeout: 240_000 }, async () => {
    const { page } = await stage.open(pair);
    await waitForText(page, /being timed|verified/);
    const session = await stage.browser.target().createCDPSession();
    await session.send('Browser.crashGpuProcess' as never);
    await waitForText(page, /device was lost/i);
    await takeShot(page, 'device-lost-1440-light', false);
    expect((await rowsOf(page)).some(({ status }) => status === 'ok')).toBe(true);
    const before = await textOf(page);
    await new Promise((wake) => setTimeout(wake, 2000));
    expect(await textOf(page), 'the page must not try again by itself').toBe(before);
    await press(page, 'Resume');
    await waitForText(page, /left|starting/);
    await waitForEnd(page, 200_000);
    expect((await rowsOf(page)).map(({ status }) => status)).toEqual(['ok', 'ok']);
    expect(await textOf(page)).toMatch(/fastest|too close to call/);
  });

  it('of the worker leaves the page alive, and a click starts another', { timeout: 180_000 }, async () => {
    const { page } = await stage.open(pair);
    await waitForText(page, /being timed|verified/);
    const worker = page.workers()[0]!;
    await worker.evaluate(() => {
      setTimeout(() => {
        throw new Error('thrown by the test');
      });
    });
    await waitForText(page, /worker that runs the kernels failed/);
    await takeShot(page, 'worker-crashed-1440-light', false);
    await press(page, 'Resume');
    await waitForText(page, /left|starting/);
    await press(page, 'Cancel');
    await waitForEnd(page);
  });
});

describe('offline', () => {
  it('goes on measuring, and names what cannot be loaded', { timeout: 120_000 }, async () => {
    const stage = await openStage();
    try {
      const { page } = await stage.open(pair);
      await waitForText(page, /being timed|so far/);
      await page.setOfflineMode(true);
      await waitForText(page, /offline/);
      await goTo(page, '#/history');
      await waitForText(page, /could not be loaded\. Check the connection/);
      await goTo(page, '#/');
      await waitForEnd(page);
      expect((await rowsOf(page)).map(({ status }) => status)).toEqual(['ok', 'ok']);
      await takeShot(page, 'offline-1440-light', false);
    } finally {
      await stage.close();
    }
  });
});

describe('a full store', () => {
  it('is said in a sentence, and the run stays on the page', { timeout: 120_000 }, async () => {
    const stage = await openStage();
    try {
      const { page } = await stage.open(
        '?op=gemm-f32&m=64&n=64&k=64&kernels=naive&thoroughness=quick',
        async (fresh) => {
          await fresh.evaluateOnNewDocument(() => {
            const full = (): never => {
              throw new DOMException('The disk is full', 'QuotaExceededError');
            };
            IDBObjectStore.prototype.put = full;
            IDBObjectStore.prototype.add = full;
          });
        },
      );
      await waitForText(page, /This browser did not keep the run \(.*\)\. Export it as JSON to keep it/);
      expect((await rowsOf(page)).map(({ status }) => status)).toEqual(['ok']);
    } finally {
      await stage.close();
    }
  });
});

describe('a worker that does not load', () => {
  it('is said in a sentence, and loads once its file is there', { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tilewatt-site-'));
    cpSync(site, folder, { recursive: true });
    const name = readdirSync(join(folder, 'assets')).find((file) => /^worker.*\.js$/.test(file))!;
    renameSync(join(folder, 'assets', name), join(folder, name));
    const stage = await openStage(webgpu, folder);
    try {
      const { page } = await stage.open(pair);
      expect(await waitForText(page, /did not load/)).toMatch(/worker that runs the kernels failed.*Stored results/s);
      await takeShot(page, 'worker-missing-1440-light', false);
      await goTo(page, '#/method');
      await waitForText(page, /How each number is made/);
      await goTo(page, '#/');
      renameSync(join(folder, name), join(folder, 'assets', name));
      await press(page, 'Start the worker again');
      await waitForText(page, /left/);
      expect((await rowsOf(page)).map(({ kernel }) => kernel)).toEqual(['gemm-f32/naive', 'gemm-f32/direct']);
    } finally {
      await stage.close();
      rmSync(folder, { recursive: true });
    }
  });
});

async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((next) => {
    location.hash = next;
  }, hash);
}
