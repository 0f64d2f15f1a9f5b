/** <tw-device-strip>: the device card in a row of facts: what computes, in which browser, by which clock. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { adapterName } from '../../bench/export.js';
import { formatBytes } from '../../bench/format.js';
import type { DeviceCard } from '../../worker/api.js';
import { base } from '../styles/shared.js';
import { hasFeature, knownFeatures, measured, timerWords } from './device-words.js';

@customElement('tw-device-strip')
export class DeviceStrip extends LitElement {
  static override readonly styles = [
    base,
    css`
      :host { border-block: 1px solid var(--hairline); padding-block: var(--space-3); }
      dl { display: flex; flex-wrap: wrap; gap: var(--space-3) var(--space-8); }
      dt { font-size: var(--text-small); color: var(--ink-soft); }
      dd { font-family: var(--font-figures); font-size: 0.93em; font-variant-numeric: tabular-nums; }
      .absent { color: var(--ink-soft); }
      ul { list-style: none; margin-block-start: var(--space-3); color: var(--ink-soft); display: grid; gap: 2px; }
      li::before { content: '▲'; color: var(--caution); font-size: 0.75em; margin-inline-end: var(--space-2); }
      @media (max-width: 720px) {
        dl { display: grid; grid-template-columns: 1fr 1fr; gap: var(--space-3) var(--space-4); }
      }
    `,
  ];

  @property({ attribute: false }) card!: DeviceCard;

  protected override render() {
    const { adapter, runtime, timer, facts, notes } = this.card;
    const { limits } = facts;
    const binding = limits.maxStorageBufferBindingSize;
    return html`
      <dl>
        <div><dt>Adapter</dt><dd>${adapterName(adapter)}</dd></div>
        <div><dt>Browser</dt><dd>${runtime}</dd></div>
        <div><dt>Timer</dt><dd>${timerWords(timer)}</dd></div>
        <div><dt>Empty batch</dt><dd>${measured(timer.overheadNs)}</dd></div>
        <div><dt>Features</dt><dd>${knownFeatures.map((feature) => this.renderFeature(feature.name, hasFeature(this.card, feature)))}</dd></div>
        ${binding === undefined ? nothing : html`<div><dt>Largest binding</dt><dd>${formatBytes(binding)}</dd></div>`}
      </dl>
      ${notes.length > 0 ? html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>` : nothing}
    `;
  }

  private renderFeature(name: string, has: boolean) {
    const short = shortFeature[name] ?? name;
    return html`<span class=${has ? '' : 'absent'} title=${`${name}: ${has ? 'yes' : 'missing'}`}>${has ? '✓' : '–'}${'\u2009'}${short} </span>`;
  }
}

const shortFeature: Readonly<Record<string, string>> = {
  'shader-f16': 'f16',
  packed_4x8_integer_dot_product: 'dot4',
  'timestamp-query': 'timestamps',
};

declare global {
  interface HTMLElementTagNameMap {
    'tw-device-strip': DeviceStrip;
  }
}
