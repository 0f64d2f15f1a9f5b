/** Joules and ceilings on the page: three ways to a model of energy, what runs then show, and what is said when readings are wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElementHandle, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../../package.json';
import type { LoadRun, RunsFile } from '../../src/bench/energy/runs.js';
import type { Ceilings } from '../../src/bench/roofline/ceilings.js';
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

/** A GPU that the page is told of: the numbers of the loads are this machine's, which is all the arithmetic needs. */
const adapter = {
  vendor: 'nvidia',
  architecture: 'hopper',
  description: 'NVIDIA H100 80GB HBM3',
  software: false,
} as const;

type App = Element & {
  readonly workbench: {
    device: { readonly card: { readonly adapter: object; readonly runtime: string } } & object;
    readonly known: { keepCeilings(ceilings: Ceilings): Promise<void>; readonly energy?: { readonly tier: string } };
    readonly running: boolean;
    redraw(): void;
  };
};

const folder = mkdtempSync(join(tmpdir(), 'tilewatt-energy-'));
let stage: Stage;
let opened: OpenPage;
let page: Page;
beforeAll(async () => {
  stage = await openStage();
  opened = await stage.open('?op=gemm-f32&m=32&n=48&k=40&kernels=naive,direct#/device');
  page = opened.page;
  await waitForText(page, /no joules are given/);
}, 60_000);
afterAll(async () => {
  await stage?.close();
  rmSync(folder, { recursive: true });
});

describe('ceilings', () => {
  it('are asked for by a run without them, and place its rows once they are kept', { timeout: 120_000 }, async () => {
    await goTo(page, '#/');
    await waitForEnd(page);
    expect(await waitForText(page, /What share is that/)).not.toContain('Of attainable');
    await page.evaluate(keepCeilings, version);
    await page.reload();
    await waitForText(page, /verified/);
    await waitForEnd(page);
    expect(await waitForText(page, /Of attainable/)).not.toContain('What share is that');
    for (const { text } of await rowsOf(page)) expect(text).toMatch(/\d\s%\s+(compute|memory|latency)/);
  });
});

describe('an energy model', () => {
  beforeAll(async () => {
    await goTo(page, '#/device');
    await page.evaluate(pretend, adapter);
  });

  it('comes from the class that fits the adapter, or is to be chosen where none does', async () => {
    await page.evaluate(pretend, { ...adapter, vendor: 'acme', architecture: '', description: 'Acme One' });
    await waitForText(page, /No class fits this adapter \( ?Acme One ?\)\. Choose the one/);
    await page.evaluate(pretend, adapter);
    await waitForText(page, /matches this adapter/);
    expect(await waitForText(page, /No model is in use/)).toMatch(/H100 SXM \(matches this adapter\).*700 W ?, HBM3/);
    await press(page, 'Use this class');
    expect(await waitForText(page, /In use: modelled ?, h100-sxm/)).toMatch(/f32 multiply-add \d.*pJ/);
  });

  it('comes from watts typed, and absurd ones are refused in a sentence', { timeout: 60_000 }, async () => {
    await choose(page, 'meter');
    await type(page, 'tw-energy-meter', 'seconds', '1');
    for (const load of ['FMA', 'copy']) {
      await press(page, `Run the ${load} load`);
      await waitForText(page, new RegExp(`Run the ${load} load again`));
    }
    for (const [which, watts] of [
      ['at idle', '50'],
      ['under FMA', '40'],
      ['under copy', '90'],
    ] as const)
      await type(page, 'tw-energy-meter', which, watts);
    await waitForText(page, /40 W during the FMA load is not above the 50 W at idle/);
    await type(page, 'tw-energy-meter', 'under FMA', '120');
    await waitForText(page, /Solved: a multiply-add takes/);
    await press(page, 'Use this calibration');
    await waitForText(page, /In use: calibrated/);
  });

  it('can be cancelled while a load runs', { timeout: 60_000 }, async () => {
    await type(page, 'tw-energy-meter', 'seconds', '60');
    await press(page, 'Run the FMA load again');
    await waitForText(page, /running peak-fma-f32/);
    await press(page, 'Cancel');
    await waitForText(page, /Cancelled before the load had run its time/);
  });

  it('comes from a power log aligned with recorded runs, with its error', { timeout: 60_000 }, async () => {
    await choose(page, 'log');
    const start = Date.parse('2026-11-21T10:00:00Z');
    const runs = recorded(start);
    await bring(page, 'wrong.csv', 'a,b\n1,2\n');
    await waitForText(page, /wrong\.csv: The log has no column of time/);
    await bring(page, 'runs.json', JSON.stringify({ ...runs, adapter: { ...adapter, description: 'another GPU' } }));
    await waitForText(page, /These runs were recorded on another GPU/);
    await bring(page, 'runs.json', JSON.stringify(runs));
    await waitForText(page, /14 kernels recorded/);
    await bring(page, 'late.csv', logOf(runs.runs, 3_600_000));
    await waitForText(page, /they do not overlap/);
    await bring(page, 'power.csv', logOf(runs.runs, 0));
    expect(await waitForText(page, /Fitted to 14 runs/)).toMatch(/off by\s+[\d.]+\s% \(median\)/);
    await press(page, 'Use this fit');
    await waitForText(page, /In use: measured ?, csv log/);
    await looks(page, 'device-energy');
  });

  it('gives a run joules with their tier, a ranking, and what they stand for', { timeout: 120_000 }, async () => {
    await goTo(page, '#/');
    await press(page, 'Run');
    await waitForEnd(page);
    const text = await waitForText(page, /Energy, measured \( ?csv log ?\)/);
    expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
    for (const { text: row } of await rowsOf(page)) expect(row).toMatch(/\d to \d[\d.]*\s[pnµm]?J\s+measured/);
    await goTo(
      page,
      '#/sweep?kernels=gemm-f32/naive,gemm-f32/direct&vary=m,n,k&values=16,32&baseline=gemm-f32/naive&seconds=0.3',
    );
    await press(page, 'Run');
    await waitForText(page, /Sweeping/);
    await page.waitForFunction(() => document.querySelector<App>('tw-app')?.workbench.running === false, {
      timeout: 60_000,
      polling: 200,
    });
    expect(await waitForText(page, /Energy per run/)).toMatch(/Of attainable.*\d\s%\s+(compute|memory|latency)/s);
    const measures = await page.$$eval('>>> tw-sweep-view >>> .head select option', (options) =>
      options.map((option) => (option as HTMLOptionElement).value),
    );
    expect(measures).toEqual(expect.arrayContaining(['attainable', 'energy']));
    await page.$eval('>>> tw-sweep-view >>> .head select', (select) => {
      (select as HTMLSelectElement).value = 'energy';
      select.dispatchEvent(new Event('change'));
    });
    await waitForText(page, /Energy per run, an estimate with its range, less is better/);
    await looks(page, 'sweep-energy');
    await goTo(page, '#/');
    await type(page, 'tw-energy-cost', 'g/kWh', '400');
    expect(await waitForText(page, /CO₂e per run/)).toMatch(/\d\s[pnµm]?g/);
    await looks(page, 'compare-energy');
    await goTo(page, '#/device');
    await page.reload();
    await waitForText(page, /Limits/);
    expect(await page.evaluate(() => document.querySelector<App>('tw-app')!.workbench.known.energy?.tier)).toBe(
      'measured',
    );
    expect(opened.errors).toEqual([]);
  });
});

