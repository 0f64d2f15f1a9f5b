/** <tw-scheme-table>: a row per scheme: size, accuracy with its interval, agreement, divergence, time, and how layers were computed. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatBytes, formatRange, none } from '../../bench/format.js';
import type { SchemeRow } from '../../worker/models-api.js';
import { base, controls, tables } from '../styles/shared.js';
import {
  computedText,
  type Goal,
  goalOf,
  numberText,
  shareText,
  speedText,
  statusWords,
  timeText,
} from './model-words.js';
import { yardstick } from './scheme-menu.js';

@customElement('tw-scheme-table')
export class SchemeTable extends LitElement {
  static override readonly styles = [
    base,
    controls,
    tables,
    css`
      .good { color: var(--good); } .caution { color: var(--caution); } .bad { color: var(--bad); }
      td.reason { white-space: normal; }
      .front { color: var(--faster); font-weight: 700; }
      details { margin-block-start: var(--space-2); }
      .how { display: grid; gap: var(--space-1); margin-block-start: var(--space-2); max-width: var(--measure); overflow-wrap: anywhere; }
      .how dt { margin-block-start: var(--space-2); font-weight: 600; }
      .how dd { margin-inline-start: var(--space-4); }
      .method { font-weight: 400; }
      @media (max-width: 720px) {
        thead { position: absolute; clip-path: inset(50%); }
        table, tbody { display: block; }
        tr { display: grid; grid-template-columns: 1fr 1fr; gap: 2px var(--space-4); padding: var(--space-3) 0; border-block-start: 1px solid var(--hairline); }
        td, tbody th { border: 0; padding: 0; }
        tbody th, td.reason { grid-column: 1 / -1; }
        td.number { text-align: start; white-space: normal; }
        td.number::before { content: attr(data-name); display: block; font-family: var(--font-words); font-size: var(--text-small); color: var(--ink-soft); }
      }
    `,
  ];

  @property({ attribute: false }) rows: readonly SchemeRow[] = [];
  @property({ attribute: false }) front: readonly number[] = [];
  @property({ type: Boolean }) running = false;

  protected override render() {
    const { rows } = this;
    if (rows.length === 0)
      return html`<p class="soft" role="status">${this.running ? 'The first scheme is on its way.' : 'Nothing was measured.'}</p>`;
    const goal = goalOf(rows);
    const columns = this.columns(goal);
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of schemes"><table>
        <caption class="visually-hidden">Schemes with size, accuracy, agreement, divergence and time</caption>
        <thead><tr><th scope="col">Scheme</th>${columns.map(({ title, about }) => html`<th scope="col" class="number" title=${about ?? nothing}>${title}</th>`)}</tr></thead>
        <tbody>${rows.map((row, i) => this.renderRow(row, i, columns))}</tbody>
      </table></div>
      ${this.front.length > 0 ? html`<p class="soft small"><span class="front" aria-hidden="true">◆</span> no other scheme is at once smaller, faster and better</p>` : nothing}
      ${this.renderHow()}`;
  }

  private columns(goal: Goal): readonly Column[] {
    const has = (get: (row: SchemeRow) => unknown): boolean => this.rows.some((row) => get(row) !== undefined);
    const all: readonly (Column | undefined)[] = [
      {
        title: 'Size',
        about: 'All weights as stored',
        of: ({ bytes }) => (bytes === undefined ? none : formatBytes(bytes)),
      },
      { title: goal.name, of: (row) => goal.text(goal.of(row)) },
      has((row) => row.top5) ? { title: 'Top-5', of: (row) => shareText(row.top5) } : undefined,
      goal.name === 'Agreement'
        ? undefined
        : {
            title: 'Agreement',
            about: 'Items whose first choice is that of the float model',
            of: (row) => shareText(row.agreement),
          },
      {
        title: 'KL, nats',
        about: 'Mean divergence from the distribution of the float model',
        of: (row) => numberText(row.divergence, 2),
      },
      { title: 'Time per batch', of: (row) => timeText(row.time) },
      has((row) => row.speed)
        ? {
            title: 'Speed against f32',
            about: 'Batches of both in turns: ▲ faster, ▼ slower, = same, ? undecided',
            of: ({ speed }) => (speed ? speedText(speed) : none),
          }
        : undefined,
      has((row) => row.joules)
        ? {
            title: 'Energy',
            about: 'Estimated, as a range',
            of: ({ joules }) => (joules ? `${formatRange(joules.low, joules.high, 'J')} ${joules.tier}` : none),
          }
        : undefined,
      { title: 'Layers', about: 'On the kernel of the format, or with weights turned back to float', of: computedText },
    ];
    return all.filter((column): column is Column => column !== undefined);
  }

  private renderRow(row: SchemeRow, index: number, columns: readonly Column[]) {
    const { mark, word, tone } = statusWords(row);
    const name = html`<th scope="row" class="figures" title=${row.title}>${row.scheme}
      ${this.front.includes(index) ? html`<span class="front" title="On the front">◆<span class="visually-hidden">on the front</span></span>` : nothing}
      ${row.settings.method && row.settings.method !== 'nearest' ? html`<span class="soft small method">${row.settings.method}</span>` : nothing}</th>`;
    if (row.status !== 'ok') {
      return html`<tr data-scheme=${row.scheme} data-status=${row.status}>${name}
        <td class="reason" colspan=${columns.length}><span class=${tone}>${mark} ${word}</span> ${row.reason ?? ''}</td></tr>`;
    }
    return html`<tr data-scheme=${row.scheme} data-status="ok">${name}${columns.map(({ title, of }) => html`<td class="number" data-name=${title}>${of(row)}</td>`)}</tr>`;
  }

  /** How the layers of each scheme were computed: by which kernel, or why by none of their format. */
  private renderHow() {
    const schemes = this.rows.flatMap(({ scheme, layers = [] }) => {
      const lines = new Map<string, { readonly computed: string; readonly why: string; readonly names: string[] }>();
      for (const { name, computed, why = '' } of scheme === yardstick ? [] : layers) {
        const line = lines.get(`${computed} ${why}`) ?? { computed, why, names: [] };
        line.names.push(name);
        lines.set(`${computed} ${why}`, line);
      }
      return lines.size === 0 ? [] : [{ scheme, lines: [...lines.values()] }];
    });
    if (schemes.length === 0) return nothing;
    return html`<details><summary>How each layer was computed</summary><dl class="how">${schemes.map(
      ({ scheme, lines }) => html`<dt class="figures">${scheme}</dt>
        ${lines.map(({ computed, why, names }) => html`<dd><strong>${computed}</strong> <span class="figures">${names.join(', ')}</span> <span class="soft">${why}</span></dd>`)}`,
    )}</dl></details>`;
  }
}

interface Column {
  readonly title: string;
  readonly about?: string;
  readonly of: (row: SchemeRow) => string;
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-scheme-table': SchemeTable;
  }
}
