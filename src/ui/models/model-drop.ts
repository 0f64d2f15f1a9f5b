/** <tw-model-drop>: where a model comes from: files, an address, or a sample. Dropping works on the whole page. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatBytes } from '../../bench/format.js';
import { base, controls } from '../styles/shared.js';
import { Watch } from '../watch.js';
import { filePicker } from './file-picker.js';
import type { ModelLab } from './lab.js';
import { type Sample, samples } from './samples.js';

const formats = 'ONNX with its external data, safetensors with its index, GGUF';

@customElement('tw-model-drop')
export class ModelDrop extends LitElement {
  static override readonly styles = [
    base,
    controls,
    filePicker,
    css`
      :host { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-8); max-width: 1000px; }
      section { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-3); }
      .zone { border: 1px dashed var(--edge); border-radius: 6px; padding: var(--space-6); display: grid; gap: var(--space-3); }
      .ways { display: flex; flex-wrap: wrap; gap: var(--space-3) var(--space-4); align-items: center; }
      form { display: flex; gap: var(--space-2); flex: 1 1 320px; min-width: 0; }
      form input { min-width: 0; }
      .samples { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); gap: var(--space-4); }
      .sample { display: grid; gap: var(--space-2); align-content: start; border-block-start: 1px solid var(--hairline); padding-block-start: var(--space-3); justify-items: start; }
      :host([compact]) section { gap: var(--space-2); }
      details form { margin-block-start: var(--space-2); }
      .links { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-3); }
      .problem { color: var(--bad); font-size: var(--text-small); }
      .name { overflow-wrap: anywhere; }
    `,
  ];

  @property({ attribute: false }) lab!: ModelLab;
  /** Beside an open model, where it takes little room. */
  @property({ type: Boolean, reflect: true }) compact = false;
  @state() private problem = '';

  constructor() {
    super();
    new Watch(this, () => this.lab);
  }

  protected override render() {
    return this.compact ? this.renderCompact() : this.renderWhole();
  }

  private renderWhole() {
    return html`
      <section class="zone" aria-label="Your own model">
        <h2>Your own model</h2>
        <p>Drop files anywhere on this page, or choose them: ${formats}.</p>
        <div class="ways">${this.renderPicker('Model files')}${this.renderUrl()}</div>
        ${this.renderProblem()}
      </section>
      <section aria-label="Samples">
        <h2>Or a sample</h2>
        <div class="samples">${samples.map(
          (sample) => html`<div class="sample">
            <h3>${sample.title}</h3>
            <p class="soft">${sample.about}</p>
            <button class="primary" ?disabled=${this.lab.opening !== undefined} @click=${() => this.choose(sample)}>Try ${sample.title.toLowerCase()}</button>
          </div>`,
        )}</div>
        <p class="soft small">The samples are this project's own: generated data, trained by scripts in the repository.</p>
      </section>
    `;
  }

  private renderCompact() {
    const source = this.lab.model?.source;
    return html`<section aria-label="Model">
      <h2>Model</h2>
      ${source ? html`<p class="name"><span class="figures">${source.model.name}</span> <span class="soft">${formatBytes(source.model.blob.size)}</span></p>` : nothing}
      ${this.lab.lacking ? html`<p class="soft">Choose the further files that ${this.lab.lacking.model.name} needs.</p>` : nothing}
      ${this.renderPicker('Other model files')}
      <details><summary class="soft">From an address</summary>${this.renderUrl()}${this.renderProblem()}</details>
      <p class="links">${samples.map((sample) => html`<button class="plain" ?disabled=${this.lab.opening !== undefined || this.lab.workbench.running} @click=${() => this.choose(sample)}>Sample: ${sample.title.toLowerCase()}</button>`)}</p>
    </section>`;
  }

  private renderPicker(label: string) {
    return html`<input type="file" multiple aria-label=${label} @change=${this.onFiles} />`;
  }

  private renderUrl() {
    return html`<form @submit=${this.onUrl}>
      <input type="url" name="url" autocomplete="off" placeholder="https://…/model.onnx" aria-label="Address of a model or its data" />
      <button>Fetch</button>
    </form>`;
  }

  private renderProblem() {
    return this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing;
  }

  private readonly onFiles = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length > 0) this.dispatchEvent(new CustomEvent('files-given', { detail: files }));
  };

  private readonly onUrl = (event: SubmitEvent): void => {
    event.preventDefault();
    const url = new FormData(event.target as HTMLFormElement).get('url');
    const fine = typeof url === 'string' && URL.canParse(url) && /^https?:/.test(url);
    this.problem = fine ? '' : 'Give the whole address of a file, with https://.';
    if (fine) this.dispatchEvent(new CustomEvent('url-given', { detail: url }));
  };

  private choose(sample: Sample): void {
    this.dispatchEvent(new CustomEvent('sample-chosen', { detail: sample }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-model-drop': ModelDrop;
  }
}
