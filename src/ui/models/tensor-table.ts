/** <tw-tensor-table>: tensors with type, shape, bytes, range and histogram; searched by name, sorted by size. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatBytes, none } from '../../bench/format.js';
import type { ModelCard } from '../../worker/models-api.js';
import { base, controls, tables } from '../styles/shared.js';
import { histogram, histogramStyles } from './histogram.js';

type TensorRow = ModelCard['inspection']['tensors'][number];

const step = 100;

@customElement('tw-tensor-table')
export class TensorTable extends LitElement {
  static override readonly styles = [
    base,
    controls,
    tables,
    histogramStyles,
    css`
      .find { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-4); align-items: center; margin-block-end: var(--space-2); }
      .find input[type='search'] { max-width: 320px; flex: 1 1 200px; }
      .find label { display: flex; gap: var(--space-2); align-items: center; }
      .name { overflow-wrap: anywhere; min-width: 16ch; }
      td, tbody th { vertical-align: middle; }
      .bad { color: var(--bad); }
    `,
  ];

  @property({ attribute: false }) tensors: readonly TensorRow[] = [];
  @state() private search = '';
  @state() private bySize = false;
  @state() private shown = step;

  protected override render() {
    const wanted = this.search.toLowerCase();
    const found = this.tensors.filter(({ name }) => name.toLowerCase().includes(wanted));
    const rows = this.bySize ? [...found].sort((a, b) => b.bytes - a.bytes) : found;
    return html`<div class="find">
        <input type="search" placeholder="find by name" aria-label="Find tensors by name" autocomplete="off" @input=${(
          event: Event,
        ) => {
          this.search = (event.target as HTMLInputElement).value;
          this.shown = step;
        }} />
        <label><input type="checkbox" .checked=${this.bySize} @change=${(event: Event) => {
          this.bySize = (event.target as HTMLInputElement).checked;
        }} />largest first</label>
        ${wanted ? html`<span class="soft small" role="status">${found.length} of ${this.tensors.length}</span>` : nothing}
      </div>
      <div class="scroll" tabindex="0" role="region" aria-label="Table of tensors"><table>
        <thead><tr><th scope="col">Tensor</th><th scope="col">Type and shape</th><th scope="col" class="number">Bytes</th><th scope="col" class="number">Range</th><th scope="col">Distribution</th></tr></thead>
        <tbody>${rows.slice(0, this.shown).map((tensor) => this.renderTensor(tensor))}</tbody>
      </table></div>
      ${
        rows.length > this.shown
          ? html`<button class="plain" @click=${() => {
              this.shown += 5 * step;
            }}>Show more of ${rows.length} tensors</button>`
          : nothing
      }`;
  }

  private renderTensor({ name, type, dims, bytes, distribution }: TensorRow) {
    const range = distribution?.range;
    const short = (value: number): string => String(Number(value.toPrecision(3)));
    return html`<tr>
      <th scope="row" class="figures name">${name || html`<span class="soft">no name</span>`}</th>
      <td class="figures">${type}[${dims.join(',')}]</td>
      <td class="number">${formatBytes(bytes)}</td>
      <td class="number">${range ? `${short(range[0])} … ${short(range[1])}` : none}${distribution && distribution.nonFinite > 0 ? html`<div class="bad small">${distribution.nonFinite} not finite</div>` : nothing}</td>
      <td>${range && range[0] < range[1] ? histogram(distribution.histogram, `Distribution of ${name} from ${short(range[0])} to ${short(range[1])}`) : none}</td>
    </tr>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-tensor-table': TensorTable;
  }
}
