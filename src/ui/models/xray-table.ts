/** <tw-xray-table>: layers ranked by what quantization does to them, with the distribution before and after. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { none, thinSpace } from '../../bench/format.js';
import type { ErrorFigures, HistogramPair, XrayRow } from '../../worker/models-api.js';
import { base, controls, forms, tables } from '../styles/shared.js';
import { histogram, histogramStyles } from './histogram.js';
import { decibels } from './model-words.js';

const parts = { both: 'Both', weights: 'Weights', activations: 'Activations' } as const;
type Part = keyof typeof parts;

@customElement('tw-xray-table')
export class XrayTable extends LitElement {
  static override readonly styles = [
    base,
    controls,
    forms,
    tables,
    histogramStyles,
    css`
      :host { display: grid; gap: var(--space-3); }
      .segments { max-width: 340px; }
      .key { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-4); }
      .pair { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-3); }
      .quantized { color: var(--series-b); }
      td, tbody th { vertical-align: middle; }
      .op { font-family: var(--font-words); }
      tbody th { overflow-wrap: anywhere; }
      @media (max-width: 720px) {
        thead { position: absolute; clip-path: inset(50%); }
        table, tbody { display: block; }
        tr { display: grid; grid-template-columns: 1fr 1fr; gap: 2px var(--space-4); padding: var(--space-3) 0; border-block-start: 1px solid var(--hairline); }
        td, tbody th { border: 0; padding: 0; }
        tbody th { grid-column: 1 / -1; }
        td.number { text-align: start; }
        td.number::before { content: attr(data-name); display: block; font-family: var(--font-words); font-size: var(--text-small); color: var(--ink-soft); }
      }
    `,
  ];

  /** Worst first. */
  @property({ attribute: false }) rows: readonly XrayRow[] = [];
  /** `native` or `simulated`, by layer, where it is known. */
  @property({ attribute: false }) computed: ReadonlyMap<string, string> = new Map();
  @state() private shown: Part = 'both';

  protected override render() {
    const has = (part: Part): boolean => this.rows.some((row) => row[part]);
    const known = (Object.keys(parts) as Part[]).filter(has);
    const part = known.includes(this.shown) ? this.shown : (known[0] ?? 'weights');
    const figures = (row: XrayRow): ErrorFigures | undefined => row[part];
    const rows = [...this.rows].sort((a, b) => rank(figures(a)) - rank(figures(b)));
    const onlyThis = this.rows.some((row) => row.onlyThis !== undefined);
    return html`
      ${known.length > 1 ? this.renderParts(known, part) : nothing}
      <div class="scroll" tabindex="0" role="region" aria-label="Table of layers"><table>
        <caption class="visually-hidden">Layers ranked by signal-to-noise ratio, worst first</caption>
        <thead><tr>
          <th scope="col">Layer</th><th scope="col" class="number" title="Signal to quantization noise: 6 dB more is about one bit more">SQNR</th>
          <th scope="col" class="number">Cosine</th><th scope="col" class="number">Max error</th>
          ${onlyThis ? html`<th scope="col" class="number" title="Agreement with the float model where only this layer is quantized">Only this</th><th scope="col" class="number" title="Agreement where all but this one are">All but this</th>` : nothing}
          <th scope="col">Weights and output</th>
        </tr></thead>
        <tbody>${rows.map((row) => this.renderRow(row, figures(row), onlyThis))}</tbody>
      </table></div>
      <p class="soft small key"><span><span aria-hidden="true">■</span> float</span><span class="quantized"><span aria-hidden="true">━</span> quantized</span><span>heights are square roots of counts</span></p>`;
  }

  private renderParts(known: readonly Part[], current: Part) {
    return html`<div class="segments" role="radiogroup" aria-label="What is quantized">${known.map(
      (name) =>
        html`<label><input type="radio" name="part" .checked=${name === current} @change=${() => {
          this.shown = name;
        }} /><span>${parts[name]}</span></label>`,
    )}</div>`;
  }

  private renderRow(row: XrayRow, figures: ErrorFigures | undefined, onlyThis: boolean) {
    return html`<tr data-layer=${row.layer}>
      <th scope="row"><span class="figures">${row.layer}</span> <span class="soft small op">${row.op}${this.computed.has(row.layer) ? `, ${this.computed.get(row.layer)}` : ''}</span></th>
      <td class="number" data-name="SQNR">${figures ? decibels(figures.sqnr) : none}</td>
      <td class="number" data-name="Cosine">${figures ? cosineText(figures.cosine) : none}</td>
      <td class="number" data-name="Max error">${figures ? Number(figures.maxError.toPrecision(3)) : none}</td>
      ${onlyThis ? html`<td class="number" data-name="Only this">${agreementText(row.onlyThis)}</td><td class="number" data-name="All but this">${agreementText(row.allButThis)}</td>` : nothing}
      <td><div class="pair">${pairOf(row.weightHistogram, `Weights of ${row.layer}`)}${pairOf(row.outputHistogram, `Output of ${row.layer}`)}</div></td>
    </tr>`;
  }
}

function pairOf({ float, quantized }: HistogramPair, what: string) {
  return histogram(float, `${what}, float and quantized`, quantized);
}

function rank(figures: ErrorFigures | undefined): number {
  return figures?.sqnr ?? Number.POSITIVE_INFINITY;
}

/** Near one, what is missing says more than the number. */
function cosineText(cosine: number): string {
  const missing = 1 - cosine;
  return missing > 0 && missing < 5e-5 ? `1 − ${missing.toExponential(1)}` : cosine.toFixed(4);
}

function agreementText(share: number | undefined): string {
  return share === undefined ? none : `${(100 * share).toFixed(1)}${thinSpace}%`;
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-xray-table': XrayTable;
  }
}
