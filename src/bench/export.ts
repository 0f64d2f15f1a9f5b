/** Results as JSON, CSV, Markdown and as a table of short texts: what the page copies and the command line prints. */
import type { Shape } from '../kernel/operation.js';
import {
  formatBandwidth,
  formatRate,
  formatRatioInterval,
  formatShape,
  formatTime,
  formatTiming,
  formatVerified,
  none,
  plain,
  verdictMarks,
} from './format.js';
import type { Comparison, Environment, ResultRow, Results } from './results.js';

/** Rows of one operation at one shape, the only ones whose times may be compared. */
export interface ResultGroup {
  readonly operation: string;
  readonly shape: Shape;
  readonly rows: readonly ResultRow[];
  /** Kernel the others are compared with, where there was one. */
  readonly baseline?: string;
}

export interface TextTable {
  readonly columns: readonly { readonly title: string; readonly align: 'left' | 'right' }[];
  readonly rows: readonly (readonly string[])[];
}

export function groupsOf(results: Results): readonly ResultGroup[] {
  const groups = new Map<string, ResultRow[]>();
  for (const row of results.rows) {
    const key = `${row.operation} ${formatShape(row.shape)}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((rows) => {
    const { operation, shape } = rows[0]!;
    const baseline = results.comparisons.find(
      ({ b, shape: at }) => sameShape(at, shape) && rows.some(({ kernel }) => kernel === b),
    )?.b;
    return baseline === undefined ? { operation, shape, rows } : { operation, shape, rows, baseline };
  });
}

/** How a row compares with the baseline; absent for the baseline itself and for what was not compared. */
export function comparisonOf(results: Results, row: ResultRow): Comparison | undefined {
  return results.comparisons.find(({ a, shape }) => a === row.kernel && sameShape(shape, row.shape));
}

function sameShape(one: Shape, other: Shape): boolean {
  return formatShape(one) === formatShape(other);
}

/** The kernel, and its tunables where the same kernel stands in the table more than once. */
export function labelOf(row: ResultRow, rows: readonly ResultRow[]): string {
  const alone = rows.filter(({ kernel }) => kernel === row.kernel).length === 1;
  return alone ? row.kernel : `${row.kernel} ${formatShape(row.tunables)}`.trim();
}

/** kernel · verified · time ± · rate · against the baseline · reason or flags, one line per row. */
export function tableOf(results: Results, group: ResultGroup): TextTable {
  const timed = group.rows.some(({ time }) => time !== undefined);
  const remarked = group.rows.some((row) => remarkOf(row) !== '');
  const columns = [
    { title: 'kernel', align: 'left', cell: (row: ResultRow) => labelOf(row, group.rows) },
    { title: 'verified', align: 'left', cell: formatVerified },
    ...(timed ? timeColumns(results, group) : []),
    ...(remarked ? [{ title: 'reason', align: 'left', cell: remarkOf } as const] : []),
  ] as const;
  return {
    columns: columns.map(({ title, align }) => ({ title, align })),
    rows: group.rows.map((row) => columns.map(({ cell }) => plain(cell(row)))),
  };
}

function timeColumns(results: Results, group: ResultGroup) {
  const baseline = group.baseline === undefined ? [] : [{ title: `vs ${group.baseline}`, align: 'left', cell: versus }];
  function versus(row: ResultRow): string {
    if (row.kernel === group.baseline && row.time !== undefined) return 'baseline';
    const comparison = comparisonOf(results, row);
    if (comparison === undefined) return none;
    return `${verdictMarks[comparison.verdict]} ${comparison.verdict} ${formatRatioInterval(comparison)}`;
  }
  return [
    { title: 'time', align: 'right', cell: (row: ResultRow) => (row.time ? formatTiming(row.time) : none) },
    { title: 'rate', align: 'right', cell: (row: ResultRow) => (row.rates ? formatRate(row.rates.flopPerS) : none) },
    {
      title: 'bandwidth',
      align: 'right',
      cell: (row: ResultRow) => (row.rates ? formatBandwidth(row.rates.bytePerS) : none),
    },
    ...baseline,
  ] as { title: string; align: 'left' | 'right'; cell: (row: ResultRow) => string }[];
}

/** Why there is no number, or what to mind about the one there is. */
export function remarkOf(row: ResultRow): string {
  return [row.reason, ...(row.time?.flags ?? [])].filter((part) => part !== undefined).join('; ');
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
      `### ${escapeMarkdown(group.operation)}, ${escapeMarkdown(formatShape(group.shape))}`,
      '',
      line(columns.map(({ title }) => escapeMarkdown(title))),
      line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
      ...rows.map((cells) => line(cells.map(escapeMarkdown))),
      '',
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

type Cell = string | number | boolean | undefined;

/** RFC 4180 with a header: one line per row, full precision, the environment repeated so that files can be joined. */
export function toCsv(results: Results): string {
  const sizes = [...new Set(results.rows.flatMap((row) => Object.keys(row.shape)))];
  const records = results.rows.map((row) => ({
    kernel: row.kernel,
    operation: row.operation,
    ...Object.fromEntries(sizes.map((name): [string, Cell] => [`shape_${name}`, row.shape[name]])),
    tunables: formatShape(row.tunables),
    status: row.status,
    reason: row.reason,
    ...measuredCells(row),
    ...comparedCells(comparisonOf(results, row)),
    ...environmentCells(results.environment),
  }));
  const header = Object.keys(records[0] ?? {});
  const lines = [header, ...records.map((record) => Object.values<Cell>(record))];
  return lines.map((cells) => `${cells.map(escapeCsv).join(',')}\r\n`).join('');
}

function measuredCells(row: ResultRow): Readonly<Record<string, Cell>> {
  return {
    elements: row.verification?.elements,
    elements_of: row.verification?.of,
    worst_of_bound: row.verification?.worst,
    mean_ns: row.time?.meanNs,
    ci95_low_ns: row.time?.ci95Ns[0],
    ci95_high_ns: row.time?.ci95Ns[1],
    samples: row.time?.samples,
    dispatches_per_sample: row.time?.dispatchesPerSample,
    method: row.time?.method,
    stopped: row.time?.stopped,
    flags: row.time?.flags?.join('; '),
    compile_ns: row.cold?.compileNs,
    upload_ns: row.cold?.uploadNs,
    first_ns: row.cold?.firstNs,
    readback_ns: row.cold?.readbackNs,
    flop_per_s: row.rates?.flopPerS,
    byte_per_s: row.rates?.bytePerS,
    cache: row.cache,
  };
}

function comparedCells(comparison: Comparison | undefined): Readonly<Record<string, Cell>> {
  return {
    baseline: comparison?.b,
    ratio: comparison?.ratio,
    ratio_low: comparison?.ci95[0],
    ratio_high: comparison?.ci95[1],
    verdict: comparison?.verdict,
    pairs: comparison?.pairs,
  };
}

function environmentCells(environment: Environment): Readonly<Record<string, Cell>> {
  const { adapter, timer } = environment;
  return {
    runtime: environment.runtime,
    vendor: adapter.vendor,
    architecture: adapter.architecture,
    description: adapter.description,
    software: adapter.software,
    timer: timer.kind,
    quantum_ns: timer.quantumNs,
    seed: environment.seed,
    distribution: environment.distribution,
    date: environment.date,
    version: environment.version,
  };
}

/**
 * A spreadsheet runs a cell that opens with one of `= + - @`, tab or return as a formula (OWASP, "CSV Injection"), so such
 * texts get a leading apostrophe. Numbers are ours and stay numbers.
 */
function escapeCsv(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
