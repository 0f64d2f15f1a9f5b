/** <tw-compare-page>: the home page. Settings beside the answer: headline, chart, table, details. */
import { css, html, nothing } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import '../device/device-strip.js';
import '../notice.js';
import './controls.js';
import './details.js';
import './export-bar.js';
import './rivals.js';
import './ladder-chart.js';
import './results-table.js';
import './run-bar.js';
import './trouble.js';
import { adapterWords } from '../device/device-words.js';
import { type Run, type Rung, rungsOf } from '../run.js';
import { SettingsPage } from '../settings-page.js';
import { base, controls, panes } from '../styles/shared.js';
import { countOf, headlineOf, shapeWords } from '../words.js';
import type { Controls } from './controls.js';

@customElement('tw-compare-page')
export class ComparePage extends SettingsPage {
  static override readonly styles = [
    base,
    controls,
    panes,
    css`
      h1 code { font-size: 0.92em; white-space: nowrap; }
    `,
  ];

  @query('tw-controls') protected readonly form!: Controls;

  protected override render() {
    const { workbench } = this;
    return html`
      <div class="page">
        <aside aria-label="Settings">
          <details ?open=${this.settingsOpen} @toggle=${this.onToggle}>
            <summary>${this.summary()}</summary>
            <tw-controls .workbench=${workbench}></tw-controls>
          </details>
          <tw-run-bar .workbench=${workbench}></tw-run-bar>
        </aside>
        <div class="answer">
          ${this.renderHeadline()}
          ${workbench.addressProblems.map((problem) => html`<tw-notice tone="caution">${problem}</tw-notice>`)}
          <tw-trouble .workbench=${workbench}></tw-trouble>
          ${workbench.device.status === 'ready' ? html`<tw-device-strip .card=${workbench.device.card}></tw-device-strip>` : nothing}
          ${this.renderRun()}
        </div>
      </div>
    `;
  }

  private summary(): string {
    const { operation, shape, thoroughness, kernels } = this.workbench.settings;
    const count = kernels?.length ?? this.workbench.operation?.kernels.length ?? 0;
    const size = shape ? shapeWords(shape) : '…';
    return `${operation}, ${size}, ${countOf(count, 'kernel')}, ${thoroughness}`;
  }

  private renderHeadline() {
    const { run, device, catalog, operation, waiting } = this.workbench;
    if (run) {
      const { before, kernel, after } = headlineOf(run, rungsOf(run, operation), adapterWords(device));
      return html`<h1 aria-live="polite">${before}${kernel ? html`<code>${kernel}</code>` : nothing}${after}</h1>`;
    }
    if (catalog.status === 'failed') return html`<h1>The measuring part of the page did not load.</h1>`;
    if (device.status === 'unsupported') return html`<h1>No GPU to measure on in this browser.</h1>`;
    if (device.status === 'failed') return html`<h1>The GPU could not be opened.</h1>`;
    if (device.status === 'asking') return html`<h1>Looking at your GPU and its clock.</h1>`;
    return html`<h1>${waiting ? 'Ready to measure.' : 'Choosing a size that suits your device.'}</h1>`;
  }

  private renderRun() {
    const { run, operation } = this.workbench;
    if (!run) return this.renderEmpty();
    const rungs = rungsOf(run, operation);
    const drawable = run.state === 'running' || rungs.some((rung) => rung.row?.time);
    return html`
      ${drawable ? html`<tw-ladder-chart .rungs=${rungs} .run=${run}></tw-ladder-chart>` : nothing}
      <tw-results-table .rungs=${rungs} .run=${run}></tw-results-table>
      ${this.renderHints(run)}
      ${this.renderEnergy(rungs)}
      <tw-export-bar
        .results=${run.results}
        .link=${`${run.key}#/`}
        name=${['tilewatt', run.request.operation, ...Object.values(run.request.shape)].join('-')}
        .chart=${() => this.renderRoot.querySelector('tw-ladder-chart')?.svg}
      ></tw-export-bar>
      <tw-rivals operation=${run.request.operation}></tw-rivals>
      <tw-details .run=${run} .rungs=${rungs}></tw-details>
    `;
  }

  /** What the device page could add to these rows. */
  private renderHints({ rows, state }: Run) {
    const timed = rows.filter((row) => row.time);
    const { known, device } = this.workbench;
    if (state === 'running' || timed.length === 0 || device.status !== 'ready') return nothing;
    const again = 'Run again to see';
    const place = timed.some((row) => row.roofline)
      ? nothing
      : known.ceilings
        ? html`${again} each kernel's share of what this device can do. `
        : html`What share is that of what this device can do? <a href="#/device">Measure its ceilings</a>, then run again. `;
    const energy =
      device.card.adapter.software || timed.some((row) => row.energy)
        ? nothing
        : known.energy
          ? html`${again} joules.`
          : html`For joules, <a href="#/device">choose an energy model</a>.`;
    return place === nothing && energy === nothing ? nothing : html`<p class="soft small">${place}${energy}</p>`;
  }

  private renderEnergy(rungs: readonly Rung[]) {
    const estimated = rungs.filter(({ row }) => row?.energy && row.time);
    if (estimated.length === 0) return nothing;
    void import('./energy-cost.js').catch(() => {});
    return html`<tw-energy-cost .rungs=${estimated}></tw-energy-cost>`;
  }

  private renderEmpty() {
    const { device, operation } = this.workbench;
    if (!operation) return nothing;
    const summary = html`<p class="prose"><strong>${operation.title}.</strong> ${operation.summary}</p>`;
    if (device.status !== 'unsupported') return summary;
    return html`${summary}
      <p class="prose">Without a GPU you can still read the <a href="#/kernel">kernels</a>, look at stored or shared
        <a href="#/history">results</a>, and read <a href="#/method">how the numbers are made</a>.</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-compare-page': ComparePage;
  }
}
