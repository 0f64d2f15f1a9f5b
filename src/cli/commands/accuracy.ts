/** `tilewatt accuracy`: quantization schemes on a model and labelled data, compared on the same items. */
import { formatBytes, formatTime, plain, significant } from '../../bench/format.js';
import type { Interval, QuantizeSettings, SchemeRow, SchemesReport } from '../../worker/models-api.js';
import type { Command } from '../command.js';
import { type Jobs, withJobs } from '../job.js';
import { loadFile, okOr, only, openInRuntime } from '../model-files.js';
import type { Settings } from '../options.js';
import { write } from '../output.js';
import { RuntimeFailure } from '../runtime.js';
import { scalingOf } from '../scaling.js';
import { renderTable } from '../text-table.js';
import { UsageError } from '../usage.js';

export const accuracy: Command = {
  synopsis: 'accuracy MODEL',
  about: 'what quantization schemes do to accuracy, size and time on your data',
  detail: [
    'Every scheme runs on the same items; f32 is the model as given. Intervals are bootstrap 95 %. Times are wall clock of whole',
    'batches, taken in interleaved rounds. "native" counts layers on a kernel of their format; the others compute with rounded',
    'values in f32. Token ids without labels give perplexity in place of accuracy.',
  ].join('\n'),
  options: [
    'runtime',
    'data',
    'labels',
    'schemes',
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
  examples: [
    [
      'tilewatt accuracy model.onnx --data images.idx.gz --labels labels.idx.gz --schemes f32,int8,int4-g32 --json -',
      'for programs',
    ],
    [
      'tilewatt accuracy model.onnx --data x.npz --schemes int4-g32 --method gptq --scale 0-1',
      'one scheme, error feedback, bytes as 0…1',
    ],
  ],
  run: async ({ positionals, settings }) => {
    const path = only('accuracy', 'a file such as model.onnx', positionals);
    if (settings.data === undefined) throw new UsageError('accuracy needs --data FILE: the items to feed.');
    const schemes = settings.schemes ?? ['f32', 'int8', 'int8-dynamic', 'int4-g32'];
    return withJobs(settings, async (jobs) => {
      const { report, reason } = await compared(jobs, path, settings, schemes);
      const { json } = settings.outputs;
      if (json !== undefined) write(json, `${JSON.stringify(report, null, 2)}\n`);
      if (json !== '-') console.log(plain(describe(report)));
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
): Promise<{ readonly report: SchemesReport; readonly reason?: string }> {
  const { api, follow } = jobs;
  const model = await openModelAndData(jobs, path, settings);
  const { batch = 100, seed } = settings;
  const given = schemes.map((scheme) => settingsOf(settings, scheme));
  const request = { ...model, settings: given, batch, seed };
  const outcome = await follow((job, onProgress) => api.compareSchemes({ ...request, job }, onProgress));
  if (outcome.status === 'ok') return { report: outcome.report };
  if (outcome.report === undefined) throw new RuntimeFailure(outcome.reason);
  return { report: outcome.report, reason: outcome.reason };
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
  const data = await jobs.api.openData({
    model: card.id,
    file: loadFile(settings.data!),
    scaling: scalingOf(settings.scale),
    ...(labels === undefined ? {} : { labels: loadFile(labels) }),
    ...(limit === undefined ? {} : { limit }),
  });
  return { model: card.id, data: okOr(data).card.id };
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
  const columns = [
    { title: 'scheme', align: 'left' },
    { title: 'weights', align: 'right' },
    { title: tokens ? 'perplexity' : 'top-1', align: 'right' },
    { title: 'agrees', align: 'right' },
    { title: 'KL, nats', align: 'right' },
    { title: 'time per batch', align: 'right' },
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
    row.native === undefined ? '' : `${row.native} of ${row.native + (row.simulated ?? 0)}`,
    row.status === 'ok' ? (front.includes(i) ? 'on the front' : '') : `${row.status}: ${row.reason}`,
  ]);
  const head = `${model.name} on ${data.items.toLocaleString('en')} items (SHA-256 ${data.hash.slice(0, 12)}…)`;
  return [head, renderTable({ columns, rows: cells }), recommendation].filter((part) => part !== '').join('\n\n');
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

function timeCell({ time }: SchemeRow): string {
  if (time === undefined) return '';
  const half = (time.ci95Ms[1] - time.ci95Ms[0]) / 2;
  return `${formatTime(time.meanMs * 1e6)} ± ${formatTime(half * 1e6)} for ${time.batch}`;
}
