/** <tw-model-export>: the quantized model as a file, in a form that other programs read. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatBytes } from '../../bench/format.js';
import type { ExportRequest } from '../../worker/models-api.js';
import { base, controls, forms } from '../styles/shared.js';
import { Watch } from '../watch.js';
import type { ModelLab } from './lab.js';
import { quantizeSettings } from './lab-state.js';
import type { ModelSettings } from './model-settings.js';
import { yardstick } from './scheme-menu.js';

type Form = ExportRequest['form'];

const formTitles: Readonly<Record<Form, string>> = {
  qdq: 'ONNX, quantize and dequantize nodes',
  matmulnbits: 'ONNX, MatMulNBits (4-bit weights)',
  safetensors: 'safetensors, weights alone',
};

@customElement('tw-model-export')
export class ModelExport extends LitElement {
  static override readonly styles = [
    base,
    controls,
    forms,
    css`
      section { display: grid; gap: var(--space-3); }
      .choose { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-4); align-items: end; }
      .choose label { flex: 0 1 220px; min-width: 0; }
      .choose label + label { flex-basis: 320px; }
    `,
  ];

  @property({ attribute: false }) lab!: ModelLab;
  @property({ attribute: false }) settings!: ModelSettings;
  @state() private wanted: string | undefined;
  @state() private form: Form | undefined;
  @state() private worst = 0;
  @state() private saved = '';

  constructor() {
    super();
    new Watch(this, () => this.lab);
  }

  protected override render() {
    const schemes = (this.lab.report?.rows ?? [])
      .filter((row) => row.status === 'ok' && row.scheme !== yardstick)
      .map((row) => row.scheme);
    const scheme = schemes.find((id) => id === this.wanted) ?? schemes[0];
    if (!scheme) return nothing;
    const form = this.form ?? defaultForm(scheme);
    const ranked = this.lab.xrays.get(scheme)?.rows.map(({ layer }) => layer) ?? [];
    const worst = Math.min(this.worst, ranked.length);
    return html`<section aria-label="Download">
      <h2>Download</h2>
      <div class="choose">
        <label><div class="label">Scheme</div><select @change=${(event: Event) => {
          this.wanted = (event.target as HTMLSelectElement).value;
          this.form = undefined;
        }}>${schemes.map((id) => html`<option value=${id} ?selected=${id === scheme}>${id}</option>`)}</select></label>
        <label><div class="label">Form</div><select @change=${(event: Event) => {
          this.form = (event.target as HTMLSelectElement).value as Form;
        }}>${(Object.entries(formTitles) as [Form, string][]).map(([value, title]) => html`<option value=${value} .selected=${value === form}>${title}</option>`)}</select></label>
        ${
          ranked.length > 0
            ? html`<label><div class="label">Worst layers left as they are</div><input type="number" min="0" max=${ranked.length} .value=${String(worst)} @change=${(
                event: Event,
              ) => {
                this.worst = Math.max(0, Math.trunc(Number((event.target as HTMLInputElement).value)) || 0);
              }} /></label>`
            : nothing
        }
        <button ?disabled=${this.lab.workbench.running} @click=${() => this.save(scheme, form, ranked.slice(0, worst))}>Download</button>
      </div>
      <p class="soft small" role="status">${this.saved}</p>
    </section>`;
  }

  private async save(scheme: string, form: Form, exclude: readonly string[]): Promise<void> {
    this.saved = '';
    const settings = { ...quantizeSettings(this.settings, scheme), ...(exclude.length > 0 ? { exclude } : {}) };
    const file = await this.lab.quantized(settings, form);
    if (!file) return;
    const url = URL.createObjectURL(new Blob([file.bytes]));
    const link = document.createElement('a');
    link.href = url;
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    this.saved = `${file.name}, ${formatBytes(file.bytes.length)}, was handed to the browser.`;
  }
}

/** Four-bit groups have an operator of their own, which runtimes know. */
function defaultForm(scheme: string): Form {
  return /^int4-g/.test(scheme) ? 'matmulnbits' : 'qdq';
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-model-export': ModelExport;
  }
}
