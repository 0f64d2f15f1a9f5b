/** <tw-lmul-dots>: error of whole dot products, where errors of single products partly cancel and biases do not. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { significant, thinSpace } from '../../bench/format.js';
import type { LmulDotRow } from '../../worker/api.js';
import { base, tables } from '../styles/shared.js';

@customElement('tw-lmul-dots')
export class LmulDots extends LitElement {
  static override readonly styles = [
    base,
    tables,
    css`
      :host { max-width: 980px; }
      th, td { padding-block: 4px; }
      tbody th { font-weight: 400; white-space: nowrap; }
    `,
  ];

  @property({ attribute: false }) rows: readonly LmulDotRow[] = [];

  protected override render() {
    const titles = [...new Set(this.rows.map(({ title }) => title))];
    const lengths = [...new Set(this.rows.map(({ k }) => k))];
    const of = (title: string, k: number) => this.rows.find((row) => row.title === title && row.k === k);
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Error of dot products"><table>
      <caption class="visually-hidden">Relative rms error of dot products of N(0, 1) operands, by length</caption>
      <thead><tr>
        <th scope="col">Products</th>
        ${lengths.map((k) => html`<th scope="col" class="number">K = ${k}</th>`)}
        <th scope="col" class="number" title="Root mean square error over √K, at the longest K">RMS / √K</th>
        <th scope="col" class="number" title="Least-squares factor between computed and exact dot products, at the longest K: a bias that scaling would undo">Gain</th>
      </tr></thead>
      <tbody>${titles.map((title) => {
        const last = of(title, lengths.at(-1)!);
        return html`<tr>
          <th scope="row" class="figures">${title}</th>
          ${lengths.map((k) => html`<td class="number">${significant(100 * (of(title, k)?.relativeRms ?? Number.NaN))}${thinSpace}%</td>`)}
          <td class="number">${significant(last?.rmsPerRootK ?? Number.NaN)}</td>
          <td class="number">${significant(last?.gain ?? Number.NaN, 4)}</td>
        </tr>`;
      })}</tbody>
    </table></div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-lmul-dots': LmulDots;
  }
}
