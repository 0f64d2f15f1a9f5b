/** <tw-results-table>: the numbers of the chart, sortable; a row without a number says why. Rows fold into cards on a phone. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import {
  formatAccuracy,
  formatBandwidth,
  formatErrors,
  formatRate,
  formatRatioInterval,
  formatShape,
  formatTiming,
  none,
  verdictMarks,
} from '../../bench/format.js';
import { placeRemark } from '../device-numbers.js';
import { kernelHref } from '../route.js';
import { energyCell, placeCell, tunedMark } from '../row-cells.js';
import type { Run, Rung } from '../run.js';
import { base, controls, tables } from '../styles/shared.js';
import { stateOf } from '../words.js';

type Column = 'kernel' | 'verified' | 'accuracy' | 'time' | 'rate' | 'bandwidth' | 'place' | 'energy' | 'against';

/** What a column sorts by; rows without a value come last in either direction. */
const keys: Readonly<Record<Column, (rung: Rung, index: number) => number | string | undefined>> = {
  kernel: (_, index) => index,
  verified: ({ row }) => row?.status,
  accuracy: ({ row }) => row?.accuracy && (row.accuracy.sqnrDb ?? Number.POSITIVE_INFINITY),
  time: ({ row }) => row?.time?.meanNs,
  rate: ({ row }) => row?.rates?.flopPerS,
  bandwidth: ({ row }) => row?.rates?.bytePerS,
  place: ({ row }) => row?.roofline?.fraction,
  energy: ({ row }) => row?.energy?.midJ,
  against: ({ against }) => against?.ratio,
};

const mark = html`<span aria-hidden="true">▲ </span>`;

/** Two questions that are never mixed: whether the kernel is right, and how far what it computes is from the plain product. */
const accuracyNote = html`<p class="flag">Verified: against the exact answer for the very codes the kernel is given.
  Accuracy: what it computed against the f64 result of the unquantized operands, for the input values chosen.</p>`;

@customElement('tw-results-table')
export class ResultsTable extends LitElement {
  static override readonly styles = [
    base,
    controls,
    tables,
    css`
      th button { border: 0; padding: 0; min-height: 24px; font-size: inherit; color: inherit; gap: 4px; background: none; }
      th button:hover:not(:disabled) { background: none; color: var(--ink); text-decoration: underline; }
      th .arrow { width: 1ch; }
      th.number button { flex-direction: row-reverse; }
      .title { display: block; color: var(--ink-soft); font-size: var(--text-small); font-weight: 400; }
      .id { font-family: var(--font-figures); font-size: 0.93em; font-weight: 500; white-space: nowrap; }
      .good { color: var(--good); } .caution { color: var(--caution); } .bad { color: var(--bad); } .waiting { color: var(--ink-soft); }
      .state { white-space: nowrap; }
      .state .mark { display: inline-block; width: 1.4ch; font-weight: 700; }
      .about { display: block; color: var(--ink-soft); font-size: var(--text-small); }
      .flag { color: var(--ink-soft); font-size: var(--text-small); display: block; }
      .flag span { color: var(--caution); }
      p.flag { margin-block-start: var(--space-2); }
      .faster { color: var(--faster); } .slower { color: var(--slower); } .undecided { color: var(--undecided); } .same { color: var(--same); }
      .against { white-space: nowrap; }
      .tuned { font-size: var(--text-small); color: var(--accent); white-space: nowrap; margin-inline-start: var(--space-1); }
      td .about { white-space: nowrap; font-family: var(--font-words); }
      td.evidence .about { white-space: normal; }
      .reason { color: var(--ink); max-width: 64ch; }
      tbody tr:hover { background: var(--surface-sunk); }
      @media (max-width: 720px) {
        thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
        table, tbody, caption { display: block; }
        tr { display: grid; grid-template-columns: 1fr 1fr; gap: 2px var(--space-4); padding: var(--space-3) 0; border-block-start: 1px solid var(--hairline); }
        td, tbody th { border: 0; padding: 0; text-align: start; }
        tbody th, .reason, .evidence { grid-column: 1 / -1; }
        td[data-label]::before { content: attr(data-label); display: block; color: var(--ink-soft); font-size: var(--text-small); font-family: var(--font-words); }
        .title, .about { display: inline; margin-inline-start: var(--space-2); }
        tbody tr:hover { background: none; }
        td.number { white-space: normal; text-align: start; }
        td.number .about { display: block; margin: 0; white-space: normal; }
        .against { white-space: normal; }
      }
    `,
  ];

