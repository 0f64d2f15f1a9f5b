/** Tuning on the page: the race drawn while it runs, cancelling, the winner kept and used, stale ones named, and the way back. */
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EnergyModel } from '../../src/bench/energy/model.js';
import type { Winner } from '../../src/bench/tune/winners-schema.js';
import { roundModel } from '../support/energy-model.js';
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
    readonly known: {
      readonly winners: readonly Winner[];
      keepWinner(winner: Winner): Promise<void>;
      keepEnergy(energy: EnergyModel | undefined): Promise<void>;
    };
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
    expect(text).toMatch(/raced to the end.*(R² -?\d+\.\d\d of log time|Too few points)/);
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

describe('a prediction', () => {
  it('says what it was learned from, and what it does not know', { timeout: 60_000 }, async () => {
    await size(page, 'm', '96');
    await press(page, 'Predict');
    const text = await waitForText(page, /Predicted, not measured/);
    expect(text).toMatch(
      /learned from \d+ times at (one shape\. How far off another shape may be, nothing here says|\d shapes\.)/,
    );
    expect(text).toMatch(/Expected at 96 × 64 × 64.*Expected time/s);
    expect(text).toContain('Energy is not predicted: no energy model is in use for this adapter.');
    expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  it('holds joules where there is an energy model', { timeout: 60_000 }, async () => {
    await keepEnergy(page, roundModel);
    await press(page, 'Predict');
    const text = await waitForText(page, /Expected energy per run/);
    expect(text).toMatch(/\d to \d[\d.]*\s[pnµm]?J/);
    expect(text).toMatch(/Energy by .* \(modelled, a test\), not a meter|Too few points to say how well energy/);
    await looks(page, 'kernel-predicted');
    await keepEnergy(page, undefined);
    await size(page, 'm', '64');
  });

  it('needs a search to learn from', { timeout: 60_000 }, async () => {
    await goTo(page, '#/kernel/gemm-f32/blocked');
    await waitForText(page, /Tune on this device.*Budget, seconds/);
    await press(page, 'Predict');
    await waitForText(page, /There is nothing to predict gemm-f32\/blocked from on this device: tune it/);
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

  it('is used by sweeps at the values it fits', { timeout: 120_000 }, async () => {
    const [winner] = await winners(page);
    const sweep =
      '#/sweep?kernels=gemm-f32/naive,gemm-f32/direct&vary=m,n,k&values=32,64&baseline=gemm-f32/naive&seconds=0.3';
    for (const [address, marked] of [
      [sweep, ['64 gemm-f32/direct']],
      [`${sweep}&tuned=off`, []],
    ] as const) {
      await goTo(page, address);
      await waitForText(page, /How do the kernels compare|settings of the last run/);
      await press(page, 'Run');
      await waitForJob(page);
      const rows = await sweptRows(page);
      expect(rows).toHaveLength(4);
      expect(rows.filter(({ text }) => /◆\s?tuned/.test(text)).map(({ at, kernel }) => `${at} ${kernel}`)).toEqual(
        marked,
      );
    }
    expect(winner?.shapeClass).toBe('m~64 n~64 k~64');
    expect(await waitForText(page, /Use tuned values/)).toContain('where they fit this device and size');
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

function keepEnergy(at: Page, energy: EnergyModel | undefined): Promise<void> {
  return at.evaluate((one) => document.querySelector<App>('tw-app')!.workbench.known.keepEnergy(one), energy);
}

function sweptRows(at: Page): Promise<readonly { kernel: string; at: string; text: string }[]> {
  return at.$$eval('>>> tw-sweep-table >>> tbody tr', (rows) =>
    rows.map((row) => {
      const { kernel = '', at = '' } = (row as HTMLElement).dataset;
      return { kernel, at, text: (row as HTMLElement).innerText };
    }),
  );
}

/** Stopped as soon as it times: its rows say by then with which tunables. */
async function shortRun(): Promise<void> {
  await waitForText(page, /being timed|so far/);
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

function budget(at: Page, seconds: string): Promise<void> {
  return field(at, 'Budget, seconds', seconds);
}

function size(at: Page, name: string, value: string): Promise<void> {
  return field(at, name, value);
}

async function field(at: Page, label: string, value: string): Promise<void> {
  await find(at, '>>> tw-tune-panel >>> .fields label');
  await at.$eval(
    '>>> tw-tune-panel',
    (panel, wanted, typed) => {
      const labels = [...panel.shadowRoot!.querySelectorAll('.fields label')];
      const input = labels.find((one) => one.textContent?.trim() === wanted)!.querySelector('input')!;
      input.value = typed;
      input.dispatchEvent(new Event('change'));
    },
    label,
    value,
  );
}

async function waitForJob(at: Page): Promise<void> {
  await at.waitForFunction(() => document.querySelector<App>('tw-app')?.workbench.running === false, {
    timeout: 60_000,
    polling: 200,
  });
}
