/** The place of models in a real browser: a sample tested at one click, its layers, its file; broken files refused; looks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElementHandle, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModel } from '../../src/models/read.js';
import { spoiled } from '../support/onnx-model.js';
import { given, removeFolder, samples, saved, upload } from './model-files.js';
import {
  find,
  type OpenPage,
  openStage,
  press,
  type Stage,
  takeShot,
  textOf,
  violationsOf,
  waitForText,
} from './site.js';

let stage: Stage;
let opened: OpenPage;
let page: Page;
beforeAll(async () => {
  stage = await openStage();
  opened = await stage.open('#/models?schemes=int8,int4-g32');
  page = opened.page;
  await waitForText(page, /google|SwiftShader|llvmpipe/i);
}, 60_000);
afterAll(async () => {
  await stage?.close();
  removeFolder();
});

describe('a sample', () => {
  it('is offered before anything is uploaded', async () => {
    await waitForText(page, /Try digits.*Try grammar/);
    await looks('models-first');
  }, 60_000);

  it('is tested at one click', async () => {
    await press(page, 'Try digits');
    await waitForText(page, /Report as JSON/, 100_000);
    const text = await textOf(page);
    expect(text).toMatch(/Take .+: it needs/);
    expect(text).toMatch(/f32 .*80\.7\sKiB\s+97\.8\s%\s±\s0\.9/);
    expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
    expect(text).toMatch(/native conv1, conv2, conv3 .*Codes are multiplied and summed as integers/);
    expect(await schemeRows()).toEqual([
      ['f32', 'ok'],
      ['int8', 'ok'],
      ['int4-g32', 'ok'],
    ]);
    expect(await page.evaluate(() => location.hash)).toContain('sample=digits');
    const chart = await find(page, '>>> tw-pareto-chart >>> figure svg');
    expect(await chart.evaluate((svg) => svg.getAttribute('aria-label'))).toMatch(
      /Top-1 against size: f32 80\.7.*97\.8 %.* Nothing beats in both: int4-g32/,
    );
  }, 120_000);

  it('is looked into layer by layer, worst first, and scored without the worst', async () => {
    await press(page, 'Look into the layers');
    await waitForText(page, /Look again/, 100_000);
    const layers = await page.$$eval('>>> tw-xray-table >>> tbody tr', (rows) =>
      rows.map((row) => ({
        layer: row.dataset.layer,
        sqnr: Number.parseFloat(row.querySelectorAll('td')[0]!.innerText),
      })),
    );
    expect(layers.map(({ layer }) => layer).sort()).toEqual(['conv1', 'conv2', 'conv3', 'fc1', 'fc2']);
    expect(layers.map(({ sqnr }) => sqnr)).toEqual(layers.map(({ sqnr }) => sqnr).sort((a, b) => a - b));
    await press(page, 'Score without 1 layer');
    await waitForText(page, /Left out\s+Top-1/, 100_000);
    expect(await textOf(page)).not.toMatch(/NaN|undefined|\[object/);
  }, 180_000);

  it('is scored where the slider of the worst layers comes to rest', async () => {
    const slider = await find(page, '>>> tw-model-xray >>> input[type=range]');
    const scored = () =>
      page.$$eval('>>> tw-model-xray >>> .points tbody tr', (rows) =>
        rows.map((row) => [row.querySelector('th')!.innerText, row.ariaCurrent]),
      );
    expect(await scored()).toEqual([
      ['0', null],
      ['1', 'true'],
    ]);
    // Two presses close together are one score, of where they end.
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await waitForPoints(3);
    expect(await scored()).toEqual([
      ['0', null],
      ['1', null],
      ['3', 'true'],
    ]);
    // What is scored is not scored again; what the pointer drags to is.
    await page.keyboard.press('Home');
    expect((await scored())[0]).toEqual(['0', 'true']);
    const box = (await slider.boundingBox())!;
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + 8, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, y, { steps: 5 });
    await page.mouse.move(box.x + box.width - 2, y, { steps: 5 });
    await page.mouse.up();
    await waitForPoints(4);
    expect((await scored()).at(-1)).toEqual(['5', 'true']);
    expect(await textOf(page)).not.toMatch(/Score without|NaN|undefined|\[object/);
  }, 180_000);

  it('is downloaded quantized', async () => {
    const file = await saved(page, () => press(page, 'Download'));
    const model = readModel({ name: 'quantized.onnx', bytes: file });
    expect('graph' in model && model.graph.nodes.some(({ op }) => /QuantizeLinear|MatMulNBits/.test(op))).toBe(true);
  }, 60_000);

  it('looks as it should with results', async () => {
    await looks('models-results');
    expect(opened.errors).toEqual([]);
  }, 120_000);
});

/** Waits until so many points are scored with the worst layers left out. */
async function waitForPoints(count: number): Promise<void> {
  for (const end = Date.now() + 100_000; Date.now() < end; ) {
    const rows = await page.$$('>>> tw-model-xray >>> .points tbody tr');
    if (rows.length === count) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`There are no ${count} points`);
}

describe('a worker that was started anew', () => {
  it('is given the model and its data again', async () => {
    await page.evaluate(() => {
      const app = document.querySelector('tw-app') as unknown as { workbench: { restartWorker(): Promise<void> } };
      return app.workbench.restartWorker();
    });
    await waitForText(page, /google|SwiftShader|llvmpipe/i);
    await page.keyboard.press('r');
    await waitForText(page, /Testing digits\.onnx/);
    await waitForText(page, /Report as JSON/, 100_000);
    expect(await schemeRows()).toHaveLength(3);
  }, 120_000);
});

