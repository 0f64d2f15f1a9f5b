/** <tw-model-data>: the data that a model is tested on: arrays or images, labels, and how numbers are scaled. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatCount } from '../../bench/format.js';
import type { Scaling } from '../../worker/models-api.js';
import { base, controls, forms } from '../styles/shared.js';
import { Watch } from '../watch.js';
import { filePicker } from './file-picker.js';
import { type Given, given, itemsAmong, sortFiles } from './given-files.js';
import type { ModelLab } from './lab.js';
import { asGiven, type DataSource } from './lab-state.js';

/** The usual ways in which trained models take their pixels. */
const scalings: Readonly<Record<string, { readonly title: string; readonly scaling: Scaling }>> = {
  none: { title: 'as they are', scaling: { kind: '0…255' } },
  unit: { title: 'bytes ÷ 255', scaling: { kind: '0…1' } },
  symmetric: { title: 'bytes to −1 … 1', scaling: { kind: 'mean/std', mean: [0.5], std: [0.5] } },
  imagenet: {
    title: 'ImageNet: ÷ 255, mean, deviation',
    scaling: { kind: 'mean/std', mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  },
};

@customElement('tw-model-data')
export class ModelData extends LitElement {
  static override readonly styles = [
    base,
    controls,
    forms,
    filePicker,
    css`
      section { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-3); }
      section > * { min-width: 0; }
      .hash, .takes { overflow-wrap: anywhere; }
      ol { padding-inline-start: 3ch; max-height: 160px; overflow-y: auto; }
      li { overflow-wrap: anywhere; }
    `,
  ];

  @property({ attribute: false }) lab!: ModelLab;
  @property({ attribute: false }) limit: number | undefined;
  /** Of data that comes next, where none is open. */
  @state() private chosen: Scaling = asGiven;

  constructor() {
    super();
    new Watch(this, () => this.lab);
  }

  private get scaling(): Scaling {
    return this.lab.data?.source.scaling ?? this.chosen;
  }

  protected override render() {
    const { lab } = this;
    return html`<section aria-label="Data">
      <h2>Data</h2>
      ${lab.reading ? html`<p class="soft" role="status">Reading ${lab.reading}.</p>` : this.renderOpen()}
      <label><div class="label">Items: .npy, .npz, IDX, CSV, images, or a zip of images in a folder per class</div><input type="file" multiple @change=${this.onItems} /></label>
      <label><div class="label">Or a folder of images, with a folder inside for each class</div><input type="file" webkitdirectory @change=${this.onItems} /></label>
      <label><div class="label">Labels, where they are in a file of their own</div><input type="file" @change=${this.onLabels} /></label>
      <label><div class="label">Numbers</div>
        <select @change=${this.onScaling}>${Object.entries(scalings).map(
          ([name, { title, scaling }]) =>
            html`<option value=${name} ?selected=${JSON.stringify(scaling) === JSON.stringify(this.scaling)}>${title}</option>`,
        )}</select></label>
    </section>`;
  }

  private renderOpen() {
    const { data, model } = this.lab;
    if (!data) {
      const inputs = model?.card.inputs ?? [];
      if (inputs.length === 0) return nothing;
      const several = inputs.length > 1;
      const texts = inputs.map(({ name, type, dims }) => {
        const shape = `${type}[${dims.map((dim) => dim ?? '?').join(',')}]`;
        return several ? `${name} ${shape}` : shape;
      });
      return html`<p class="soft takes">The model takes <span class="figures">${texts.join(', ')}</span>.
        ${several ? 'Give a .npz with an array for each, under these names; masks, segments and positions of tokens may be left out.' : nothing}</p>`;
    }
    const { items, dims, labelled, classes, classNames, remarks, kind, hash } = data.card;
    const labels =
      kind === 'tokens'
        ? 'tokens, scored by perplexity'
        : labelled
          ? `labelled${classes ? `, ${classes} classes` : ''}`
          : 'no labels: scored by agreement with the float model';
    return html`<p><span class="figures">${formatCount(items)}</span> items of <span class="figures">[${dims.join(', ')}]</span>, ${labels}.
      <span class="soft small hash" title="SHA-256 of what is fed: ${hash}">${hash.slice(0, 12)}</span></p>
      ${remarks ? html`<p class="small">${remarks.join(' ')}</p>` : nothing}
      ${classNames ? html`<details class="small"><summary>Folders as classes</summary><ol start="0">${classNames.slice(0, 1000).map((name) => html`<li>${name}</li>`)}</ol></details>` : nothing}`;
  }

  /** New items have labels of their own, so those of the items before go. */
  private readonly onItems = (event: Event): void => {
    const taken = takeFiles(event);
    const [labels] = sortFiles(taken).labels;
    const files = itemsAmong(taken.filter((file) => file !== labels));
    if (files.length > 0) this.read({ files, scaling: this.scaling, ...(labels ? { labels } : {}) });
    else if (labels) this.takeLabels(labels);
  };

  private readonly onLabels = (event: Event): void => {
    const [labels] = takeFiles(event);
    if (labels) this.takeLabels(labels);
  };

  private takeLabels(labels: Given): void {
    const before = this.lab.data?.source;
    if (before) this.read({ ...before, labels });
    else this.lab.fail('Choose the items first, then their labels.');
  }

  private read(source: DataSource): void {
    void this.lab.readData({ ...source, ...(this.limit ? { limit: this.limit } : {}) });
  }

  private readonly onScaling = (event: Event): void => {
    const { scaling } = scalings[(event.target as HTMLSelectElement).value]!;
    this.chosen = scaling;
    const { data } = this.lab;
    if (data) this.read({ ...data.source, scaling });
  };
}

function takeFiles(event: Event): readonly Given[] {
  const input = event.target as HTMLInputElement;
  const taken = [...(input.files ?? [])].map(given);
  input.value = '';
  return taken;
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-model-data': ModelData;
  }
}
