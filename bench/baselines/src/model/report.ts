/** The comparison on a model in words: a table, who is faster, what stands in the way of a time. */
import type { TextTable } from '../../../../src/bench/export.js';
import {
  formatCount,
  formatRatioInterval,
  formatTime,
  formatTiming,
  none,
  plain,
  verdictMarks,
} from '../../../../src/bench/format.js';
import type { ModelReport, ModelRow } from './contract.js';
import { oursName } from './ours.js';

/** Everything a terminal shows, with the table rendered by `render`. */
export function modelReportOf(report: ModelReport, render: (table: TextTable) => string): string {
  const { model, data, batch, note, reference, allowed, environment, rows } = report;
  const { vendor, architecture, description } = environment.adapter;
  const lines = (texts: readonly string[]): string => texts.map((text) => `  ${text}`).join('\n');
  return [
    `${model.name} on ${formatCount(data.items)} items, ${batch === 1 ? 'item by item' : `batches of ${batch}`}`,
    lines([
      ...(note === undefined ? [] : [note]),
      reference === undefined
        ? 'No rival could run the file, so outputs are held against nothing.'
        : `Outputs are held against ${reference}; they may differ by ${allowed} of the largest magnitude.`,
      `${[vendor, architecture, description].filter(Boolean).join(' ')}, ${environment.runtime}.`,
    ]),
    '',
    render(tableOf(report)),
    '',
    lines(headlinesOf(report)),
    lines(
      rows.flatMap(({ name, reason, time, notes }) =>
        [...(reason ? [reason] : []), ...notes, ...(time?.flags ?? [])].map((text) => `${name}: ${text}`),
      ),
    ),
  ].join('\n');
}

/** Fastest first; those without a time last. */
export function tableOf({ rows, comparisons, data, batch }: ModelReport): TextTable {
  const titles = [
    '',
    'argmax differs',
    'largest difference',
    'of the largest output',
    'top-1',
    'time of a batch',
    'per item',
    'against the fastest rival',
  ];
  const sorted = [...rows].sort((x, y) => (x.time?.meanNs ?? Infinity) - (y.time?.meanNs ?? Infinity));
  const baseline = comparisons[0]?.b;
  const against = (name: string): string => {
    if (name === baseline) return 'fastest rival';
    const found = comparisons.find(({ a, b }) => a === name && b === baseline);
    return found ? `${formatRatioInterval(found)} ${verdictMarks[found.verdict]}` : none;
  };
  return {
    columns: titles.map((title) => ({ title, align: title === '' ? 'left' : 'right' })),
    rows: sorted.map((row) =>
      [
        row.name,
        row.differing === undefined ? none : `${formatCount(row.differing)} of ${formatCount(data.items)}`,
        small(row.largest),
        small(row.relative),
        row.top1 === undefined ? none : `${(100 * row.top1).toFixed(2)} %`,
        row.time ? formatTiming(row.time) : row.status === 'ok' ? none : `✕ ${row.status}`,
        row.time ? formatTime(row.time.meanNs / batch) : none,
        against(row.name),
      ].map(plain),
    ),
  };
}

function small(value: number | undefined): string {
  if (value === undefined) return none;
  return value === 0 ? '0' : value.toExponential(1);
}

/** Ours against each rival that was right and timed. */
export function headlinesOf({ comparisons }: ModelReport): readonly string[] {
  return comparisons
    .filter(({ a }) => a === oursName)
    .map(
      ({ a, b, verdict, pairs, ...found }) =>
        `${a} is ${plain(formatRatioInterval(found))} as fast as ${b}: ${verdict} (${pairs} pairs)`,
    );
}

/** What must not be in a sound run. A rival's failure is a finding. */
export function oursFailedIn({ rows }: { readonly rows: readonly ModelRow[] }): boolean {
  return rows.some(({ name, status }) => name === oursName && status !== 'ok');
}
