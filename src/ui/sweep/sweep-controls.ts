/** <tw-sweep-controls>: presets, kernels, what varies over which values, the sizes that stay, and how long to measure. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import './sweep-kernels.js';
import type { OperationCard } from '../../worker/api.js';
import { caches, distributionTitles } from '../settings.js';
import { base, controls, forms } from '../styles/shared.js';
import { capitalised } from '../words.js';
import type { SweepPreset } from './presets.js';
import type { SweepKernels } from './sweep-kernels.js';
import {
  fastestOf,
  isSize,
  limits,
  operationsOf,
  readValues,
  type SweepSettings,
  sizeNames,
  valuesProblem,
  writeSweep,
} from './sweep-settings.js';
import { estimateWords } from './sweep-words.js';

/** Sizes that are often varied together. */
const together = [
  ['m', 'n', 'k'],
  ['n', 'k'],
] as const;
const secondsChoices = [0.3, 0.6, 1, 3, 10] as const;

@customElement('tw-sweep-controls')
export class SweepControls extends LitElement {
  static override readonly styles = [
    base,
    controls,
    forms,
    css`.values { font-family: var(--font-figures); } .check { display: flex; gap: var(--space-2); align-items: baseline; }`,
  ];

  @property({ attribute: false }) catalog: readonly OperationCard[] = [];
  @property({ attribute: false }) presets: readonly SweepPreset[] = [];
  @property({ attribute: false }) settings!: SweepSettings;
  /** Those that were tuned, wherever that was. */
  @property({ attribute: false }) tunedKernels: readonly string[] = [];
  @state() private problem: { readonly name: string; readonly text: string } | undefined;
  @query('tw-sweep-kernels') private kernels!: SweepKernels;

  focusSearch(): void {
    this.kernels.focusSearch();
  }

  protected override render() {
    const { settings, catalog } = this;
    return html`
      <form @submit=${(event: Event) => event.preventDefault()}>
        ${this.renderPresets()}
        <tw-sweep-kernels .catalog=${catalog} .settings=${settings} @sweep-change=${(event: CustomEvent<Partial<SweepSettings>>) => this.onKernels(event.detail)}></tw-sweep-kernels>
        ${this.renderVary()}${this.renderSizes()}${this.renderTuned()}${this.renderMeasure()}
      </form>
    `;
  }

  private renderPresets() {
    const now = writeSweep(this.settings);
    const chosen = this.presets.find((preset) => writeSweep(preset.settings) === now);
    return html`<fieldset>
      <legend>Sweep over</legend>
      <div class="segments">
        ${this.presets.map(
          (preset) => html`<label title=${preset.about}>
            <input type="radio" name="preset" .checked=${preset === chosen} @change=${() => this.emit(preset.settings)} />
            <span>${preset.title}</span>
          </label>`,
        )}
      </div>
      <p class="soft small">${chosen ? capitalised(chosen.about) : 'Your own choice of kernels and values.'}</p>
    </fieldset>`;
  }

