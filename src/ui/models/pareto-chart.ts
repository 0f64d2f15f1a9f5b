/** <tw-pareto-chart>: accuracy against size or time, a dot per scheme, those that nothing beats joined by a line. */
import { css, html, LitElement } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { formatBytes, formatTime } from '../../bench/format.js';
import type { SchemeRow } from '../../worker/models-api.js';
import { adopt, loadPlot, type Plot, standalone } from '../plot.js';
import { saveFile } from '../save-file.js';
import { base, controls, forms } from '../styles/shared.js';
import { goalOf } from './model-words.js';

const axes = {
  size: { title: 'Size', of: (row: SchemeRow) => row.bytes, format: formatBytes, label: 'weights as stored →' },
  time: {
    title: 'Time',
    of: (row: SchemeRow) => row.time?.meanMs,
    format: (ms: number) => formatTime(ms * 1e6),
    label: 'time per batch →',
  },
} as const;

interface Point {
  readonly scheme: string;
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly front: boolean;
}

@customElement('tw-pareto-chart')
export class ParetoChart extends LitElement {
  static override readonly styles = [
    base,
    controls,
    forms,
    css`
      :host { display: grid; gap: var(--space-2); }
      .head { display: flex; gap: var(--space-4); align-items: center; justify-content: space-between; }
      .segments { width: 160px; }
      figure { min-height: 280px; }
      svg { display: block; overflow: visible; max-width: 100%; font-family: var(--font-words); color: var(--ink-soft); }
      svg text { white-space: pre; font-variant-numeric: tabular-nums; }
    `,
  ];

  @property({ attribute: false }) rows: readonly SchemeRow[] = [];
  /** Indices of rows that no other beats in size, time and accuracy at once. */
  @property({ attribute: false }) front: readonly number[] = [];
  @state() private axis: keyof typeof axes = 'size';
  @state() private width = 0;
  @state() private plot: Plot | undefined;
  @state() private problem = false;
  @query('figure') private figure!: HTMLElement | null;

  private readonly observer = new ResizeObserver(([entry]) => {
    if (entry) this.width = Math.floor(entry.contentRect.width);
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
  }

  private async load(): Promise<void> {
    this.problem = false;
    try {
      this.plot = await loadPlot();
    } catch {
      this.problem = true;
    }
  }

  protected override render() {
    if (this.problem) {
      return html`<p>The chart could not be loaded; the table below holds the same numbers. <button class="plain" @click=${this.load}>Try again</button></p>`;
    }
    return html`<div class="head">
        <div class="segments" role="radiogroup" aria-label="Along the axis">${(
          Object.keys(axes) as (keyof typeof axes)[]
        ).map(
          (name) =>
            html`<label><input type="radio" name="axis" .checked=${name === this.axis} @change=${() => {
              this.axis = name;
            }} /><span>${axes[name].title}</span></label>`,
        )}</div>
        <button class="plain" @click=${this.save}>Save as SVG</button>
      </div>
      <figure></figure>`;
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

  protected override updated(): void {
    const { plot, points } = this;
    if (!this.figure || !plot || this.width < 160 || points.length === 0) return;
    this.figure.replaceChildren(adopt(this.draw(plot, points), this.sentence(points)));
  }

  private draw(plot: Plot, points: readonly Point[]): Element {
    const goal = goalOf(this.rows);
    const { label, format } = axes[this.axis];
    const front = points.filter((point) => point.front).sort((a, b) => a.x - b.x);
    const percent = !goal.lessIsBetter;
    return plot.plot({
      width: this.width,
      height: Math.max(260, Math.min(360, Math.round(this.width * 0.45))),
      marginLeft: 60,
      marginRight: 64,
      marginTop: 28,
      marginBottom: 40,
      style: { fontSize: '12px', fontFamily: 'var(--font-words)', background: 'none' },
      x: {
        type: 'log',
        label,
        tickFormat: (value: number) => format(value),
        ticks: this.width < 480 ? 3 : 5,
        insetLeft: 12,
      },
      y: {
        // A wide spread of perplexities would press all but the worst onto the axis.
        type: goal.lessIsBetter ? 'log' : 'linear',
        reverse: goal.lessIsBetter,
        label: `↑ ${goal.name.toLowerCase()}${goal.lessIsBetter ? ', less is better' : ''}`,
        grid: true,
        ...(percent ? { tickFormat: (value: number) => `${Math.round(1000 * value) / 10} %` } : {}),
        ticks: 5,
        inset: 8,
      },
      marks: [
        plot.line(front, { x: 'x', y: 'y', stroke: 'var(--faster)', strokeWidth: 1.5, strokeDasharray: '4 3' }),
        plot.ruleX(points, { x: 'x', y1: 'low', y2: 'high', stroke: 'var(--whisker)', strokeWidth: 1 }),
        plot.dot(points, {
          x: 'x',
          y: 'y',
          r: 5,
          symbol: (point: Point) => (point.front ? 'diamond' : 'circle'),
          fill: (point: Point) => (point.front ? 'var(--faster)' : 'var(--surface)'),
          stroke: (point: Point) => (point.front ? 'var(--faster)' : 'var(--ink-soft)'),
          strokeWidth: 1.5,
        }),
        // Neighbours along the axis write above and below in turn, so that they meet less.
        ...[-9, 9].map((dy, part) =>
          plot.text(
            [...points].sort((a, b) => a.x - b.x).filter((_, i) => i % 2 === part),
            {
              x: 'x',
              y: 'y',
              text: 'scheme',
              textAnchor: 'start',
              dx: 8,
              dy,
              fill: 'var(--ink)',
              fontFamily: 'var(--font-figures)',
            },
          ),
        ),
      ],
      color: { type: 'identity' },
      symbol: { type: 'identity' } as never,
    });
  }

  private sentence(points: readonly Point[]): string {
    const goal = goalOf(this.rows);
    const each = points.map(({ scheme, x, y }) => {
      const value = goal.lessIsBetter ? y.toPrecision(4) : `${(100 * y).toFixed(1)} %`;
      return `${scheme} ${axes[this.axis].format(x)}, ${value}`;
    });
    return `${goal.name} against ${axes[this.axis].title.toLowerCase()}: ${each.join('; ')}.`;
  }

  private readonly save = (): void => {
    const drawn = this.figure?.querySelector('svg');
    if (drawn) saveFile('pareto.svg', 'image/svg+xml', standalone(drawn));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-pareto-chart': ParetoChart;
  }
}
