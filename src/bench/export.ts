/** Results as JSON, Markdown and as a table of short texts: what the page copies and the command line prints. */
import type { Shape } from '../kernel/operation.js';
import {
  formatAccuracy,
  formatBandwidth,
  formatEnergy,
  formatErrors,
  formatPlace,
  formatRate,
  formatRatioInterval,
  formatShape,
  formatTime,
  formatTiming,
  formatVerified,
  none,
  plain,
  significant,
  verdictMarks,
} from './format.js';
import type { Accuracy, Comparison, Environment, ResultRow, Results, RowPlace } from './results.js';

/** Rows whose times may be compared: of one operation at one shape, and those of other operations compared with them. */
export interface ResultGroup {
  readonly operation: string;
  readonly shape: Shape;
  readonly rows: readonly ResultRow[];
  /** Kernel the others are compared with, where there was one. */
  readonly baseline?: string;
  /** Place on the axis of a sweep. */
  readonly at?: number;
}

export interface TextTable {
  readonly columns: readonly { readonly title: string; readonly align: 'left' | 'right' }[];
  readonly rows: readonly (readonly string[])[];
}

export function groupsOf(results: Results): readonly ResultGroup[] {
  const groups = new Map<string, ResultRow[]>();
  for (const row of results.rows) {
    const { operation, shape, at } = hostOf(results, row);
    const key = `${operation} ${formatShape(shape)} ${at}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((rows) => {
    const { operation, shape, at } = hostOf(results, rows[0]!);
    const baseline = rows.map((row) => comparisonOf(results, row)?.b).find((kernel) => kernel !== undefined);
    return {
      operation,
      shape,
      rows,
      ...(baseline === undefined ? {} : { baseline }),
      ...(at === undefined ? {} : { at }),
    };
  });
}

/** The row whose operation and shape title the table: the baseline's for a kernel of another operation, else its own. */
function hostOf(results: Results, row: ResultRow): ResultRow {
  const baseline = comparisonOf(results, row)?.b;
  const candidates = results.rows.filter(({ kernel, at }) => kernel === baseline && at === row.at);
  if (candidates.some(({ operation }) => operation === row.operation)) return row;
  return candidates.find(({ shape }) => agree(shape, row.shape)) ?? row;
}

/** Whether two shapes have the same value for every size they share. */
function agree(one: Shape, other: Shape): boolean {
  return Object.entries(one).every(([name, value]) => (other[name] ?? value) === value);
}

/** How a row compares with the baseline; absent for the baseline itself and for what was not compared. */
export function comparisonOf(
  results: { readonly comparisons: readonly Comparison[] },
  row: ResultRow,
): Comparison | undefined {
  return results.comparisons.find(
    ({ a, shape, at }) => a === row.kernel && at === row.at && formatShape(shape) === formatShape(row.shape),
  );
}

/** The kernel, with its tunables where it stands in the table more than once, and the sizes that only it has. */
export function labelOf(row: ResultRow, group: Pick<ResultGroup, 'rows' | 'shape'>): string {
  const alone = group.rows.filter(({ kernel }) => kernel === row.kernel).length === 1;
  const own = Object.fromEntries(Object.entries(row.shape).filter(([name]) => !(name in group.shape)));
  return [row.kernel, formatShape(own), alone ? '' : formatShape(row.tunables)].filter(Boolean).join(' ');
}

/** `gemm-f32  m=512 n=512 k=512`, and the place on the axis of a sweep. */
export function titleOf(results: Results, { operation, shape, at }: ResultGroup): string {
  const place = at === undefined || results.sweep === undefined ? '' : `  ${results.sweep.axis} ${at}`;
  return `${operation}  ${formatShape(shape)}${place}`;
}

/** Compulsory bytes of all buffers over the weights of an n × k matrix; undefined where there is none. */
export function bytesPerWeight({ shape, rates, time }: ResultRow): number | undefined {
  const { n, k } = shape;
  if (n === undefined || k === undefined || !rates || !time) return undefined;
  return (rates.bytePerS * time.meanNs * 1e-9) / (n * k);
}

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: ResultRow) => string;
}

/** kernel · verified · time ± · rate · bandwidth · against the baseline, one line per row; remarks stand below a table. */
export function tableOf(results: Results, group: ResultGroup): TextTable {
  const timed = group.rows.some(({ time }) => time !== undefined);
  const columns: readonly Column[] = [
    { title: 'kernel', align: 'left', cell: (row) => labelOf(row, group) },
    { title: 'verified', align: 'left', cell: formatVerified },
    ...(group.rows.some(({ accuracy }) => accuracy) ? [accuracyColumn] : []),
    ...(timed ? timeColumns(results, group) : []),
    ...(group.rows.some(({ roofline }) => roofline) ? [placeColumn, intensityColumn] : []),
    ...(group.rows.some(({ energy }) => energy) ? [energyColumn] : []),
  ];
  return {
    columns: columns.map(({ title, align }) => ({ title, align })),
    rows: group.rows.map((row) => columns.map(({ cell }) => plain(cell(row)))),
  };
}

const accuracyColumn: Column = {
  title: 'accuracy',
  align: 'right',
  cell: ({ accuracy }) => (accuracy ? accuracyOf(accuracy) : none),
};

/** All three measures, since a table in the terminal has no place to open for more. */
function accuracyOf(accuracy: Accuracy): string {
  const distance = formatAccuracy(accuracy);
  return accuracy.sqnrDb === undefined ? distance : `${distance}, ${formatErrors(accuracy)}`;
}

const placeColumn: Column = {
  title: '% of attainable',
  align: 'right',
  cell: ({ roofline }) => (roofline ? formatPlace(roofline) : none),
};

const weightColumn: Column = {
  title: 'bytes/weight',
  align: 'right',
  cell: (row) => {
    const bytes = bytesPerWeight(row);
    return bytes === undefined ? none : significant(bytes);
  },
};

const intensityColumn: Column = {
  title: 'op/byte, weighted',
  align: 'right',
  cell: ({ roofline }) =>
    roofline ? `${significant(roofline.intensity)}, ${significant(roofline.weightedIntensity)}` : none,
};

const energyColumn: Column = {
  title: 'energy per run',
  align: 'right',
  cell: ({ energy }) => (energy ? formatEnergy(energy) : none),
};

function timeColumns(results: Results, { baseline }: ResultGroup): readonly Column[] {
  const columns: Column[] = [
    { title: 'time', align: 'right', cell: ({ time }) => (time ? formatTiming(time) : none) },
    { title: 'rate', align: 'right', cell: ({ rates }) => (rates ? formatRate(rates.flopPerS, rates.unit) : none) },
    { title: 'bandwidth', align: 'right', cell: ({ rates }) => (rates ? formatBandwidth(rates.bytePerS) : none) },
  ];
  // Where widths of weights are compared, what a weight takes is half the answer.
  if (results.sweep && results.rows.some(({ shape }) => shape.bits !== undefined)) columns.push(weightColumn);
  if (baseline === undefined) return columns;
  return [...columns, { title: `vs ${baseline}`, align: 'left', cell: (row) => verdictOf(results, row, baseline) }];
}

function verdictOf(results: Results, row: ResultRow, baseline: string): string {
  const comparison = comparisonOf(results, row);
  if (comparison !== undefined) {
    return `${verdictMarks[comparison.verdict]} ${comparison.verdict} ${formatRatioInterval(comparison)}`;
  }
  return row.kernel === baseline && row.time !== undefined ? 'baseline' : none;
}

/** Why there is no number, or what to mind about those there are: a line per remark, with the kernels it is about. */
export function remarksOf(group: ResultGroup): readonly string[] {
  const about = new Map<string, string[]>();
  for (const row of group.rows) {
    const remarks = [row.reason, ...(row.time?.flags ?? []), ...placeRemarks(row)].filter(
      (remark) => remark !== undefined,
    );
    for (const remark of remarks) about.set(remark, [...(about.get(remark) ?? []), labelOf(row, group)]);
  }
  const everyone = group.rows.length;
  return [...about].map(([remark, labels]) => {
    const who = labels.length > 1 && labels.length === everyone ? 'all' : labels.join(', ');
    return `${who}: ${remark}`;
  });
}

function placeRemarks({ roofline, energy }: ResultRow): readonly string[] {
  const above = `! Above the measured ceiling (${roofline?.by}): it was measured too low, or other units do the work.`;
  const order = 'Energy order not certain: it hangs on what the model does not know.';
  return [
    ...(roofline?.aboveCeiling ? [above] : []),
    ...(energy?.order === 'not certain' ? [order] : []),
    ...(roofline ? [weightsOf(roofline)] : []),
  ];
}

function weightsOf({ reuseWeights: { weights, activations } }: RowPlace): string {
  return `op/byte: nominal operations per compulsory byte; weighted: operations / (${significant(weights, 2)} · bytes of weights + ${significant(activations, 2)} · bytes of activations), weights of our own choice.`;
}

/** Where and how results were measured, in one line. */
export function describeEnvironment(environment: Environment): string {
  const { adapter, timer, runtime, version, seed, distribution } = environment;
  const kind = adapter.software ? ' (software adapter)' : '';
  const clock =
    timer.kind === 'timestamp'
      ? `GPU timestamps, step ${formatTime(timer.quantumNs)}`
      : `wall clock, step ${formatTime(timer.quantumNs)}`;
  const inputs = `seed ${seed}${distribution === undefined ? '' : `, ${distribution} inputs`}`;
  return plain(`${adapterName(adapter)}${kind} · ${runtime} · ${clock} · ${inputs} · tilewatt ${version}`);
}

/** The description where the browser tells it, else vendor and architecture. */
export function adapterName(adapter: Environment['adapter']): string {
  return adapter.description || [adapter.vendor, adapter.architecture].filter(Boolean).join(' ') || 'unnamed adapter';
}

export function toJson(results: Results): string {
  return `${JSON.stringify(results, null, 2)}\n`;
}

/** GitHub-flavoured Markdown: a table per operation and shape, then where it was measured. */
export function toMarkdown(results: Results): string {
  const tables = groupsOf(results).map((group) => {
    const { columns, rows } = tableOf(results, group);
    const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
    return [
      `### ${escapeMarkdown(titleOf(results, group))}`,
      '',
      line(columns.map(({ title }) => escapeMarkdown(title))),
      line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
      ...rows.map((cells) => line(cells.map(escapeMarkdown))),
      '',
      ...remarksOf(group).map((remark) => `- ${escapeMarkdown(remark)}\n`),
    ].join('\n');
  });
  const { environment } = results;
  return `${tables.join('\n')}\n${escapeMarkdown(`${describeEnvironment(environment)} · ${environment.date}`)}\n`;
}

/** Texts of a results file may come from anyone: markup in them stays text, and a cell stays one cell. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>|~#]/g, (character) => (character === '<' ? '&lt;' : `\\${character}`))
    .replace(/\s*[\r\n]+\s*/g, ' ');
}