  @property({ attribute: false }) rungs: readonly Rung[] = [];
  @property({ attribute: false }) run!: Run;
  @state() private sortBy: Column = 'kernel';
  @state() private descending = false;

  protected override render() {
    const baseline = this.rungs.find((rung) => rung.isBaseline)?.name;
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="Results"><table role="table" @keydown=${this.onKey}>
        <caption class="visually-hidden">Kernels of ${this.run.request.operation} at ${formatShape(this.run.request.shape)}</caption>
        <thead role="rowgroup">
          <tr role="row">
            ${this.head('kernel', 'Kernel')}${this.head('verified', 'Verified')}${this.isMeasuredForAccuracy ? this.head('accuracy', 'Accuracy, SQNR', true) : nothing}
            ${this.head('time', 'Time ± 95 %', true)}
            ${this.head('rate', 'Rate', true)}${this.head('bandwidth', 'Bandwidth', true)}
            ${this.has('roofline') ? this.head('place', 'Of attainable', true) : nothing}${this.has('energy') ? this.head('energy', 'Energy per run', true) : nothing}
            ${this.head('against', baseline ? `Speed against ${baseline}` : 'Against the baseline')}
          </tr>
        </thead>
        <tbody role="rowgroup">${this.sorted().map((rung) => this.renderRow(rung))}</tbody>
      </table></div>
      ${this.sharedFlags().map((flag) => html`<p class="flag">${mark}${flag}</p>`)}
      ${this.isMeasuredForAccuracy ? accuracyNote : nothing}
    `;
  }

  private head(column: Column, title: string, number = false) {
    const active = this.sortBy === column;
    const sort = active ? (this.descending ? 'descending' : 'ascending') : nothing;
    const arrow = active ? (this.descending ? '▾' : '▴') : '';
    return html`<th role="columnheader" scope="col" class=${number ? 'number' : ''} aria-sort=${sort}>
      <button @click=${() => this.sort(column)}>${title}<span class="arrow" aria-hidden="true">${arrow}</span></button>
    </th>`;
  }

  private sort(column: Column): void {
    if (this.sortBy === column) this.descending = !this.descending;
    else {
      this.sortBy = column;
      this.descending = ['accuracy', 'rate', 'bandwidth', 'place', 'against'].includes(column);
    }
  }

  private sorted(): readonly Rung[] {
    const key = keys[this.sortBy];
    const sign = this.descending ? -1 : 1;
    return this.rungs
      .map((rung, index) => ({ rung, value: key(rung, index) }))
      .sort((a, b) => {
        if (a.value === undefined || b.value === undefined)
          return Number(a.value === undefined) - Number(b.value === undefined);
        return sign * (a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
      })
      .map(({ rung }) => rung);
  }

  private renderRow(rung: Rung) {
    const { row } = rung;
    const state = stateOf(row, this.run.state === 'running');
    const shared = this.sharedFlags();
    return html`<tr role="row" data-kernel=${rung.id} data-status=${row?.status ?? 'waiting'}>
      <th role="rowheader" scope="row"><a class="id" href=${kernelHref(rung.id)}>${rung.name}</a>${rung.tuned?.status === 'ok' ? tunedMark(rung.tuned.winner) : nothing}<span class="title">${rung.title}</span></th>
      <td role="cell" class="evidence">
        <span class="state ${state.tone}"><span class="mark" aria-hidden="true">${state.mark}</span>${state.word}</span>
        ${row?.status === 'ok' ? html`<span class="about">${state.about}</span>` : nothing}
        ${row?.status === 'ok' && row.reason ? html`<span class="flag">${mark}No time: ${row.reason}</span>` : nothing}
        ${[rung.tuned?.status === 'stale' ? rung.tuned.reason : undefined, row && placeRemark(row)].map((remark) => (remark === undefined ? nothing : html`<span class="flag">${mark}${remark}</span>`))}
        ${row?.time?.flags?.filter((flag) => !shared.includes(flag)).map((flag) => html`<span class="flag">${mark}${flag}</span>`)}
      </td>
      ${row && row.status !== 'ok' ? html`<td role="cell" class="reason" colspan=${this.numbers}>${state.about || none}</td>` : this.renderNumbers(rung)}
    </tr>`;
  }

  /** What is to be minded about every time alike, such as drift: said once, below the table. */
  private sharedFlags(): readonly string[] {
    const [first = [], ...others] = this.rungs.flatMap(({ row }) => (row?.time ? [row.time.flags ?? []] : []));
    return others.length === 0 ? [] : first.filter((flag) => others.every((flags) => flags.includes(flag)));
  }

  /** Operations on quantized values say how far their exact answer is from that of the unquantized ones. */
  private get isMeasuredForAccuracy(): boolean {
    return this.rungs.some(({ row }) => row?.accuracy);
  }

  private renderNumbers(rung: Rung) {
    const { row, soFar } = rung;
    const pending = row ? 'verified, not timed yet' : 'no answer yet';
    return html`
      ${
        this.isMeasuredForAccuracy
          ? html`<td role="cell" class="number" data-label="accuracy">${row?.accuracy ? html`${formatAccuracy(row.accuracy)}${row.accuracy.sqnrDb === undefined ? nothing : html`<span class="about">${formatErrors(row.accuracy)}</span>`}` : this.absent(pending)}</td>`
          : nothing
      }
      <td role="cell" class="number" data-label="time">
        ${row?.time ? formatTiming(row.time) : this.soFar(soFar && formatTiming(soFar.time), row?.reason ?? pending)}
      </td>
      <td role="cell" class="number" data-label="rate">${row?.rates ? formatRate(row.rates.flopPerS, row.rates.unit) : this.soFar(soFar && formatRate(soFar.rates.flopPerS, soFar.rates.unit), pending)}</td>
      <td role="cell" class="number" data-label="bandwidth">${row?.rates ? formatBandwidth(row.rates.bytePerS) : this.absent(pending)}</td>
      ${this.has('roofline') ? html`<td role="cell" class="number" data-label="of attainable">${row?.roofline ? placeCell(row.roofline) : this.absent('the ceilings of this device were not known to this run')}</td>` : nothing}
      ${this.has('energy') ? html`<td role="cell" class="number" data-label="energy per run">${row?.energy ? energyCell(row) : this.absent(row?.reason ?? pending)}</td>` : nothing}
      <td role="cell" class="figures against" data-label="against the baseline">${this.renderVerdict(rung)}</td>
    `;
  }

  /** Whether any row has it; then it gets a column. */
  private has(part: 'roofline' | 'energy'): boolean {
    return this.rungs.some(({ row }) => row?.[part]);
  }

  /** Columns of numbers, for a reason that takes the place of them all. */
  private get numbers(): number {
    return [this.isMeasuredForAccuracy, this.has('roofline'), this.has('energy')].filter(Boolean).length + 4;
  }

  private renderVerdict({ against, isBaseline, row }: Rung) {
    if (isBaseline) return html`<span class="soft">baseline</span>`;
    if (!against)
      return this.absent(row?.time ? 'this kernel was not measured in turns with the baseline' : 'no answer yet');
    const { verdict, pairs } = against;
    return html`<span title="${pairs} pairs measured in turns" class=${verdict}
      ><span aria-hidden="true">${verdictMarks[verdict]}</span> ${verdict} ${formatRatioInterval({ ratio: against.ratio, ci95: [...against.ci95] })}</span>`;
  }

  /** A number that is still being sampled, or a dash. */
  private soFar(number: string | undefined, reason: string) {
    if (number === undefined) return this.absent(reason);
    return html`<span class="soft" title="so far: still being sampled">${number}<span class="visually-hidden"> so far</span></span>`;
  }

  /** A dash that gives its reason on hover, and to a screen reader. */
  private absent(reason: string) {
    return html`<span class="soft" title=${reason}><span aria-hidden="true">${none}</span><span class="visually-hidden">${reason}</span></span>`;
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    const links = [...this.renderRoot.querySelectorAll<HTMLElement>('tbody a')];
    const next = links[links.indexOf(event.target as HTMLElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-results-table': ResultsTable;
  }
}
