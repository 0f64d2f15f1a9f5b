/** <tw-sample-plot>: every sample in the order taken, as its distance from the kernel's mean; drift shows as a slope. */
import { css, html, LitElement } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { formatTime, significant } from '../../bench/format.js';
import { adopt, loadPlot, type Plot } from '../plot.js';
import type { Rung } from '../run.js';
import { base, tables } from '../styles/shared.js';

@customElement('tw-sample-plot')
export class SamplePlot extends LitElement {
  static override readonly styles = [
    base,
    tables,
    css`
      svg { display: block; overflow: visible; max-width: 100%; color: var(--ink-soft); }
      svg text { white-space: pre; font-variant-numeric: tabular-nums; }
      table { margin-block-start: var(--space-4); }
    `,
  ];

  @property({ attribute: false }) rungs: readonly Rung[] = [];
  @state() private plot: Plot | undefined;
  @state() private width = 0;
  @state() private problem = '';
  @query('figure') private figure!: HTMLElement;

  private readonly observer = new ResizeObserver(([entry]) => {
    if (entry) this.width = Math.floor(entry.contentRect.width);
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
    loadPlot().then(
      (plot) => {
        this.plot = plot;
      },
      () => {
        this.problem = 'The chart could not be loaded; the table holds its summary.';
      },
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
  }

  protected override render() {
    return html`
      <p class="soft small">Each dot is one sample, in the order taken; 0 % is the kernel's mean.</p>
      ${this.problem}
      <figure></figure>
      <div class="scroll" tabindex="0" role="region" aria-label="Samples of each kernel"><table>
        <thead><tr>
          <th scope="col">Kernel</th><th scope="col" class="number">Samples</th><th scope="col" class="number">Dispatches each</th>
          <th scope="col" class="number">Least</th><th scope="col" class="number">Most</th><th scope="col">Stopped by</th>
        </tr></thead>
        <tbody>${this.rungs.map(({ name, row }) => {
          const { rawNs = [], samples, dispatchesPerSample, stopped } = row!.time!;
          return html`<tr>
            <th scope="row" class="figures">${name}</th><td class="number">${samples}</td><td class="number">${dispatchesPerSample}</td>
            <td class="number">${formatTime(Math.min(...rawNs))}</td><td class="number">${formatTime(Math.max(...rawNs))}</td>
            <td>${stopped === 'noise' ? 'low noise' : stopped === 'time' ? 'time was up' : (stopped ?? '')}</td>
          </tr>`;
        })}</tbody>
      </table></div>
    `;
  }

  protected override updated(): void {
    if (!this.plot || this.width === 0) return;
    this.figure.replaceChildren(adopt(this.draw(this.plot), this.sentence()));
  }

  private draw(plot: Plot): Element {
    const names = this.rungs.map((rung) => rung.name);
    const dots = this.rungs.flatMap(({ name, row }) => {
      const { rawNs = [], meanNs } = row!.time!;
      return rawNs.map((ns, index) => ({ name, index: index + 1, percent: (ns / meanNs - 1) * 100 }));
    });
    const percents = dots.map((dot) => dot.percent);
    const reach = [Math.min(...percents, -0.1), Math.max(...percents, 0.1)];
    return plot.plot({
      width: this.width,
      height: names.length * 64 + 40,
      marginLeft: 52,
      marginRight: Math.max(...names.map((name) => name.length)) * 7.9 + 16,
      style: { fontSize: '12px', fontFamily: 'var(--font-words)', background: 'none' },
      x: { label: 'sample →', nice: true },
      y: {
        domain: reach,
        nice: true,
        label: null,
        ticks: 3,
        tickFormat: (value: number) => `${value > 0 ? '+' : ''}${significant(value, 2)} %`,
      },
      fy: { domain: names, label: null, padding: 0.2 },
      marks: [
        plot.axisFy({ fill: 'var(--ink)', fontSize: 13, fontFamily: 'var(--font-figures)' }),
        plot.ruleY([0], { stroke: 'var(--edge)' }),
        plot.dot(dots, { x: 'index', y: 'percent', fy: 'name', r: 2, fill: 'var(--accent)', fillOpacity: 0.7 }),
      ],
    });
  }

  private sentence(): string {
    const list = this.rungs.map(({ name, row }) => `${name} ${row!.time!.samples}`).join(', ');
    return `Samples of each kernel around its mean, in the order taken: ${list} samples.`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-sample-plot': SamplePlot;
  }
}
