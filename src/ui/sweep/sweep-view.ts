/** <tw-sweep-view>: what a sweep found: sentences on who changes places where, the chart, the table, the exports. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import '../compare/export-bar.js';
import '../line-chart.js';
import './sweep-table.js';
import { pairsOf } from '../../bench/crossing-words.js';
import {
  formatBandwidth,
  formatRate,
  formatRatio,
  formatSi,
  formatTime,
  significant,
  thinSpace,
} from '../../bench/format.js';
import type { ResultRow } from '../../bench/results.js';
import type { Shape } from '../../kernel/operation.js';
import type { TunedUse } from '../known.js';
import type { Axis, Break, LineChart, Series, SeriesPoint } from '../line-chart.js';
import type { Job } from '../run.js';
import { base, controls } from '../styles/shared.js';
import { capitalised } from '../words.js';
import type { SweepSettings } from './sweep-settings.js';
import { axisOf, findings } from './sweep-words.js';

type Measure = 'time' | 'rate' | 'bandwidth' | 'attainable' | 'energy' | 'against' | 'error';

const titles: Readonly<Record<Measure, string>> = {
  time: 'time per dispatch, less is better',
  rate: 'rate, more is better',
  bandwidth: 'bandwidth, compulsory bytes over time',
  attainable: 'share of what the measured ceilings allow, more is better',
  energy: 'energy per run, an estimate with its range, less is better',
  against: 'speed against the baseline, more is better',
  error: 'relative rms error against the unquantized product, less is better',
};

const percent = (value: number): string => `${significant(100 * value)}${thinSpace}%`;

const formats: Readonly<Record<Measure, (value: number) => string>> = {
  time: formatTime,
  rate: (value) => formatRate(value, 'OP/s'),
  bandwidth: formatBandwidth,
  against: formatRatio,
  attainable: percent,
  energy: (joules) => formatSi(joules, 'J'),
  error: percent,
};

@customElement('tw-sweep-view')
export class SweepView extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      :host { display: grid; gap: var(--space-6); }
      :host > * { min-width: 0; }
      .head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: var(--space-1) var(--space-4); margin-block-end: var(--space-2); }
      .head select { width: auto; min-height: 28px; }
      .found { padding-inline-start: 1.2em; max-width: 90ch; display: grid; gap: var(--space-1); overflow-wrap: anywhere; }
    `,
  ];

  @property({ attribute: false }) job!: Job;
  /** Those the job was made with. */
  @property({ attribute: false }) settings!: SweepSettings;
  /** The tuned values a kernel has at a shape, or why those there are do not fit. */
  @property({ attribute: false }) tunedFor: (kernel: string, shape: Shape) => TunedUse | undefined = () => undefined;
  @state() private measure: Measure = 'time';
  @query('tw-line-chart') private chart!: LineChart;

  protected override render() {
    const { job, settings } = this;
    const axis = axisOf(settings.vary);
    const series = this.series();
    const sentences = findings(job, axis);
    const measures = (Object.keys(titles) as Measure[]).filter((measure) => this.has(measure));
    return html`
      ${sentences.length > 0 ? html`<ul class="found">${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>` : nothing}
      <div>
        <div class="head">
          <h2>${capitalised(titles[this.measure])}</h2>
          <select aria-label="What the chart shows" @change=${(event: Event) => {
            this.measure = (event.target as HTMLSelectElement).value as Measure;
          }}>
            ${measures.map((measure) => html`<option value=${measure} .selected=${measure === this.measure}>${measure}</option>`)}
          </select>
        </div>
        <tw-line-chart
          .series=${series}
          .breaks=${this.breaks(series)}
          .x=${this.xAxis()}
          .y=${{ label: null, log: true, format: formats[this.measure] }}
          .level=${this.measure === 'against' ? 1 : undefined}
          .bars=${this.measure === 'error' ? '' : this.measure === 'energy' ? 'range of the energy model' : '95 % interval'}
          label="Line chart over ${axis.label.replace(' →', '')}: ${series.map(({ name }) => name).join(', ')}; ${titles[this.measure]}. The table below holds the same numbers."
        ></tw-line-chart>
      </div>
      <tw-sweep-table .job=${job} .axis=${axis} .order=${this.order()} .tunedFor=${this.tunedFor}></tw-sweep-table>
      <tw-export-bar .results=${job.results} name="tilewatt-sweep-${settings.vary.join('-')}" .link=${`${window.location.search}#/sweep?${job.key}`} .chart=${() => this.chart.svg}></tw-export-bar>
    `;
  }

  /** The kernels of the settings, and the baseline where it was found first. */
  private order(): readonly string[] {
    return [...new Set([...this.settings.kernels, ...this.job.rows.map(({ kernel }) => kernel)])];
  }

  private series(): readonly Series[] {
    return this.order().map((kernel) => ({
      name: kernel,
      points: this.job.rows
        .filter((row) => row.kernel === kernel)
        .flatMap((row) => this.pointOf(row) ?? [])
        .sort((a, b) => a.x - b.x),
    }));
  }

  private has(measure: Measure): boolean {
    const { rows, comparisons } = this.job;
    if (measure === 'against') return comparisons.length > 0;
    if (measure === 'attainable') return rows.some((row) => row.roofline);
    if (measure === 'energy') return rows.some((row) => row.energy);
    return measure === 'error' ? rows.some((row) => row.accuracy) : true;
  }

  private pointOf(row: ResultRow): SeriesPoint | undefined {
    const { at: x, time, rates, accuracy, roofline, energy } = row;
    if (x === undefined) return undefined;
    if (this.measure === 'error')
      return accuracy && accuracy.relativeRms > 0 ? { x, y: accuracy.relativeRms } : undefined;
    if (this.measure === 'against') return this.ratioOf(row, x);
    if (this.measure === 'attainable')
      return roofline && { x, y: roofline.fraction, low: roofline.ci95[0], high: roofline.ci95[1] };
    if (this.measure === 'energy') return energy && { x, y: energy.midJ, low: energy.lowJ, high: energy.highJ };
    if (!time) return undefined;
    const [lowNs, highNs] = time.ci95Ns;
    if (this.measure === 'time') return { x, y: time.meanNs, low: lowNs, high: highNs };
    const perSecond = this.measure === 'rate' ? rates?.flopPerS : rates?.bytePerS;
    if (!perSecond) return undefined;
    const work = perSecond * time.meanNs;
    return { x, y: perSecond, low: work / highNs, high: work / Math.max(lowNs, time.meanNs * 1e-3) };
  }

  private ratioOf({ kernel }: ResultRow, x: number): SeriesPoint | undefined {
    const { comparisons } = this.job;
    const found = comparisons.find(({ a, at }) => a === kernel && at === x);
    if (found) return { x, y: found.ratio, low: found.ci95[0], high: found.ci95[1] };
    return comparisons.some(({ b }) => b === kernel) ? { x, y: 1 } : undefined;
  }

  private breaks(series: readonly Series[]): readonly Break[] {
    if (this.measure !== 'time' && this.measure !== 'against') return [];
    return pairsOf(this.job.comparisons)
      .flatMap(({ a, crossings }) => crossings.map(({ at, range }) => ({ at, range, series: a })))
      .filter(({ series: name }) => series.some((one) => one.name === name));
  }

  private xAxis(): Axis {
    const { vary, values } = this.settings;
    const { label, place } = axisOf(vary);
    const linear = vary.join() === 'bits';
    return { label, log: !linear, format: linear ? (at) => significant(at) : place, ticks: values };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-sweep-view': SweepView;
  }
}
