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
  matmulnbits: 'ONNX, packed 4-bit products of ONNX Runtime',
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
    const { schemes } = this;
    const scheme = schemes.find((id) => id === this.wanted) ?? schemes[0];
    if (!scheme) return nothing;
    const forms = this.tensorsAlone ? (['safetensors'] as const) : (Object.keys(formTitles) as Form[]);
    const form = forms.find((each) => each === this.form) ?? (this.tensorsAlone ? 'safetensors' : defaultForm(scheme));
    const ranked = this.lab.xrays.get(scheme)?.rows.map(({ layer }) => layer) ?? [];
    const worst = Math.min(this.worst, ranked.length);
    return html`<section aria-label="Download">
      <h2>${this.tensorsAlone ? 'Quantize the matrices and download' : 'Download'}</h2>
      <div class="choose">
        <label><div class="label">Scheme</div><select @change=${(event: Event) => {
          this.wanted = (event.target as HTMLSelectElement).value;
          this.form = undefined;
        }}>${schemes.map((id) => html`<option value=${id} ?selected=${id === scheme}>${id}</option>`)}</select></label>
        <label><div class="label">Form</div><select @change=${(event: Event) => {
          this.form = (event.target as HTMLSelectElement).value as Form;
        }}>${forms.map((value) => html`<option value=${value} .selected=${value === form}>${formTitles[value]}</option>`)}</select></label>
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

  /** A file without a graph: there is nothing to compare, but its matrices can be rounded to nearest. */
  private get tensorsAlone(): boolean {
    const { model } = this.lab;
    return model !== undefined && model.card.inspection.model === undefined;
  }

  /** Those that were measured; for tensors alone, those of weights. */
  private get schemes(): readonly string[] {
    const { report, menu } = this.lab;
    if (this.tensorsAlone)
      return (menu?.schemes ?? [])
        .map(({ id }) => id)
        .filter((id) => !/^(f32|int8|int8-dynamic|(lmul|prune|mixed)-.*)$/.test(id));
    return (report?.rows ?? [])
      .filter((row) => row.status === 'ok' && row.scheme !== yardstick)
      .map(({ scheme }) => scheme);
  }

  private async save(scheme: string, form: Form, exclude: readonly string[]): Promise<void> {
    this.saved = '';
    const settings = { ...quantizeSettings(this.settings, scheme), ...(exclude.length > 0 ? { exclude } : {}) };
    const made = await this.lab.quantized(settings, form);
    if (!made) return;
    const { file, remark = '' } = made;
    const url = URL.createObjectURL(new Blob([file.bytes]));
    const link = document.createElement('a');
    link.href = url;
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    this.saved = `${file.name}, ${formatBytes(file.bytes.length)}, was handed to the browser. ${remark}`;
  }
}

/** Four-bit groups have an operator of their own, which runtimes know. */
function defaultForm(scheme: string): Form {
  return /^(int4-g|nf4)/.test(scheme) ? 'matmulnbits' : 'qdq';
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-model-export': ModelExport;
  }
}
