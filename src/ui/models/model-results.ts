/** <tw-model-results>: what each scheme costs and keeps, as a table and as a chart of the trade, with ways to keep it. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import './pareto-chart.js';
import './scheme-table.js';
import { writeReport } from '../../worker/models-report.js';
import { saveFile } from '../save-file.js';
import { base, controls } from '../styles/shared.js';
import { Watch } from '../watch.js';
import type { ModelLab } from './lab.js';
import { goalOf, reportMarkdown } from './model-words.js';

@customElement('tw-model-results')
export class ModelResults extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      section { display: grid; gap: var(--space-4); }
      section > * { min-width: 0; }
      .head { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-4); align-items: baseline; justify-content: space-between; }
      .actions { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-3); }
    `,
  ];

  @property({ attribute: false }) lab!: ModelLab;
  @state() private copied = '';

  constructor() {
    super();
    new Watch(this, () => this.lab);
  }

  protected override render() {
    const { rows = [], report } = this.lab;
    const measured = rows.filter((row) => row.status === 'ok' && goalOf(rows).of(row) && row.bytes !== undefined);
    return html`<section aria-label="Results">
      <div class="head"><h2>Schemes side by side</h2>${report ? this.renderActions() : nothing}</div>
      ${measured.length > 1 ? html`<tw-pareto-chart .rows=${rows} .front=${report?.front ?? []}></tw-pareto-chart>` : nothing}
      <tw-scheme-table .rows=${rows} .front=${report?.front ?? []} ?running=${!report && this.lab.workbench.running}></tw-scheme-table>
      ${report ? this.renderFootnote() : nothing}
    </section>`;
  }

  private renderActions() {
    return html`<div class="actions">
      <button class="plain" @click=${this.save}>Report as JSON</button>
      <button class="plain" @click=${this.copy}>Copy as Markdown</button>
      <span role="status" class="soft small">${this.copied}</span>
    </div>`;
  }

  private renderFootnote() {
    const { model, data, environment, rows } = this.lab.report!;
    const software = environment.adapter?.software;
    const energy = software || this.lab.reportFrom || rows.some(({ joules }) => joules);
    return html`<p class="soft small prose">Intervals are 95 %, by bootstrap over the ${data.items.toLocaleString('en')} items. Times are wall clock of one batch on this
      device, readback included${software ? '; a software adapter’s say nothing about a GPU' : ''}.
      ${energy ? nothing : html`Energy is estimated once a class of GPU is chosen under <a href="#/device">Device</a>.`}
      Model <span class="figures" title=${model.hash}>${model.hash.slice(0, 12)}</span>, data <span class="figures" title=${data.hash}>${data.hash.slice(0, 12)}</span>.</p>`;
  }

  private readonly save = (): void => {
    const { report, xrays, exclusions } = this.lab;
    if (!report) return;
    const layers = { xrays: Object.fromEntries(xrays), exclusions };
    const name = report.model.name.replace(/\.[^.]*$/, '').replace(/[^\w.-]+/g, '-');
    saveFile(`${name}-report.json`, 'application/json', writeReport({ report, ...layers }));
  };

  private readonly copy = async (): Promise<void> => {
    const { report } = this.lab;
    if (!report) return;
    try {
      await navigator.clipboard.writeText(reportMarkdown(report));
      this.copied = 'Copied.';
    } catch {
      this.copied = 'The browser did not allow copying; save the report instead.';
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-model-results': ModelResults;
  }
}
