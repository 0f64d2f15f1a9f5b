/** <tw-energy-model>: the coefficients of an energy model, each with its low, middle and high value. */
import { html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { EnergyModel, Range } from '../../bench/energy/model.js';
import { formatBytes, formatSi } from '../../bench/format.js';
import { base, tables } from '../styles/shared.js';

@customElement('tw-energy-model')
export class EnergyModelTable extends LitElement {
  static override readonly styles = [base, tables];

  @property({ attribute: false }) model!: EnergyModel;

  protected override render() {
    const { idleWatts, limitWatts, perOperation, perMemoryByte, perCacheByte, cacheBytes, tier } = this.model;
    const rows: readonly (readonly [string, Range, string])[] = [
      ['Idle', idleWatts, 'W'],
      ['Power limit', limitWatts, 'W'],
      ['f32 multiply-add', perOperation.fma32, 'J'],
      ['f16 multiply-add', perOperation.fma16, 'J'],
      ['8-bit dot product of four', perOperation.dot4, 'J'],
      ['Integer operation', perOperation.int, 'J'],
      ['Special function', perOperation.sfu, 'J'],
      ['Byte of memory', perMemoryByte, 'J'],
      ['Byte of a cache', perCacheByte, 'J'],
    ];
    const { low, high } = cacheBytes;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Coefficients of the energy model"><table>
      <thead><tr><th scope="col">${tier}</th><th scope="col" class="number">low</th><th scope="col" class="number">mid</th><th scope="col" class="number">high</th></tr></thead>
      <tbody>${rows.map(
        ([title, range, unit]) => html`<tr><th scope="row">${title}</th>
          ${[range.low, range.mid, range.high].map((value) => html`<td class="number">${formatSi(value, unit)}</td>`)}</tr>`,
      )}</tbody>
    </table></div>
    ${high > 0 ? html`<p class="soft small">Working sets up to ${formatBytes(low)} surely fit a cache, those above ${formatBytes(high)} surely do not.</p>` : html`<p class="soft small">The log does not tell caches from memory, so one energy stands for both.</p>`}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-energy-model': EnergyModelTable;
  }
}