/** As `measureCeilings` writes them, with round numbers. */
async function keepCeilings(version: string): Promise<void> {
  const { workbench } = document.querySelector<App>('tw-app')!;
  const { adapter: here, runtime } = workbench.device.card;
  const rate = (perSecond: number) => ({ perSecond, ci95: [0.9 * perSecond, 1.1 * perSecond] as [number, number] });
  const { vendor, architecture, description } = here as Record<string, string>;
  await workbench.known.keepCeilings({
    schema: 'tilewatt/ceilings@1',
    key: [vendor, architecture, description, runtime, version].join(' | '),
    adapter: here as Ceilings['adapter'],
    runtime,
    version,
    date: new Date().toISOString(),
    compute: [{ kind: 'fma32', kernel: 'peak-fma-f32/chains', tunables: {}, shape: { n: 1 }, ...rate(1e11) }],
    memory: [{ workingSet: 65536, ...rate(1e10) }],
    notes: [],
  });
}

function pretend(facts: object): void {
  const { workbench } = document.querySelector<App>('tw-app')!;
  const { card } = workbench.device;
  workbench.device = { status: 'ready', card: { ...card, adapter: facts as never } } as never;
  workbench.redraw();
}

async function choose(at: Page, way: string): Promise<void> {
  await (await find(at, `>>> tw-energy >>> input[value=${way}]`)).evaluate((input) => (input as HTMLElement).click());
  await find(at, `>>> tw-energy-${way}`);
}

/** Into the field of an element whose label contains a text. */
async function type(at: Page, element: string, label: string, text: string): Promise<void> {
  const host = await find(at, `>>> ${element}`);
  await host.evaluate(
    (within, wanted, value) => {
      const labels = [...(within.shadowRoot?.querySelectorAll('label') ?? [])];
      const input = labels
        .find((one) => one.textContent?.toLowerCase().includes(wanted.toLowerCase()))!
        .querySelector('input')!;
      input.value = value;
      input.dispatchEvent(new Event('input'));
      input.dispatchEvent(new Event('change'));
    },
    label,
    text,
  );
}

async function bring(at: Page, name: string, text: string): Promise<void> {
  const file = join(folder, name);
  writeFileSync(file, text);
  const input = (await find(at, '>>> tw-energy-log >>> input[type=file]')) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(file as `${string}.csv`);
}

/** Fourteen kernels, two seconds each, between pure arithmetic and pure copying. */
function recorded(start: number): RunsFile {
  const runs = Array.from({ length: 14 }, (_, i): LoadRun => {
    const startMs = start + 3000 * i;
    const bytes = 1e9 * (1 + ((5 * i) % 14));
    return {
      kernel: `kernel-${i}`,
      shape: { n: 1 },
      startMs,
      endMs: startMs + 2000,
      dispatches: 200,
      cost: { operations: { fma32: 2e10 * (i + 1) }, nominal: 4e10, bytesRead: bytes, bytesWritten: 0 },
    };
  });
  return { schema: 'tilewatt/energy-runs@1', adapter, runs };
}

/** 60 W at idle, 40 pJ for a multiply-add, 120 pJ for a byte. */
function logOf(runs: readonly LoadRun[], shiftMs: number): string {
  const lines = runs.flatMap(({ startMs, endMs, dispatches, cost }) => {
    const perSecond = dispatches / ((endMs - startMs) / 1000);
    const watts = 60 + perSecond * (40e-12 * cost.operations.fma32! + 120e-12 * cost.bytesRead);
    return Array.from({ length: 23 }, (_, i) => `${(startMs - 100 + 100 * i + shiftMs) / 1000},${watts.toFixed(2)}`);
  });
  return `time,watts\n${lines.join('\n')}\n`;
}
