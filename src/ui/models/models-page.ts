/** <tw-models-page>: a model from a file to a quantized version one chooses. Settings beside the answer, all of them in the address. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { errorText } from '../../kernel/outcome.js';
import '../compare/run-bar.js';
import '../compare/trouble.js';
import '../notice.js';
import './model-data.js';
import './model-drop.js';
import './model-export.js';
import './model-results.js';
import './model-summary.js';
import './model-xray.js';
import './scheme-picker.js';
import { formatBytes } from '../../bench/format.js';
import { readReport } from '../../worker/models-report.js';
import { base, controls, panes } from '../styles/shared.js';
import { Watch } from '../watch.js';
import { Wide } from '../wide.js';
import { countOf } from '../words.js';
import type { Workbench } from '../workbench.js';
import { fetchFile, type Given, given, sortFiles } from './given-files.js';
import { labOf, type ModelLab } from './lab.js';
import { asGiven } from './lab-state.js';
import { type ModelSettings, readModelSettings, writeModelSettings } from './model-settings.js';
import { type Sample, sampleNamed } from './samples.js';

@customElement('tw-models-page')
export class ModelsPage extends LitElement {
  static override readonly styles = [
    base,
    controls,
    panes,
    css`
      .settings { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-6); }
      .intro { display: grid; gap: var(--space-3); margin-block-end: var(--space-6); }
      .row { display: flex; flex-wrap: wrap; gap: var(--space-2); }
      h1 { overflow-wrap: anywhere; }
      .model { overflow-wrap: anywhere; }
    `,
  ];

  @property({ attribute: false }) workbench!: Workbench;
  /** The settings as the address has them. */
  @property({ attribute: false }) query = '';

  private readonly wide = new Wide(this);

  constructor() {
    super();
    new Watch(this, () => (this.workbench as Workbench | undefined) && this.lab);
  }

  private get lab(): ModelLab {
    return labOf(this.workbench);
  }

  private get settings(): ModelSettings {
    return readModelSettings(this.query).settings;
  }

  runNow(): void {
    void this.lab.compare(this.settings);
  }

  private change(part: Partial<ModelSettings>): void {
    this.query = writeModelSettings({ ...this.settings, ...part });
    window.location.hash = `#/models?${this.query}`;
  }

  protected override firstUpdated(): void {
    if (!this.lab.menu) void this.lab.loadMenu();
  }

  protected override updated(): void {
    const files = this.workbench.takeDropped();
    if (files.length > 0) void this.take(files.map(given));
    const { sample, batch } = this.settings;
    const named = sampleNamed(sample);
    if (named && this.lab.sample !== sample && this.workbench.device.status !== 'asking')
      void this.openSample(named, false);
    if (this.lab.model) void this.lab.plan(batch);
  }

  /** What was chosen or dropped: a model with what belongs to it, data for one, or a report. */
  private async take(files: readonly Given[]): Promise<void> {
    const { lab } = this;
    const sorted = sortFiles(files);
    for (const report of sorted.reports) await this.importReport(report);
    const [model, second] = sorted.models;
    if (second) lab.fail(`${model!.name} and ${second.name} were given together; the first is opened.`);
    if (model && lab.lacking && !/\.(onnx|gguf)$/i.test(model.name)) {
      const { lacking } = lab;
      await lab.offer({ ...lacking, companions: [...lacking.companions, model, ...sorted.companions] });
    } else if (model) {
      if (await lab.offer({ model, companions: sorted.companions })) this.forgetSample();
    }
    const [labels] = sorted.labels;
    const items = [...sorted.data, ...sorted.labels];
    if (!lab.model && items[0]) {
      lab.fail(`Open a model first: ${items[0].name} is data to test one on.`);
    } else if (sorted.data.length > 0) {
      await lab.readData({
        files: sorted.data,
        ...(labels ? { labels } : {}),
        scaling: lab.data?.source.scaling ?? asGiven,
        ...(this.settings.limit ? { limit: this.settings.limit } : {}),
      });
    } else if (labels && lab.data) {
      await lab.readData({ ...lab.data.source, labels });
    } else if (labels) {
      lab.fail(`Give the items first, then ${labels.name}.`);
    }
  }

  private forgetSample(): void {
    this.lab.set({ sample: undefined });
    const { sample: _, ...rest } = this.settings;
    this.query = writeModelSettings(rest);
    window.history.replaceState(null, '', `#/models?${this.query}`);
  }

  /** @param run whether to test it at once, as a click on a sample asks for. */
  private async openSample(sample: Sample, run: boolean): Promise<void> {
    const { lab } = this;
    if (lab.opening) return;
    lab.set({ sample: sample.id, opening: sample.model });
    if (this.settings.sample !== sample.id) this.change({ sample: sample.id, batch: sample.batch });
    try {
      const path = (name: string): string => new URL(name, document.baseURI).href;
      const model = await fetchFile(path(sample.model));
      const data = await fetchFile(path(sample.data));
      const labels = sample.labels ? { labels: await fetchFile(path(sample.labels)) } : {};
      if (!(await lab.open({ model, companions: [] }))) return;
      if (!(await lab.readData({ files: [data], ...labels, scaling: sample.scaling }))) return;
    } catch (error) {
      lab.set({ opening: undefined });
      lab.fail(errorText(error));
      return;
    }
    if (run) this.runNow();
  }

  private async openUrl(url: string): Promise<void> {
    const { lab } = this;
    lab.set({ opening: url, problems: [] });
    try {
      const file = await fetchFile(url, (bytes, of) =>
        lab.set({ opening: `${url}: ${formatBytes(bytes)}${of ? ` of ${formatBytes(of)}` : ''}` }),
      );
      lab.set({ opening: undefined });
      await this.take([file]);
    } catch (error) {
      lab.set({ opening: undefined });
      lab.fail(errorText(error));
    }
  }

  private async importReport({ name, blob }: Given): Promise<void> {
    try {
      this.lab.show(name, readReport(name, await blob.text()));
    } catch (error) {
      this.lab.fail(errorText(error));
    }
  }

  protected override render() {
    const { lab } = this;
    if (!lab.model && !lab.report) return this.renderFirst();
    return html`<div class="page">
      <aside aria-label="Settings">
        <details ?open=${this.wide.now || !lab.data}>
          <summary>${lab.model?.card.inspection.file ?? 'No model'}, ${countOf(this.settings.schemes.length, 'scheme')}</summary>
          <div class="settings">${this.renderSettings()}</div>
        </details>
        ${lab.model && lab.model.card.inputs.length === 0 ? nothing : html`<tw-run-bar .workbench=${this.workbench} .start=${() => this.runNow()} .ready=${lab.ready}></tw-run-bar>`}
      </aside>
      <div class="answer">
        <h1 aria-live="polite">${this.headline()}</h1>
        ${this.renderTrouble()}
        ${lab.rows ? html`<tw-model-results .lab=${lab}></tw-model-results>` : nothing}
        ${lab.report && !lab.reportFrom && lab.data ? html`<tw-model-xray .lab=${lab} .settings=${this.settings}></tw-model-xray><tw-model-export .lab=${lab} .settings=${this.settings}></tw-model-export>` : nothing}
        ${lab.reportFrom && lab.xrays.size > 0 ? html`<tw-model-xray .lab=${lab} .settings=${this.settings}></tw-model-xray>` : nothing}
        ${isSafetensors(lab) ? html`<tw-model-export .lab=${lab} .settings=${this.settings}></tw-model-export>` : nothing}
        ${lab.model ? html`<tw-model-summary .model=${lab.model}></tw-model-summary>` : nothing}
      </div>
    </div>`;
  }

  private renderFirst() {
    return html`<div class="intro">
        <h1>What does quantization do to your model, on this device?</h1>
        <p class="prose">Give a model, and data to test it on. You learn layer by layer what INT8, INT4 and other formats do to its accuracy, size and time
          here, and download the version you choose. Files stay on this device: nothing is uploaded.</p>
        ${this.renderTrouble()}
      </div>
      ${this.renderDrop(false)}`;
  }

  private renderDrop(compact: boolean) {
    return html`<tw-model-drop .lab=${this.lab} ?compact=${compact}
      @files-given=${(event: CustomEvent<readonly File[]>) => this.take(event.detail.map(given))}
      @url-given=${(event: CustomEvent<string>) => this.openUrl(event.detail)}
      @sample-chosen=${(event: CustomEvent<Sample>) => this.openSample(event.detail, true)}
    ></tw-model-drop>`;
  }

  private renderSettings() {
    const { lab, settings } = this;
    if (!lab.model || lab.model.card.inputs.length === 0) return this.renderDrop(true);
    return html`${this.renderDrop(true)}
      <tw-model-data .lab=${lab} .limit=${settings.limit}></tw-model-data>
      <tw-scheme-picker .settings=${settings} .menu=${lab.menu} @models-change=${(event: CustomEvent<Partial<ModelSettings>>) => this.change(event.detail)}></tw-scheme-picker>`;
  }

  private headline(): string {
    const { lab } = this;
    const name = lab.report?.model.name ?? lab.model?.card.inspection.file ?? '';
    if (lab.report)
      return lab.report.recommendation || `${name} was measured under ${countOf(lab.report.rows.length, 'scheme')}.`;
    if (lab.rows) return `Testing ${name} under ${countOf(this.settings.schemes.length + 1, 'scheme')}.`;
    const blocked = lab.model?.card.unsupported.length;
    if (blocked) return `${name} can be inspected, but not run here.`;
    if (lab.model?.card.inputs.length === 0)
      return `${name} holds tensors and no graph: it can be ${isSafetensors(lab) ? 'quantized and ' : ''}inspected, not run.`;
    return lab.data ? `${name} is ready to be tested.` : `${name} is open. Give data to test it on.`;
  }

  private renderTrouble() {
    const { lab } = this;
    const { problems } = readModelSettings(this.query);
    const job = this.workbench.side.of('models');
    return html`
      ${this.workbench.device.status === 'ready' ? nothing : html`<tw-trouble .workbench=${this.workbench}></tw-trouble>`}
      ${problems.map((problem) => html`<tw-notice tone="caution">${problem}</tw-notice>`)}
      ${lab.problems.map((problem) => html`<tw-notice tone="bad">${problem}</tw-notice>`)}
      ${lab.opening ? html`<tw-notice tone="info">Opening ${lab.opening}.</tw-notice>` : nothing}
      ${lab.waiting ? this.renderWaiting(lab.waiting.model) : nothing}
      ${job?.cancelling ? this.renderStopping() : nothing}
      ${lab.reportFrom ? html`<tw-notice tone="info">This report was read from ${lab.reportFrom}; it was not measured now.</tw-notice>` : nothing}
    `;
  }

  private renderWaiting({ name, blob }: Given) {
    return html`<tw-notice tone="info">
      Opening ${name} takes ${formatBytes(blob.size)} of memory.
      <div slot="actions" class="row">
        <button class="primary" @click=${this.openWaiting}>Open it</button>
        <button @click=${() => this.lab.set({ waiting: undefined })}>Leave it</button>
      </div>
    </tw-notice>`;
  }

  private readonly openWaiting = async (): Promise<void> => {
    const { waiting } = this.lab;
    if (waiting && (await this.lab.open(waiting))) this.forgetSample();
  };

  private renderStopping() {
    return html`<tw-notice tone="info">
      Stopping after what is on the GPU now. What is finished is kept.
      <div slot="actions"><button @click=${() => this.workbench.restartWorker()}>It does not stop: end the worker</button></div>
    </tw-notice>`;
  }
}

/** The one format of tensors alone that is written too. */
function isSafetensors({ model }: ModelLab): boolean {
  return model?.card.inspection.format === 'safetensors';
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-models-page': ModelsPage;
  }
}
