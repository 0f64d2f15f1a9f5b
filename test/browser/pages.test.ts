/** Sweeps, the L-Mul laboratory, accuracy beside speed and the catalogue's many operations, in a real browser. */
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseResults } from '../../src/bench/results.js';
import {
  goTo,
  looks,
  type OpenPage,
  openStage,
  press,
  rowsOf,
  type Stage,
  textOf,
  waitForEnd,
  waitForText,
} from './site.js';

let stage: Stage;
let opened: OpenPage;
let page: Page;
beforeAll(async () => {
  stage = await openStage();
  opened = await stage.open('#/method');
  page = opened.page;
  await waitForText(page, /google|SwiftShader|llvmpipe/i);
}, 60_000);
afterAll(() => stage?.close());

describe('a sweep', () => {
  const sizes =
    '#/sweep?kernels=gemm-f32/naive,gemm-f32/direct&vary=m,n,k&values=32,64,96&baseline=gemm-f32/naive&seconds=0.6';

  it('measures every kernel at every value, says who changes places, and can be saved', {
    timeout: 60_000,
  }, async () => {
    await goTo(page, sizes);
    await waitForText(page, /How do the kernels compare/);
    await page.keyboard.press('r');
    await waitForText(page, /Sweeping: value \d of 3/);
    await waitForJob(page);
    const text = await waitForText(page, /On the software adapter/);
    expect(text).toMatch(
      /gemm-f32\/direct (is faster than|and) gemm-f32\/naive|gemm-f32\/naive is faster than gemm-f32\/direct/,
    );
    expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
    const rows = await sweepRows(page);
    expect(rows.map(({ kernel, at }) => `${at} ${kernel}`)).toEqual(
      [32, 64, 96].flatMap((at) => [`${at} gemm-f32/naive`, `${at} gemm-f32/direct`]),
    );
    expect(rows.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(rows.some(({ text: line }) => /\d\s(ns|µs|ms) (± |\()\d/.test(line))).toBe(true);
    const chart = await page.$eval('>>> tw-line-chart >>> figure svg', (svg) => ({
      lines: svg.querySelectorAll('path[fill="none"], g[fill="none"] path').length,
      sentence: svg.getAttribute('aria-label') ?? '',
    }));
    expect(chart.lines).toBeGreaterThanOrEqual(2);
    expect(chart.sentence).toContain('gemm-f32/naive, gemm-f32/direct');
    const results = parseResults(JSON.stringify(await resultsOf(page, 'sweep')));
    expect(results.sweep).toEqual({ axis: 'm,n,k' });
    expect(results.rows).toHaveLength(6);
  });

  it('sorts its table, and draws what one chooses', async () => {
    await page.$eval('>>> tw-sweep-table >>> th:nth-child(4) button', (button) =>
      (button as HTMLButtonElement).click(),
    );
    const times = (
      (await resultsOf(page, 'sweep')) as { rows: { kernel: string; at: number; time?: { meanNs: number } }[] }
    ).rows
      .filter((row) => row.time)
      .sort((a, b) => a.time!.meanNs - b.time!.meanNs)
      .map(({ kernel, at }) => `${at} ${kernel}`);
    expect((await sweepRows(page)).map(({ kernel, at }) => `${at} ${kernel}`).slice(0, times.length)).toEqual(times);
    await page.$eval('>>> tw-sweep-view >>> .head select', (select) => {
      (select as HTMLSelectElement).value = 'against';
      select.dispatchEvent(new Event('change'));
    });
    await waitForText(page, /Speed against the baseline, more is better/, 20_000);
  });

  it('finds the fastest dense kernel first, and stops where it is cancelled with what it has', {
    timeout: 90_000,
  }, async () => {
    await goTo(
      page,
      '#/sweep?kernels=spmm-csr/wide,spmm-block/direct&vary=densityPerMille&values=20,200,1000&m=64&n=64&k=64&baseline=fastest:gemm-f32&seconds=0.3',
    );
    await waitForText(page, /settings of the last run/);
    await press(page, 'Run');
    await waitForText(page, /finding the fastest of gemm-f32/);
    await waitForText(page, /Sweeping: value 2 of 3/, 60_000);
    await page.keyboard.press('Escape');
    await waitForJob(page);
    const text = await waitForText(page, /The sweep was cancelled\. \d+ rows so far are kept/);
    expect(text).toMatch(/SQNR/);
    const rows = await sweepRows(page);
    expect(rows.length).toBeGreaterThanOrEqual(4);
    expect(rows.some(({ kernel }) => kernel.startsWith('gemm-f32/'))).toBe(true);
  });

  it('shows widths with bytes per weight and error beside yardsticks of other operations', {
    timeout: 60_000,
  }, async () => {
    await goTo(
      page,
      '#/sweep?kernels=gemv-anybit/columns,gemv-f32/rows,gemm-int8/naive-dot4&vary=bits&values=2,8&m=1&n=128&k=128&encoding=1&groupSize=32&baseline=gemv-f32/rows&seconds=0.3',
    );
    await press(page, 'Run');
    await waitForJob(page);
    await waitForText(page, /Bytes per weight/);
    const rows = await sweepRows(page);
    const cells = rows.filter(({ kernel }) => kernel === 'gemv-anybit/columns').map(({ text }) => text);
    expect(cells).toHaveLength(2);
    for (const cell of cells) expect(cell).toMatch(/dB.*rms .*max/s);
    expect(
      rows.filter(({ kernel }) => kernel.startsWith('gemm-int8')).some(({ text }) => /\dOP\/s|[kMG]OP\/s/.test(text)),
    ).toBe(true);
    await looks(page, 'sweep-width');
  });

  it('says what it could not follow in an address, and goes back with the back button', async () => {
    await goTo(page, '#/sweep?kernels=gemm-f32/none,gemm-f32/naive&vary=q&values=1,2');
    const text = await waitForText(page, /There is no kernel "gemm-f32\/none"/);
    expect(text).toMatch(/varies none of the sizes these kernels have: m, n, k/);
    await page.goBack();
    await waitForText(page, /Bytes per weight/);
  });
});

describe('the L-Mul laboratory', () => {
  it('says what it is, tabulates errors beside narrow formats, and sums', { timeout: 60_000 }, async () => {
    await goTo(page, '#/lmul');
    const text = await waitForText(page, /K = 4096/, 40_000);
    expect(text).toMatch(/On a GPU that is an emulation, and slower/);
    expect(text).toMatch(/Hypothetical datapath: arithmetic units alone, not this device/);
    // The paper's 4 bits, truncated, are level with e4m3 on normal operands: NMSE 1.36e-3 and 1.41e-3 over 2·10⁶ pairs.
    const line = await errorLine(page, 'L-Mul, m = 4', 'l = 3, truncated');
    expect(line).toMatch(/1\.3\de-3.*≈ e4m3/s);
    await page.$eval('>>> tw-lmul-page >>> select', (select) => {
      (select as HTMLSelectElement).value = 'every pair';
      select.dispatchEvent(new Event('change'));
    });
    await waitForText(page, /all 16,384 pairs, nothing sampled/);
    expect(await page.evaluate(() => location.hash)).toMatch(/operands=every%20pair/);
  });

  it('times every mode next to the native multiplication', { timeout: 90_000 }, async () => {
    await goTo(page, '#/lmul?size=64');
    await press(page, 'Run');
    await waitForJob(page);
    const text = await waitForText(page, /L-Mul by the fast adder/);
    expect(text).toMatch(/the native multiplication (takes|is|and)/);
    const rows = await page.$$eval('>>> tw-lmul-times >>> tbody tr[data-kernel]', (all) =>
      all.map((row) => `${row.dataset.kernel} ${row.dataset.mode} ${row.dataset.status}`),
    );
    expect(rows).toEqual([
      'gemm-f32/direct 0 ok',
      ...[1, 2, 3, 4].map((mode) => `gemm-lmul/direct ${mode} ok`),
      ...[1, 2, 3].map((mode) => `elementwise-lmul/vec4 ${mode} ok`),
    ]);
    await looks(page, 'lmul');
  });
});

describe('the catalogue', () => {
  it('groups operations by family, each with its presets', async () => {
    await goTo(page, '#/');
    const groups = await page.$$eval('>>> tw-controls >>> optgroup', (all) =>
      all.map((group) => (group as HTMLOptGroupElement).label),
    );
    expect(groups).toEqual(expect.arrayContaining(['Floating point', '8-bit integers', 'Sparse', 'L-Mul']));
    expect(groups).not.toContain('Others');
  });

  it.each([
    ['gemv-int4', 'n=64&k=64&groupSize=32&scheme=2'],
    ['quantize-int8', 'm=16&k=64'],
    ['gemm-binary', 'm=16&n=16&k=64'],
    ['spmm-csr', 'm=32&n=32&k=32&densityPerMille=100'],
    ['attention-lmul', 'heads=1&queries=8&keys=8&headSize=16&mode=2&mantissaBits=23&offsetBits=4&rounding=1'],
  ])('opens %s and verifies its ladder by itself', { timeout: 60_000 }, async (operation, sizes) => {
    const { page: own, errors } = await stage.open(`?op=${operation}&${sizes}`);
    await waitForText(own, /warming up|about \d+ s left|almost done/);
    await own.keyboard.press('Escape');
    await waitForEnd(own, 30_000);
    const rows = await rowsOf(own);
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.filter(({ status }) => status !== 'ok' && status !== 'unsupported')).toEqual([]);
    // All of these are quantized or approximate; codes and bit patterns too are told from what they stand for.
    const right = rows.filter(({ status }) => status === 'ok');
    expect(right.filter(({ text }) => !/dB\s*rms .*, max /s.test(text))).toEqual([]);
    if (operation === 'gemv-int4') {
      expect(await textOf(own)).toMatch(/Verified: against the exact answer.*Accuracy: what it computed/);
      await looks(own, 'accuracy');
    }
    expect(errors).toEqual([]);
    await own.close();
  });
});

it('logs no error on the way', () => {
  expect(opened.errors).toEqual([]);
});

/** What these tests ask of the application's element, whose own types belong to the page. */
type App = Element & {
  readonly workbench: {
    readonly running: boolean;
    readonly side: { of(name: string): { readonly results?: unknown } | undefined };
  };
};

/** Waits until no job has the GPU. */
async function waitForJob(at: Page): Promise<void> {
  await at.waitForFunction(() => document.querySelector<App>('tw-app')?.workbench.running === false, {
    timeout: 80_000,
    polling: 200,
  });
}

function resultsOf(at: Page, place: string): Promise<unknown> {
  return at.evaluate((name) => document.querySelector<App>('tw-app')?.workbench.side.of(name)?.results, place);
}

function sweepRows(
  at: Page,
): Promise<
  readonly { readonly kernel: string; readonly at: string; readonly status: string; readonly text: string }[]
> {
  return at.$$eval('>>> tw-sweep-table >>> tbody tr', (rows) =>
    rows.map(({ dataset, innerText }) => ({
      kernel: dataset.kernel ?? '',
      at: dataset.at ?? '',
      status: dataset.status ?? '',
      text: innerText,
    })),
  );
}

/** The line with such a name in the group with such a title. */
async function errorLine(at: Page, group: string, name: string): Promise<string | undefined> {
  return at.$$eval(
    '>>> tw-lmul-errors >>> tbody',
    (bodies, title, start) => {
      const body = bodies.find((one) => one.querySelector('.group')?.textContent?.includes(title as string));
      return [...(body?.querySelectorAll('tr') ?? [])].find((row) => row.innerText.startsWith(start as string))
        ?.innerText;
    },
    group,
    name,
  );
}