  private renderVary() {
    const { settings } = this;
    const names = sizeNames(this.catalog, settings.kernels);
    const groups = together
      .filter((group) => group.every((name) => names.includes(name)))
      .map((group) => group.join(','));
    const current = settings.vary.join(',');
    const options = [...new Set([...groups, ...names, current])];
    return html`
      <label>
        <div class="label">What varies</div>
        <select @change=${(event: Event) => this.emit({ vary: (event.target as HTMLSelectElement).value.split(',') })}>
          ${options.map((option) => html`<option value=${option} .selected=${option === current}>${option.replaceAll(',', ' = ')}${this.about(option)}</option>`)}
        </select>
      </label>
      <label>
        <div class="label">Values</div>
        <input class="values" autocomplete="off" .value=${settings.values.join(', ')} aria-invalid=${this.problem?.name === 'values' ? 'true' : 'false'} @change=${this.onValues} />
      </label>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem.text}</p>` : nothing}
    `;
  }

  private about(name: string): string {
    const parameters = operationsOf(this.catalog, this.settings).flatMap((operation) => operation.parameters);
    const about = parameters.find((parameter) => parameter.name === name)?.about;
    return about ? `: ${about}` : '';
  }

  private renderSizes() {
    const { settings } = this;
    const names = sizeNames(this.catalog, settings.kernels).filter((name) => !settings.vary.includes(name));
    if (names.length === 0) return nothing;
    return html`<fieldset>
      <legend>Sizes that stay (empty: each operation's usual)</legend>
      <div class="sizes">
        ${names.map(
          (name) => html`<label title=${this.about(name).replace(': ', '')}>
            <span>${name}</span>
            <input inputmode="numeric" autocomplete="off" .value=${String(settings.shape[name] ?? '')} aria-invalid=${this.problem?.name === name ? 'true' : 'false'}
              @change=${(event: Event) => this.onSize(name, (event.target as HTMLInputElement).value)} />
          </label>`,
        )}
      </div>
    </fieldset>`;
  }

  /** Only where something was tuned: else there is nothing to choose. */
  private renderTuned() {
    const { kernels, tuned, baseline } = this.settings;
    const rival = fastestOf(baseline);
    const isMine = (id: string) => kernels.includes(id) || (rival !== undefined && id.startsWith(`${rival}/`));
    if (!this.tunedKernels.some(isMine)) return nothing;
    return html`<label class="check">
      <input type="checkbox" .checked=${tuned} @change=${(event: Event) => this.emit({ tuned: (event.target as HTMLInputElement).checked })} />
      <span>Use tuned values, where they fit this device and size</span>
    </label>`;
  }

  private renderMeasure() {
    const { settings } = this;
    const choices = [...new Set([...secondsChoices, settings.seconds])].filter((value) => value <= limits.seconds);
    const distributions = Object.entries(distributionTitles);
    return html`
      <label>
        <div class="label">Seconds for a kernel at a value (${estimateWords(settings)} in all)</div>
        <select class="figures" @change=${(event: Event) => this.emit({ seconds: Number((event.target as HTMLSelectElement).value) })}>
          ${choices.map((value) => html`<option value=${value} .selected=${value === settings.seconds}>${value} s</option>`)}
        </select>
      </label>
      <div class="pair">
        <label>
          <div class="label">Input values</div>
          <select @change=${(event: Event) => this.emit({ distribution: (event.target as HTMLSelectElement).value as SweepSettings['distribution'] })}>
            ${distributions.map(([value, title]) => html`<option value=${value} .selected=${value === settings.distribution}>${title}</option>`)}
          </select>
        </label>
        <label>
          <div class="label">Cache</div>
          <select @change=${(event: Event) => this.emit({ cache: (event.target as HTMLSelectElement).value as SweepSettings['cache'] })}>
            ${caches.map((value) => html`<option value=${value} .selected=${value === settings.cache}>${value}</option>`)}
          </select>
        </label>
      </div>
    `;
  }

  /** Other kernels may lack the size that varied. */
  private onKernels(part: Partial<SweepSettings>): void {
    const kernels = part.kernels ?? this.settings.kernels;
    const names = sizeNames(this.catalog, kernels);
    const vary = this.settings.vary.filter((name) => names.includes(name));
    this.emit({ ...part, vary: vary.length > 0 ? vary : [names[0]!] });
  }

  private readonly onValues = (event: Event): void => {
    const values = readValues((event.target as HTMLInputElement).value);
    this.problem = values ? undefined : { name: 'values', text: `${valuesProblem} The last good ones stay.` };
    if (values) this.emit({ values });
  };

  private onSize(name: string, text: string): void {
    const { [name]: _, ...others } = this.settings.shape;
    const fine = text.trim() === '' || isSize(Number(text));
    this.problem = fine
      ? undefined
      : { name, text: `${name} must be a positive integer, not "${text}". The last good one stays.` };
    if (fine) this.emit({ shape: text.trim() === '' ? others : { ...this.settings.shape, [name]: Number(text) } });
  }

  private emit(detail: Partial<SweepSettings>): void {
    this.dispatchEvent(new CustomEvent('sweep-change', { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-sweep-controls': SweepControls;
  }
}
