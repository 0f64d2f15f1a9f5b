/** <tw-heat-map>: two tunables against each other, each cell with the best speed over all others. */
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { significant } from '../../bench/format.js';
import { type HeatCell, heatMap, mostTelling, type TunePoint, valuesOf } from '../../bench/tune/points.js';
import { ChartElement, charts, chartText } from '../chart-element.js';
import type { Plot } from '../plot.js';
import { base, controls } from '../styles/shared.js';

/** Darkest a cell gets: the figures on it stay readable in both schemes. */
const deepest = 0.4;

@customElement('tw-heat-map')
export class HeatMap extends ChartElement {
  static override readonly styles = [
    base,
    controls,
    charts,
    css`
      .axes { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-4); margin-block-end: var(--space-2); }
      .axes label { display: flex; gap: var(--space-2); align-items: center; font-size: var(--text-small); color: var(--ink-soft); }
      .axes select { width: auto; color: var(--ink); font-family: var(--font-figures); }
    `,
  ];

  @property({ attribute: false }) points: readonly TunePoint[] = [];
  /** Chosen by the visitor; where left out, the two that explain most. */
  @state() private chosen: readonly [string, string] | undefined;

  private get names(): readonly string[] {
    return Object.keys(this.points[0]?.tunables ?? {}).filter((name) => valuesOf(this.points, name).length > 1);
  }

  private get axes(): readonly [string, string] | undefined {
    const { chosen, names } = this;
    if (chosen?.every((name) => names.includes(name))) return chosen;
    const [x, y] = mostTelling(this.points);
    return x !== undefined && y !== undefined ? [x, y] : undefined;
  }

  protected override get leastHeight(): number {
    return this.axes ? heightOf(this.points, this.axes[1]) : 0;
  }

  protected override render() {
    const { axes } = this;
    if (!axes) return nothing;
    return html`<div class="axes">${this.choice('Across', axes, 0)}${this.choice('Down', axes, 1)}</div>${this.renderFigure()}`;
  }

  private choice(title: string, axes: readonly [string, string], which: 0 | 1) {
    return html`<label>${title}
      <select @change=${(event: Event) => this.choose(axes, which, (event.target as HTMLSelectElement).value)}>
        ${this.names.map((name) => html`<option value=${name} .selected=${name === axes[which]}>${name}</option>`)}
      </select></label>`;
  }

  /** The one that the other axis had changes places with it. */
  private choose([x, y]: readonly [string, string], which: 0 | 1, name: string): void {
    if (which === 0) this.chosen = name === y ? [y, x] : [name, y];
    else this.chosen = name === x ? [y, x] : [x, name];
  }

  protected override draw(plot: Plot): Element | undefined {
    const { axes, points } = this;
    if (!axes) return undefined;
    const [x, y] = axes;
    const cells = heatMap(points, x, y);
    const timed = cells.filter((cell): cell is HeatCell & { ratio: number } => cell.ratio !== undefined);
    const [least, best] = [Math.min(...timed.map(ratioOf)), Math.max(...timed.map(ratioOf))];
    const depth = ({ ratio }: { readonly ratio: number }) =>
      best > least ? (deepest * Math.log(ratio / least)) / Math.log(best / least) : deepest;
    return plot.plot({
      width: this.width,
      height: heightOf(points, y),
      marginLeft: 56,
      marginTop: 24,
      marginBottom: 36,
      style: chartText,
      x: { type: 'band', label: `${x} →`, domain: [...valuesOf(points, x)], padding: 0.04, tickSize: 0 },
      y: { type: 'band', label: `↓ ${y}`, domain: [...valuesOf(points, y)], padding: 0.04, tickSize: 0 },
      color: { type: 'identity' },
      opacity: { type: 'identity' },
      marks: [
        plot.cell(cells, { x: 'x', y: 'y', fill: 'none', stroke: 'var(--hairline)' }),
        plot.cell(timed, { x: 'x', y: 'y', fill: 'var(--accent)', fillOpacity: depth }),
        plot.cell(
          timed.filter(({ ratio }) => ratio === best),
          { x: 'x', y: 'y', fill: 'none', stroke: 'var(--ink)', strokeWidth: 1.5 },
        ),
        plot.text(cells, {
          x: 'x',
          y: 'y',
          fill: 'var(--ink)',
          text: ({ ratio }: HeatCell) => (ratio === undefined ? '·' : significant(ratio, this.width < 420 ? 2 : 3)),
        }),
      ],
    });
  }

  protected override sentence(): string {
    const { axes, points } = this;
    if (!axes) return '';
    const cells = heatMap(points, ...axes).filter(({ ratio }) => ratio !== undefined);
    const [best] = [...cells].sort((a, b) => b.ratio! - a.ratio!);
    if (!best) return `${axes.join(' against ')}: nothing has been timed yet.`;
    return `Speed against the default by ${axes.join(' and ')}: best at ${axes[0]} ${best.x}, ${axes[1]} ${best.y}, ${significant(best.ratio!)} times as fast.`;
  }
}

function ratioOf({ ratio }: { readonly ratio: number }): number {
  return ratio;
}

function heightOf(points: readonly TunePoint[], y: string): number {
  return valuesOf(points, y).length * 34 + 60;
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-heat-map': HeatMap;
  }
}
