/** `npm run bench:baselines`: drives the page with all rivals in a headless Chromium, prints the tables, writes the JSON. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { version } from '../../../package.json';
import { toJson } from '../../../src/bench/export.js';
import { parseResults, type Results, schemaId } from '../../../src/bench/results.js';
import { firstLine } from '../../../src/cli/browser.js';
import { progressLine } from '../../../src/cli/progress.js';
import { renderTable } from '../../../src/cli/text-table.js';
import { driveModel } from './drive-model.js';
import { here, openBaselines } from './open.js';
import { oursFailed, reportOf } from './report.js';
import type { WorkResult } from './run-work.js';
import { titleOf, works } from './works.js';

const usage = `npm run bench:baselines -- [options]
  --json FILE      where the results go (bench/baselines/results.json)
  --from FILE      prints the results in a file; measures nothing
  --only TEXT      only work whose title contains it, e.g. int4 or 512
  --seconds N      most seconds for each entrant of each piece of work (6; with --model 60)
  --seed N         seed of the inputs (1)

A whole ONNX model instead, against onnxruntime-web (results-model.json):
  --model FILE     the model; with one input whose first dimension is open, or 1
  --data FILE      its items: IDX, npy, npz or CSV, also gzipped
  --labels FILE    their classes
  --scale SCALE    0-255 (as stored), 0-1, or mean:deviation such as 0.1307:0.3081
  --items N        only the first N items
  --batch N        items of one run (100)
  --rounds N       rounds of timing (20)
  --threads N      CPU threads of the WASM backend (1)`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
      from: { type: 'string' },
      only: { type: 'string', default: '' },
      seconds: { type: 'string' },
      seed: { type: 'string', default: '1' },
      model: { type: 'string' },
      data: { type: 'string' },
      labels: { type: 'string' },
      scale: { type: 'string' },
      items: { type: 'string' },
      batch: { type: 'string', default: '100' },
      rounds: { type: 'string', default: '20' },
      threads: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (values.from !== undefined) {
    console.log(reportOf(parseResults(readFileSync(values.from, 'utf8')), renderTable));
    return 0;
  }
  const seed = number('--seed', values.seed);
  const { model, data, labels, scale, items, batch, rounds, threads } = values;
  if (model !== undefined) {
    const seconds = number('--seconds', values.seconds ?? '60');
    const json = values.json ?? join(here, 'results-model.json');
    return driveModel({ model, data, labels, scale, items, batch, rounds, threads, seconds, seed, json });
  }
  const json = values.json ?? join(here, 'results.json');
  const chosen = works.flatMap((work, index) => (titleOf(work).includes(values.only) ? [index] : []));
  if (chosen.length === 0) {
    const titles = works.map(titleOf).join(', ');
    throw new Error(`No work has "${values.only}" in its title. There are: ${titles}.`);
  }
  const results = await collect(chosen, seed, number('--seconds', values.seconds ?? '6'));
  writeFileSync(json, toJson(results));
  console.log(reportOf(results, renderTable));
  console.log(`Written to ${json}.`);
  return oursFailed(results) ? 1 : 0;
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new Error(`${option} must be a positive number, not ${text}.`);
  return value;
}

async function collect(chosen: readonly number[], seed: number, seconds: number): Promise<Results> {
  const line = progressLine();
  const { browser, page, close } = await openBaselines(line.say);
  try {
    let title = '';
    let done = 0;
    await page.exposeFunction('baselinesSay', (text: string) => {
      line.update({ text: `${title}: ${text}`, fraction: done / chosen.length });
    });
    const environment = await page.evaluate((...args) => globalThis.baselines!.environment(...args), seed, seconds);
    const parts: WorkResult[] = [];
    for (const index of chosen) {
      title = titleOf(works[index]!);
      parts.push(await page.evaluate((work) => globalThis.baselines!.run(work), index));
      done++;
    }
    const results: Results = {
      schema: schemaId,
      environment: { version, runtime: await browser.version(), ...environment },
      rows: parts.flatMap(({ rows }) => rows),
      comparisons: parts.flatMap(({ comparisons }) => comparisons),
    };
    return parseResults(JSON.stringify(results));
  } finally {
    line.clear();
    await close();
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${firstLine(error)}\n`);
    process.exitCode = 1;
  },
);
