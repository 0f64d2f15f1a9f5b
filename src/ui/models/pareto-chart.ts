/** <tw-pareto-chart>: accuracy against size, time or energy, a dot per scheme, those that nothing beats in these two joined by a line. */
import { css, html } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatBytes, formatSi, formatTime, significant } from '../../bench/format.js';
import type { SchemeRow } from '../../worker/models-api.js';
import { ChartElement, charts, chartText } from '../chart-element.js';
import { type Plot, standalone } from '../plot.js';
import { saveFile } from '../save-file.js';
import { base, controls, forms } from '../styles/shared.js';
import { chartFront } from './chart-front.js';
import { goalOf } from './model-words.js';

const axes = {
  size: { title: 'Size', of: (row: SchemeRow) => row.bytes, format: formatBytes, label: 'weights as stored →' },
  time: {
    title: 'Time',
    of: (row: SchemeRow) => row.time?.meanMs,
    format: (ms: number) => formatTime(ms * 1e6),
    label: 'time per batch →',
  },
  // In millionths, so that ticks are numbers around one.
  energy: {
    title: 'Energy',
    of: (row: SchemeRow) => row.joules && row.joules.mid * 1e6,
    format: (microjoules: number) => formatSi(microjoules / 1e6, 'J'),
    label: 'energy per batch, estimated →',
  },
} as const;

type Axis = keyof typeof axes;

interface Point {
  readonly scheme: string;
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  /** Whether the table marks it: no other is at once smaller, faster and better. */
  readonly front: boolean;
}

@customElement('tw-pareto-chart')
export class ParetoChart extends ChartElement {
  static override readonly styles = [
    base,
    controls,
    forms,
    charts,
    css`
      :host { display: grid; gap: var(--space-2); }
      .head { display: flex; gap: var(--space-4); align-items: center; justify-content: space-between; }
      .segments { grid-auto-columns: 80px; }
    `,
  ];

  @property({ attribute: false }) rows: readonly SchemeRow[] = [];
  /** Indices of rows that no other beats in size, time and accuracy at once. */
  @property({ attribute: false }) front: readonly number[] = [];
  @state() private chosen: Axis = 'size';

  protected override render() {
    return html`<div class="head">
        <div class="segments" role="radiogroup" aria-label="Along the axis">${(this.known).map(
          (name) =>
            html`<label><input type="radio" name="axis" .checked=${name === this.axis} @change=${() => {
              this.chosen = name;
            }} /><span>${axes[name].title}</span></label>`,
        )}</div>
        <button class="plain" @click=${this.save}>Save as SVG</button>
      </div>
      ${this.renderFigure()}`;
  }

  /** Axes that some row has a value for. */
  private get known(): readonly Axis[] {
    return (Object.keys(axes) as Axis[]).filter((axis) => this.rows.some((row) => axes[axis].of(row) !== undefined));
  }

  private get axis(): Axis {
    return this.known.includes(this.chosen) ? this.chosen : 'size';
  }

  private get points(): readonly Point[] {
    const goal = goalOf(this.rows);
    return this.rows.flatMap((row, i) => {
      const [x, interval] = [axes[this.axis].of(row), goal.of(row)];
      if (row.status !== 'ok' || x === undefined || !interval) return [];
      const [low, high] = interval.ci95;
      return [{ scheme: row.scheme, x, y: interval.value, low, high, front: this.front.includes(i) }];
    });
  }

  protected override get leastHeight(): number {
    return 280;
  }

  protected draw(plot: Plot): Element | undefined {
    const { points } = this;
    if (points.length === 0) return undefined;
    const goal = goalOf(this.rows);
    const { label, format } = axes[this.axis];
    const frame = frameOf(this.width, points, goal.lessIsBetter);
    return plot.plot({
      ...frame.size,
      style: chartText,
      x: {
        type: 'log',
        domain: frame.x,
        label,
        tickFormat: (value: number) => format(value),
        ticks: ticksOf(frame.x, this.axis === 'size'),
      },
      y: {
        type: goal.lessIsBetter ? 'log' : 'linear',
        domain: frame.y,
        label: `↑ ${goal.name.toLowerCase()}${goal.lessIsBetter ? ', less is better' : ''}`,
        grid: true,
        tickFormat: goal.lessIsBetter
          ? (value: number) => significant(value)
          : (value: number) => `${Math.round(1000 * value) / 10} %`,
        ticks: 5,
      },
      marks: [
        plot.line(chartFront(points, goal.lessIsBetter), {
          x: 'x',
          y: 'y',
          stroke: 'var(--faster)',
          strokeWidth: 1.5,
          strokeDasharray: '4 3',
        }),
        plot.ruleX(points, { x: 'x', y1: 'low', y2: 'high', stroke: 'var(--edge)', strokeWidth: 1 }),
        plot.dot(points, {
          x: 'x',
          y: 'y',
          r: 5,
          symbol: (point: Point) => (point.front ? 'diamond' : 'circle'),
          fill: (point: Point) => (point.front ? 'var(--faster)' : 'var(--surface)'),
          stroke: (point: Point) => (point.front ? 'var(--faster)' : 'var(--ink-soft)'),
          strokeWidth: 1.5,
        }),
        ...labelPlaces(points, frame).map(({ point, dy, end }) =>
          plot.text([point], {
            x: 'x',
            y: 'y',
            text: 'scheme',
            textAnchor: end ? 'end' : 'start',
            dx: end ? -9 : 9,
            dy,
            fill: 'var(--ink)',
            stroke: 'var(--surface)',
            strokeWidth: 3,
            fontFamily: 'var(--font-figures)',
          }),
        ),
      ],
      color: { type: 'identity' },
      symbol: { type: 'identity' } as never,
    });
  }

