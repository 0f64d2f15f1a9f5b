/** <tw-device-page>: everything the page knows of the device and its clock, and what kernels may use of it. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../compare/trouble.js';
import '../energy/energy-panel.js';
import './ceilings-panel.js';
import './device-strip.js';
import { adapterName } from '../../bench/export.js';
import { formatBytes, formatCount, formatTime, none } from '../../bench/format.js';
import type { DeviceCard } from '../../worker/api.js';
import { base, controls, tables } from '../styles/shared.js';
import { Watch } from '../watch.js';
import type { Workbench } from '../workbench.js';
import { hasFeature, isCoarse, knownFeatures, measured, timerWords } from './device-words.js';

@customElement('tw-device-page')
export class DevicePage extends LitElement {
  static override readonly styles = [
    base,
    controls,
    tables,
    css`
      :host { display: grid; gap: var(--space-6); }
      .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: var(--space-8); align-items: start; }
      h2 { margin-block-end: var(--space-2); }
      .has { white-space: nowrap; }
      @media (max-width: 480px) {
        .features tr { display: grid; grid-template-columns: 1fr auto; }
        .features td.soft { grid-area: 2 / 1 / 3 / 3; border-block-start: 0; padding-block-start: 0; }
        .features .has { grid-area: 1 / 2; }
      }
      ul { list-style: none; }
      li::before { content: '▲'; color: var(--caution); font-size: 0.75em; margin-inline-end: var(--space-2); }
    `,
  ];

  @property({ attribute: false }) workbench!: Workbench;

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  protected override render() {
    const { device } = this.workbench;
    if (device.status === 'asking')
      return html`<h1>Device</h1><p class="soft">Asking the browser for a GPU and timing its clock.</p>`;
    if (device.status !== 'ready') return html`<h1>Device</h1><tw-trouble .workbench=${this.workbench}></tw-trouble>`;
    const { card } = device;
    return html`
      <h1>${adapterName(card.adapter)}</h1>
      ${card.notes.length > 0 ? html`<ul class="prose">${card.notes.map((note) => html`<li>${note}</li>`)}</ul>` : nothing}
      <div class="columns">
        <section><h2>Adapter</h2>${factTable(adapterFacts(card))}</section>
        <section>
          <h2>Clock</h2>
          ${factTable(clockFacts(card))}
          <p class="soft small">${
            isCoarse(card.timer)
              ? 'The clock is coarse. Each sample therefore batches many dispatches, and what stays below the step is refused rather than shown.'
              : 'The clock is fine against the kernels measured here.'
          } <a href="#/method">How times are made</a></p>
        </section>
        <section><h2>Features</h2>${this.renderFeatures(card)}</section>
        <section><h2>Limits</h2>${factTable(
          Object.entries(card.facts.limits).map(([name, value]) => [name, limitText(name, value)] as const),
          true,
        )}</section>
      </div>
      <p><button ?disabled=${this.workbench.running} @click=${() => this.workbench.openDevice()}>Measure the clock again</button></p>
      <tw-ceilings .workbench=${this.workbench}></tw-ceilings>
      <tw-energy .workbench=${this.workbench}></tw-energy>
    `;
  }

  private renderFeatures(card: DeviceCard) {
    const rest = [...card.facts.features, ...card.facts.language].filter(
      (name) => !knownFeatures.some((feature) => feature.name === name),
    );
    return html`
      <table class="features"><tbody>${knownFeatures.map((feature) => {
        const has = hasFeature(card, feature);
        return html`<tr><th scope="row" class="figures">${feature.name}</th><td class="soft">${feature.about}</td><td class="has">${has ? '✓ yes' : '– missing'}</td></tr>`;
      })}</tbody></table>
      ${rest.length > 0 ? html`<p class="soft small">Also: <span class="figures">${rest.join(', ')}</span></p>` : nothing}
    `;
  }
}

type Facts = readonly (readonly [string, string])[];

function adapterFacts({ adapter, runtime, facts }: DeviceCard): Facts {
  return [
    ['Vendor', adapter.vendor || none],
    ['Architecture', adapter.architecture || none],
    ['Description', adapter.description || 'not told by the browser'],
    ['Kind', adapter.software ? 'software adapter, computes on the CPU' : 'GPU'],
    ['Browser', runtime],
    [
      'Subgroup',
      facts.subgroup
        ? facts.subgroup.min === facts.subgroup.max
          ? `${facts.subgroup.min} lanes`
          : `${facts.subgroup.min} to ${facts.subgroup.max} lanes`
        : 'none',
    ],
  ];
}

function clockFacts({ timer }: DeviceCard): Facts {
  const optional = (ns: number | undefined) => (ns === undefined ? none : measured(ns));
  return [
    ['Kind', timerWords(timer).split(',')[0]!],
    ['Smallest step, measured', formatTime(timer.quantumNs)],
    ['Cost of a batch besides its dispatches', measured(timer.overheadNs)],
    ['Cost of one empty dispatch', optional(timer.launchNs)],
    ['Submit, copy 4 bytes and read them', optional(timer.readbackNs)],
  ];
}

function factTable(facts: Facts, code = false) {
  return html`<table><tbody>${facts.map(
    ([name, value]) =>
      html`<tr><th scope="row" class=${code ? 'figures' : ''}>${name}</th><td class="number">${value}</td></tr>`,
  )}</tbody></table>`;
}

function limitText(name: string, value: number): string {
  return /Size$/.test(name) ? formatBytes(value) : formatCount(value);
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-device-page': DevicePage;
  }
}
