/** <tw-history-page>: kept runs and dropped files; one to read, two to hold side by side. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { errorText } from '../../kernel/outcome.js';
import '../notice.js';
import './run-view.js';
import './side-by-side.js';
import { adapterName, toJson } from '../../bench/export.js';
import { formatShape } from '../../bench/format.js';
import { parseResults, type Results } from '../../bench/results.js';
import { deleteRun, listRuns, type StoredRun, saveRun, writeNote } from '../../store/history.js';
import { saveFile } from '../save-file.js';
import { base, controls, tables } from '../styles/shared.js';
import { Watch } from '../watch.js';
import { countOf } from '../words.js';
import type { Workbench } from '../workbench.js';

const largestFile = 64 * 2 ** 20;

@customElement('tw-history-page')
export class HistoryPage extends LitElement {
  static override readonly styles = [
    base,
    controls,
    tables,
    css`
      :host { display: grid; gap: var(--space-6); }
      :host > * { min-width: 0; }
      .drop { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-4); align-items: center; }
      input[type='file'] { width: auto; border: 0; padding: 0; background: none; max-width: 100%; }
      input[type='file']::file-selector-button { font: inherit; color: inherit; background: transparent; border: 1px solid var(--edge); border-radius: var(--corner); min-height: 32px; padding: 0 var(--space-3); margin-inline-end: var(--space-2); cursor: pointer; }
      td.note { min-width: 16ch; }
      .notices { display: grid; gap: var(--space-2); }
      @media (max-width: 720px) {
        thead { position: absolute; clip-path: inset(50%); }
        table, tbody { display: block; }
        tr { display: grid; grid-template-columns: auto 1fr; gap: 2px var(--space-3); padding: var(--space-3) 0; border-block-start: 1px solid var(--hairline); }
        td { border: 0; padding: 0; grid-column: 2; white-space: normal; }
        td.pick { grid-column: 1; grid-row: 1 / span 6; }
      }
    `,
  ];

  @property({ attribute: false }) workbench!: Workbench;
  @state() private runs: readonly StoredRun[] | undefined;
  @state() private chosen: readonly number[] = [];
  @state() private problems: readonly string[] = [];

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.refresh();
  }

  protected override updated(): void {
    const files = this.workbench.takeDropped();
    if (files.length > 0) void this.read(files);
  }

  private async refresh(): Promise<void> {
    try {
      this.runs = await listRuns();
    } catch (error) {
      this.runs = [];
      this.problems = [
        ...this.problems,
        `This browser keeps no results for this page: ${errorText(error)}. Files can still be read.`,
      ];
    }
  }

  /** Reads files one by one; a bad one is named and leaves the others alone. */
  private async read(files: readonly File[]): Promise<void> {
    const problems: string[] = [];
    const ids: number[] = [];
    for (const file of files) {
      try {
        if (file.size > largestFile) throw new Error('it is larger than 64 MiB, which no results file is');
        ids.push(await saveRun(parseResults(await file.text()), file.name));
      } catch (error) {
        problems.push(`${file.name} was not read: ${errorText(error)}`);
      }
    }
    this.problems = problems;
    await this.refresh();
    if (ids.length > 0) this.chosen = [...this.chosen, ...ids].slice(-2);
  }

  protected override render() {
    const { runs } = this;
    const picked = this.chosen.flatMap((id) => runs?.find((run) => run.id === id) ?? []);
    return html`
      <h1>History</h1>
      <p class="prose">Finished runs stay in this browser and nowhere else. Choose one to read it, two to hold them side by side.</p>
      <label class="drop">
        <span>Results files (JSON, from the page or the command line), dropped anywhere or chosen here:</span>
        <input type="file" accept="application/json,.json" multiple @change=${this.onFiles} />
      </label>
      ${
        this.problems.length > 0
          ? html`<div class="notices">${this.problems.map((problem) => html`<tw-notice tone="bad">${problem}</tw-notice>`)}</div>`
          : nothing
      }
      ${picked.length === 1 ? html`<tw-run-view .results=${picked[0]!.results} .name=${nameOf(picked[0]!)}></tw-run-view>` : nothing}
      ${picked.length === 2 ? html`<tw-side-by-side .first=${sideOf(picked[0]!)} .second=${sideOf(picked[1]!)}></tw-side-by-side>` : nothing}
      ${this.renderList()}
    `;
  }

  private renderList() {
    const { runs } = this;
    if (runs === undefined) return html`<p class="soft">Opening the store.</p>`;
    if (runs.length === 0) {
      return html`<p class="soft">Nothing here yet. <a href="#/">Run a comparison</a>, or drop a results file on the page.</p>`;
    }
    return html`<table>
      <caption class="visually-hidden">Kept runs, newest first</caption>
      <thead><tr>
        <th scope="col"><span class="visually-hidden">Choose</span></th><th scope="col">When</th><th scope="col">What</th>
        <th scope="col">Where</th><th scope="col">Note</th><th scope="col"><span class="visually-hidden">Actions</span></th>
      </tr></thead>
      <tbody>${runs.map((run) => this.renderRow(run))}</tbody>
    </table>`;
  }

  private renderRow(run: StoredRun) {
    const { environment, rows } = run.results;
    const name = nameOf(run);
    return html`<tr>
      <td class="pick"><input type="checkbox" aria-label="Choose ${name}" .checked=${this.chosen.includes(run.id)} @change=${() => this.toggle(run.id)} /></td>
      <td>${new Date(environment.date).toLocaleString()}${run.file ? html`<div class="soft small">${run.file}</div>` : nothing}</td>
      <td class="figures">${whatOf(run.results)}<div class="soft small">${countOf(rows.length, 'row')}</div></td>
      <td>${adapterName(environment.adapter)}<div class="soft small">${environment.runtime}</div></td>
      <td class="note"><input aria-label="Note on ${name}" placeholder="note" maxlength="500" .value=${run.note} @change=${(event: Event) => writeNote(run.id, (event.target as HTMLInputElement).value)} /></td>
      <td>
        <button class="plain" aria-label="Save ${name} as JSON" @click=${() => saveFile(`${name.replace(/[^\w.-]+/g, '-')}.json`, 'application/json', toJson(run.results))}>JSON</button>
        <button class="plain" aria-label="Delete ${name}" @click=${() => this.forget(run.id)}>delete</button>
      </td>
    </tr>`;
  }

  private toggle(id: number): void {
    this.chosen = this.chosen.includes(id)
      ? this.chosen.filter((other) => other !== id)
      : [...this.chosen, id].slice(-2);
  }

  private async forget(id: number): Promise<void> {
    await deleteRun(id);
    this.chosen = this.chosen.filter((other) => other !== id);
    await this.refresh();
  }

  private readonly onFiles = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = '';
    void this.read(files);
  };
}

function whatOf({ rows }: Results): string {
  const groups = new Set(rows.map((row) => `${row.operation} ${formatShape(row.shape)}`));
  const [first = 'no rows'] = groups;
  return groups.size > 1 ? `${first} and ${groups.size - 1} more` : first;
}

function nameOf(run: StoredRun): string {
  return `${whatOf(run.results)}, ${new Date(run.results.environment.date).toLocaleString()}`;
}

function sideOf(run: StoredRun) {
  return {
    name: run.note || (run.file ?? new Date(run.results.environment.date).toLocaleString()),
    results: run.results,
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-history-page': HistoryPage;
  }
}
