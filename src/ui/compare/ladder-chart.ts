/** <tw-ladder-chart>: one horizontal bar per kernel, its interval as a whisker, its verdict as mark, word and colour. */
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatRate, formatRatio, formatTime, verdictMarks } from '../../bench/format.js';
import { ChartElement, charts, chartText } from '../chart-element.js';
import type { Plot } from '../plot.js';
import type { Run, Rung } from '../run.js';
import { base, controls } from '../styles/shared.js';
import { shapeWords, stateOf } from '../words.js';

type Measure = 'rate' | 'time';

interface Bar {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly fill: string;
  readonly number: string;
  readonly verdict: string;
  /** What the ceilings allow, where they are known. */
  readonly attainable?: number;
}

/** An attainable rate further away than this would leave no room for the bars. */
const farthest = 1.6;

@customElement('tw-ladder-chart')
export class LadderChart extends ChartElement {
  static override readonly styles = [
    base,
    controls,
    charts,
    css`
      .head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: var(--space-1) var(--space-4); margin-block-end: var(--space-2); }
      .toggles { display: flex; gap: var(--space-3); }
      .legend { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-4); list-style: none; font-size: var(--text-small); color: var(--ink-soft); margin-block-start: var(--space-2); }
      .faster { color: var(--faster); } .slower { color: var(--slower); } .undecided { color: var(--undecided); } .same { color: var(--same); }
    `,
  ];

  @property({ attribute: false }) rungs: readonly Rung[] = [];
  @property({ attribute: false }) run!: Run;
  @state() private measure: Measure = 'rate';
  @state() private bySpeed = false;

  protected override render() {
    const { operation, shape } = this.run.request;
    return html`
      <div class="head">
        <h2>${operation} at ${shapeWords(shape)}: ${this.measure === 'rate' ? 'rate, more is better' : 'time per dispatch, less is better'}</h2>
        <div class="toggles">
          <button class="plain" @click=${this.toggleMeasure}>show ${this.measure === 'rate' ? 'time' : 'rate'}</button>
          <button class="plain" @click=${this.toggleOrder}>${this.bySpeed ? 'order as the ladder' : 'order by speed'}</button>
        </div>
      </div>
      ${this.renderFigure()}
      ${this.renderLegend()}
    `;
  }

  private renderLegend() {
    const baseline = this.rungs.find((rung) => rung.isBaseline);
    if (!baseline) return nothing;
    return html`<ul class="legend">
      <li>against ${baseline.name}, measured in turns:</li>
      ${(['faster', 'slower', 'same', 'undecided'] as const).map(
        (verdict) =>
          html`<li><span class=${verdict} aria-hidden="true">${verdictMarks[verdict]}</span> ${verdict}</li>`,
      )}
      <li>├─┤ 95 % interval</li>
      ${nearLimits(this.bars).length > 0 ? html`<li>┊ attainable by the measured ceilings</li>` : nothing}
    </ul>`;
  }

  private readonly toggleMeasure = (): void => {
    this.measure = this.measure === 'rate' ? 'time' : 'rate';
  };

  private readonly toggleOrder = (): void => {
    this.bySpeed = !this.bySpeed;
  };

  protected override get leastHeight(): number {
    return chartHeight(this.rungs.length);
  }

  private ordered(): readonly Rung[] {
    if (!this.bySpeed) return this.rungs;
    const time = (rung: Rung) => rung.row?.time?.meanNs ?? Number.POSITIVE_INFINITY;
    return [...this.rungs].sort((a, b) => time(a) - time(b));
  }

  private get bars(): readonly Bar[] {
    return this.ordered().flatMap((rung) => barOf(rung, this.measure) ?? []);
  }

