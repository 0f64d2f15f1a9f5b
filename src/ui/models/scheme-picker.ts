/** <tw-scheme-picker>: which schemes are tested, how weights are rounded and ranges found, and in what batches. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { MenuEntry, QuantizeMenu } from '../../worker/models-api.js';
import { sizeProblem } from '../settings.js';
import { base, controls, forms } from '../styles/shared.js';
import type { ModelSettings } from './model-settings.js';
import { groupSchemes, isName, yardstick } from './scheme-menu.js';

@customElement('tw-scheme-picker')
export class SchemePicker extends LitElement {
  static override readonly styles = [
    base,
    controls,
    forms,
    css`
      section { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-4); }
      .scheme { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 var(--space-2); align-items: baseline; }
      .scheme input { transform: translateY(3px); }
      .add { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: var(--space-2); align-items: end; }
      details summary { color: var(--ink-soft); }
      .names ul { padding-inline-start: 1.2em; margin-block-start: var(--space-1); }
      details fieldset { margin-block-start: var(--space-3); }
    `,
  ];

  @property({ attribute: false }) settings!: ModelSettings;
  /** What the worker knows; undefined until it has answered. */
  @property({ attribute: false }) menu: QuantizeMenu | undefined;
  @state() private problem: { readonly field: string; readonly text: string } | undefined;

  private change(part: Partial<ModelSettings>): void {
    this.problem = undefined;
    this.dispatchEvent(new CustomEvent('models-change', { detail: part }));
  }

  protected override render() {
    const { settings, menu } = this;
    if (!menu) return html`<p class="soft">The list of schemes is being loaded.</p>`;
    return html`<section aria-label="Schemes">
      <h2>Schemes</h2>
      <p class="soft small">The model as given (${yardstick}) is always measured: the others are held against it.</p>
      ${groupSchemes(menu.schemes, settings.schemes).map(({ title, schemes }) => this.renderGroup(title, schemes))}
      <form class="add" @submit=${this.onAdd}>
        <label><div class="label">Another, by name</div><input name="scheme" autocomplete="off" placeholder="int5-g64" /></label>
        <button>Add</button>
      </form>
      ${this.problemOf('scheme')}
      <details class="names"><summary class="small">Which names there are</summary><ul class="small">${menu.patterns.map((pattern) => html`<li>${pattern}</li>`)}</ul></details>
      ${this.renderMethod(menu)}
    </section>`;
  }

  private renderGroup(title: string, schemes: readonly MenuEntry[]) {
    const { settings } = this;
    return html`<fieldset><legend>${title}</legend>
      ${schemes.map(
        ({
          id,
          title: about,
        }) => html`<label class="scheme"><input type="checkbox" .checked=${settings.schemes.includes(id)} @change=${() => this.toggle(id)} />
          <span><span class="figures">${id}</span> <span class="soft small">${about}</span></span></label>`,
      )}
    </fieldset>`;
  }

  private renderMethod({ methods, calibrators }: QuantizeMenu) {
    const { method, calibrator, calibrationItems, batch, limit } = this.settings;
    return html`<details><summary>How: ${methods.find(({ id }) => id === method)?.title ?? method}</summary>
      <fieldset>
        <label><div class="label">Rounding of weights; names can be joined: smooth+gptq</div>
          <input list="methods" autocomplete="off" .value=${method} aria-invalid=${this.problem?.field === 'method' ? 'true' : 'false'} @change=${this.onMethod} /></label>
        <datalist id="methods">${methods.map(({ id, title }) => html`<option value=${id}>${title}</option>`)}</datalist>
        ${this.problemOf('method')}
        <label><div class="label">Ranges of activations</div>
          <select @change=${(event: Event) => this.change({ calibrator: (event.target as HTMLSelectElement).value })}>
            ${calibrators.map(({ id, title }) => html`<option value=${id} .selected=${id === calibrator}>${title}</option>`)}
          </select></label>
        ${this.renderSize('Items for calibration', calibrationItems, (value) => this.change({ calibrationItems: value ?? 128 }))}
        ${this.renderSize('Items per batch', batch, (value) => this.change({ batch: value ?? 32 }))}
        ${this.renderSize('Items used, from the start (empty: all)', limit, (value) => this.change({ limit: value }))}
      </fieldset></details>`;
  }

  private readonly onMethod = (event: Event): void => {
    const text = (event.target as HTMLInputElement).value.trim() || 'nearest';
    if (isName(text)) this.change({ method: text });
    else this.problem = { field: 'method', text: `"${text}" is no method: names joined by plus signs.` };
  };

  private renderSize(title: string, current: number | undefined, onChange: (value: number | undefined) => void) {
    const read = (event: Event): void => {
      const text = (event.target as HTMLInputElement).value;
      const problem = text === '' ? undefined : sizeProblem(title, text);
      if (problem) this.problem = { field: title, text: problem };
      else onChange(text === '' ? undefined : Number(text));
    };
    return html`<label><div class="label">${title}</div>
      <input inputmode="numeric" autocomplete="off" .value=${current === undefined ? '' : String(current)} aria-invalid=${this.problem?.field === title ? 'true' : 'false'} @change=${read} /></label>
      ${this.problemOf(title)}`;
  }

  private problemOf(field: string) {
    return this.problem?.field === field ? html`<p class="problem" role="alert">${this.problem.text}</p>` : nothing;
  }

  private toggle(id: string): void {
    const { schemes } = this.settings;
    this.change({ schemes: schemes.includes(id) ? schemes.filter((each) => each !== id) : [...schemes, id] });
  }

  private readonly onAdd = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const id = String(new FormData(form).get('scheme') ?? '').trim();
    if (!isName(id)) {
      this.problem = { field: 'scheme', text: `"${id}" is no name of a scheme: small letters, digits and hyphens.` };
      return;
    }
    form.reset();
    if (!this.settings.schemes.includes(id)) this.toggle(id);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-scheme-picker': SchemePicker;
  }
}