  protected sentence(): string {
    const goal = goalOf(this.rows);
    const { points } = this;
    const each = points.map(({ scheme, x, y }) => {
      const value = goal.lessIsBetter ? y.toPrecision(4) : `${(100 * y).toFixed(1)} %`;
      return `${scheme} ${axes[this.axis].format(x)}, ${value}`;
    });
    const joined = chartFront(points, goal.lessIsBetter).map(({ scheme }) => scheme);
    return `${goal.name} against ${axes[this.axis].title.toLowerCase()}: ${each.join('; ')}. Nothing beats in both: ${joined.join(', ')}.`;
  }

  private readonly save = (): void => {
    if (this.svg) saveFile('pareto.svg', 'image/svg+xml', standalone(this.svg));
  };
}

interface Frame {
  readonly size: {
    readonly width: number;
    readonly height: number;
    readonly marginLeft: number;
    readonly marginRight: number;
    readonly marginTop: number;
    readonly marginBottom: number;
  };
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  /** Where a point lies, in pixels. */
  readonly at: (point: Point) => readonly [x: number, y: number];
}

/** Size and domains, with room around the outermost points. */
function frameOf(width: number, points: readonly Point[], perplexity: boolean): Frame {
  const size = {
    width,
    height: Math.max(260, Math.min(380, Math.round(width * 0.45))),
    marginLeft: 60,
    marginRight: 24,
    marginTop: 28,
    marginBottom: 40,
  };
  const xs = points.map((point) => point.x);
  const x = [Math.min(...xs) / 1.15, Math.max(...xs) * 1.15] as const;
  const [low, high] = [Math.min(...points.map((point) => point.low)), Math.max(...points.map((point) => point.high))];
  const room = Math.max(0.05 * (high - low), 1e-6);
  // A wide spread of perplexities would press all but the worst onto the axis, hence the logarithm; less is higher up.
  const y = perplexity ? ([high * 1.02, Math.max(low / 1.02, 1e-9)] as const) : ([low - room, high + room] as const);
  const share = (value: number, [from, to]: readonly [number, number], log: boolean): number =>
    log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
  const across = width - size.marginLeft - size.marginRight;
  const down = size.height - size.marginTop - size.marginBottom;
  return {
    size,
    x,
    y,
    at: (point) => [
      size.marginLeft + across * share(point.x, x, true),
      size.marginTop + down * (1 - share(point.y, y, perplexity)),
    ],
  };
}

/** Powers of two for bytes, else 1, 2 and 5 of each decade; both ends where that leaves too few. */
function ticksOf([from, to]: readonly [number, number], binary: boolean): number[] {
  const powers = binary
    ? Array.from({ length: 50 }, (_, i) => 2 ** i)
    : Array.from({ length: 12 }, (_, i) => 10 ** (i - 5)).flatMap((decade) => [decade, 2 * decade, 5 * decade]);
  const within = powers.filter((tick) => tick >= from && tick <= to);
  return within.length > 1 ? within : [from, to];
}

const lineHeight = 14;

/** Names beside their points, moved up or down until none covers another; to the left near the right edge. */
function labelPlaces(points: readonly Point[], frame: Frame) {
  const taken: { readonly from: number; readonly to: number; readonly y: number }[] = [];
  return [...points]
    .sort((a, b) => frame.at(a)[1] - frame.at(b)[1])
    .map((point) => {
      const [x, y] = frame.at(point);
      const length = 7.4 * point.scheme.length + 12;
      const end = x + length > frame.size.width;
      const [from, to] = end ? [x - length, x] : [x, x + length];
      const meets = (at: number): boolean =>
        taken.some((other) => other.from < to && other.to > from && Math.abs(other.y - at) < lineHeight);
      const steps = Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? 1 : -1) * Math.ceil(i / 2) * (lineHeight / 2));
      const dy = steps.find((step) => !meets(y + step)) ?? 0;
      taken.push({ from, to, y: y + dy });
      return { point, dy, end };
    });
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-pareto-chart': ParetoChart;
  }
}
