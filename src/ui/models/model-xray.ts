/** <tw-model-xray>: what a scheme does to each layer, worst first, and what leaving the worst ones out gives back. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import './xray-table.js';
import { formatBytes } from '../../bench/format.js';
import { xrayItems, xrayLayersAlone } from '../../worker/quantize-api.js';
import { base, controls, forms, tables } from '../styles/shared.js';
import { Watch } from '../watch.js';
import { countOf } from '../words.js';
import type { ModelLab } from './lab.js';
import { quantizeSettings } from './lab-state.js';
import type { ModelSettings } from './model-settings.js';
import { goalOf } from './model-words.js';
import { yardstick } from './scheme-menu.js';

/** Milliseconds that the slider rests before its place is scored: time for the next press of a key. */
const rest = 500;

@customElement('tw-model-xray')
export class ModelXray extends LitElement {
  static override readonly styles = [
    base,
    controls,
    forms,
    tables,
    css`
      section { display: grid; gap: var(--space-4); }
      section > * { min-width: 0; }
      .choose { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-4); align-items: end; }
      .choose label { flex: 0 1 220px; }
      .choose .check { flex: none; display: flex; gap: var(--space-2); align-items: center; min-height: 32px; }
      .slider { display: grid; gap: var(--space-2); max-width: var(--measure); }
      .slider input { accent-color: var(--accent); padding: 0; background: none; border: 0; }
      table.points { width: auto; justify-self: start; }
      .points td, .points th { padding-inline-end: var(--space-6); }
      .points [aria-current] { font-weight: 700; }
      .row { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-3); align-items: center; }
    `,
  ];

