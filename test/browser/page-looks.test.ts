/** Every place in both schemes and both widths: accessible by axe's rules, nothing wider than the screen, a screenshot of each. */
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { find, openStage, type Stage, takeShot, textOf, violationsOf, waitForEnd, waitForText } from './site.js';

const places = [
  { name: 'compare', hash: '#/', shows: /Verified/ },
  { name: 'kernels', hash: '#/kernel', shows: /Idea/ },
  { name: 'kernel', hash: '#/kernel/gemm-f32/naive', shows: /WGSL as compiled.*lines/ },
  { name: 'device', hash: '#/device', shows: /Limits/ },
  { name: 'history', hash: '#/history', shows: /gemm-f32 m=/ },
  { name: 'method', hash: '#/method', shows: /Glossary/ },
];

let stage: Stage;
let page: Page;
beforeAll(async () => {
  stage = await openStage();
  page = (await stage.open('?op=gemm-f32&m=64&n=64&k=64')).page;
  await waitForEnd(page, 170_000);
}, 180_000);
afterAll(() => stage?.close());

describe.each([
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
])('at $width px', ({ width, height }) => {
  describe.each(['light', 'dark'])('%s', (scheme) => {
    it.each(places)('$name', { timeout: 60_000 }, async ({ name, hash, shows }) => {
      await page.setViewport({ width, height });
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await page.evaluate((next) => {
        location.hash = next;
      }, hash);
      await waitForText(page, shows);
      if (name === 'compare') {
        await openDetails(page);
        await find(page, '>>> tw-sample-plot >>> svg');
      }
      await takeShot(page, `${name}-${width}-${scheme}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(
        0,
      );
      expect(await violationsOf(page)).toEqual([]);
    });
  });
});

it('shows no broken number', async () => {
  await page.evaluate(() => {
    location.hash = '#/';
  });
  await waitForText(page, /Verified/);
  expect(await textOf(page)).not.toMatch(/NaN|undefined|Infinity|\[object/);
});

async function openDetails(at: Page): Promise<void> {
  await at.$$eval('>>> tw-details >>> details', (all) => {
    for (const details of all) (details as HTMLDetailsElement).open = true;
  });
}
