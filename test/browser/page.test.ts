/** The page in a real browser: a verified comparison without a click, run and cancel, the address, keeping and reading results. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElementHandle, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  find,
  type OpenPage,
  openStage,
  press,
  rowsOf,
  type Stage,
  takeShot,
  textOf,
  waitForEnd,
  waitForText,
} from './site.js';

/** A small problem of two kernels: enough to run, soon done. */
const small = '?op=gemm-f32&m=32&n=48&k=40&kernels=naive,direct';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

describe('on opening', () => {
  let opened: OpenPage;
  let page: Page;
  let soFar: Awaited<ReturnType<typeof rowsOf>>;
  beforeAll(async () => {
    opened = await stage.open();
    page = opened.page;
    await waitForText(page, /Measuring gemm-f32/);
    await waitForText(page, /so far/, 60_000);
    soFar = await rowsOf(page);
    await takeShot(page, 'running-1440-light', false);
    await waitForEnd(page);
  }, 180_000);

  it('shows times while they are sampled, and no verdict before they are done', () => {
    expect(soFar.map(({ text }) => text).join('\n')).toMatch(/\d\s(ns|µs|ms|s) ± [\d.]+\s+so far/);
    for (const { text } of soFar) expect(text).not.toMatch(/faster|slower|undecided/);
  });

  it('verifies and times the ladder without a click', async () => {
    const rows = await rowsOf(page);
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.filter(({ status }) => status === 'wrong' || status === 'failed')).toEqual([]);
    for (const { text } of rows.filter(({ status }) => status === 'ok')) {
      expect(text).toMatch(/verified/);
      expect(text).toMatch(/\d\s(ns|µs|ms|s) (± |\()\d/);
      expect(text).toMatch(/FLOP\/s/);
    }
    for (const { text } of rows.filter(({ status }) => status === 'unsupported'))
      expect(text).toMatch(/unsupported.*\S/s);
  });

  it('answers in one line and names the software adapter', async () => {
    const headline = await page.$eval('>>> h1', (h1) => h1.textContent);
    expect(headline).toMatch(/^On the software adapter .*gemm-f32\/\S+ .*FLOP\/s/);
    expect(await textOf(page)).toMatch(/GPU timestamps, step \d.*Empty batch (too small to tell|\d)/);
  });

  it('draws the chart from the same numbers, with a sentence for those who do not see it', async () => {
    const rows = await rowsOf(page);
    const chart = await page.$eval('>>> tw-ladder-chart >>> svg', (svg) => ({
      role: svg.getAttribute('role'),
      sentence: svg.getAttribute('aria-label') ?? '',
      bars: svg.querySelectorAll('g[aria-label="bar"] rect, rect').length,
      styles: svg.querySelectorAll('style').length,
    }));
    expect(chart).toMatchObject({ role: 'img', bars: rows.filter(({ status }) => status === 'ok').length, styles: 0 });
    for (const { kernel } of rows.filter(({ status }) => status === 'ok'))
      expect(chart.sentence).toContain(kernel.split('/')[1]);
  });

  it('sorts by a column and says so', async () => {
    await (await find(page, '>>> tw-results-table >>> th:nth-child(3) button')).click();
    const times = await page.$$eval('>>> tw-results-table >>> tbody tr', (rows) =>
      rows.map((row) => row.dataset.kernel),
    );
    expect(await page.$eval('>>> tw-results-table >>> th:nth-child(3)', (th) => th.getAttribute('aria-sort'))).toBe(
      'ascending',
    );
    const results = await storedResults(page);
    const byTime = results.rows.filter((row) => row.time).sort((a, b) => a.time!.meanNs - b.time!.meanNs);
    expect(times.slice(0, byTime.length)).toEqual(byTime.map((row) => row.kernel));
  });

  it('puts the settings into the address', async () => {
    expect(new URL(page.url()).search).toMatch(/^\?op=gemm-f32&m=\d+&n=\d+&k=\d+$/);
  });

  it('keeps the run, and shows it in the history', async () => {
    await goTo(page, '#/history');
    await waitForText(page, /gemm-f32 m=\d+/);
    await (await find(page, '>>> tw-history-page >>> tbody input[type=checkbox]')).click();
    await waitForText(page, /software adapter.*kernel verified time rate/);
    await goTo(page, '#/');
  });

  it('logs no error and breaks no rule of its content security policy', () => {
    expect(opened.errors).toEqual([]);
  });
});