  @property({ attribute: false }) lab!: ModelLab;
  @property({ attribute: false }) settings!: ModelSettings;
  @state() private wanted: string | undefined;
  @state() private worst = 1;
  /** Undefined until it is chosen: on for models with few layers, as it takes two runs for each. */
  @state() private alone: boolean | undefined;
  /** Whether the slider came to rest at a place that is still to be scored. */
  @state() private due = false;
  private resting: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    new Watch(this, () => this.lab);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.resting);
    this.due = false;
  }

  /** Scores what is due as soon as no other job has the GPU; every end of a job redraws this. */
  protected override updated(): void {
    if (!this.due || this.lab.workbench.running) return;
    this.due = false;
    const { scheme, left } = this;
    if (scheme && !this.lab.reportFrom && !this.isScored(scheme, left.length)) this.score(scheme);
  }

  /** The worst layers up to the slider, by name. */
  private get left(): readonly string[] {
    const rows = (this.scheme && this.lab.xrays.get(this.scheme)?.rows) || [];
    return rows.slice(0, this.worst).map(({ layer }) => layer);
  }

  /** Without layers left out it is the scheme's own row. */
  private isScored(scheme: string, count: number): boolean {
    return count === 0 || this.lab.exclusions.some((each) => each.scheme === scheme && each.count === count);
  }

  private score(scheme: string): void {
    void this.lab.exclude(quantizeSettings(this.settings, scheme), this.left, this.settings.batch);
  }

  private readonly move = (event: Event): void => {
    this.worst = Number((event.target as HTMLInputElement).value);
    this.due = false;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.due = true;
    }, rest);
  };

  private get schemes(): readonly string[] {
    if (this.lab.reportFrom) return [...this.lab.xrays.keys()];
    const rows = this.lab.report?.rows ?? [];
    return rows.filter((row) => row.status === 'ok' && row.scheme !== yardstick).map((row) => row.scheme);
  }

  /** The one chosen, else the one that costs most: there is most to see in it. */
  private get scheme(): string | undefined {
    const { schemes } = this;
    if (this.wanted && schemes.includes(this.wanted)) return this.wanted;
    const rows = this.lab.report?.rows.filter((row) => schemes.includes(row.scheme)) ?? [];
    const cost = (row: (typeof rows)[number]): number => row.divergence?.value ?? -(row.agreement?.value ?? 0);
    return [...rows].sort((a, b) => cost(b) - cost(a))[0]?.scheme;
  }

  private get oneAtATime(): boolean {
    return this.alone ?? (this.lab.model?.card.layers.length ?? 0) <= xrayLayersAlone;
  }

  protected override render() {
    const { schemes, scheme } = this;
    if (!scheme) return nothing;
    const found = this.lab.xrays.get(scheme);
    const free = !this.lab.workbench.running && !this.lab.reportFrom;
    return html`<section aria-label="Layers">
      <h2>Layer by layer</h2>
      <div class="choose">
        <label><div class="label">Scheme</div>
          <select @change=${(event: Event) => {
            this.wanted = (event.target as HTMLSelectElement).value;
          }}>${schemes.map((id) => html`<option value=${id} ?selected=${id === scheme}>${id}</option>`)}</select></label>
        ${
          this.lab.reportFrom
            ? nothing
            : html`<label class="check"><input type="checkbox" .checked=${this.oneAtATime} @change=${(event: Event) => {
                this.alone = (event.target as HTMLInputElement).checked;
              }} />Also each layer alone, and all but each</label>`
        }
        ${this.lab.reportFrom ? nothing : html`<button class=${found ? '' : 'primary'} ?disabled=${!free} @click=${() => this.start(scheme)}>${found ? 'Look again' : 'Look into the layers'}</button>`}
      </div>
      ${found ? this.renderFound(scheme, found, free) : html`<p class="soft prose">Holds each layer against the float model on ${xrayItems} items: you see which layers lose the most, whether weights or activations are to blame, and whether the kernels add errors of their own.</p>`}
    </section>`;
  }

  private renderFound(scheme: string, found: NonNullable<ReturnType<ModelLab['xrays']['get']>>, free: boolean) {
    return html`
      ${found.parted ? html`<tw-notice tone="bad">${found.kernelError}</tw-notice>` : html`<p class="prose">${found.kernelError}</p>`}
      <tw-xray-table .rows=${found.rows} .computed=${this.computed(scheme)}></tw-xray-table>
      ${this.lab.reportFrom || found.rows.length < 2 ? this.renderPoints(scheme) : this.renderSlider(scheme, found.rows.length, free)}
    `;
  }

  private renderSlider(scheme: string, most: number, free: boolean) {
    const { left } = this;
    const count = left.length;
    return html`<div class="slider">
      <h3>Leave the worst layers as they are</h3>
      <label><span>${count === 0 ? 'None left out' : `The worst ${count === 1 ? 'one' : count}: `}<span class="figures">${left.join(', ')}</span></span>
        <input type="range" min="0" max=${most} .value=${String(count)} aria-label="Worst layers to leave as they are" @input=${this.move} /></label>
      <div class="row">${
        this.isScored(scheme, count)
          ? nothing
          : html`<button ?disabled=${!free} @click=${() => this.score(scheme)}>Score without ${countOf(count, 'layer')}</button>`
      }<span class="soft small">Move it, and the model is scored again without these layers.</span></div>
      ${this.renderPoints(scheme, count)}
    </div>`;
  }

  /** @param chosen by the slider. */
  private renderPoints(scheme: string, chosen?: number) {
    const whole = this.lab.report?.rows.find((row) => row.scheme === scheme);
    const scored = this.lab.exclusions.filter((each) => each.scheme === scheme);
    if (scored.length === 0) return nothing;
    const points = [
      ...(whole && !scored.some(({ count }) => count === 0) ? [{ count: 0, row: whole }] : []),
      ...scored,
    ];
    const goal = goalOf(points.map(({ row }) => row));
    return html`<table class="points"><thead><tr><th scope="col">Left out</th><th scope="col" class="number">${goal.name}</th><th scope="col" class="number">Size</th></tr></thead>
      <tbody>${points.map(
        ({ count, row }) =>
          html`<tr aria-current=${count === chosen ? 'true' : nothing}><th scope="row" class="figures">${count}</th><td class="number">${row.status === 'ok' ? goal.text(goal.of(row)) : row.reason}</td><td class="number">${row.bytes === undefined ? '—' : formatBytes(row.bytes)}</td></tr>`,
      )}</tbody></table>`;
  }

  /** By layer: whether a kernel of the format computes it. */
  private computed(scheme: string): ReadonlyMap<string, string> {
    const layers = this.lab.report?.rows.find((row) => row.scheme === scheme)?.layers ?? [];
    return new Map(layers.map(({ name, computed }) => [name, computed]));
  }

  private start(scheme: string): void {
    void this.lab.xray(quantizeSettings(this.settings, scheme), xrayItems, this.oneAtATime);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-model-xray': ModelXray;
  }
}
