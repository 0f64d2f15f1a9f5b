/** <tw-run-view>: a kept run as its table, with where it was measured. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { describeEnvironment, groupsOf, tableOf } from '../../bench/export.js';
import { formatShape } from '../../bench/format.js';
import type { Results } from '../../bench/results.js';
import { base, tables } from '../styles/shared.js';

@customElement('tw-run-view')
export class RunView extends LitElement {
  static override readonly styles = [
    base,
    tables,
    css`
      :host { display: grid; gap: var(--space-3); }
      :host > * { min-width: 0; }
      td, tbody th { font-family: var(--font-figures); font-size: 0.93em; font-variant-numeric: tabular-nums; }
    `,
  ];

  @property({ attribute: false }) results!: Results;
  @property({ attribute: false }) name = '';

  protected override render() {
    return html`
      <h2>${this.name}</h2>
      <p class="soft small">${describeEnvironment(this.results.environment)}</p>
      ${groupsOf(this.results).map((group) => {
        const { columns, rows } = tableOf(this.results, group);
        return html`<div class="scroll" tabindex="0" role="region" aria-label="Results of ${group.operation} at ${formatShape(group.shape)}"><table>
          <caption class="soft small">${group.operation} ${formatShape(group.shape)}</caption>
          <thead><tr>${columns.map(({ title, align }) => html`<th scope="col" class=${align === 'right' ? 'number' : ''}>${title}</th>`)}</tr></thead>
          <tbody>${rows.map(
            ([first, ...cells]) =>
              html`<tr><th scope="row">${first}</th>${cells.map(
                (cell, index) => html`<td class=${columns[index + 1]?.align === 'right' ? 'number' : ''}>${cell}</td>`,
              )}</tr>`,
          )}</tbody>
        </table></div>`;
      })}
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-run-view': RunView;
  }
}
