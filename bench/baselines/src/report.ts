/** The results in words: a table per piece of work, what the targets ask for, every loss. */
import type { TextTable } from '../../../src/bench/export.js';
import {
  formatRate,
  formatRatioInterval,
  formatShape,
  formatTime,
  formatTiming,
  formatVerified,
  none,
  plain,
  verdictMarks,
} from '../../../src/bench/format.js';
import type { Comparison, ResultRow, Results } from '../../../src/bench/results.js';
import {
  type AgainstCpu,
  cpuComparisons,
  cpuCrossings,
  groupsOf,
  headlines,
  isRival,
  onCpu,
  type WorkGroup,
} from './comparisons.js';

export function titleOf({ rows }: WorkGroup): string {
  const [row] = rows;
  return `${row!.operation}  ${formatShape(row!.shape)}`;
}

/** Fastest first; those without a time last. */
export function tableOf({ rows, comparisons }: WorkGroup): TextTable {
  const left = ['kernel', 'verified', 'tunables'];
  const titles = ['kernel', 'verified', 'time', 'rate', 'against the fastest rival', 'first run', 'tunables'];
  const sorted = [...rows].sort((x, y) => (x.time?.meanNs ?? Infinity) - (y.time?.meanNs ?? Infinity));
  const baseline = comparisons[0]?.b;
  return {
    columns: titles.map((title) => ({ title, align: left.includes(title) ? 'left' : 'right' })),
    rows: sorted.map((row) =>
      [
        row.kernel,
        formatVerified(row),
        row.time ? formatTiming(row.time) : none,
        row.rates ? formatRate(row.rates.flopPerS) : none,
        row.kernel === baseline
          ? 'fastest rival'
          : ratioOf(comparisons.find(({ a, b }) => a === row.kernel && b === baseline)),
        row.cold ? formatTime(row.cold.compileNs + row.cold.firstNs) : none,
        formatShape(row.tunables),
      ].map(plain),
    ),
  };
}

function ratioOf(comparison: Comparison | undefined): string {
  return comparison ? `${formatRatioInterval(comparison)} ${verdictMarks[comparison.verdict]}` : none;
}

/** Why rows have no time, one sentence each. */
export function remarksOf({ rows }: WorkGroup): readonly string[] {
  return rows.flatMap(({ kernel, reason }) => (reason ? [`${kernel}: ${reason}`] : []));
}

/** `gemm-f32 m=512 n=512 k=512: gemm-f32/direct is 1.50× ± 0.03 as fast as jax-js/matmul: faster`. */
export function headlineTexts(results: Results): readonly string[] {
  return groupsOf(results).flatMap((group) =>
    headlines(group).map(
      (comparison) =>
        `${titleOf(group)}: ${comparison.a} is ${plain(formatRatioInterval(comparison))} as fast as ${comparison.b}: ${comparison.verdict}`,
    ),
  );
}

/** Where our fastest kernel is slower than a rival. */
export function lossTexts(results: Results): readonly string[] {
  return groupsOf(results).flatMap((group) =>
    headlines(group)
      .filter(({ verdict }) => verdict === 'slower')
      .map(
        (comparison) =>
          `${titleOf(group)}: ${comparison.a} loses to ${comparison.b}, ${plain(formatRatioInterval(comparison))} as fast.`,
      ),
  );
}

interface Target {
  readonly title: string;
  readonly least: number;
  readonly includes: (row: ResultRow) => boolean;
}

const isSquare = ({ shape: { m, n, k } }: ResultRow, size: number): boolean => m === size && n === size && k === size;

/** Least ratio of times against the fastest rival on the adapter. */
const targets: readonly Target[] = [
  ...[512, 1024].map((size) => ({
    title: `GEMM f32 ${size}³`,
    least: 1.3,
    includes: (row: ResultRow) => row.operation === 'gemm-f32' && isSquare(row, size),
  })),
  { title: 'INT4 GEMV', least: 1.5, includes: ({ operation }) => operation === 'gemv-int4' },
  { title: 'INT4 GEMM', least: 1.5, includes: ({ operation }) => operation === 'gemm-int4' },
];

/** Met only where the whole interval lies above the target. */
export function targetTexts(results: Results): readonly string[] {
  const groups = groupsOf(results);
  return targets.flatMap(({ title, least, includes }) =>
    groups
      .filter(({ rows }) => includes(rows[0]!))
      .map((group) => {
        const shape = formatShape(group.rows[0]!.shape);
        const comparison = headlines(group).find(({ b }) => !onCpu(b));
        if (!comparison) return `${title}, ${shape}: no rival on the adapter was right and timed.`;
        const [lo, hi] = comparison.ci95;
        const verdict = lo >= least ? 'met' : hi < least ? 'missed' : 'not certain';
        return `${title}, ${shape}: ${plain(formatRatioInterval(comparison))} against ${comparison.b}, target ${least}×: ${verdict}.`;
      }),
  );
}

/** From which size the adapter beats one CPU thread: its kernel alone, and with the way there and back. */
export function crossingTexts(results: Results): readonly string[] {
  return [
    `Kernel alone, data on the device: ${crossingText(results, 'kernel')}`,
    `With A uploaded and C downloaded each time: ${crossingText(results, 'round trip')}`,
  ];
}

function crossingText(results: Results, what: AgainstCpu): string {
  const crossings = cpuCrossings(results, what);
  if (crossings.length > 0) {
    return crossings
      .map(({ at, range: [lo, hi], above }) => {
        const who = above === 'a' ? 'the adapter' : 'the CPU thread';
        const range = lo <= at && at <= hi ? `${bound(lo)} to ${bound(hi)}` : 'not certain';
        return `from a size of ${Math.round(at)}³ on (${range}), ${who} is the faster one.`;
      })
      .join(' ');
  }
  const cpu = cpuComparisons(results, what);
  if (cpu.length === 0) return 'no size has a time both on the adapter and on the CPU thread.';
  const all = (wanted: Comparison['verdict']): boolean => cpu.every(({ verdict }) => verdict === wanted);
  if (all('faster')) return 'at every square size measured, the adapter is the faster one.';
  if (all('slower')) return 'at every square size measured, one CPU thread is the faster one.';
  return 'the sizes measured show no crossing, and at some of them neither is clearly the faster one.';
}

function bound(size: number): string {
  return Number.isFinite(size) ? `${Math.round(size)}³` : 'beyond what was measured';
}

/** Everything a terminal shows, with tables rendered by `render`. */
export function reportOf(results: Results, render: (table: TextTable) => string): string {
  const tables = groupsOf(results).map((group) =>
    [titleOf(group), '', render(tableOf(group)), '', ...remarksOf(group).map((remark) => `  ${remark}`)].join('\n'),
  );
  const losses = lossTexts(results);
  return [
    ...tables,
    section('Our fastest against each rival', headlineTexts(results)),
    section('Targets', targetTexts(results)),
    section('Losses', losses.length > 0 ? losses : ['None.']),
    section('One CPU thread', crossingTexts(results)),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string {
  return `${title}\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
}

/** Rows that must not be there in a sound run: ours wrong or failed. A rival's failure is a finding. */
export function oursFailed({ rows }: Results): boolean {
  return rows.some(({ kernel, status }) => !isRival(kernel) && (status === 'wrong' || status === 'failed'));
}
