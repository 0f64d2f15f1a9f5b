/** <tw-line-chart>: series over an axis with intervals, each with its own mark and colour; crossings as marked ranges. */
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ChartElement, charts, chartText } from './chart-element.js';
import { adopt, type Plot } from './plot.js';
import { base, controls } from './styles/shared.js';

export interface Series {
  readonly name: string;
  readonly points: readonly SeriesPoint[];
}

export interface SeriesPoint {
  readonly x: number;
  readonly y: number;
  /** Ends of the interval or range, where there is one. */
  readonly low?: number;
  readonly high?: number;
}

/** Where two series change places, with the range in which either may be ahead. */
export interface Break {
  readonly at: number;
  readonly range: readonly [lo: number, hi: number];
  /** Name of the series it belongs to. */
  readonly series: string;
}

export interface Axis {
  readonly label: string | null;
  readonly log: boolean;
  readonly format: (value: number) => string;
  /** Values to write on the axis; chosen by the chart where left out. */
  readonly ticks?: readonly number[];
}

const colours = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((letter) => `var(--series-${letter})`);
/** One fewer than the colours, so that mark and colour repeat together only after 42 series. */
const symbols = ['circle', 'square', 'triangle', 'diamond', 'cross', 'star'] as const;

@customElement('tw-line-chart')
export class LineChart extends ChartElement {
  static override readonly styles = [
    base,
    controls,
    charts,
    css`
      .legend { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-4); list-style: none; font-size: var(--text-small); margin-block-start: var(--space-2); }
      .legend li { display: flex; align-items: center; gap: var(--space-1); overflow-wrap: anywhere; }
      .legend .soft { font-family: var(--font-words); }
      .legend svg { flex: none; }
    `,
  ];

  @property({ attribute: false }) series: readonly Series[] = [];
  @property({ attribute: false }) breaks: readonly Break[] = [];
  @property({ attribute: false }) x!: Axis;
  @property({ attribute: false }) y!: Axis;
  /** A level of y to hold the series against, e.g. the baseline at 1×. */
  @property({ attribute: false }) level: number | undefined;
  /** What is drawn, for those who do not see it. */
  @property() label = '';
  /** What the bars at the points are; empty where there are none. */
  @property() bars = '';

  protected override render() {
    return html`${this.renderFigure()}
      <ul class="legend">
        ${this.series.map(({ name }, index) => html`<li class="figures"><span class="key" data-index=${index} aria-hidden="true"></span>${name}</li>`)}
        ${this.bars ? html`<li class="soft">│ ${this.bars}</li>` : nothing}
        ${this.breaks.length > 0 ? html`<li class="soft">┊ they change places; shaded: either may be ahead</li>` : nothing}
      </ul>`;
  }

  protected override get leastHeight(): number {
    return 320;
  }

  protected override sentence(): string {
    return this.label;
  }

  protected override drawn(plot: Plot): void {
    for (const key of this.renderRoot.querySelectorAll<HTMLElement>('.key')) {
      key.replaceChildren(keyOf(plot, Number(key.dataset.index)));
    }
  }

