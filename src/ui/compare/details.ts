/** <tw-details>: on demand, the samples behind the means, the cold costs, where it was measured, and the raw record. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import './sample-plot.js';
import { adapterName, toJson } from '../../bench/export.js';
import { formatTime, none, significant, thinSpace } from '../../bench/format.js';
import type { Results } from '../../bench/results.js';
import { measured, timerWords } from '../device/device-words.js';
import type { Run, Rung } from '../run.js';
import { base, tables } from '../styles/shared.js';

type Section = 'samples' | 'cold' | 'roofline' | 'environment' | 'json';

@customElement('tw-details')
export class Details extends LitElement {
  static override readonly styles = [
    base,
    tables,
    css`
      details { border-block-end: 1px solid var(--hairline); }
      summary { padding: var(--space-3) 0; cursor: pointer; font-weight: 500; }
      summary span { color: var(--ink-soft); font-weight: 400; margin-inline-start: var(--space-2); }
      details > div { padding-block-end: var(--space-4); }
      pre { max-height: 420px; overflow: auto; background: var(--surface-sunk); padding: var(--space-3); font-size: var(--text-small); }
      dl { display: grid; grid-template-columns: max-content 1fr; gap: var(--space-1) var(--space-4); }
      dt { color: var(--ink-soft); } dd { overflow-wrap: anywhere; }
      @media (max-width: 720px) { summary span { display: block; margin: 0; } th, td { padding-inline-end: var(--space-3); } }
    `,
  ];

  @property({ attribute: false }) run!: Run;
  @property({ attribute: false }) rungs: readonly Rung[] = [];
  @state() private open: ReadonlySet<Section> = new Set();

  protected override render() {
    const { results } = this.run;
    return html`
      ${this.section('samples', 'Samples', 'every sample behind the means, and its order', () => this.renderSamples())}
      ${this.section('cold', 'Cold costs', 'compile, upload, first dispatch, against the steady time', () => this.renderCold())}
      ${this.rungs.some(({ row }) => row?.roofline) ? this.section('roofline', 'Roofline', 'what was attainable, which limit binds, operations per byte', () => this.renderRoofline()) : nothing}
      ${results ? this.section('environment', 'Environment', 'where and how it was measured', () => renderEnvironment(results)) : nothing}
      ${
        results
          ? this.section(
              'json',
              'Raw record',
              'the file that JSON saves',
              () => html`<pre tabindex="0" aria-label="Raw record">${toJson(results)}</pre>`,
            )
          : nothing
      }
    `;
  }

  private section(name: Section, title: string, about: string, render: () => unknown) {
    return html`<details @toggle=${(event: Event) => this.onToggle(name, (event.target as HTMLDetailsElement).open)}>
      <summary>${title}<span>${about}</span></summary>
      <div>${this.open.has(name) ? render() : nothing}</div>
    </details>`;
  }

  private onToggle(name: Section, open: boolean): void {
    const now = new Set(this.open);
    if (open) now.add(name);
    else now.delete(name);
    this.open = now;
  }

  private renderSamples() {
    const sampled = this.rungs.filter((rung) => rung.row?.time?.rawNs?.length);
    if (sampled.length === 0)
      return html`<p class="soft">No samples yet. They appear when the first kernel is timed.</p>`;
    return html`<tw-sample-plot .rungs=${sampled}></tw-sample-plot>`;
  }

  private renderRoofline() {
    const rows = this.rungs.flatMap(({ name, row }) => (row?.roofline ? [{ name, place: row.roofline }] : []));
    const { weights, activations } = rows[0]!.place.reuseWeights;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Place of each kernel under the roofline"><table>
      <thead><tr>
        <th scope="col">Kernel</th><th scope="col" class="number">At best</th><th scope="col" class="number">Reached, 95 %</th><th scope="col">Bound by</th>
        <th scope="col" class="number">Intensity</th><th scope="col" class="number">Weighted</th>
      </tr></thead>
      <tbody>${rows.map(
        ({ name, place }) => html`<tr>
          <th scope="row" class="figures">${name}</th>
          <td class="number">${formatTime(place.attainableNs)}</td>
          <td class="number">${significant(100 * place.ci95[0])} to ${significant(100 * place.ci95[1])}${thinSpace}%</td>
          <td>${place.limit}: ${place.by}</td>
          <td class="number">${significant(place.intensity)}</td><td class="number">${significant(place.weightedIntensity)}</td>
        </tr>`,
      )}</tbody>
    </table></div>
    <p class="soft small prose">Intensity: nominal operations per compulsory byte. Weighted by what the bytes hold: operations /
      (${significant(weights, 2)} · bytes of weights + ${significant(activations, 2)} · bytes of activations), with weights of our own choice.</p>`;
  }

  private renderCold() {
    const rows = this.rungs.filter((rung) => rung.row?.cold);
    if (rows.length === 0)
      return html`<p class="soft">No cold costs yet. They appear with the first verified kernel.</p>`;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Cold costs of each kernel"><table>
      <thead><tr>
        <th scope="col">Kernel</th><th scope="col" class="number">Compile</th><th scope="col" class="number">Upload</th>
        <th scope="col" class="number">First dispatch</th><th scope="col" class="number">Steady</th><th scope="col" class="number">Read back</th>
      </tr></thead>
      <tbody>${rows.map(({ name, row }) => {
        const { compileNs, uploadNs, firstNs, readbackNs } = row!.cold!;
        return html`<tr>
          <th scope="row" class="figures">${name}</th>
          <td class="number">${formatTime(compileNs)}</td><td class="number">${formatTime(uploadNs)}</td>
          <td class="number">${formatTime(firstNs)}</td>
          <td class="number">${row!.time ? formatTime(row!.time.meanNs) : none}</td>
          <td class="number">${readbackNs === undefined ? none : formatTime(readbackNs)}</td>
        </tr>`;
      })}</tbody>
    </table></div>`;
  }
}

function renderEnvironment({ environment }: Results) {
  const { adapter, runtime, timer, version, date, seed, distribution, features } = environment;
  const facts: readonly (readonly [string, string])[] = [
    ['Adapter', `${adapterName(adapter)}${adapter.software ? ' (software adapter)' : ''}`],
    ['Runtime', runtime],
    ['Timer', timerWords(timer)],
    ['Cost of an empty batch', measured(timer.overheadNs)],
    ['Features', features.join(', ') || 'none'],
    ['Input values', `${distribution ?? 'normal'}, seed ${seed}`],
    ['Date', date],
    ['Tilewatt', version],
  ];
  return html`<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd class="figures">${value}</dd>`)}</dl>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-details': Details;
  }
}
