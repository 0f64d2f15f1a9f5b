/** <tw-sweep-page>: kernels over growing sizes, densities or widths. Settings beside the answer, all of them in the address. */
import { css, html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import '../compare/run-bar.js';
import '../compare/trouble.js';
import '../device/device-strip.js';
import '../notice.js';
import './sweep-controls.js';
import './sweep-view.js';
import type { Shape } from '../../kernel/operation.js';
import { adapterWords } from '../device/device-words.js';
import type { Job } from '../run.js';
import { SettingsPage } from '../settings-page.js';
import { base, controls, panes } from '../styles/shared.js';
import { countOf } from '../words.js';
import { type SweepPreset, sweepPresets } from './presets.js';
import type { SweepControls } from './sweep-controls.js';
import { runSweep } from './sweep-run.js';
import { type ReadSweep, readSweep, type SweepSettings, writeSweep } from './sweep-settings.js';
import { headlineOf } from './sweep-words.js';

const place = 'sweep';
@customElement('tw-sweep-page')
export class SweepPage extends SettingsPage {
  static override readonly styles = [
    base,
    controls,
    panes,
    css`h1 { overflow-wrap: anywhere; } ul.prose { padding-inline-start: 1.2em; }`,
  ];

  /** The settings as the address has them. */
  @property({ attribute: false }) query = '';
  @query('tw-sweep-controls') protected readonly form!: SweepControls;

  runNow(): void {
    const { workbench } = this;
    const read = this.read();
    if (!read || !this.ready) return;
    const { settings } = read;
    void workbench.side.run(place, writeSweep(settings), (work) =>
      runSweep(work, settings, workbench.operations, workbench.known),
    );
  }

  private get ready(): boolean {
    return !this.workbench.running && this.workbench.device.status === 'ready';
  }

  private get presets(): readonly SweepPreset[] {
    const { device, operations } = this.workbench;
    // Small sizes until more is known: they suit everyone.
    return sweepPresets(operations, device.status !== 'ready' || device.card.adapter.software);
  }

  private read(query = this.query): ReadSweep | undefined {
    const first = this.presets[0];
    return first && readSweep(query, this.workbench.operations, first.settings);
  }

  private change(part: Partial<SweepSettings>): void {
    const read = this.read();
    if (!read) return;
    this.query = writeSweep({ ...read.settings, ...part });
    window.location.hash = `#/sweep?${this.query}`;
  }

  protected override render() {
    const { workbench } = this;
    const read = this.read();
    if (!read)
      return html`<h1>Sweep</h1><tw-trouble .workbench=${workbench}></tw-trouble>
      ${workbench.catalog.status === 'asking' ? html`<p class="soft">Loading the catalogue.</p>` : nothing}`;
    const { settings, problems } = read;
    const job = workbench.side.of(place);
    return html`
      <div class="page">
        <aside aria-label="Settings">
          <details ?open=${this.settingsOpen} @toggle=${this.onToggle}>
            <summary>${settings.vary.join(' = ')}, ${countOf(settings.values.length, 'value')}, ${countOf(settings.kernels.length, 'kernel')}</summary>
            <tw-sweep-controls
              .catalog=${workbench.operations} .presets=${this.presets} .settings=${settings} .tunedKernels=${workbench.known.winners.map(({ kernel }) => kernel)}
              @sweep-change=${(event: CustomEvent<Partial<SweepSettings>>) => this.change(event.detail)}
            ></tw-sweep-controls>
          </details>
          <tw-run-bar .workbench=${workbench} .start=${() => this.runNow()} .ready=${this.ready}></tw-run-bar>
        </aside>
        <div class="answer">
          <h1 aria-live="polite">${headlineOf(job, job ? this.settingsOf(job, settings) : settings, adapterWords(workbench.device))}</h1>
          ${problems.map((problem) => html`<tw-notice tone="caution">${problem}</tw-notice>`)}
          ${this.renderDevice()}
          ${job ? this.renderJob(job, settings) : this.renderEmpty()}
        </div>
      </div>
    `;
  }

  private renderDevice() {
    const { device, run } = this.workbench;
    if (device.status === 'ready') return html`<tw-device-strip .card=${device.card}></tw-device-strip>`;
    // What stands in the way of the comparison stands in the way here.
    return device.status === 'asking' || run?.state === 'failed'
      ? nothing
      : html`<tw-trouble .workbench=${this.workbench}></tw-trouble>`;
  }

  private settingsOf(job: Job, fallback: SweepSettings): SweepSettings {
    return this.read(job.key)?.settings ?? fallback;
  }

  private renderJob(job: Job, settings: SweepSettings) {
    const own = this.settingsOf(job, settings);
    const tunedFor = (kernel: string, shape: Shape) =>
      own.tuned ? this.workbench.known.tuned(kernel, shape) : undefined;
    return html`${this.renderState(job, settings)}
      ${job.rows.length > 0 ? html`<tw-sweep-view .job=${job} .settings=${own} .tunedFor=${tunedFor}></tw-sweep-view>` : nothing}`;
  }

  private renderState(job: Job, settings: SweepSettings) {
    const kept =
      job.rows.length > 0
        ? ` ${countOf(job.rows.length, 'row')} so far ${job.rows.length === 1 ? 'is' : 'are'} kept.`
        : '';
    if (job.state === 'running' && job.cancelling) {
      return html`<tw-notice tone="info">Stopping after the dispatch that is on the GPU now.
        <div slot="actions"><button @click=${() => this.workbench.restartWorker()}>It does not stop: end the worker</button></div></tw-notice>`;
    }
    if (job.state === 'cancelled') return html`<tw-notice tone="info">The sweep was cancelled.${kept}</tw-notice>`;
    if (job.state === 'failed') return html`<tw-notice tone="bad">${job.reason}${kept}</tw-notice>`;
    if (job.state === 'done' && job.key !== writeSweep(settings))
      return html`<tw-notice tone="info">These numbers belong to the settings of the last run; the settings have changed since. Press Run for new ones.</tw-notice>`;
    return nothing;
  }

  private renderEmpty() {
    return html`
      <p class="prose">At each value every kernel is verified, then all are measured in turns with the baseline. Where the ratio of the times crosses 1 the two
        change places; the place is given with the range in which either may be faster.</p>
      <ul class="prose">${this.presets.map(
        ({ title, about, settings }) => html`<li><a href="#/sweep?${writeSweep(settings)}">${title}</a>: ${about}</li>`,
      )}</ul>
      <p class="prose soft">Choose one of these, or kernels, sizes and values of your own, then press Run.</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-sweep-page': SweepPage;
  }
}
