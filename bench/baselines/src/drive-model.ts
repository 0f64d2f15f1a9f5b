/** `npm run bench:baselines -- --model FILE`: a whole model for everyone, in the same page. */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { version } from '../../../package.json';
import { fromText, toText } from '../../../src/cli/crossing.js';
import { loadFile } from '../../../src/cli/model-files.js';
import { progressLine } from '../../../src/cli/progress.js';
import { scalingOf } from '../../../src/cli/scaling.js';
import { renderTable } from '../../../src/cli/text-table.js';
import type { ModelFile } from '../../../src/models/file.js';
import type { ModelReport, ModelRequest } from './model/contract.js';
import { modelReportOf, oursFailedIn } from './model/report.js';
import { openBaselines } from './open.js';

export interface ModelOptions {
  readonly model: string;
  readonly data: string | undefined;
  readonly labels: string | undefined;
  readonly scale: string | undefined;
  readonly items: string | undefined;
  readonly batch: string;
  readonly rounds: string;
  readonly threads: string;
  readonly seconds: number;
  readonly seed: number;
  readonly json: string;
}

/** @returns the exit code. @throws UsageError, Error for options that cannot be meant. */
export async function driveModel(options: ModelOptions): Promise<number> {
  const { data, labels, items, scale, seconds, seed, json } = options;
  if (data === undefined) throw new Error('--model needs --data FILE: the items to run it on.');
  const request: ModelRequest = {
    model: named(options.model),
    data: named(data),
    ...(labels === undefined ? {} : { labels: named(labels) }),
    scaling: scalingOf(scale),
    batch: whole('--batch', options.batch),
    ...(items === undefined ? {} : { items: whole('--items', items) }),
    rounds: whole('--rounds', options.rounds),
    threads: whole('--threads', options.threads),
    seconds,
  };
  const report = await collect(request, seed);
  writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  console.log(modelReportOf(report, renderTable));
  console.log(`Written to ${json}.`);
  return oursFailedIn(report) ? 1 : 0;
}

/** With the last part of its path as its name: where it lies is nobody's business. */
function named(path: string): ModelFile {
  return { ...loadFile(path), name: basename(path) };
}

function whole(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${option} must be a whole number from 1, not ${text}.`);
  return value;
}

async function collect(request: ModelRequest, seed: number): Promise<ModelReport> {
  const line = progressLine();
  const { browser, page, close } = await openBaselines(line.say);
  try {
    await page.exposeFunction('baselinesSay', (text: string) => line.update({ text, fraction: 0 }));
    const about = await page.evaluate((...args) => globalThis.baselines!.environment(...args), seed, request.seconds);
    const environment = { version, runtime: await browser.version(), ...about };
    const given = toText({ environment, request }, (bytes) => Buffer.from(bytes).toString('base64'));
    const report = await page.evaluate((text) => globalThis.baselines!.compareModel(text), given);
    return fromText(report, () => new Uint8Array()) as ModelReport;
  } finally {
    line.clear();
    await close();
  }
}