  protected override draw(plot: Plot): Element {
    const { x, y } = this;
    const points = this.series.flatMap(({ points: own }, index) => own.map((point) => ({ ...point, index })));
    const whole = points.filter((point) => point.low !== undefined && point.high !== undefined && point.low > 0);
    const size = (value: number) => Math.max(value, Number.MIN_VALUE);
    const levels = y.log
      ? logTicks(points.flatMap((point) => [point.low ?? point.y, point.y, point.high ?? point.y]))
      : undefined;
    return plot.plot({
      width: this.width,
      height: Math.max(280, Math.min(420, Math.round(this.width * 0.5))),
      marginLeft: 84,
      marginRight: 20,
      marginTop: 28,
      marginBottom: 40,
      style: chartText,
      x: { type: x.log ? 'log' : 'linear', insetLeft: 8, insetRight: 8, axis: null },
      y: { type: y.log ? 'log' : 'linear', insetTop: 6, insetBottom: 6, axis: null, ...(y.log ? {} : { zero: true }) },
      marks: [
        plot.gridY({ stroke: 'var(--hairline)', strokeOpacity: 1, ...(levels && { ticks: levels }) }),
        // Texts of their own: Plot leaves out labels of a log scale that it finds too many.
        plot.axisX(x.ticks && [...x.ticks], {
          label: x.label,
          text: (value: number) => plainTick(x.format(value)),
        }),
        plot.axisY(levels, { label: y.label, text: (value: number) => plainTick(y.format(value)) }),
        ...this.breakMarks(
          plot,
          points.map((point) => point.x),
        ),
        this.level === undefined ? null : plot.ruleY([this.level], { stroke: 'var(--edge)' }),
        ...this.series.map(({ points: own }, index) =>
          plot.line(own, { x: 'x', y: 'y', stroke: colours[index % colours.length], strokeWidth: 1.75 }),
        ),
        plot.ruleX(whole, {
          x: 'x',
          y1: (point: SeriesPoint) => size(point.low!),
          y2: 'high',
          stroke: (point: { index: number }) => colours[point.index % colours.length],
          strokeWidth: 1.5,
        }),
        ...this.series.map(({ points: own }, index) => plot.dot(own, { x: 'x', y: 'y', ...dotOf(index) })),
      ],
      color: { type: 'identity' },
    });
  }

  private breakMarks(plot: Plot, xs: readonly number[]) {
    const [from, to] = [Math.min(...xs), Math.max(...xs)];
    const clamp = (value: number) => Math.min(to, Math.max(from, value));
    return this.breaks.flatMap(({ at, range, series }) => {
      const index = this.series.findIndex(({ name }) => name === series);
      const colour = colours[Math.max(0, index) % colours.length]!;
      return [
        plot.rect([0], { x1: clamp(range[0]), x2: clamp(range[1]), fill: colour, fillOpacity: 0.12 }),
        plot.ruleX([at], { stroke: colour, strokeDasharray: '3 3' }),
        plot.text([0], {
          x: at,
          frameAnchor: 'top',
          dy: -10,
          text: () => plainTick(this.x.format(at)),
          fill: colour,
          fontSize: 12,
        }),
      ];
    });
  }
}

/** 1, 2 and 5 of each decade, or decades alone where there are many. */
function logTicks(values: readonly number[]): number[] {
  const positive = values.filter((value) => value > 0);
  const [from, to] = [Math.log10(Math.min(...positive)), Math.log10(Math.max(...positive))];
  if (!Number.isFinite(from) || !Number.isFinite(to)) return [];
  const factors = to - from > 4 ? [1] : to - from > 0.6 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 8];
  const decades = Array.from({ length: Math.ceil(to) - Math.floor(from) + 1 }, (_, i) => 10 ** (Math.floor(from) + i));
  return decades
    .flatMap((decade) => factors.map((factor) => factor * decade))
    .filter((tick) => Math.log10(tick) >= from && Math.log10(tick) <= to);
}

/** A round number needs no decimals: `2.00 ms` becomes `2 ms`. */
function plainTick(text: string): string {
  return text.replace(/(\.\d*?)0+(?=\D|$)/, '$1').replace(/\.(?=\D|$)/, '');
}

function dotOf(index: number) {
  const colour = colours[index % colours.length]!;
  return { symbol: symbols[index % symbols.length]!, fill: colour, stroke: 'var(--surface)', strokeWidth: 1, r: 4.5 };
}

function keyOf(plot: Plot, index: number): SVGSVGElement {
  const drawn = plot.plot({
    width: 16,
    height: 16,
    margin: 0,
    axis: null,
    marks: [plot.dot([0], { frameAnchor: 'middle', ...dotOf(index) })],
  });
  const svg = adopt(drawn, '');
  svg.removeAttribute('role');
  svg.removeAttribute('aria-label');
  return svg;
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-line-chart': LineChart;
  }
}
