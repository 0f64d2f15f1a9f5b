/** <tw-kernel-picker>: which kernels to include, their tunables, and which one the others are compared with. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Tunables } from '../../kernel/kernel.js';
import type { KernelCard, OperationCard } from '../../worker/api.js';
import type { TunedUse } from '../known.js';
import { type Settings, shortName } from '../settings.js';
import { base, controls } from '../styles/shared.js';

@customElement('tw-kernel-picker')
export class KernelPicker extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
      legend { padding: 0; width: 100%; }
      .head { display: flex; justify-content: space-between; align-items: baseline; font-size: var(--text-small); color: var(--ink-soft); margin-block-end: var(--space-1); }
      ul { list-style: none; margin-block: var(--space-2); }
      li { border-block-start: 1px solid var(--hairline); padding: 5px 0; }
      li:first-child { border: 0; }
      .kernel { display: flex; align-items: center; gap: var(--space-2); }
      .kernel label { display: flex; align-items: center; gap: var(--space-2); flex: 1; min-width: 0; min-height: 24px; font-family: var(--font-figures); font-size: 0.93em; }
      .kernel button { text-decoration: none; color: var(--ink-soft); font-size: var(--text-small); }
      .kernel button[aria-expanded='true'], .kernel button.set { color: var(--accent); }
      .tunables { display: grid; grid-template-columns: repeat(auto-fill, minmax(96px, 1fr)); gap: var(--space-2); padding: var(--space-1) 0 var(--space-2) 24px; }
      .tunables span { font-family: var(--font-figures); font-size: var(--text-small); color: var(--ink-soft); }
      .label { font-size: var(--text-small); color: var(--ink-soft); margin-block-end: var(--space-1); }
    `,
  ];

  @property({ attribute: false }) operation!: OperationCard;
  @property({ attribute: false }) settings!: Settings;
  /** Tuned values that a kernel would run with, where it has some. */
  @property({ attribute: false }) tunedFor: (kernel: string) => TunedUse | undefined = () => undefined;
  @state() private filter = '';
  @state() private open: string | undefined;
  @query('input[type=search]') private search!: HTMLInputElement | null;

  focusSearch(): void {
    this.search?.focus();
  }

  protected override render() {
    const { operation, settings } = this;
    const shown = operation.kernels.filter((kernel) => matches(kernel, this.filter));
    const included = settings.kernels ?? operation.kernels.map((kernel) => kernel.id);
    return html`
      <fieldset>
        <legend class="head">
          <span>Kernels (${included.length} of ${operation.kernels.length})</span>
          <button type="button" class="plain small" ?disabled=${!settings.kernels} @click=${() => this.emit({ kernels: undefined })}>all</button>
        </legend>
        <input type="search" placeholder="Search kernels ( / )" aria-label="Search kernels" .value=${this.filter} @input=${this.onFilter} />
        <ul>
          ${shown.map((kernel) => this.renderKernel(kernel, included))}
          ${shown.length === 0 ? html`<li class="soft">No kernel matches “${this.filter}”.</li>` : nothing}
        </ul>
      </fieldset>
      <label>
        <div class="label">Compare with</div>
        <select @change=${this.onBaseline}>
          <option value="" ?selected=${!settings.baseline}>the first correct kernel</option>
          ${operation.kernels.map(({ id }) => html`<option value=${id} ?selected=${id === settings.baseline}>${shortName(id)}</option>`)}
        </select>
      </label>
    `;
  }

  private renderKernel(kernel: KernelCard, included: readonly string[]) {
    const names = Object.keys(kernel.tunables);
    const set = this.settings.tunables[kernel.id];
    const tuned = this.tunedValues(kernel);
    const open = this.open === kernel.id;
    return html`<li>
      <div class="kernel">
        <label title=${kernel.summary}>
          <input type="checkbox" .checked=${included.includes(kernel.id)} @change=${(event: Event) => this.onInclude(kernel.id, (event.target as HTMLInputElement).checked)} />
          ${shortName(kernel.id)}
        </label>
        ${
          names.length > 0
            ? html`<button
                type="button" class="plain ${set || tuned ? 'set' : ''}" aria-expanded=${open ? 'true' : 'false'}
                @click=${() => {
                  this.open = open ? undefined : kernel.id;
                }}
              >${
                set
                  ? Object.entries(set)
                      .map(([name, value]) => `${name} ${value}`)
                      .join(', ')
                  : tuned
                    ? '◆ tuned'
                    : 'tune'
              } <span class="visually-hidden">${shortName(kernel.id)}</span> ${open ? '▴' : '▾'}</button>`
            : nothing
        }
      </div>
      ${open ? html`<div class="tunables">${names.map((name) => this.renderTunable(kernel, name))}</div>` : nothing}
    </li>`;
  }

  private renderTunable(kernel: KernelCard, name: string) {
    const tunable = kernel.tunables[name]!;
    const current = (this.settings.tunables[kernel.id] ?? this.tunedValues(kernel))?.[name] ?? tunable.default;
    const values = tunable.values.includes(current) ? tunable.values : [...tunable.values, current];
    return html`<label title=${tunable.about}>
      <span>${name}</span>
      <select class="figures" @change=${(event: Event) => this.onTunable(kernel, name, Number((event.target as HTMLSelectElement).value))}>
        ${values.map((value) => html`<option value=${value} ?selected=${value === current}>${value}${value === tunable.default ? ' (default)' : ''}</option>`)}
      </select>
    </label>`;
  }

  private readonly onFilter = (event: Event): void => {
    this.filter = (event.target as HTMLInputElement).value;
  };

  private onInclude(id: string, checked: boolean): void {
    const all = this.operation.kernels.map((kernel) => kernel.id);
    const now = new Set(this.settings.kernels ?? all);
    if (checked) now.add(id);
    else now.delete(id);
    const kernels = now.size === all.length || now.size === 0 ? undefined : all.filter((kernel) => now.has(kernel));
    this.emit({ kernels });
    this.requestUpdate();
  }

  private onTunable(kernel: KernelCard, name: string, value: number): void {
    const { [kernel.id]: before = this.tunedValues(kernel) ?? {}, ...others } = this.settings.tunables;
    const { [name]: _, ...rest } = before;
    const values = value === kernel.tunables[name]?.default ? rest : { ...rest, [name]: value };
    this.emit({ tunables: Object.keys(values).length > 0 ? { ...others, [kernel.id]: values } : others });
  }

  private tunedValues({ id }: KernelCard): Tunables | undefined {
    const use = this.tunedFor(id);
    return use?.status === 'ok' ? use.winner.tunables : undefined;
  }

  private readonly onBaseline = (event: Event): void => {
    this.emit({ baseline: (event.target as HTMLSelectElement).value || undefined });
  };

  private emit(detail: { readonly [Name in keyof Settings]?: Settings[Name] | undefined }): void {
    this.dispatchEvent(new CustomEvent('settings-change', { detail }));
  }
}

function matches(kernel: KernelCard, filter: string): boolean {
  const text = `${kernel.id} ${kernel.title} ${kernel.summary}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-kernel-picker': KernelPicker;
  }
}
