/** <tw-controls>: the form of the comparison: operation, sizes, kernels, inputs and how thoroughly to measure. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import './kernel-picker.js';
import type { Shape } from '../../kernel/operation.js';
import type { OperationCard } from '../../worker/api.js';
import { byFamily } from '../families.js';
import { caches, distributionTitles, type Settings, sizeProblem, thoroughnesses } from '../settings.js';
import { base, controls, forms } from '../styles/shared.js';
import { Watch } from '../watch.js';
import type { Workbench } from '../workbench.js';
import type { KernelPicker } from './kernel-picker.js';

const thoroughnessAbout = {
  quick: 'about 3 s a kernel',
  careful: 'about 15 s a kernel',
  thorough: 'about 60 s a kernel',
} as const;
const cacheAbout = { hot: 'the same buffers every dispatch', cold: 'rotating copies, larger than the caches' } as const;

@customElement('tw-controls')
export class Controls extends LitElement {
  static override readonly styles = [
    base,
    controls,
    forms,
    css`.check { display: flex; gap: var(--space-2); align-items: baseline; }`,
  ];

  @property({ attribute: false }) workbench!: Workbench;
  @state() private problem: { readonly name: string; readonly text: string } | undefined;
  @query('tw-kernel-picker') private picker!: KernelPicker;

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  focusSearch(): void {
    this.picker.focusSearch();
  }

  protected override render() {
    const { operation, operations, settings, run } = this.workbench;
    if (!operation)
      return html`<p class="soft">${this.workbench.catalog.status === 'asking' ? 'Loading the catalogue.' : 'No catalogue.'}</p>`;
    return html`
      <form @submit=${(event: Event) => event.preventDefault()}>
        <label>
          <div class="label">Operation</div>
          <select @change=${this.onOperation}>
            ${byFamily(operations).map(
              (family) => html`<optgroup label=${family.title}>
                ${family.members.map(({ id, title }) => html`<option value=${id} ?selected=${id === settings.operation}>${id}: ${title}</option>`)}
              </optgroup>`,
            )}
          </select>
        </label>
        ${this.renderSizes(operation, settings)}
        <tw-kernel-picker
          .operation=${operation}
          .settings=${settings}
          .tunedFor=${(kernel: string) => this.workbench.tunedFor(kernel, settings.shape)}
          .baseline=${run?.request.operation === operation.id ? run.request.baseline : undefined}
          @settings-change=${(event: CustomEvent<Partial<Settings>>) => this.workbench.change(event.detail)}
        ></tw-kernel-picker>
        ${this.renderTuned(operation, settings)}
        ${this.segments('Thoroughness', 'thoroughness', thoroughnesses, thoroughnessAbout)}
        ${this.segments('Cache', 'cache', caches, cacheAbout)}
        ${this.renderInputs(settings)}
      </form>
    `;
  }

  /** Only where something was tuned: else there is nothing to choose. */
  private renderTuned({ kernels }: OperationCard, { tuned }: Settings) {
    const { winners } = this.workbench.known;
    if (!winners.some(({ kernel }) => kernels.some(({ id }) => id === kernel))) return nothing;
    return html`<label class="check">
      <input type="checkbox" .checked=${tuned} @change=${(event: Event) => this.workbench.change({ tuned: (event.target as HTMLInputElement).checked })} />
      <span>Use tuned values, where they fit this device and size</span>
    </label>`;
  }

  private readonly onOperation = (event: Event): void => {
    this.problem = undefined;
    void this.workbench.changeOperation((event.target as HTMLSelectElement).value);
  };

  private renderSizes(operation: OperationCard, { shape }: Settings) {
    const chosen = operation.presets.findIndex((preset) => sameShape(preset.shape, shape));
    const { problem } = this;
    return html`
      <fieldset>
        <legend>Size</legend>
        <select aria-label="Size preset" @change=${this.onPreset}>
          <option value="-1" ?selected=${chosen < 0}>own numbers</option>
          ${operation.presets.map(({ title }, index) => html`<option value=${index} ?selected=${index === chosen}>${title}</option>`)}
        </select>
        <div class="sizes">
          ${operation.parameters.map(
            ({ name, about }) => html`<label title=${about}>
              <span>${name}</span>
              <input
                inputmode="numeric"
                autocomplete="off"
                .value=${String(shape?.[name] ?? '')}
                aria-invalid=${problem?.name === name ? 'true' : 'false'}
                aria-describedby=${problem?.name === name ? 'size-problem' : nothing}
                @change=${(event: Event) => this.onSize(name, (event.target as HTMLInputElement).value)}
              />
            </label>`,
          )}
        </div>
        ${problem ? html`<p id="size-problem" class="problem" role="alert">${problem.text} The last good size stays.</p>` : nothing}
      </fieldset>
    `;
  }

  private readonly onPreset = (event: Event): void => {
    const preset = this.workbench.operation?.presets[Number((event.target as HTMLSelectElement).value)];
    this.problem = undefined;
    if (preset) this.workbench.change({ shape: preset.shape });
  };

  private onSize(name: string, text: string): void {
    const { operation, settings } = this.workbench;
    const problem = sizeProblem(name, text, operation?.parameters.find((each) => each.name === name)?.min);
    this.problem = problem === undefined ? undefined : { name, text: problem };
    if (problem !== undefined || !operation) return;
    const entries = operation.parameters.map(
      (parameter) => [parameter.name, settings.shape?.[parameter.name] ?? 1] as const,
    );
    this.workbench.change({ shape: { ...Object.fromEntries(entries), [name]: Number(text) } });
  }

  private segments<Name extends 'thoroughness' | 'cache'>(
    title: string,
    name: Name,
    values: readonly Settings[Name][],
    about: Readonly<Record<Settings[Name], string>>,
  ) {
    const current = this.workbench.settings[name];
    return html`
      <fieldset>
        <legend>${title} <span>(${about[current]})</span></legend>
        <div class="segments">
          ${values.map(
            (value) => html`<label title=${about[value]}>
              <input type="radio" name=${name} value=${value} .checked=${value === current} @change=${() => this.workbench.change({ [name]: value })} />
              <span>${value}</span>
            </label>`,
          )}
        </div>
      </fieldset>
    `;
  }

  private renderInputs({ distribution, seed }: Settings) {
    return html`
      <div class="pair">
        <label>
          <div class="label">Input values</div>
          <select @change=${(event: Event) => this.workbench.change({ distribution: (event.target as HTMLSelectElement).value as Settings['distribution'] })}>
            ${Object.entries(distributionTitles).map(([value, title]) => html`<option value=${value} ?selected=${value === distribution}>${title}</option>`)}
          </select>
        </label>
        <label>
          <div class="label">Seed</div>
          <input class="figures" inputmode="numeric" autocomplete="off" .value=${String(seed)} @change=${this.onSeed} />
        </label>
      </div>
    `;
  }

  private readonly onSeed = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const seed = Number(input.value);
    if (input.value.trim() !== '' && Number.isInteger(seed) && seed >= 0 && seed <= 0xffff_ffff)
      this.workbench.change({ seed });
    else input.value = String(this.workbench.settings.seed);
  };
}

function sameShape(a: Shape, b: Shape | undefined): boolean {
  return b !== undefined && Object.entries(a).every(([name, size]) => b[name] === size);
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-controls': Controls;
  }
}
