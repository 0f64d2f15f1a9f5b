/** The device page's ceilings in a real browser: measured, drawn, kept over a reload, and open to cancelling. */
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { find, type OpenPage, openStage, press, type Stage, takeShot, textOf, waitForText } from './site.js';

let stage: Stage;
let opened: OpenPage;
let page: Page;
beforeAll(async () => {
  stage = await openStage();
  opened = await stage.open('#/device');
  page = opened.page;
  await waitForText(page, /Measure the ceilings/);
}, 180_000);
afterAll(() => stage?.close());

describe('the ceilings', () => {
  it('can be cancelled, and then none are shown', async () => {
    await press(page, 'Measure the ceilings');
    await waitForText(page, /preparing/);
    await press(page, 'Cancel');
    await waitForText(page, /Cancelled before the ceilings were known/);
    expect(await textOf(page)).not.toContain('f32 multiply-add');
  }, 120_000);

  it('are measured, and labelled as those of a software adapter', async () => {
    await press(page, 'Measure the ceilings');
    await waitForText(page, /Measure again/);
    const text = await textOf(page);
    expect(text).toMatch(/f32 multiply-add\s*[\d.]+\s[kMGT]?FLOP\/s/);
    expect(text).toMatch(/Copy, 64\sKiB in all/);
    expect(text).toContain('Measured on a software adapter: these ceilings say nothing about a GPU.');
    const chart = await find(page, '>>> tw-roofline-chart >>> svg');
    const label = await chart.evaluate((svg) => svg.getAttribute('aria-label'));
    expect(label).toMatch(/^Roofline: .*FLOP\/s in f32/);
    await takeShot(page, 'device-ceilings-1440-light');
    expect(opened.errors).toEqual([]);
  }, 120_000);

  it('are still there after a reload', async () => {
    await page.reload();
    await waitForText(page, /Measure again/);
    expect(await textOf(page)).toMatch(/f32 multiply-add/);
  }, 60_000);
});