describe('a report', () => {
  it('is saved, and read again on another page', async () => {
    const json = Buffer.from(await saved(page, () => press(page, 'Report as JSON'))).toString('utf8');
    const path = given('my-report.json', Buffer.from(json));
    const other = await stage.open('#/models');
    await upload(other.page, 'Model files', path);
    const text = await waitForText(other.page, /This report was read from my-report\.json/);
    expect(text).toMatch(/97\.8\s%\s±\s0\.9/);
    const broken = given('broken-report.json', Buffer.from(json.replace('"rows": [', '"rows": [{},')));
    await upload(other.page, 'Other model files', broken);
    await waitForText(other.page, /broken-report\.json: rows\.0\.\w+ is not as a report of models has it/);
    expect(await textOf(other.page)).toMatch(/This report was read from my-report\.json/);
    expect(other.errors).toEqual([]);
    await other.page.close();
  }, 60_000);
});

describe('files that cannot be used', () => {
  it('are refused by name, field and rule, and what was open stays', async () => {
    const whole = readFileSync(join(samples, 'digits.onnx'));
    await upload(page, 'Other model files', given('cut.onnx', whole.subarray(0, whole.length - 1000)));
    const text = await waitForText(page, /cut\.onnx: /);
    expect(text).toMatch(/What is in digits\.onnx/);
    await upload(page, 'Other model files', given('notes.onnx', Buffer.from('<!doctype html><title>404</title>')));
    await waitForText(page, /notes\.onnx: the file is a page of HTML/);
    expect(await textOf(page)).toMatch(/What is in digits\.onnx/);
  }, 60_000);

  it('are asked about before much memory is taken', async () => {
    await upload(page, 'Other model files', given('big.onnx', Buffer.alloc(65 * 2 ** 20)));
    await waitForText(page, /Opening big\.onnx takes 65\sMiB of memory/);
    await press(page, 'Open it');
    await waitForText(page, /big\.onnx: the file is in no format that is read here/);
    expect(await textOf(page)).toMatch(/What is in digits\.onnx/);
  }, 60_000);

  it('are data with labels of another number', async () => {
    const labels = readFileSync(join(samples, 'digits-labels.idx'));
    const few = Buffer.from(labels.subarray(0, 8 + 10));
    few.writeUInt32BE(10, 4);
    const input = await find(page, '>>> tw-model-data >>> label:nth-of-type(3) input');
    await (input as ElementHandle<HTMLInputElement>).uploadFile(given('few-labels.idx', few));
    await waitForText(page, /few-labels\.idx: has 10 labels, but digits-images\.idx has 1000 examples/);
    expect(await textOf(page)).toMatch(/1,000 items of \[ ?16, 16 ?\] ?, labelled/);
  }, 60_000);

  it('are models with an operator that is not known: named before running, and still inspected', async () => {
    const odd = spoiled(({ graph }) => {
      graph.node[2]!.opType = 'Sparkle';
    });
    await upload(page, 'Other model files', given('odd.onnx', Buffer.from(odd)));
    const text = await waitForText(page, /odd\.onnx can be inspected, but not run here/);
    expect(text).toMatch(/Not run here: .*Sparkle/);
    expect(text).toMatch(/✕ Sparkle/);
    const disabled = await page.$eval(
      '>>> tw-run-bar >>> button.primary',
      (button) => (button as HTMLButtonElement).disabled,
    );
    expect(disabled).toBe(true);
  }, 60_000);
});

describe('a test that is going on', () => {
  it('is cancelled with Escape, and keeps what it has', async () => {
    const { page: other, errors } = await stage.open('#/models?sample=grammar&schemes=int8,int4-g32,nf4-g64,int3-g32');
    await waitForText(other, /grammar\.onnx is ready to be tested/, 60_000);
    await other.keyboard.press('r');
    await waitForText(other, /Testing grammar\.onnx under 5 schemes/);
    await waitForText(other, /f32 .*307\sKiB\s+1\.471/, 150_000);
    await other.keyboard.press('Escape');
    await waitForText(other, /[Cc]ancelled/, 60_000);
    expect(await textOf(other)).toMatch(/f32 .*307\sKiB\s+1\.471/);
    expect(errors).toEqual([]);
    await other.close();
  }, 300_000);
});

function schemeRows(): Promise<readonly (readonly [string, string])[]> {
  return page.$$eval('>>> tw-scheme-table >>> tbody tr', (rows) =>
    rows.map((row) => [row.dataset.scheme ?? '', row.dataset.status ?? ''] as const),
  );
}

/** Both widths in both schemes: nothing wider than the screen, accessible by axe's rules, a screenshot of each. */
async function looks(name: string): Promise<void> {
  for (const [width, height] of [
    [390, 844],
    [1440, 900],
  ] as const) {
    for (const scheme of ['light', 'dark']) {
      await page.setViewport({ width, height });
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await new Promise((wake) => setTimeout(wake, 300));
      await takeShot(page, `${name}-${width}-${scheme}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      expect(await violationsOf(page)).toEqual([]);
    }
  }
}
