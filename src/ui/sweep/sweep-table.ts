/** <tw-sweep-table>: the numbers of the sweep's chart, a line per kernel and value, sortable. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { bytesPerWeight, comparisonOf } from '../../bench/export.js';
import {
  formatAccuracy,
  formatBandwidth,
  formatErrors,
  formatRate,
  formatRatioInterval,
  formatTiming,
  none,
  significant,
  verdictMarks,
} from '../../bench/format.js';
import type { ResultRow } from '../../bench/results.js';
import { keyOf } from '../../bench/tune/points.js';
import type { Shape } from '../../kernel/operation.js';
import { placeRemark } from '../device-numbers.js';
import type { TunedUse } from '../known.js';
import { kernelHref } from '../route.js';
import { energyCell, placeCell, tunedMark } from '../row-cells.js';
import type { Job } from '../run.js';
import { base, controls, tables } from '../styles/shared.js';
import { stateOf } from '../words.js';
import type { SweepAxis } from './sweep-words.js';

interface Column {
  readonly title: string;
  readonly about?: string;
  readonly number?: boolean;
  readonly key: (row: ResultRow) => number | string | undefined;
  readonly cell: (row: ResultRow) => unknown;
  readonly descending?: boolean;
}

@customElement('tw-sweep-table')
export class SweepTable extends LitElement {
  static override readonly styles = [
    base,
    controls,
    tables,
    css`
      th button { border: 0; padding: 0; min-height: 24px; font-size: inherit; color: inherit; gap: 4px; background: none; white-space: normal; text-align: start; }
      th button:hover:not(:disabled) { background: none; color: var(--ink); text-decoration: underline; }
      th.number button { text-align: end; }
      th:first-child button { white-space: nowrap; }
      .arrow { width: 1ch; }
      th, td { padding-block: 4px; }
      th[scope='row'] { white-space: nowrap; }
      tr.next td, tr.next th { border-top-color: var(--edge); }
      tbody tr:not(.next) td, tbody tr:not(.next) th { border-top-color: transparent; }
      .sorted tbody td, .sorted tbody th { border-top-color: var(--hairline) !important; }
      .good { color: var(--good); } .caution { color: var(--caution); } .bad { color: var(--bad); }
      .faster { color: var(--faster); } .slower { color: var(--slower); } .undecided { color: var(--undecided); } .same { color: var(--same); }
      .state, .figures { white-space: nowrap; }
      .reason { max-width: 64ch; min-width: 24ch; font-size: var(--text-small); }
      .about { color: var(--ink-soft); font-size: var(--text-small); display: block; }
      .tuned { font-size: var(--text-small); color: var(--accent); white-space: nowrap; margin-inline-start: var(--space-1); }
    `,
  ];

  @property({ attribute: false }) job!: Job;
  @property({ attribute: false }) axis!: SweepAxis;
  /** Ids of the kernels in the order of the lines. */
  @property({ attribute: false }) order: readonly string[] = [];
  @property({ attribute: false }) tunedFor: (kernel: string, shape: Shape) => TunedUse | undefined = () => undefined;
  @state() private sortBy = 0;
  @state() private descending = false;

  protected override render() {
    const columns = this.columns();
    const rows = this.sorted(columns);
    const baseline = this.job.comparisons[0]?.b;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Results of the sweep">
      <table class=${this.sortBy === 0 ? '' : 'sorted'}>
        <caption class="visually-hidden">Each kernel at each value${baseline ? `, against ${baseline}` : ''}</caption>
        <thead><tr>${columns.map((column, index) => this.head(column, index))}</tr></thead>
        <tbody>${rows.map((row, index) => this.renderRow(row, columns, row.at !== rows[index - 1]?.at))}</tbody>
      </table>
    </div>
    ${this.remarks().map((remark) => html`<p class="soft small">${remark}</p>`)}`;
  }

  /** What is to be minded about some rows, each said once. */
  private remarks(): readonly string[] {
    const remarks = this.job.rows.flatMap((row) => {
      const use = this.tunedFor(row.kernel, row.shape);
      const above = placeRemark(row);
      return [
        ...(use?.status === 'stale' ? [use.reason] : []),
        ...(above === undefined ? [] : [`${row.kernel} at ${this.axis.place(row.at ?? 0)}: ${above}`]),
      ];
    });
    return [...new Set(remarks)];
  }

  /** Marked where it ran with the very values that won here. */
  private tunedMarkOf({ kernel, shape, tunables }: ResultRow) {
    const use = this.tunedFor(kernel, shape);
    if (use?.status !== 'ok' || keyOf(use.winner.tunables) !== keyOf(tunables)) return nothing;
    return tunedMark(use.winner);
  }

  private columns(): readonly Column[] {
    const { job, axis } = this;
    const hasAccuracy = job.rows.some((row) => row.accuracy);
    const hasWeights = job.rows.some((row) => row.shape.bits !== undefined);
    const results = { comparisons: [...job.comparisons] };
    const against = (row: ResultRow) => comparisonOf(results, row);
    return [
      { title: axis.label.replace(' →', ''), number: true, key: ({ at }) => at, cell: ({ at }) => axis.place(at ?? 0) },
      {
        title: 'Kernel',
        key: ({ kernel }) => this.order.indexOf(kernel),
        cell: (row) =>
          html`<a class="figures" href=${kernelHref(row.kernel)}>${row.kernel}</a>${this.tunedMarkOf(row)}`,
      },
      { title: 'Verified', key: ({ status }) => status, cell: verified },
      ...(hasAccuracy ? [accuracyColumn] : []),
      {
        title: 'Time ± 95 %',
        number: true,
        key: ({ time }) => time?.meanNs,
        cell: ({ time, reason }) => (time ? formatTiming(time) : absent(reason ?? 'not timed yet')),
      },
      {
        title: 'Rate',
        number: true,
        descending: true,
        key: ({ rates }) => rates?.flopPerS,
        cell: ({ rates }) => (rates ? formatRate(rates.flopPerS, rates.unit) : absent('not timed')),
      },
      {
        title: 'Bandwidth',
        number: true,
        descending: true,
        key: ({ rates }) => rates?.bytePerS,
        cell: ({ rates }) => (rates ? formatBandwidth(rates.bytePerS) : absent('not timed')),
      },
      ...(hasWeights ? [weightColumn] : []),
      ...(job.rows.some((row) => row.roofline) ? [placeColumn] : []),
      ...(job.rows.some((row) => row.energy) ? [energyColumn] : []),
      {
        title: job.comparisons[0] ? `Speed against ${job.comparisons[0].b}` : 'Against the baseline',
        key: (row) => against(row)?.ratio,
        descending: true,
        cell: (row) => {
          const comparison = against(row);
          if (comparison)
            return html`<span class=${comparison.verdict} title="${comparison.pairs} pairs measured in turns"><span aria-hidden="true">${verdictMarks[comparison.verdict]}</span> ${comparison.verdict} ${formatRatioInterval(comparison)}</span>`;
          if (job.comparisons[0]?.b === row.kernel) return html`<span class="soft">baseline</span>`;
          return absent(job.state === 'running' ? 'compared when the sweep has ended' : 'not compared');
        },
      },
    ];
  }

  private head({ title, number, about, descending }: Column, index: number) {
    const active = this.sortBy === index;
    const sort = active ? (this.descending ? 'descending' : 'ascending') : nothing;
    return html`<th scope="col" class=${number ? 'number' : ''} aria-sort=${sort} title=${about ?? nothing}>
      <button @click=${() => this.sort(index, descending ?? false)}>${title}<span class="arrow" aria-hidden="true">${active ? (this.descending ? '▾' : '▴') : ''}</span></button>
    </th>`;
  }

  private sort(index: number, descendingFirst: boolean): void {
    this.descending = this.sortBy === index ? !this.descending : descendingFirst;
    this.sortBy = index;
  }

  private sorted(columns: readonly Column[]): readonly ResultRow[] {
    const key = (columns[this.sortBy] ?? columns[0]!).key;
    const sign = this.descending ? -1 : 1;
    const keyed = this.job.rows.map((row) => ({ row, value: key(row) }));
    return keyed
      .sort((a, b) => {
        if (a.value === b.value) return this.order.indexOf(a.row.kernel) - this.order.indexOf(b.row.kernel);
        if (a.value === undefined || b.value === undefined)
          return Number(a.value === undefined) - Number(b.value === undefined);
        return sign * (a.value < b.value ? -1 : 1);
      })
      .map(({ row }) => row);
  }

  private renderRow(row: ResultRow, columns: readonly Column[], next: boolean) {
    const [at, kernel, state, ...numbers] = columns;
    return html`<tr class=${next ? 'next' : ''} data-kernel=${row.kernel} data-at=${row.at ?? nothing} data-status=${row.status}>
      <td class="number">${at!.cell(row)}</td>
      <th scope="row">${kernel!.cell(row)}</th>
      <td>${state!.cell(row)}</td>
      ${
        row.status === 'ok'
          ? numbers.map((column) => html`<td class=${column.number ? 'number' : 'figures'}>${column.cell(row)}</td>`)
          : html`<td class="reason" colspan=${numbers.length}>${row.reason ?? none}</td>`
      }
    </tr>`;
  }
}

const accuracyColumn: Column = {
  title: 'Accuracy, SQNR',
  about: 'what it computed against the f64 result of the unquantized operands; apart from whether it is right',
  number: true,
  descending: true,
  key: ({ accuracy }) => accuracy && (accuracy.sqnrDb ?? Number.POSITIVE_INFINITY),
  cell: ({ accuracy }) =>
    accuracy
      ? html`${formatAccuracy(accuracy)}${accuracy.sqnrDb === undefined ? nothing : html`<span class="about">${formatErrors(accuracy)}</span>`}`
      : absent('not quantized: right to rounding'),
};

const placeColumn: Column = {
  title: 'Of attainable',
  about: 'least time that the measured ceilings allow, over the time taken; and which limit binds',
  number: true,
  descending: true,
  key: ({ roofline }) => roofline?.fraction,
  cell: ({ roofline }) => (roofline ? placeCell(roofline) : absent('not placed under the ceilings')),
};

const energyColumn: Column = {
  title: 'Energy per run',
  about: 'an estimate with its range and tier; its order is against the other kernels at the same value',
  number: true,
  key: ({ energy }) => energy?.midJ,
  cell: (row) => (row.energy ? energyCell(row) : absent('not estimated')),
};

const weightColumn: Column = {
  title: 'Bytes per weight',
  about: 'compulsory bytes of all buffers, scales and vectors included, over n·k weights',
  number: true,
  key: bytesPerWeight,
  cell: (row) => {
    const bytes = bytesPerWeight(row);
    return bytes === undefined ? absent('not timed') : significant(bytes);
  },
};

function verified(row: ResultRow) {
  const { mark, word, tone, about } = stateOf(row, false);
  return html`<span class="state ${tone}" title=${row.status === 'ok' ? about : nothing}><span aria-hidden="true">${mark}</span> ${word}</span>`;
}

/** A dash that gives its reason on hover, and to a screen reader. */
function absent(reason: string) {
  return html`<span class="soft" title=${reason}><span aria-hidden="true">${none}</span><span class="visually-hidden">${reason}</span></span>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-sweep-table': SweepTable;
  }
}
