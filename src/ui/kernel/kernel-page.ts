/** <tw-kernel-page>: one rung of a ladder: its idea, its tunables, the WGSL as compiled, what it did on this device. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '../compare/trouble.js';
import '../notice.js';
import '../tune/tune-panel.js';
import './readme.js';
import './wgsl-view.js';
import { formatRate, formatSi, formatTiming } from '../../bench/format.js';
import type { Shape } from '../../kernel/operation.js';
import type { KernelCard, OperationCard, WorkerApi } from '../../worker/api.js';
import { kernelHref } from '../route.js';
import { shortName, writeSettings } from '../settings.js';
import { base, controls, tables } from '../styles/shared.js';
import { Watch } from '../watch.js';
import { shapeWords, stateOf } from '../words.js';
import type { Workbench } from '../workbench.js';

type Source = Awaited<ReturnType<WorkerApi['source']>>;

@customElement('tw-kernel-page')
export class KernelPage extends LitElement {
  static override readonly styles = [
    base,
    controls,
    tables,
    css`
      :host { display: grid; gap: var(--space-6); }
      .columns { display: grid; grid-template-columns: minmax(0, 2fr) minmax(240px, 1fr); gap: var(--space-8); align-items: start; }
      .side { display: grid; gap: var(--space-6); position: sticky; top: calc(var(--header-height) + var(--space-6)); }
      .ladder { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-4); list-style: none; }
      .ladder a { font-family: var(--font-figures); font-size: 0.93em; text-decoration: none; padding-block: 2px; border-block-end: 2px solid transparent; }
      .ladder a[aria-current] { color: var(--ink); border-color: var(--accent); }
      .tunables { display: grid; gap: var(--space-3); }
      .tunables p { font-size: var(--text-small); color: var(--ink-soft); }
      h1 code { font-size: 1em; }
      .tuned { color: var(--accent); font-size: var(--text-small); font-weight: 400; }
      h2 { margin-block-end: var(--space-2); }
      .tone-good { color: var(--good); } .tone-bad { color: var(--bad); } .tone-caution { color: var(--caution); } .tone-soft { color: var(--ink-soft); }
      @media (max-width: 960px) { .columns { grid-template-columns: minmax(0, 1fr); } .side { position: static; grid-row: 1; } }
    `,
  ];

  @property({ attribute: false }) workbench!: Workbench;
  @property({ attribute: false }) kernel = '';
  @state() private source: Source | undefined;
  private asked = '';

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  private get card(): { readonly operation: OperationCard; readonly kernel: KernelCard } | undefined {
    for (const operation of this.workbench.operations) {
      const kernel = operation.kernels.find(({ id }) => id === this.kernel);
      if (kernel) return { operation, kernel };
    }
    return undefined;
  }

  /** The size of the comparison where it is of this operation, else the first preset. */
  private shapeFor(operation: OperationCard): Shape {
    const { settings } = this.workbench;
    const own = settings.operation === operation.id ? settings.shape : undefined;
    return own ?? operation.presets[0]?.shape ?? operation.sweep[0]!;
  }

  /** The visitor's own, else those tuned here, else none but the defaults. */
  private tunablesAt(shape: Shape): Readonly<Record<string, number>> | undefined {
    const tuned = this.workbench.tunedFor(this.kernel, shape);
    return (
      this.workbench.settings.tunables[this.kernel] ?? (tuned?.status === 'ok' ? tuned.winner.tunables : undefined)
    );
  }

  protected override updated(_: PropertyValues): void {
    const { card } = this;
    if (!card) return;
    const shape = this.shapeFor(card.operation);
    const tunables = this.tunablesAt(shape) ?? {};
    const question = JSON.stringify([this.kernel, shape, tunables]);
    if (question === this.asked) return;
    this.asked = question;
    void this.workbench.source({ id: this.kernel, tunables }, shape).then((source) => {
      if (this.asked === question) this.source = source;
    });
  }

  protected override render() {
    const { catalog } = this.workbench;
    if (catalog.status === 'asking')
      return html`<h1><code>${this.kernel}</code></h1><p class="soft">Loading the catalogue.</p>`;
    if (catalog.status === 'failed')
      return html`<h1><code>${this.kernel}</code></h1><tw-trouble .workbench=${this.workbench}></tw-trouble>`;
    const { card } = this;
    if (!card) {
      return html`<h1>There is no kernel <code>${this.kernel}</code></h1>
        <p>It may have been renamed. <a href="#/kernel">All kernels</a> are listed by operation.</p>`;
    }
    const { operation, kernel } = card;
    const shape = this.shapeFor(operation);
    return html`
      <header>
        <h1><code>${kernel.id}</code></h1>
        <p class="prose">${kernel.summary}</p>
      </header>
      <nav aria-label="Ladder of ${operation.id}">
        <ul class="ladder">${operation.kernels.map(
          ({ id }) =>
            html`<li><a href=${kernelHref(id)} aria-current=${id === kernel.id ? 'page' : nothing}>${shortName(id)}</a></li>`,
        )}</ul>
      </nav>
      <div class="columns">
        <div>
          <h2>WGSL as compiled for ${shapeWords(shape)}</h2>
          ${this.renderSource()}
        </div>
        <div class="side">
          ${this.renderTunables(operation, kernel)}
          <section>
            <h2>Requires</h2>
            <p class="figures">${[...kernel.features, ...kernel.language].join(', ') || 'nothing beyond WebGPU'}</p>
          </section>
          ${this.renderCost()}
          ${this.renderResult(kernel)}
          <p><a href=${this.compareHref(operation, kernel)}>Compare it with its ladder</a></p>
        </div>
      </div>
      ${Object.keys(kernel.tunables).length > 0 ? html`<tw-tune-panel .workbench=${this.workbench} .operation=${operation} .kernel=${kernel} .suggested=${shape}></tw-tune-panel>` : nothing}
      <tw-readme .operation=${operation.id}></tw-readme>
    `;
  }

  private renderSource() {
    const { source } = this;
    if (!source) return html`<p class="soft">Writing the source.</p>`;
    if (source.status !== 'ok') return html`<tw-notice tone="caution">${source.reason}</tw-notice>`;
    return html`<tw-wgsl-view .code=${source.code} .name=${this.kernel}></tw-wgsl-view>`;
  }

  private renderTunables(operation: OperationCard, kernel: KernelCard) {
    const entries = Object.entries(kernel.tunables);
    if (entries.length === 0) return html`<section><h2>Tunables</h2><p class="soft">It has none.</p></section>`;
    const shape = this.shapeFor(operation);
    const set = this.tunablesAt(shape) ?? {};
    const tuned = this.workbench.tunedFor(kernel.id, shape)?.status === 'ok';
    return html`<section>
      <h2>Tunables${tuned ? html` <span class="tuned">◆ tuned here</span>` : nothing}</h2>
      <div class="tunables">${entries.map(([name, { values, default: usual, about }]) => {
        const current = set[name] ?? usual;
        const all = values.includes(current) ? values : [...values, current];
        return html`<label>
          <code>${name}</code>
          <select class="figures" @change=${(event: Event) => this.onTunable(operation, kernel, name, Number((event.target as HTMLSelectElement).value))}>
            ${all.map((value) => html`<option value=${value} ?selected=${value === current}>${value}${value === usual ? ' (default)' : ''}</option>`)}
          </select>
          <p>${about}</p>
        </label>`;
      })}</div>
      <p class="small"><button class="plain" @click=${this.showTuning}>Search them on this device</button></p>
    </section>`;
  }

  private readonly showTuning = (): void => {
    const panel = this.renderRoot.querySelector('tw-tune-panel');
    panel?.scrollIntoView({ block: 'start' });
    panel?.focusFirst();
  };

  private onTunable(operation: OperationCard, kernel: KernelCard, name: string, value: number): void {
    const { settings } = this.workbench;
    const others = settings.operation === operation.id ? settings.tunables : {};
    const { [name]: _, ...rest } = others[kernel.id] ?? this.tunablesAt(this.shapeFor(operation)) ?? {};
    const values = value === kernel.tunables[name]?.default ? rest : { ...rest, [name]: value };
    const tunables = { ...others, [kernel.id]: values };
    if (settings.operation === operation.id) this.workbench.change({ tunables });
    else
      this.workbench.change({
        operation: operation.id,
        shape: this.shapeFor(operation),
        kernels: undefined,
        baseline: undefined,
        tunables,
      });
  }

  private renderCost() {
    if (this.source?.status !== 'ok') return nothing;
    const { nominal, bytesRead, bytesWritten } = this.source.cost;
    return html`<section>
      <h2>Cost, whatever the kernel</h2>
      <table><tbody>
        <tr><th scope="row">Operations</th><td class="number">${formatSi(nominal, 'OP')}</td></tr>
        <tr><th scope="row">Bytes read</th><td class="number">${formatSi(bytesRead, 'B')}</td></tr>
        <tr><th scope="row">Bytes written</th><td class="number">${formatSi(bytesWritten, 'B')}</td></tr>
      </tbody></table>
    </section>`;
  }

  private renderResult(kernel: KernelCard) {
    const { run } = this.workbench;
    const row = run?.rows.find((candidate) => candidate.kernel === kernel.id);
    if (!run || !row)
      return html`<section><h2>On this device</h2><p class="soft">Not run yet on this page.</p></section>`;
    const state = stateOf(row, run.state === 'running');
    return html`<section>
      <h2>On this device, ${shapeWords(row.shape)}</h2>
      <p><span class="tone-${state.tone}">${state.mark} ${state.word}</span> <span class="soft small">${state.about}</span></p>
      ${row.time ? html`<p class="figures">${formatTiming(row.time)}${row.rates ? html`, ${formatRate(row.rates.flopPerS, row.rates.unit)}` : nothing}</p>` : nothing}
    </section>`;
  }

  private compareHref(operation: OperationCard, kernel: KernelCard): string {
    const { settings } = this.workbench;
    const own = settings.operation === operation.id;
    const tunables = settings.tunables[kernel.id];
    const base = own
      ? settings
      : {
          ...settings,
          operation: operation.id,
          shape: undefined,
          kernels: undefined,
          baseline: undefined,
          tunables: {},
        };
    return `${writeSettings({ ...base, tunables: tunables ? { [kernel.id]: tunables } : {} })}#/`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-kernel-page': KernelPage;
  }
}
