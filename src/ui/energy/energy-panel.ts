/** <tw-energy>: what joules are estimated by on this device: a class, watts read from a meter, or a power log. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import '../notice.js';
import './energy-class.js';
import './energy-log.js';
import './energy-meter.js';
import './energy-model.js';
import type { EnergyModel } from '../../bench/energy/model.js';
import { base, controls, forms } from '../styles/shared.js';
import { Watch } from '../watch.js';
import type { Workbench } from '../workbench.js';
import type { EnergyLog } from './energy-log.js';

const ways = {
  class: ['Class', 'modelled', 'no reading at all; the widest range'],
  meter: ['Meter', 'calibrated', 'watts you read, at idle and under two loads'],
  log: ['Power log', 'measured', 'fitted to a log taken while kernels ran'],
} as const;

type Way = keyof typeof ways;

@customElement('tw-energy')
export class EnergyPanel extends LitElement {
  static override readonly styles = [
    base,
    controls,
    forms,
    css`
      :host { display: grid; gap: var(--space-4); }
      :host > * { min-width: 0; }
      .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: var(--space-8); align-items: start; }
      .columns > * { min-width: 0; display: grid; gap: var(--space-3); }
      .segments { max-width: 480px; }
      .row { display: flex; flex-wrap: wrap; gap: var(--space-3); align-items: baseline; }
    `,
  ];

  @property({ attribute: false }) workbench!: Workbench;
  @state() private way: Way = 'class';
  @query('tw-energy-log') private log!: EnergyLog | null;

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  protected override async updated(): Promise<void> {
    if (this.isSoftware) return;
    const files = this.workbench.takeDropped();
    if (files.length === 0) return;
    this.way = 'log';
    await this.updateComplete;
    await this.log?.read(files);
  }

  private get isSoftware(): boolean {
    const { device } = this.workbench;
    return device.status !== 'ready' || device.card.adapter.software;
  }

  protected override render() {
    const { known } = this.workbench;
    return html`
      <h2>Energy</h2>
      <p class="prose soft">Joules are an estimate: an idle share, operations by kind and bytes by level, each times an energy that is known within a range. How the
        energies came about is the tier, named beside every number. What hardware built for other formats could save stands apart, in the
        <a href="#/lmul">L-Mul laboratory</a>.</p>
      ${
        this.isSoftware
          ? html`<tw-notice tone="caution">A software adapter has no GPU power model: it computes on the CPU, so no joules are given.</tw-notice>`
          : html`<div class="columns"><section>${this.renderWays()}</section><section>${this.renderModel(known.energy)}</section></div>`
      }
    `;
  }

  private renderWays() {
    const [, tier, about] = ways[this.way];
    return html`
      <fieldset>
        <legend>Tier: ${tier} (${about})</legend>
        <div class="segments">
          ${(Object.keys(ways) as Way[]).map(
            (way) => html`<label>
              <input type="radio" name="way" value=${way} .checked=${way === this.way} @change=${() => {
                this.way = way;
              }} />
              <span>${ways[way][0]}</span>
            </label>`,
          )}
        </div>
      </fieldset>
      ${this.renderWay()}
    `;
  }

  private renderWay() {
    const { workbench } = this;
    const onModel = (event: CustomEvent<EnergyModel>) => void workbench.known.keepEnergy(event.detail);
    switch (this.way) {
      case 'class':
        return html`<tw-energy-class .workbench=${workbench} @model=${onModel}></tw-energy-class>`;
      case 'meter':
        return html`<tw-energy-meter .workbench=${workbench} @model=${onModel}></tw-energy-meter>`;
      case 'log':
        return html`<tw-energy-log .workbench=${workbench} @model=${onModel}></tw-energy-log>`;
      default:
        return this.way satisfies never;
    }
  }

  private renderModel(model: EnergyModel | undefined) {
    if (!model)
      return html`<p class="soft prose">No model is in use, so runs give no joules. Choose one of the three ways.</p>`;
    const { known, running } = this.workbench;
    return html`
      <h3>In use: ${model.tier}, ${model.source}</h3>
      <tw-energy-model .model=${model}></tw-energy-model>
      <p class="row"><span class="soft small">Kept for this adapter. <a href="#/">Runs</a> give joules from now on.</span>
        <button class="plain" ?disabled=${running} @click=${() => known.keepEnergy(undefined)}>Use none</button></p>
      ${known.problem ? html`<tw-notice tone="caution">${known.problem}</tw-notice>` : nothing}
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-energy': EnergyPanel;
  }
}
