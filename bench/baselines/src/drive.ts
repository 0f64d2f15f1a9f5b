/** `npm run bench:baselines`: drives the page with all rivals in a headless Chromium, prints the tables, writes the JSON. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { version } from '../../../package.json';
import { toJson } from '../../../src/bench/export.js';
import { parseResults, type Results, schemaId } from '../../../src/bench/results.js';
import { firstLine, openPage } from '../../../src/cli/browser.js';
import { progressLine } from '../../../src/cli/progress.js';
import { renderTable } from '../../../src/cli/text-table.js';
import type {} from './driven.js';
import { oursFailed, reportOf } from './report.js';
import type { WorkResult } from './run-work.js';
import { titleOf, works } from './works.js';

const here = dirname(dirname(fileURLToPath(import.meta.url)));

const usage = `npm run bench:baselines -- [options]
  --json FILE      where the results go (bench/baselines/results.json)
  --from FILE      prints the results in a file; measures nothing
  --only TEXT      only work whose title contains it, e.g. int4 or 512
  --seconds N      most seconds for each entrant of each piece of work (6)
  --seed N         seed of the inputs (1)`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'string', default: join(here, 'results.json') },
      from: { type: 'string' },
      only: { type: 'string', default: '' },
      seconds: { type: 'string', default: '6' },
      seed: { type: 'string', default: '1' },
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
  const chosen = works.flatMap((work, index) => (titleOf(work).includes(values.only) ? [index] : []));
  if (chosen.length === 0) {
    const titles = works.map(titleOf).join(', ');
    throw new Error(`No work has "${values.only}" in its title. There are: ${titles}.`);
  }
  const results = await collect(chosen, number('--seed', values.seed), number('--seconds', values.seconds));
  writeFileSync(values.json, toJson(results));
  console.log(reportOf(results, renderTable));
  console.log(`Written to ${values.json}.`);
  return oursFailed(results) ? 1 : 0;
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new Error(`${option} must be a positive number, not ${text}.`);
  return value;
}

async function collect(chosen: readonly number[], seed: number, seconds: number): Promise<Results> {
  const line = progressLine();
  const remedy = 'Run npm run bench:baselines again; it builds what is missing.';
  const opened = await openPage(
    { folder: join(here, 'site'), file: 'index.html', global: 'baselines', remedy },
    line.say,
  );
  const { browser, page, close } = opened;
  try {
    let title = '';
    let done = 0;
    await page.exposeFunction('baselinesSay', (text: string) => {
      line.update({ job: '', phase: 'time', text: `${title}: ${text}`, fraction: done / chosen.length, rows: [] });
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
