/** <tw-side-by-side>: two runs, kernel by kernel. Runs made apart give a ratio, not a verdict. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { describeEnvironment } from '../../bench/export.js';
import { formatRatio, formatTiming, none } from '../../bench/format.js';
import type { ResultRow, Results } from '../../bench/results.js';
import { base, tables } from '../styles/shared.js';
import { stateOf } from '../words.js';
import { type PairedRow, pairRuns } from './pair-runs.js';

interface Side {
  readonly name: string;
  readonly results: Results;
}

@customElement('tw-side-by-side')
export class SideBySide extends LitElement {
  static override readonly styles = [
    base,
    tables,
    css`
      :host { display: grid; gap: var(--space-3); }
      :host > * { min-width: 0; }
      tbody th { font-family: var(--font-figures); font-size: 0.93em; }
      tbody th span { display: block; }
    `,
  ];

  @property({ attribute: false }) first!: Side;
  @property({ attribute: false }) second!: Side;

  protected override render() {
    const { first, second } = this;
    const rows = pairRuns(first.results, second.results);
    return html`
      <h2>${first.name} and ${second.name}</h2>
      <p class="soft small"><strong>${first.name}</strong>: ${describeEnvironment(first.results.environment)}<br />
        <strong>${second.name}</strong>: ${describeEnvironment(second.results.environment)}</p>
      <p class="prose small">The runs were made apart, so clocks, heat and other programs may have differed between them. The range spans the far ends of both
        intervals; a verdict needs both kernels measured in turns in one run.</p>
      <div class="scroll" tabindex="0" role="region" aria-label="Both runs, kernel by kernel"><table>
        <thead><tr>
          <th scope="col">Kernel</th><th scope="col" class="number">${first.name}</th><th scope="col" class="number">${second.name}</th>
          <th scope="col" class="number">Second is faster by</th>
        </tr></thead>
        <tbody>${rows.map((row) => renderRow(row))}</tbody>
      </table></div>
    `;
  }
}

function renderRow({ kernel, variant, first, second, ratio, bounds }: PairedRow) {
  return html`<tr>
    <th scope="row">${kernel}<span class="soft small">${variant}</span></th>
    <td class="number">${timeOf(first)}</td>
    <td class="number">${timeOf(second)}</td>
    <td class="number">${ratio === undefined || !bounds ? none : `${formatRatio(ratio)} (${formatRatio(bounds[0])} to ${formatRatio(bounds[1])})`}</td>
  </tr>`;
}

function timeOf(row: ResultRow | undefined): string {
  if (!row) return 'not in it';
  return row.time ? formatTiming(row.time) : stateOf(row, false).word;
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-side-by-side': SideBySide;
  }
}
