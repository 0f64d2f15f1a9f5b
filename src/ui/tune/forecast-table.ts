/** <tw-forecast-table>: what stored searches let expect of a shape that was not run, and how far off such predictions are. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatRange, formatRatio, formatTime, none } from '../../bench/format.js';
import type { Expected, Forecast } from '../../bench/tune/forecast.js';
import { keyOf } from '../../bench/tune/points.js';
import { basisWords, qualityWords } from '../../bench/tune/predictor-words.js';
import { base, tables } from '../styles/shared.js';
import { shapeWords } from '../words.js';

@customElement('tw-forecast-table')
export class ForecastTable extends LitElement {
  static override readonly styles = [
    base,
    tables,
    css`:host { display: grid; gap: var(--space-2); } tbody th { font-weight: 400; white-space: nowrap; }`,
  ];

  @property({ attribute: false }) forecast!: Forecast;
  @property({ attribute: false }) hasEnergyModel = false;

  protected override render() {
    const { best, default: usual, shape, quality } = this.forecast;
    const isUsual = ({ tunables }: Expected) => keyOf(tunables) === keyOf(usual.tunables);
    const rows = best.some(isUsual) ? best : [...best, usual];
    const tier = quality.energy ? `, ${quality.energy.tier}` : '';
    return html`
      <h3>Expected at ${shapeWords(shape)}</h3>
      <div class="scroll" tabindex="0" role="region" aria-label="Predicted times"><table>
        <thead><tr><th scope="col">Tunables</th><th scope="col" class="number">Expected time</th><th scope="col" class="number">Times as fast as the default</th>
          ${usual.joules ? html`<th scope="col" class="number">Expected energy per run${tier}</th>` : nothing}</tr></thead>
        <tbody>${rows.map(
          (one) => html`<tr>
            <th scope="row" class="figures">${keyOf(one.tunables)}${isUsual(one) ? ' (default)' : ''}</th>
            <td class="number">${formatTime(one.ns)}</td><td class="number">${formatRatio(usual.ns / one.ns)}</td>
            ${usual.joules ? html`<td class="number">${one.joules ? formatRange(one.joules.lowJ, one.joules.highJ, 'J') : none}</td>` : nothing}
          </tr>`,
        )}</tbody>
      </table></div>
      <p class="soft small prose" role="status">${basisWords(this.forecast)} ${qualityWords(quality, this.hasEnergyModel)}</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-forecast-table': ForecastTable;
  }
}
