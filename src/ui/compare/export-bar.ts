/** <tw-export-bar>: the run as JSON, CSV, Markdown or link, and the chart as SVG. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Results } from '../../bench/results.js';
import { standalone } from '../plot.js';
import { saveFile } from '../save-file.js';
import { base, controls } from '../styles/shared.js';

@customElement('tw-export-bar')
export class ExportBar extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      div { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-1) var(--space-4); border-block: 1px solid var(--hairline); padding-block: var(--space-2); }
      .soft { font-size: var(--text-small); }
    `,
  ];

  /** What is saved; absent until the run has ended. */
  @property({ attribute: false }) results: Results | undefined;
  /** Name of the files. */
  @property() name = 'tilewatt';
  /** Address that reproduces the view, after the page's own: `?op=…#/`. */
  @property({ attribute: false }) link = '';
  @property({ attribute: false }) withChart = true;
  @property({ attribute: false }) chart: () => SVGSVGElement | undefined = () => undefined;
  @state() private said = '';

  protected override render() {
    const without = this.results === undefined;
    return html`<div role="group" aria-label="Export">
      <span class="soft">Save</span>
      <button class="plain" ?disabled=${without} @click=${() => this.save('json')}>JSON</button>
      <button class="plain" ?disabled=${without} @click=${() => this.save('csv')}>CSV</button>
      <button class="plain" ?disabled=${without} @click=${() => this.save('md')}>Markdown</button>
      ${this.withChart ? html`<button class="plain" @click=${this.saveChart}>chart as SVG</button>` : nothing}
      <span class="soft">Copy</span>
      <button class="plain" ?disabled=${without} @click=${this.copyTable}>table as Markdown</button>
      <button class="plain" @click=${this.copyLink}>link</button>
      <span class="soft" role="status">${this.said}</span>
    </div>`;
  }

  private async save(kind: 'json' | 'csv' | 'md'): Promise<void> {
    const { results } = this;
    if (!results) return;
    const [{ toCsv }, { toJson, toMarkdown }] = await Promise.all([
      import('../../bench/csv.js'),
      import('../../bench/export.js'),
    ]);
    const types = { json: 'application/json', csv: 'text/csv', md: 'text/markdown' } as const;
    const texts = { json: toJson, csv: toCsv, md: toMarkdown } as const;
    saveFile(`${this.name}.${kind}`, types[kind], texts[kind](results));
  }

  private readonly saveChart = (): void => {
    const svg = this.chart();
    if (svg) saveFile(`${this.name}.svg`, 'image/svg+xml', standalone(svg));
    else this.said = 'There is no chart yet.';
  };

  private readonly copyTable = async (): Promise<void> => {
    const { toMarkdown } = await import('../../bench/export.js');
    if (this.results) await this.copy(toMarkdown(this.results), 'Table copied.');
  };

  private readonly copyLink = async (): Promise<void> => {
    const { origin, pathname } = window.location;
    await this.copy(`${origin}${pathname}${this.link}`, 'Link copied.');
  };

  private async copy(text: string, said: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.said = said;
    } catch {
      this.said = 'The browser does not let this page copy. Save the file, or copy the address bar.';
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-export-bar': ExportBar;
  }
}
