/** <tw-roofline-chart>: rate against operations per byte, both logarithmic; roofs as lines, results as points. */
import { customElement, property } from 'lit/decorators.js';
import { formatSi } from '../../bench/format.js';
import type { ResultRow } from '../../bench/results.js';
import type { Ceilings } from '../../bench/roofline/ceilings.js';
import { ChartElement, charts, chartText } from '../chart-element.js';
import type { Plot } from '../plot.js';
import { base, controls } from '../styles/shared.js';

interface RoofPoint {
  readonly roof: string;
  readonly intensity: number;
  readonly rate: number;
}

@customElement('tw-roofline-chart')
export class RooflineChart extends ChartElement {
  static override readonly styles = [base, controls, charts];

  @property({ attribute: false }) ceilings!: Ceilings;
  /** The last comparison, each point with its name. */
  @property({ attribute: false }) rows: readonly ResultRow[] = [];
  /** The last sweep, as small points. */
  @property({ attribute: false }) swept: readonly ResultRow[] = [];
  /** Kernel that the others were compared with: an open point. */
  @property({ attribute: false }) baseline: string | undefined;

  protected override render() {
    return this.renderFigure();
  }

  protected override draw(plot: Plot): Element {
    const points = pointsOf(this.rows);
    const swept = pointsOf(this.swept);
    const reach = [1 / 16, 1024, ...[...points, ...swept].map(({ intensity }) => intensity)];
    const roofs = roofsOf(this.ceilings, Math.min(...reach), Math.max(...reach));
    const ends = roofs.filter(({ intensity }) => intensity === Math.max(...reach));
    return plot.plot({
      width: this.width,
      height: 320,
      marginLeft: 84,
      marginRight: 16,
      marginBottom: 44,
      style: chartText,
      x: {
        type: 'log',
        base: 2,
        label: 'operations per byte →',
        tickFormat: (value: number) => (value < 1 ? `1/${1 / value}` : `${value}`),
      },
      y: {
        type: 'log',
        label: '↑ operations per second',
        grid: true,
        tickFormat: (value: number) => formatSi(value, '', 2),
      },
      marks: [
        plot.line(roofs, { x: 'intensity', y: 'rate', z: 'roof', stroke: 'var(--edge)', strokeWidth: 1.5 }),
        plot.text(ends, {
          x: 'intensity',
          y: 'rate',
          text: 'roof',
          textAnchor: 'end',
          dy: -7,
          fill: 'var(--ink-soft)',
        }),
        plot.dot(swept, { x: 'intensity', y: 'rate', r: 2, fill: 'var(--ink-soft)', title: 'kernel' }),
        plot.dot(points, {
          x: 'intensity',
          y: 'rate',
          r: 4,
          stroke: 'var(--accent)',
          fill: ({ kernel }: KernelPoint) => (kernel === this.baseline ? 'var(--surface)' : 'var(--accent)'),
        }),
        plot.text(points, {
          x: 'intensity',
          y: 'rate',
          text: ({ kernel }: KernelPoint) => (kernel === this.baseline ? `${kernel} (baseline)` : kernel),
          dy: 12,
          fill: 'var(--ink)',
          fontFamily: 'var(--font-figures)',
        }),
      ],
    });
  }

  protected override sentence(): string {
    const { compute, memory } = this.ceilings;
    const fma = compute.find(({ kind }) => kind === 'fma32');
    const top = fma ? `${formatSi(2 * fma.perSecond, 'FLOP/s')} in f32` : 'no f32 ceiling';
    const points = this.rows.map(({ kernel, rates }) => `${kernel} ${formatSi(rates!.flopPerS, 'OP/s')}`).join(', ');
    const swept = this.swept.length > 0 ? ` And ${this.swept.length} points of the last sweep.` : '';
    return `Roofline: ${top}, ${formatSi(memory.at(-1)!.perSecond, 'B/s')} from memory. ${points ? `Last run: ${points}.` : 'No run yet.'}${swept}`;
  }
}

interface KernelPoint {
  readonly kernel: string;
  readonly intensity: number;
  readonly rate: number;
}

function pointsOf(rows: readonly ResultRow[]): readonly KernelPoint[] {
  return rows.flatMap(({ kernel, rates }) =>
    rates && rates.bytePerS > 0 && rates.flopPerS > 0
      ? [{ kernel, intensity: rates.flopPerS / rates.bytePerS, rate: rates.flopPerS }]
      : [],
  );
}

/** The f32 roof under memory and under the fastest cache, and flat roofs of the other multiply-adds. */
function roofsOf({ compute, memory }: Ceilings, from: number, to: number): readonly RoofPoint[] {
  const peakOf = (kind: string, nominal: number): number => {
    const found = compute.find((ceiling) => ceiling.kind === kind);
    return found ? nominal * found.perSecond : Number.NaN;
  };
  const peak = peakOf('fma32', 2);
  const slowest = memory.at(-1)!.perSecond;
  const fastest = Math.max(...memory.map(({ perSecond }) => perSecond));
  const slanted = (roof: string, bandwidth: number, top: number): readonly RoofPoint[] => {
    const ridge = Math.min(Math.max(top / bandwidth, from), to);
    return [from, ridge, to].map((intensity) => ({ roof, intensity, rate: Math.min(top, bandwidth * intensity) }));
  };
  return [
    ...slanted('f32', slowest, peak),
    ...(fastest > slowest ? slanted('', fastest, peak) : []),
    ...slanted('f16', slowest, peakOf('fma16', 2)),
    ...slanted('dot4', slowest, peakOf('dot4', 8)),
  ].filter(({ rate }) => Number.isFinite(rate));
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-roofline-chart': RooflineChart;
  }
}
