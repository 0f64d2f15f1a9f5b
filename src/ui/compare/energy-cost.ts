/** <tw-energy-cost>: joules of a comparison by what they buy, ranked by energy and time as one, and what they stand for. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { carbonGrams, type Ranked, rankByCost, sharedBy, waterLitres } from '../../bench/energy/cost.js';
import { formatRange, none, significant } from '../../bench/format.js';
import type { ResultRow, RowEnergy } from '../../bench/results.js';
import { perOperation } from '../device-numbers.js';
import type { Rung } from '../run.js';
import { base, controls, forms, tables } from '../styles/shared.js';

/** The visitor's own numbers, kept in this browser. */
interface Prices {
  readonly gramsPerKwh?: number;
  readonly litresPerKwh?: number;
}

const storedPrices = 'tilewatt energy prices';

interface Item {
  readonly name: string;
  readonly row: ResultRow;
  readonly energy: RowEnergy;
  readonly seconds: number;
}

@customElement('tw-energy-cost')
export class EnergyCost extends LitElement {
  static override readonly styles = [
    base,
    controls,
    tables,
    forms,
    css`
      :host { display: grid; gap: var(--space-3); }
      :host > * { min-width: 0; }
      .fields { display: flex; flex-wrap: wrap; gap: var(--space-3) var(--space-6); align-items: end; }
      .fields label { flex: 0 1 190px; }
      .fields label.wide { flex: 1 1 260px; max-width: 420px; }
      input[type='range'] { padding: 0; border: 0; background: none; min-height: 32px; accent-color: var(--accent); }
      .about { display: block; color: var(--ink-soft); font-size: var(--text-small); font-family: var(--font-words); white-space: nowrap; }
      tbody th { white-space: nowrap; font-weight: 400; }
      .caution { color: var(--caution); }
    `,
  ];

  /** Rungs whose rows have times and joules. */
  @property({ attribute: false }) rungs: readonly Rung[] = [];
  @state() private eta = 0.5;
  @state() private prices: Prices = readPrices();
  @state() private problem = '';

  protected override render() {
    const items = this.rungs.flatMap(({ name, row }) =>
      row?.energy && row.time ? [{ name, row, energy: row.energy, seconds: row.time.meanNs * 1e-9 }] : [],
    );
    const [first] = items;
    if (!first) return nothing;
    const { tier, source } = first.energy;
    return html`
      <h2>Energy, ${tier} (${source})</h2>
      <p class="prose soft small">Joules of one run, an estimate: its range is what the model does not know. They are ranked by η·E + (1 − η)·P·t, where P is the
        power limit: η = 1 ranks by energy, η = 0 by time. No figure of hypothetical hardware is part of them.</p>
      ${this.renderFields()}
      ${this.problem ? html`<p class="problem" role="alert">${this.problem} The last good number stays.</p>` : nothing}
      <div class="scroll" tabindex="0" role="region" aria-label="Energy of each kernel">${this.renderTable(rankByCost<Item>(items, this.eta))}</div>
    `;
  }

  private renderFields() {
    const { gramsPerKwh, litresPerKwh } = this.prices;
    return html`<div class="fields">
      <label class="wide"><div class="label">η = ${significant(this.eta, 2)}: from time alone (0) to energy alone (1)</div>
        <input type="range" min="0" max="1" step="0.05" .value=${String(this.eta)} @input=${this.onEta} /></label>
      <label><div class="label">CO₂e of your electricity, g/kWh</div>
        <input inputmode="decimal" autocomplete="off" placeholder="none" .value=${String(gramsPerKwh ?? '')} @change=${(event: Event) => this.onPrice('gramsPerKwh', event)} /></label>
      <label><div class="label">Water for it, L/kWh</div>
        <input inputmode="decimal" autocomplete="off" placeholder="none" .value=${String(litresPerKwh ?? '')} @change=${(event: Event) => this.onPrice('litresPerKwh', event)} /></label>
    </div>`;
  }

  private renderTable(ranked: readonly Ranked<Item>[]) {
    const { gramsPerKwh, litresPerKwh } = this.prices;
    return html`<table>
      <thead><tr>
        <th scope="col">Kernel, least cost first</th><th scope="col" class="number">Cost at η</th><th scope="col" class="number">Per run</th>
        <th scope="col" class="number">Per operation</th><th scope="col" class="number">Per byte</th><th scope="col" class="number">Per result</th>
        ${gramsPerKwh === undefined ? nothing : html`<th scope="col" class="number">CO₂e per run</th>`}
        ${litresPerKwh === undefined ? nothing : html`<th scope="col" class="number">Water per run</th>`}
      </tr></thead>
      <tbody>${ranked.map(({ item: { name, row, energy, seconds }, low, high, certain }, i) => {
        const { lowJ, highJ, tier } = energy;
        const results = row.verification?.of ?? row.verification?.elements ?? 0;
        return html`<tr data-kernel=${row.kernel}>
          <th scope="row"><span class="soft">${i + 1}</span> <span class="figures">${name}</span>${certain ? nothing : html`<span class="about"><span class="caution" aria-hidden="true">▲ </span>order not certain</span>`}</th>
          <td class="number">${formatRange(low, high, 'J')}</td>
          <td class="number">${formatRange(lowJ, highJ, 'J')}<span class="about">${tier}</span></td>
          <td class="number">${perOperation(row) || none}</td>
          <td class="number">${shared(energy, (row.rates?.bytePerS ?? 0) * seconds)}</td>
          <td class="number">${shared(energy, results)}</td>
          ${gramsPerKwh === undefined ? nothing : html`<td class="number">${formatRange(carbonGrams(lowJ, gramsPerKwh), carbonGrams(highJ, gramsPerKwh), 'g')}</td>`}
          ${litresPerKwh === undefined ? nothing : html`<td class="number">${formatRange(waterLitres(lowJ, litresPerKwh), waterLitres(highJ, litresPerKwh), 'L')}</td>`}
        </tr>`;
      })}</tbody>
    </table>`;
  }

  private readonly onEta = (event: Event): void => {
    this.eta = Number((event.target as HTMLInputElement).value);
  };

  private onPrice(name: keyof Prices, event: Event): void {
    const text = (event.target as HTMLInputElement).value.trim().replace(',', '.');
    const value = Number(text);
    const fine = text === '' || (Number.isFinite(value) && value >= 0);
    this.problem = fine ? '' : `"${text}" is no number of 0 or more.`;
    if (!fine) return;
    const { [name]: _, ...others } = this.prices;
    this.prices = text === '' ? others : { ...others, [name]: value };
    try {
      localStorage.setItem(storedPrices, JSON.stringify(this.prices));
    } catch {
      // They then last as long as the page.
    }
  }
}

function shared(energy: RowEnergy, count: number): string {
  if (!(count > 0)) return none;
  const { lowJ, highJ } = sharedBy(energy, count);
  return formatRange(lowJ, highJ, 'J');
}

function readPrices(): Prices {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storedPrices) ?? '{}');
    const entries = Object.entries(kept as object).filter(([, value]) => Number.isFinite(value) && value >= 0);
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-energy-cost': EnergyCost;
  }
}
