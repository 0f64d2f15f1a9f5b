/** The layers of schemes in the terminal: an X-ray of each, and the scheme scored again without its worst layers. */
import { significant } from '../bench/format.js';
import type {
  CompareSchemesRequest,
  ErrorFigures,
  SchemeRow,
  SchemesReport,
  XrayReport,
} from '../worker/models-api.js';
import type { Exclusion, ReportFile } from '../worker/models-report.js';
import { xrayItems, xrayLayersAlone } from '../worker/quantize-api.js';
import type { Jobs } from './job.js';
import type { Settings } from './options.js';
import { renderTable } from './text-table.js';

type Subject = Pick<CompareSchemesRequest, 'model' | 'data' | 'batch' | 'seed' | 'energy'>;

/** What could not be had is said and left out. */
export async function lookIntoLayers(
  jobs: Jobs,
  subject: Subject,
  { rows }: SchemesReport,
  { worst = 0 }: Pick<Settings, 'worst'>,
): Promise<Pick<ReportFile, 'xrays' | 'exclusions'>> {
  const xrays: Record<string, XrayReport> = {};
  const exclusions: Exclusion[] = [];
  for (const row of rows.filter(({ status, scheme }) => status === 'ok' && scheme !== 'f32')) {
    if (!jobs.complete()) break;
    const { scheme, settings } = row;
    const oneAtATime = (row.layers?.length ?? 0) <= xrayLayersAlone;
    const { model, data, seed } = subject;
    const request = { model, data, seed, settings, items: xrayItems, oneAtATime };
    const outcome = await jobs.follow((job, onProgress) => jobs.api.xray({ ...request, job }, onProgress));
    if (outcome.status !== 'ok') {
      jobs.say(`${scheme}, layers: ${outcome.reason}`);
      continue;
    }
    xrays[scheme] = outcome.report;
    const names = outcome.report.rows.map(({ layer }) => layer);
    for (let count = 1; count <= Math.min(worst, names.length) && jobs.complete(); count++) {
      const found = await scoredWithout(jobs, subject, row, names.slice(0, count));
      if (found) exclusions.push({ scheme, count, row: found });
    }
  }
  return { xrays, exclusions };
}

async function scoredWithout(
  { api, follow, say }: Jobs,
  subject: Subject,
  { scheme, settings }: SchemeRow,
  layers: readonly string[],
): Promise<SchemeRow | undefined> {
  const exclude = [...(settings.exclude ?? []), ...layers];
  const request = { ...subject, settings: [{ scheme: 'f32' }, { ...settings, exclude }] };
  const outcome = await follow((job, onProgress) => api.compareSchemes({ ...request, job }, onProgress));
  if (outcome.status === 'ok') return outcome.report.rows.at(-1);
  say(`${scheme} without ${layers.join(', ')}: ${outcome.reason}`);
  return undefined;
}

/** A table for each scheme, worst layer first, and whether kernels and host agree. */
export function describeLayers(
  { report, xrays, exclusions = [] }: ReportFile,
  score: (row: SchemeRow) => string,
): string {
  const parts = Object.entries(xrays).flatMap(([scheme, xray]) => {
    const row = report.rows.find((each) => each.scheme === scheme);
    const points = exclusions.filter((each) => each.scheme === scheme);
    const scored = points.map(({ count, row: without }) => `  without its worst ${count}: ${score(without)}`);
    return [
      `${scheme}, layer by layer on ${xrayItems} items at most`,
      tableOf(xray, row),
      xray.kernelError,
      scored.join('\n'),
    ];
  });
  return parts.filter((part) => part !== '').join('\n\n');
}

function tableOf({ rows }: XrayReport, scheme: SchemeRow | undefined): string {
  if (rows.length === 0) return '';
  const computed = new Map(scheme?.layers?.map((layer) => [layer.name, layer.computed]));
  const titles = ['SQNR', 'weights', 'activations', 'cosine', 'max error', 'only this', 'all but this'];
  const columns = [
    ...['layer', 'operator', 'computed'].map((title) => ({ title, align: 'left' }) as const),
    ...titles.map((title) => ({ title, align: 'right' }) as const),
  ];
  const cells = rows.map(({ layer, op, both, weights, activations, onlyThis, allButThis }) => [
    layer,
    op,
    computed.get(layer) ?? '',
    decibels(both),
    decibels(weights),
    decibels(activations),
    both.cosine.toFixed(5),
    significant(both.maxError),
    percent(onlyThis),
    percent(allButThis),
  ]);
  return renderTable({ columns, rows: cells });
}

function decibels(figures: ErrorFigures | undefined): string {
  if (figures === undefined) return '';
  return Number.isFinite(figures.sqnr) ? `${figures.sqnr.toFixed(1)} dB` : 'exact';
}

function percent(share: number | undefined): string {
  return share === undefined ? '' : `${(100 * share).toFixed(1)} %`;
}
