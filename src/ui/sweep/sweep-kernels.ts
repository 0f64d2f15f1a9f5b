/** <tw-sweep-kernels>: the kernels of a sweep, of any operation, and the one the others are compared with. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { KernelCard, OperationCard } from '../../worker/api.js';
import { byFamily } from '../families.js';
import { base, controls, forms } from '../styles/shared.js';
import { fastestChoice, fastestOf, limits, operationsOf, type SweepSettings } from './sweep-settings.js';

@customElement('tw-sweep-kernels')
export class SweepKernels extends LitElement {
  static override readonly styles = [
    base,
    controls,
    forms,
    css`
      :host { display: grid; gap: var(--space-4); }
      ul { list-style: none; }
      .chosen li { display: flex; justify-content: space-between; align-items: center; gap: var(--space-2); border-block-start: 1px solid var(--hairline); padding: 3px 0; }
      .chosen li:first-child { border: 0; }
      .chosen .figures { overflow-wrap: anywhere; }
      .found { max-height: 220px; overflow-y: auto; border: 1px solid var(--hairline); border-radius: var(--corner); padding: var(--space-1) var(--space-2); scrollbar-width: thin; }
      .found button { text-decoration: none; justify-content: start; width: 100%; color: var(--ink); overflow-wrap: anywhere; white-space: normal; text-align: start; }
      .found h3 { font-size: var(--text-small); color: var(--ink-soft); font-weight: 500; margin-block: var(--space-2) 0; }
    `,
  ];

  @property({ attribute: false }) catalog: readonly OperationCard[] = [];
  @property({ attribute: false }) settings!: SweepSettings;
  @state() private filter = '';
  @state() private adding = false;

  focusSearch(): void {
    this.adding = true;
    void this.updateComplete.then(() => this.renderRoot.querySelector('input')?.focus());
  }

  protected override render() {
    const { kernels } = this.settings;
    return html`
      <fieldset>
        <legend>Kernels (${kernels.length}, at most ${limits.kernels})</legend>
        <ul class="chosen">${kernels.map(
          (id) => html`<li><span class="figures">${id}</span>
            <button type="button" class="plain small" aria-label="Remove ${id}" ?disabled=${kernels.length === 1} @click=${() => this.drop(id)}>remove</button></li>`,
        )}</ul>
        ${this.adding ? this.renderSearch() : html`<button type="button" ?disabled=${kernels.length >= limits.kernels} @click=${() => this.focusSearch()}>Add a kernel</button>`}
      </fieldset>
      ${this.renderBaseline()}
    `;
  }

  private renderSearch() {
    const matches = this.catalog
      .map((operation) => ({
        ...operation,
        kernels: operation.kernels.filter((kernel) => this.fits(operation, kernel)),
      }))
      .filter((operation) => operation.kernels.length > 0);
    return html`
      <input type="search" placeholder="Search all kernels" aria-label="Search all kernels" .value=${this.filter}
        @input=${(event: Event) => {
          this.filter = (event.target as HTMLInputElement).value;
        }} />
      <div class="found" tabindex="0" role="region" aria-label="Kernels to add">
        ${byFamily(matches).map(
          ({ title, members }) => html`<h3>${title}</h3>
            <ul>${members.flatMap(({ kernels }) =>
              kernels.map(
                ({ id, summary }) =>
                  html`<li><button type="button" class="plain figures" title=${summary} @click=${() => this.add(id)}>${id}</button></li>`,
              ),
            )}</ul>`,
        )}
        ${matches.length === 0 ? html`<p class="soft">No kernel matches “${this.filter}”.</p>` : nothing}
      </div>
      <button type="button" @click=${() => {
        this.adding = false;
      }}>Done</button>`;
  }

  private fits(operation: OperationCard, { id, title, summary }: KernelCard): boolean {
    if (this.settings.kernels.includes(id)) return false;
    const text = `${id} ${title} ${summary} ${operation.title}`.toLowerCase();
    return this.filter
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word));
  }

  private renderBaseline() {
    const { kernels, baseline } = this.settings;
    const rivals = new Set(operationsOf(this.catalog, this.settings).map(({ id }) => id));
    for (const id of ['gemm-f32', 'gemv-f32']) if (this.catalog.some((card) => card.id === id)) rivals.add(id);
    const asked = fastestOf(baseline);
    if (asked) rivals.add(asked);
    return html`<label>
      <div class="label">Compare with</div>
      <select @change=${(event: Event) => this.emit({ baseline: (event.target as HTMLSelectElement).value })}>
        <optgroup label="One of the kernels">
          ${kernels.map((id) => html`<option value=${id} .selected=${id === baseline}>${id}</option>`)}
        </optgroup>
        <optgroup label="The fastest of an operation, found first">
          ${[...rivals].map((id) => html`<option value=${fastestChoice(id)} .selected=${asked === id}>fastest of ${id}</option>`)}
        </optgroup>
      </select>
    </label>`;
  }

  private add(id: string): void {
    const { kernels } = this.settings;
    if (kernels.length < limits.kernels) this.emit({ kernels: [...kernels, id] });
  }

  private drop(id: string): void {
    const { baseline } = this.settings;
    const kernels = this.settings.kernels.filter((other) => other !== id);
    this.emit({ kernels, ...(baseline === id ? { baseline: kernels[0]! } : {}) });
  }

  private emit(detail: Partial<SweepSettings>): void {
    this.dispatchEvent(new CustomEvent('sweep-change', { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-sweep-kernels': SweepKernels;
  }
}
