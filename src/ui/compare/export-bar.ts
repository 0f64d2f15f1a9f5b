/** <tw-export-bar>: the run as JSON, CSV, Markdown or link, and the chart as SVG. */
import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { standalone } from '../plot.js';
import type { Run } from '../run.js';
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

  @property({ attribute: false }) run!: Run;
  @property({ attribute: false }) chart: () => SVGSVGElement | undefined = () => undefined;
  @state() private said = '';

  protected override render() {
    const without = this.run.results === undefined;
    return html`<div role="group" aria-label="Export">
      <span class="soft">Save</span>
      <button class="plain" ?disabled=${without} @click=${() => this.save('json')}>JSON</button>
      <button class="plain" ?disabled=${without} @click=${() => this.save('csv')}>CSV</button>
      <button class="plain" ?disabled=${without} @click=${() => this.save('md')}>Markdown</button>
      <button class="plain" @click=${this.saveChart}>chart as SVG</button>
      <span class="soft">Copy</span>
      <button class="plain" ?disabled=${without} @click=${this.copyTable}>table as Markdown</button>
      <button class="plain" @click=${this.copyLink}>link</button>
      <span class="soft" role="status">${this.said}</span>
    </div>`;
  }

  private get name(): string {
    const { operation, shape } = this.run.request;
    return ['tilewatt', operation, ...Object.values(shape)].join('-');
  }

  private async save(kind: 'json' | 'csv' | 'md'): Promise<void> {
    const { results } = this.run;
    if (!results) return;
    const { toCsv, toJson, toMarkdown } = await import('../../bench/export.js');
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
    if (this.run.results) await this.copy(toMarkdown(this.run.results), 'Table copied.');
  };

  private readonly copyLink = async (): Promise<void> => {
    const { origin, pathname, hash } = window.location;
    await this.copy(`${origin}${pathname}${this.run.key}${hash}`, 'Link copied.');
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
