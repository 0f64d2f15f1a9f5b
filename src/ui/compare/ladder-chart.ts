/** <tw-ladder-chart>: one horizontal bar per kernel, its interval as a whisker, its verdict as mark, word and colour. */
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { axisUnit, formatRate, formatRatio, formatTime, verdictMarks } from '../../bench/format.js';
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
  /** Still being sampled. */
  readonly soFar: boolean;
  /** What the ceilings allow, where they are known. */
  readonly attainable?: number;
}

/** Room for one number along the axis, px. */
const tickWidth = 64;

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

  protected override get shown(): string {
    return JSON.stringify([this.width, this.measure, this.bars, this.without]);
  }

  private ordered(): readonly Rung[] {
    if (!this.bySpeed) return this.rungs;
    const time = (rung: Rung) => rung.row?.time?.meanNs ?? Number.POSITIVE_INFINITY;
    return [...this.rungs].sort((a, b) => time(a) - time(b));
  }

  private get bars(): readonly Bar[] {
    return this.ordered().flatMap((rung) => barOf(rung, this.measure) ?? []);
  }

  /** Rungs that have no bar, each with what stands in its place. */
  private get without() {
    const { bars } = this;
    return this.ordered()
      .filter(({ name }) => !bars.some((bar) => bar.name === name))
      .map((rung) => ({ name: rung.name, word: this.wordFor(rung) }));
  }

  protected override draw(plot: Plot): Element {
    const rungs = this.ordered();
    const narrow = this.width < 560;
    const { bars, without } = this;
    const sure = bars.filter((bar) => !bar.soFar);
    const soFar = bars.filter((bar) => bar.soFar);
    const highest = Math.max(...bars.map((bar) => bar.high), 0);
    const near = nearLimits(bars);
    const most = Math.max(highest, ...near.map(({ attainable }) => attainable));
    const [marginLeft, marginRight] = [
      Math.max(...rungs.map(({ name }) => name.length), 4) * 7.9 + 12,
      narrow ? 64 : 200,
    ];
    const ticks = Math.max(2, Math.floor((this.width - marginLeft - marginRight) / tickWidth));
    return plot.plot({
      width: this.width,
      height: chartHeight(rungs.length),
      marginLeft,
      marginRight,
      marginTop: 4,
      marginBottom: 42,
      style: chartText,
      x: most > 0 ? { domain: [0, most], ticks, ...this.axis(most) } : { domain: [0, 1], axis: null },
      y: { domain: rungs.map((rung) => rung.name), label: null, padding: 0.34 },
      marks: [
        most > 0 ? plot.gridX({ stroke: 'var(--hairline)', strokeOpacity: 1, ticks }) : null,
        plot.axisY({ tickSize: 0, fill: 'var(--ink)', fontSize: 13, fontFamily: 'var(--font-figures)' }),
        plot.barX(sure, { y: 'name', x: 'value', fill: 'fill', fillOpacity: 0.82 }),
        plot.barX(soFar, { y: 'name', x: 'value', fill: 'fill', fillOpacity: 0.3 }),
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

  /** All ticks in one unit, which stands below the axis. */
  private axis(most: number) {
    const rated = this.rungs.map(({ row, soFar }) => (row?.rates ?? soFar?.rates)?.unit).find(Boolean) ?? 'FLOP/s';
    const base = this.measure === 'rate' ? 1 : 1e-9;
    const { factor, unit } = axisUnit(most * base, this.measure === 'rate' ? rated : 's');
    const tickFormat = (value: number) => String(Number(((value * base) / factor).toPrecision(4)));
    return { tickFormat, label: unit, labelAnchor: 'center', labelArrow: 'none', labelOffset: 36 } as const;
  }

  protected override sentence(): string {
    const { bars } = this;
    if (bars.length === 0) return 'Bar chart of the kernels; none has a time yet.';
    const list = bars.map((bar) => `${bar.name} ${bar.number}${bar.soFar ? ' so far' : ''}`).join(', ');
    return `Bar chart of the kernels with 95 % intervals: ${list}. The table below holds the same numbers.`;
  }
}

function chartHeight(rows: number): number {
  return rows * 34 + 50;
}

function barOf(rung: Rung, measure: Measure): Bar | undefined {
  const { row, soFar, against, name } = rung;
  const { time, rates } = row?.time ? row : (soFar ?? {});
  if (!time) return undefined;
  const { meanNs, ci95Ns } = time;
  const flop = rates ? rates.flopPerS * meanNs : undefined;
  const asRate = measure === 'rate' && flop !== undefined;
  const of = (ns: number) => (asRate ? flop / ns : ns);
  const ends = [of(Math.max(ci95Ns[0], meanNs * 1e-3)), of(ci95Ns[1])].sort((a, b) => a - b) as [number, number];
  return {
    name,
    value: of(meanNs),
    low: ends[0],
    high: ends[1],
    fill: against ? `var(--${against.verdict})` : 'var(--bar)',
    number: asRate ? formatRate(of(meanNs), rates?.unit) : formatTime(meanNs),
    verdict: verdictOf(rung),
    soFar: !row?.time,
    ...(row?.roofline && { attainable: of(row.roofline.attainableNs) }),
  };
}

function verdictOf({ row, against, isBaseline }: Rung): string {
  if (!row?.time) return 'so far';
  if (against) return `${verdictMarks[against.verdict]} ${formatRatio(against.ratio)}`;
  return isBaseline ? 'baseline' : '';
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
