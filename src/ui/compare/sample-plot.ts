/** <tw-sample-plot>: every sample in the order taken, as its distance from the kernel's mean; drift shows as a slope. */
import { css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatTime, significant } from '../../bench/format.js';
import { ChartElement, charts, chartText } from '../chart-element.js';
import type { Plot } from '../plot.js';
import type { Rung } from '../run.js';
import { base, controls, tables } from '../styles/shared.js';

@customElement('tw-sample-plot')
export class SamplePlot extends ChartElement {
  static override readonly styles = [
    base,
    controls,
    tables,
    charts,
    css`table { margin-block-start: var(--space-4); }`,
  ];

  @property({ attribute: false }) rungs: readonly Rung[] = [];

  protected override render() {
    return html`
      <p class="soft small">Each dot is one sample, in the order taken; 0 % is the kernel's mean.</p>
      ${this.renderFigure()}
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

  protected override draw(plot: Plot): Element {
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
      style: chartText,
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

  protected override sentence(): string {
    const list = this.rungs.map(({ name, row }) => `${name} ${row!.time!.samples}`).join(', ');
    return `Samples of each kernel around its mean, in the order taken: ${list} samples.`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-sample-plot': SamplePlot;
  }
}