describe('run and cancel', () => {
  it('stops by key, keeps what it has, resumes, and runs again by key', { timeout: 240_000 }, async () => {
    const { page } = await stage.open(small);
    // Not before all are verified: a row that was not yet looked at is none. The time left is told before that.
    const verified = async () => (await rowsOf(page)).filter(({ status }) => status === 'ok').length;
    await expect.poll(verified, { timeout: 60_000, interval: 50 }).toBe(2);
    await page.keyboard.press('Escape');
    await waitForText(page, /cancelled/i, 30_000);
    await takeShot(page, 'cancelled-1440-light', false);
    expect((await rowsOf(page)).map(({ status }) => status)).toEqual(['ok', 'ok']);
    await waitForText(page, /Resume/);
    await press(page, 'Resume');
    await waitForText(page, /left/);
    await waitForEnd(page);
    for (const { text } of await rowsOf(page)) expect(text).toMatch(/FLOP\/s|No time: /);
    await page.keyboard.press('r');
    await waitForText(page, /left/);
    await press(page, 'Cancel');
    await waitForEnd(page);
  });
});

describe('results files', () => {
  it('are read into the history and held side by side; a bad one is named', { timeout: 120_000 }, async () => {
    const { page } = await stage.open(small);
    await waitForText(page, /being timed|so far/);
    await waitForEnd(page);
    const results = JSON.stringify(await storedResults(page));
    const folder = mkdtempSync(join(tmpdir(), 'tilewatt-results-'));
    writeFileSync(join(folder, 'good.json'), results);
    writeFileSync(join(folder, 'bad.json'), results.replace('"samples":', '"samples":-'));
    await goTo(page, '#/history');
    const input = (await find(page, '>>> tw-history-page >>> input[type=file]')) as ElementHandle<HTMLInputElement>;
    await input.uploadFile(join(folder, 'bad.json'), join(folder, 'good.json'));
    const text = await waitForText(page, /good\.json/);
    expect(text).toMatch(/bad\.json was not read: rows\.\d+\.time\.samples/);
    const boxes = await page.$$('>>> tw-history-page >>> tbody input[type=checkbox]');
    expect(boxes.length).toBe(2);
    await boxes[1]!.click();
    const both = await waitForText(page, /The runs were made apart/);
    expect(both).toMatch(/gemm-f32\/naive.*1\.00× \(/);
    await takeShot(page, 'history-side-by-side-1440-light');
    rmSync(folder, { recursive: true });
  });
});

describe('the address', () => {
  it('does not start by itself what would take long, and says what a size too large needs', {
    timeout: 60_000,
  }, async () => {
    const { page } = await stage.open('?op=gemm-f32&m=65536&n=65536&k=65536');
    await waitForText(page, /takes long on this device/);
    await press(page, 'Run');
    const text = await waitForText(page, /None of the \d+ kernels of gemm-f32 is supported here/);
    expect(text).toMatch(/16\.0\sGiB.*GiB|GiB.*bytes|bytes.*bytes/);
    await takeShot(page, 'too-large-1440-light', false);
  });

  it('reproduces the form, and back undoes a change', { timeout: 120_000 }, async () => {
    const query = `${small}&naive.groupX=8&baseline=direct&seed=7&distribution=laplace&thoroughness=careful&cache=cold`;
    const { page } = await stage.open(`${query}#/method`);
    await waitForText(page, /How each number is made/);
    await goTo(page, '#/');
    await find(page, '>>> tw-kernel-picker >>> input[type=checkbox]');
    // The form follows the address a moment later.
    await expect
      .poll(() => formOf(page), { timeout: 10_000 })
      .toMatchObject({ sizes: ['32', '48', '40'], cache: 'cold', thoroughness: 'careful', seed: '7' });
    expect(new URL(page.url()).search).toBe(query);
    const size = await find(page, '>>> tw-controls >>> .sizes input');
    const change = async (): Promise<string> => {
      await size.click({ count: 3 });
      await size.type('64');
      await page.keyboard.press('Tab');
      return page.evaluate(() => location.search);
    };
    // The device may answer while one types, and the form is then drawn anew.
    await expect.poll(change, { timeout: 20_000, interval: 500 }).toContain('m=64&n=48');
    await page.goBack();
    await page.waitForFunction(() => location.search.includes('m=32'));
    await expect.poll(async () => (await formOf(page)).sizes, { timeout: 10_000 }).toEqual(['32', '48', '40']);
  });

  it('says what it cannot follow and goes on with defaults', { timeout: 120_000 }, async () => {
    const { page } = await stage.open('?op=gemm-f32&m=12.5&n=8&k=8&kernels=naive,warp9&cache=warm&colour=red');
    const text = await waitForText(page, /no kernel "warp9"/);
    expect(text).toMatch(/m must be a positive integer, not "12.5"\. A size that suits this device is used\./);
    expect(text).toMatch(/"warm" is no cache/);
    expect(text).toMatch(/"colour"/);
    await takeShot(page, 'bad-address-1440-light', false);
    await waitForText(page, /Measuring gemm-f32|is fastest|takes/);
    await press(page, 'Cancel');
    await waitForEnd(page);
  });

  it('says so where an operation or a place does not exist', async () => {
    const { page } = await stage.open('?op=gemm-f99#/kernel/gemm-f32/none');
    await waitForText(page, /There is no kernel gemm-f32\/none/);
    await goTo(page, '#/nowhere');
    await waitForText(page, /There is no place/);
  });

  it('shows the WGSL of a kernel as compiled with its tunables', async () => {
    const { page } = await stage.open('?op=gemm-f32&m=32&n=32&k=32&naive.groupX=8#/kernel/gemm-f32/naive');
    await waitForText(page, /const GROUP_X = 8 ;|const GROUP_X = 8;/);
    expect(await waitForText(page, /The register tile/)).toMatch(/γₖ/);
    await page.evaluate('window.stayed = true');
    await (await find(page, '>>> tw-kernel-page >>> a[href^="?"]')).click();
    await waitForText(page, /Thoroughness/);
    expect(new URL(page.url()).search).toBe('?op=gemm-f32&m=32&n=32&k=32&naive.groupX=8');
    expect(await page.evaluate('window.stayed')).toBe(true);
  });
});

async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((next) => {
    location.hash = next;
  }, hash);
}

function formOf(page: Page) {
  return page.evaluate(() => {
    const form = document
      .querySelector('tw-app')!
      .shadowRoot!.querySelector('tw-compare-page')!
      .shadowRoot!.querySelector('tw-controls')!.shadowRoot!;
    const checked = (name: string) => form.querySelector<HTMLInputElement>(`input[name=${name}]:checked`)?.value;
    return {
      sizes: [...form.querySelectorAll<HTMLInputElement>('.sizes input')].map((input) => input.value),
      cache: checked('cache'),
      thoroughness: checked('thoroughness'),
      seed: form.querySelector<HTMLInputElement>('.pair input')?.value,
    };
  });
}

interface Kept {
  readonly rows: readonly { readonly kernel: string; readonly time?: { readonly meanNs: number } }[];
}

/** The newest run in the page's own store. */
function storedResults(page: Page): Promise<Kept> {
  return page.evaluate(
    () =>
      new Promise<Kept>((resolve, reject) => {
        const request = indexedDB.open('tilewatt');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const all = request.result.transaction('runs').objectStore('runs').getAll();
          all.onsuccess = () => {
            request.result.close();
            resolve(all.result.at(-1).results);
          };
        };
      }),
  );
}
