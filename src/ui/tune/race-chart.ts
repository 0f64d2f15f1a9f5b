/** <tw-race-chart>: every candidate of a search by its speed against the default, while they race and after. */
import { css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatRatio } from '../../bench/format.js';
import { keyOf, type TunePoint } from '../../bench/tune/points.js';
import { ChartElement, charts, chartText } from '../chart-element.js';
import type { Plot } from '../plot.js';
import { base, controls } from '../styles/shared.js';

const states = {
  racing: { symbol: 'circle', colour: 'var(--accent)', mark: '●', word: 'in the race' },
  'set-aside': { symbol: 'diamond', colour: 'var(--undecided)', mark: '◆', word: 'set aside, not told apart' },
  slower: { symbol: 'times', colour: 'var(--slower)', mark: '×', word: 'dropped as slower' },
} as const;

type Timed = TunePoint & { readonly ratio: number; readonly rank: number; readonly state: keyof typeof states };

@customElement('tw-race-chart')
export class RaceChart extends ChartElement {
  static override readonly styles = [
    base,
    controls,
    charts,
    css`
      ul { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-4); list-style: none; font-size: var(--text-small); color: var(--ink-soft); margin-block-start: var(--space-2); }
      .racing { color: var(--accent); } .set-aside { color: var(--undecided); } .slower { color: var(--slower); }
    `,
  ];

  @property({ attribute: false }) points: readonly TunePoint[] = [];

  protected override get leastHeight(): number {
    return 280;
  }

  protected override render() {
    return html`${this.renderFigure()}
      <ul>${Object.entries(states).map(([state, { mark, word }]) => html`<li><span class=${state} aria-hidden="true">${mark}</span> ${word}</li>`)}
        <li>│ 95 % interval</li></ul>`;
  }

  private get timed(): readonly Timed[] {
    return this.points
      .filter((point): point is Timed => point.state in states && (point.ratio ?? 0) > 0)
      .sort((a, b) => b.ratio - a.ratio)
      .map((point, index) => ({ ...point, rank: index + 1 }));
  }

  protected override draw(plot: Plot): Element | undefined {
    const { timed } = this;
    if (timed.length === 0) return undefined;
    return plot.plot({
      width: this.width,
      height: 280,
      marginLeft: 60,
      marginRight: 12,
      marginBottom: 40,
      style: chartText,
      x: {
        label: 'candidates timed so far, fastest first →',
        domain: [0.5, Math.max(8, timed.length) + 0.5],
        ticks: 5,
      },
      y: {
        type: 'log',
        label: '↑ times as fast as the default',
        tickFormat: (value: number) => `${value}×`,
        ticks: 4,
      },
      marks: [
        plot.gridY({ stroke: 'var(--hairline)', strokeOpacity: 1, ticks: 4 }),
        plot.ruleY([1], { stroke: 'var(--edge)', strokeWidth: 1.5 }),
        plot.ruleX(
          timed.filter(({ ci95 }) => ci95 && ci95[0] > 0),
          {
            x: 'rank',
            y1: ({ ci95 }: Timed) => ci95![0],
            y2: ({ ci95 }: Timed) => ci95![1],
            stroke: ({ state }: Timed) => states[state].colour,
          },
        ),
        ...(Object.keys(states) as (keyof typeof states)[]).map((state) => {
          const { symbol, colour } = states[state];
          const own = timed.filter((point) => point.state === state);
          const paint = symbol === 'times' ? { stroke: colour } : { fill: colour };
          return plot.dot(own, { x: 'rank', y: 'ratio', symbol, r: 3.5, ...paint });
        }),
      ],
    });
  }

  protected override sentence(): string {
    const [first] = this.timed;
    if (!first) return 'No candidate has been timed yet.';
    return `${this.timed.length} candidates by their speed against the default; the fastest so far is ${keyOf(first.tunables)}, ${formatRatio(first.ratio)}.`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-race-chart': RaceChart;
  }
}
