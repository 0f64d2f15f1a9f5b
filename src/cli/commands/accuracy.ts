/** `tilewatt accuracy`: quantization schemes on a model and labelled data, compared on the same items. */
import { formatBytes, formatRange, formatRatioInterval, plain, significant, verdictMarks } from '../../bench/format.js';
import type { Refusal } from '../../kernel/outcome.js';
import type { Interval, QuantizeSettings, SchemeRow, SchemesReport } from '../../worker/models-api.js';
import { type ReportFile, writeReport } from '../../worker/models-report.js';
import type { Command } from '../command.js';
import { loadItems } from '../data-files.js';
import { extrasFor } from '../extras.js';
import { type Jobs, withJobs } from '../job.js';
import { describeLayers, lookIntoLayers } from '../layers.js';
import { checkThere, loadFile, okOr, only, openInRuntime } from '../model-files.js';
import { formatRuns } from '../model-times.js';
import type { Settings } from '../options.js';
import { print, write } from '../output.js';
import { RuntimeFailure } from '../runtime.js';
import { scalingOf } from '../scaling.js';
import { checkNames, namesOf } from '../scheme-names.js';
import { renderTable } from '../text-table.js';
import { UsageError } from '../usage.js';

export const accuracy: Command = {
  synopsis: 'accuracy MODEL',
  about: 'what quantization schemes do to accuracy, size and time on your data',
  detail: [
    'Every scheme runs on the same items; f32 is the model as given. Intervals are bootstrap 95 %. Times are wall clock of whole',
    'batches, taken in interleaved rounds. "native" counts layers on a kernel of their format; the others compute with rounded',
    'values in f32. Token ids without labels give perplexity in place of accuracy. --data takes IDX, .npy, .npz (arrays under the',
    'names of the inputs where a model has several), CSV, and in Chromium images: a folder or zip with a folder for each class.',
    'The JSON is the report that the page saves and opens.',
    '',
    ...namesOf(),
  ].join('\n'),
  options: [
    'runtime',
    'data',
    'labels',
    'schemes',
    'layers',
    'worst',
    'energy',
    'scale',
    'limit',
    'batch',
    'method',
    'calibrator',
    'calibration-items',
    'exclude',
    'seed',
    'json',
  ],
  flags: { schemes: 'of those above, compared on the same items (default f32,int8,int8-dynamic,int4-g32)' },
  examples: [
    [
      'tilewatt accuracy model.onnx --data images.idx.gz --labels labels.idx.gz --schemes f32,int8,int4-g32 --json -',
      'for programs',
    ],
    [
      'tilewatt accuracy model.onnx --data x.npz --schemes int4-g32 --method gptq --scale 0-1',
      'one scheme, error feedback, bytes as 0…1',
    ],
    [
      'tilewatt accuracy model.onnx --data photos/ --schemes int8 --layers --worst 3',
      'images by class; layer by layer',
    ],
  ],
  run: async ({ positionals, settings }) => {
    const path = only('accuracy', 'a file such as model.onnx', positionals);
    if (settings.data === undefined) throw new UsageError('accuracy needs --data FILE: the items to feed.');
    const schemes = settings.schemes ?? ['f32', 'int8', 'int8-dynamic', 'int4-g32'];
    checkNames(schemes, settings);
    checkModelAndData(path, settings);
    return withJobs(settings, async (jobs) => {
      const { file, reason } = await compared(jobs, path, settings, schemes);
      const { report } = file;
      const { json } = settings.outputs;
      if (json !== undefined) write(json, writeReport(file));
      if (json !== '-') print(plain([describe(report), describeLayers(file, scoreOf)].filter(Boolean).join('\n\n')));
      if (reason !== undefined) jobs.say(reason);
      return reason === undefined && report.rows.every(({ status }) => status === 'ok') ? 0 : 1;
    });
  },
};

async function compared(
  jobs: Jobs,
  path: string,
  settings: Settings,
  schemes: readonly string[],
): Promise<{ readonly file: ReportFile; readonly reason?: string }> {
  const { api, follow } = jobs;
  const model = await openModelAndData(jobs, path, settings);
  const { batch = 100, seed } = settings;
  const { energy } = await extrasFor(jobs, settings);
  const subject = { ...model, batch, seed, ...(energy ? { energy } : {}) };
  const request = { ...subject, settings: schemes.map((scheme) => settingsOf(settings, scheme)) };
  const outcome = await follow((job, onProgress) => api.compareSchemes({ ...request, job }, onProgress));
  const { report } = outcome;
  if (report === undefined) throw new RuntimeFailure((outcome as Refusal).reason);
  if (outcome.status !== 'ok') return { file: { report, xrays: {} }, reason: outcome.reason };
  const layers = settings.layers ? await lookIntoLayers(jobs, subject, report, settings) : { xrays: {} };
  return { file: { report, ...layers } };
}

