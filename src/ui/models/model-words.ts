/** Numbers and sentences of the place of models. */
import { formatRatioInterval, formatTiming, none, significant, thinSpace, verdictMarks } from '../../bench/format.js';
import type { Interval, SchemeRow, SchemesReport, TimeOfRuns } from '../../worker/models-api.js';
import { yardstick } from './scheme-menu.js';

/** `97.8 % ± 0.9`: a share with its interval. */
export function shareText(interval: Interval | undefined): string {
  if (!interval) return none;
  const { value, ci95 } = interval;
  const half = 100 * Math.max(value - ci95[0], ci95[1] - value);
  return `${(100 * value).toFixed(1)}${thinSpace}% ± ${half.toFixed(1)}`;
}

/** `1.471 ± 0.012`. */
export function numberText(interval: Interval | undefined, digits = 3): string {
  if (!interval) return none;
  const { value, ci95 } = interval;
  const half = Math.max(value - ci95[0], ci95[1] - value);
  return `${figure(value, digits)} ± ${figure(half, 2)}`;
}

function figure(value: number, digits: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(digits - 1) : significant(value, digits);
}

export function timeText(time: TimeOfRuns | undefined): string {
  if (!time) return none;
  return formatTiming({ meanNs: time.meanMs * 1e6, ci95Ns: [time.ci95Ms[0] * 1e6, time.ci95Ms[1] * 1e6] });
}

/** `▲ 1.21× ± 0.08`. */
export function speedText({ verdict, ratio, ci95 }: NonNullable<SchemeRow['speed']>): string {
  return `${verdictMarks[verdict]} ${formatRatioInterval({ ratio, ci95: [...ci95] })}`;
}

export function decibels(sqnr: number | null | undefined): string {
  if (sqnr === undefined) return none;
  // What JSON cannot hold, an infinite ratio, comes back as null.
  return sqnr === null || sqnr === Number.POSITIVE_INFINITY ? 'exact' : `${sqnr.toFixed(1)}${thinSpace}dB`;
}

/** What the schemes are ranked by: more is better, but for perplexity. */
export interface Goal {
  readonly name: string;
  readonly lessIsBetter: boolean;
  readonly of: (row: SchemeRow) => Interval | undefined;
  readonly text: (interval: Interval | undefined) => string;
}

const accuracy: Goal = { name: 'Top-1', lessIsBetter: false, of: (row) => row.top1, text: shareText };
const perplexity: Goal = {
  name: 'Perplexity',
  lessIsBetter: true,
  of: (row) => row.perplexity,
  text: (interval) => numberText(interval, 4),
};
const agreement: Goal = {
  name: 'Agreement',
  lessIsBetter: false,
  of: (row) => row.agreement ?? itself(row),
  text: shareText,
};

/** The float model agrees with itself. */
function itself({ scheme, status }: SchemeRow): Interval | undefined {
  return scheme === yardstick && status === 'ok' ? { value: 1, ci95: [1, 1] } : undefined;
}

/** Accuracy where there are labels, perplexity for tokens, else agreement with the float model. */
export function goalOf(rows: readonly SchemeRow[]): Goal {
  return [accuracy, perplexity].find((goal) => rows.some((row) => goal.of(row))) ?? agreement;
}

export function statusWords(row: SchemeRow): { readonly mark: string; readonly word: string; readonly tone: string } {
  switch (row.status) {
    case 'ok':
      return { mark: '✓', word: 'measured', tone: 'good' };
    case 'unsupported':
      return { mark: '–', word: 'unsupported', tone: 'caution' };
    case 'wrong':
      return { mark: '✕', word: 'wrong', tone: 'bad' };
    case 'failed':
      return { mark: '!', word: 'failed', tone: 'bad' };
    default:
      return row.status satisfies never;
  }
}

/** `5 native · 1 simulated`. */
export function computedText({ native, simulated }: SchemeRow): string {
  const parts = [native ? `${native} native` : '', simulated ? `${simulated} simulated` : ''].filter(Boolean);
  if (parts.length > 0) return parts.join(' · ');
  return native === undefined && simulated === undefined ? none : 'float';
}

/** The report as Markdown, for notes and messages. */
export function reportMarkdown({ rows, recommendation, model, data }: Omit<SchemesReport, 'environment'>): string {
  const goal = goalOf(rows);
  const lines = rows.map((row) => {
    if (row.status !== 'ok')
      return `| ${row.scheme} | ${row.status}: ${(row.reason ?? '').replaceAll('|', '\\|')} | | | | | | |`;
    const cells = [
      row.scheme,
      row.bytes === undefined ? none : `${row.bytes} B`,
      goal.text(goal.of(row)),
      shareText(row.agreement),
      numberText(row.divergence),
      timeText(row.time),
      row.speed ? `${row.speed.verdict} ${speedText(row.speed)}` : none,
      computedText(row),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const text = `${model.name}, ${data.items} items. ${recommendation}

| scheme | size | ${goal.name.toLowerCase()} | agreement | KL, nats | time per batch | speed against f32 | layers |
|---|---|---|---|---|---|---|---|
${lines.join('\n')}
`;
  return text.replaceAll(thinSpace, ' ');
}