  protected override draw(plot: Plot): Element {
    const rungs = this.ordered();
    const narrow = this.width < 560;
    const { bars } = this;
    const without = rungs
      .filter((rung) => !bars.some((bar) => bar.name === rung.name))
      .map((rung) => ({ name: rung.name, word: this.wordFor(rung) }));
    const highest = Math.max(...bars.map((bar) => bar.high), 0);
    const near = nearLimits(bars);
    const most = Math.max(highest, ...near.map(({ attainable }) => attainable));
    const ticks = narrow ? 2 : 6;
    const tickFormat = (value: number) => (value === 0 ? '0' : this.format(value));
    return plot.plot({
      width: this.width,
      height: chartHeight(rungs.length),
      marginLeft: Math.max(...rungs.map((rung) => rung.name.length), 4) * 7.9 + 12,
      marginRight: narrow ? 64 : 200,
      marginTop: 4,
      marginBottom: 28,
      style: chartText,
      x: most > 0 ? { domain: [0, most], label: null, ticks, tickFormat } : { domain: [0, 1], axis: null },
      y: { domain: rungs.map((rung) => rung.name), label: null, padding: 0.34 },
      marks: [
        most > 0 ? plot.gridX({ stroke: 'var(--hairline)', strokeOpacity: 1, ticks }) : null,
        plot.axisY({ tickSize: 0, fill: 'var(--ink)', fontSize: 13, fontFamily: 'var(--font-figures)' }),
        plot.barX(bars, { y: 'name', x: 'value', fill: 'fill', fillOpacity: 0.82 }),
        plot.ruleY(bars, { y: 'name', x1: 'low', x2: 'high', stroke: 'var(--whisker)', strokeWidth: 1.5 }),
        plot.tickX(bars, { y: 'name', x: 'low', stroke: 'var(--whisker)', strokeWidth: 1.5, inset: 4 }),
        plot.tickX(bars, { y: 'name', x: 'high', stroke: 'var(--whisker)', strokeWidth: 1.5, inset: 4 }),
        plot.tickX(near, { y: 'name', x: 'attainable', stroke: 'var(--ink-soft)', strokeDasharray: '2 2', inset: -3 }),
        plot.ruleX([0], { stroke: 'var(--edge)' }),
        plot.text(bars, {
          y: 'name',
          x: 'high',
          dx: 8,
          textAnchor: 'start',
          fill: 'var(--ink)',
          fontSize: 12,
          text: (bar: Bar) => (narrow ? bar.verdict : `${bar.number}  ${bar.verdict}`),
        }),
        plot.text(without, {
          y: 'name',
          x: 0,
          dx: 8,
          textAnchor: 'start',
          text: 'word',
          fill: 'var(--ink-soft)',
          fontSize: 12,
        }),
      ],
    });
  }

  /** What stands in place of a bar. */
  private wordFor({ row }: Rung): string {
    const running = this.run.state === 'running';
    const { word } = stateOf(row, running);
    if (row?.status !== 'ok') return word;
    return running ? `${word}, being timed` : `${word}, no time`;
  }

  private format(value: number): string {
    const unit = this.rungs.find(({ row }) => row?.rates)?.row?.rates?.unit;
    return this.measure === 'rate' ? formatRate(value, unit) : formatTime(value);
  }

  protected override sentence(): string {
    const { bars } = this;
    if (bars.length === 0) return 'Bar chart of the kernels; none has a time yet.';
    const list = bars.map((bar) => `${bar.name} ${bar.number}`).join(', ');
    return `Bar chart of the kernels with 95 % intervals: ${list}. The table below holds the same numbers.`;
  }
}

function chartHeight(rows: number): number {
  return rows * 34 + 36;
}

function barOf(rung: Rung, measure: Measure): Bar | undefined {
  const { row, against, isBaseline, name } = rung;
  if (!row?.time) return undefined;
  const { meanNs, ci95Ns } = row.time;
  const flop = row.rates ? row.rates.flopPerS * meanNs : undefined;
  const asRate = measure === 'rate' && flop !== undefined;
  const of = (ns: number) => (asRate ? flop / ns : ns);
  const ends = [of(Math.max(ci95Ns[0], meanNs * 1e-3)), of(ci95Ns[1])].sort((a, b) => a - b) as [number, number];
  return {
    name,
    value: of(meanNs),
    low: ends[0],
    high: ends[1],
    fill: against ? `var(--${against.verdict})` : 'var(--bar)',
    number: asRate ? formatRate(of(meanNs), row.rates?.unit) : formatTime(meanNs),
    verdict: against ? `${verdictMarks[against.verdict]} ${formatRatio(against.ratio)}` : isBaseline ? 'baseline' : '',
    ...(row.roofline && { attainable: of(row.roofline.attainableNs) }),
  };
}

function nearLimits(bars: readonly Bar[]): readonly (Bar & { readonly attainable: number })[] {
  const highest = Math.max(...bars.map(({ high }) => high), 0);
  return bars.filter(
    (bar): bar is Bar & { attainable: number } =>
      bar.attainable !== undefined && bar.attainable > 0 && bar.attainable <= farthest * highest,
  );
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-ladder-chart': LadderChart;
  }
}