/** Before a browser is started. @throws UsageError */
export function checkModelAndData(path: string, { data, labels, scale }: Settings): void {
  scalingOf(scale);
  checkThere(path, data, labels);
}

/** @throws RuntimeFailure saying what is wrong with either file. */
export async function openModelAndData(
  jobs: Jobs,
  path: string,
  settings: Settings,
): Promise<{ readonly model: string; readonly data: string }> {
  const card = await openInRuntime(jobs, path);
  if (card.unsupported.length > 0)
    throw new RuntimeFailure('The model cannot be run; tilewatt inspect shows the rest.');
  const { labels, limit } = settings;
  const request = {
    model: card.id,
    ...loadItems(settings.data!, labels === undefined ? limit : undefined),
    scaling: scalingOf(settings.scale),
    ...(labels === undefined ? {} : { labels: loadFile(labels) }),
    ...(limit === undefined ? {} : { limit }),
  };
  const data = okOr(await jobs.follow((_, onProgress) => jobs.api.openData(request, onProgress)));
  for (const remark of data.card.remarks ?? []) jobs.say(remark);
  return { model: card.id, data: data.card.id };
}

export function settingsOf(settings: Settings, scheme: string): QuantizeSettings {
  const { method, calibrator, calibrationItems, exclude } = settings;
  return {
    scheme,
    ...(method === undefined ? {} : { method }),
    ...(calibrator === undefined ? {} : { calibrator }),
    ...(calibrationItems === undefined ? {} : { calibrationItems }),
    ...(exclude.length === 0 ? {} : { exclude }),
  };
}

function describe({ rows, recommendation, front, data, model }: SchemesReport): string {
  const tokens = data.kind === 'tokens';
  const energy = rows.some(({ joules }) => joules);
  const columns = [
    { title: 'scheme', align: 'left' },
    { title: 'weights', align: 'right' },
    { title: tokens ? 'perplexity' : 'top-1', align: 'right' },
    { title: 'agrees', align: 'right' },
    { title: 'KL, nats', align: 'right' },
    { title: 'time per batch', align: 'right' },
    { title: 'speed against f32', align: 'right' },
    ...(energy ? [{ title: 'energy', align: 'right' } as const] : []),
    { title: 'native', align: 'right' },
    { title: '', align: 'left' },
  ] as const;
  const cells = rows.map((row, i) => [
    row.scheme,
    row.bytes === undefined ? '' : plain(formatBytes(row.bytes)),
    tokens ? amount(row.perplexity) : share(row.top1),
    share(row.agreement),
    amount(row.divergence),
    timeCell(row),
    speedCell(row),
    ...(energy ? [joulesCell(row)] : []),
    row.native === undefined ? '' : `${row.native} of ${row.native + (row.simulated ?? 0)}`,
    row.status === 'ok' ? (front.includes(i) ? 'on the front' : '') : `${row.status}: ${row.reason}`,
  ]);
  const head = `${model.name} on ${data.items.toLocaleString('en')} items (SHA-256 ${data.hash.slice(0, 12)}…)`;
  return [head, renderTable({ columns, rows: cells }), recommendation].filter((part) => part !== '').join('\n\n');
}

/** What a scheme is judged by, in one phrase. */
function scoreOf({ status, reason, top1, perplexity, agreement, bytes = 0 }: SchemeRow): string {
  if (status !== 'ok') return `${status}: ${reason}`;
  const score = top1
    ? `top-1 ${share(top1)}`
    : perplexity
      ? `perplexity ${amount(perplexity)}`
      : `agrees ${share(agreement)}`;
  return `${score}, ${formatBytes(bytes)}`;
}

function share(interval: Interval | undefined): string {
  if (interval === undefined) return '';
  const [low, high] = interval.ci95.map((end) => (100 * end).toFixed(2));
  return `${(100 * interval.value).toFixed(2)} % (${low} … ${high})`;
}

function amount(interval: Interval | undefined): string {
  if (interval === undefined) return '';
  const text = (value: number): string =>
    value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential(1) : significant(value);
  return `${text(interval.value)} (${interval.ci95.map(text).join(' … ')})`;
}

function joulesCell({ joules }: SchemeRow): string {
  return joules ? `${formatRange(joules.low, joules.high, 'J')} ${joules.tier}` : '';
}

function speedCell({ speed }: SchemeRow): string {
  if (!speed) return '';
  const { ratio, ci95, verdict } = speed;
  return `${formatRatioInterval({ ratio, ci95: [...ci95] })} ${verdictMarks[verdict]}`;
}

function timeCell({ time }: SchemeRow): string {
  return time === undefined ? '' : plain(formatRuns(time));
}
