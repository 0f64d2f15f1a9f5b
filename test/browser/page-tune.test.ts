/** Tuning on the page: the race drawn while it runs, cancelling, the winner kept and used, stale ones named, and the way back. */
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Winner } from '../../src/bench/tune/winners-schema.js';
import {
  find,
  goTo,
  looks,
  type OpenPage,
  openStage,
  press,
  rowsOf,
  type Stage,
  waitForEnd,
  waitForText,
} from './site.js';

type App = Element & {
  readonly workbench: {
    readonly known: { readonly winners: readonly Winner[]; keepWinner(winner: Winner): Promise<void> };
    readonly running: boolean;
  };
};

let stage: Stage;
let opened: OpenPage;
let page: Page;
beforeAll(async () => {
  stage = await openStage();
  opened = await stage.open('?op=gemm-f32&m=64&n=64&k=64&kernels=naive,direct#/kernel/gemm-f32/direct');
  page = opened.page;
  await waitForText(page, /Tune on this device.*Budget, seconds/);
}, 60_000);
afterAll(() => stage?.close());

describe('a search', () => {
  it('draws the race while it runs, and keeps the best so far when it is cancelled', { timeout: 60_000 }, async () => {
    await press(page, 'Tune');
    await waitForText(page, /\d+ of \d+ tried/);
    const chart = await find(page, '>>> tw-race-chart >>> figure svg');
    expect(await chart.evaluate((svg) => svg.getAttribute('aria-label'))).toMatch(/candidates? by their speed/);
    await press(page, 'Cancel');
    const text = await waitForText(page, /After \d.* s/);
    expect(text).toMatch(/The search was cancelled: this is the best so far, and it is not kept/);
    expect(await winners(page)).toEqual([]);
  });

  it('refuses a budget that is none', async () => {
    await budget(page, '0');
    await waitForText(page, /from 1 to 3600 s, not "0"/);
  });

  it('ends with a verdict, a map and what the predictor is worth, and keeps the winner', {
    timeout: 90_000,
  }, async () => {
    await budget(page, '8');
    await press(page, 'Tune');
    await waitForText(page, /tried/);
    await waitForJob(page);
    const text = await waitForText(page, /◆ Tuned/);
    expect(text).toMatch(/After [\d.]+ s: .*(as fast as the default|the default stays)/);
    expect(text).toMatch(/raced to the end.*(R² -?\d\.\d\d of log time|Too few points)/);
    expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
    const map = await find(page, '>>> tw-heat-map >>> figure svg');
    expect(await map.evaluate((svg) => svg.getAttribute('aria-label'))).toMatch(/Speed against the default by/);
    const [winner, ...more] = await winners(page);
    expect(more).toEqual([]);
    expect(winner).toMatchObject({ kernel: 'gemm-f32/direct', shapeClass: 'm~64 n~64 k~64' });
    expect(winner?.source).toMatch(/^[0-9a-f]{16}$/);
    await looks(page, 'kernel-tuned');
  });
});

describe('a winner', () => {
  it('is used by runs, also after a reload, until one goes back to the defaults', { timeout: 120_000 }, async () => {
    const [winner] = await winners(page);
    await goTo(page, '#/');
    await page.reload();
    await shortRun();
    const tuned = (await rowsOf(page)).filter(({ text }) => /◆\s?tuned/.test(text)).map(({ kernel }) => kernel);
    expect(tuned).toEqual(['gemm-f32/direct']);
    expect(await tunablesOf(page)).toEqual(winner?.tunables);
    await (await find(page, '>>> tw-controls >>> .check input')).evaluate((input) => (input as HTMLElement).click());
    expect(new URL(page.url()).search).toContain('tuned=off');
    await press(page, 'Run');
    await shortRun();
    expect((await rowsOf(page)).filter(({ text }) => /◆\s?tuned/.test(text))).toEqual([]);
  });

  it('of another adapter or an older source is named and not used', { timeout: 60_000 }, async () => {
    const [winner] = await winners(page);
    await goTo(page, '#/kernel/gemm-f32/direct');
    await keep(page, { ...winner!, source: '0123456789abcdef', date: new Date().toISOString() });
    await waitForText(page, /The source of gemm-f32\/direct is another than when it was tuned/);
    const tiled = { ...winner!, kernel: 'gemm-f32/tiled', tunables: {} };
    await keep(page, { ...tiled, adapter: { ...winner!.adapter, description: 'Some GPU' } });
    await goTo(page, '#/kernel/gemm-f32/tiled');
    await waitForText(page, /gemm-f32\/tiled was tuned on Some GPU, and this is/);
  });

  it('can be forgotten', { timeout: 60_000 }, async () => {
    const [other] = (await winners(page)).filter(({ kernel }) => kernel === 'gemm-f32/direct');
    await goTo(page, '#/kernel/gemm-f32/direct');
    await budget(page, '6');
    await press(page, 'Tune');
    await waitForText(page, /tried/);
    await waitForJob(page);
    await waitForText(page, /◆ Tuned/);
    const [now] = (await winners(page)).filter(({ kernel }) => kernel === 'gemm-f32/direct');
    expect(now?.source).not.toBe(other?.source);
    await press(page, 'Go back to the default');
    expect((await winners(page)).map(({ kernel }) => kernel)).toEqual(['gemm-f32/tiled']);
    expect(opened.errors).toEqual([]);
  });
});

/** Stopped as soon as it times: its rows say by then with which tunables. */
async function shortRun(): Promise<void> {
  await waitForText(page, /being timed/);
  await page.keyboard.press('Escape');
  await waitForEnd(page);
}

function winners(at: Page): Promise<readonly Winner[]> {
  return at.evaluate(() => [...document.querySelector<App>('tw-app')!.workbench.known.winners]);
}

function keep(at: Page, winner: Winner): Promise<void> {
  return at.evaluate((one) => document.querySelector<App>('tw-app')!.workbench.known.keepWinner(one), winner);
}

/** With which tunables the last run timed gemm-f32/direct. */
function tunablesOf(at: Page): Promise<unknown> {
  return at.evaluate(() => {
    const { run } = document.querySelector<App>('tw-app')!.workbench as unknown as {
      run: { rows: { kernel: string; tunables: unknown }[] };
    };
    return run.rows.find(({ kernel }) => kernel === 'gemm-f32/direct')?.tunables;
  });
}

async function budget(at: Page, seconds: string): Promise<void> {
  await find(at, '>>> tw-tune-panel >>> .fields label');
  await at.$eval(
    '>>> tw-tune-panel',
    (panel, value) => {
      const labels = [...panel.shadowRoot!.querySelectorAll('label')];
      const input = labels.find((one) => one.textContent?.includes('Budget'))!.querySelector('input')!;
      input.value = value;
      input.dispatchEvent(new Event('change'));
    },
    seconds,
  );
}

async function waitForJob(at: Page): Promise<void> {
  await at.waitForFunction(() => document.querySelector<App>('tw-app')?.workbench.running === false, {
    timeout: 60_000,
    polling: 200,
  });
}
