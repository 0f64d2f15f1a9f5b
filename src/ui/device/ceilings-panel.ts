/** <tw-ceilings>: measures what the device can do at most, keeps it, and draws the roofline with the last run under it. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../job-line.js';
import '../notice.js';
import './roofline-chart.js';
import { formatBytes, formatRange, formatSi, formatTime } from '../../bench/format.js';
import type { Ceilings, ComputeKind } from '../../bench/roofline/ceilings.js';
import { baselineOf } from '../run.js';
import { base, controls, tables } from '../styles/shared.js';
import { Watch } from '../watch.js';
import type { Workbench } from '../workbench.js';

/** Names the job. */
const place = 'ceilings';

const titles: Readonly<Record<ComputeKind, readonly [title: string, nominal: number, unit: string]>> = {
  fma32: ['f32 multiply-add', 2, 'FLOP/s'],
  fma16: ['f16 multiply-add', 2, 'FLOP/s'],
  dot4: ['8-bit dot product of four', 8, 'OP/s'],
  int: ['Integer add and xor', 1, 'OP/s'],
  pair: ['Integer and float add, as in L-Mul', 2, 'OP/s'],
  sfu: ['Inverse square root', 1, 'OP/s'],
};

@customElement('tw-ceilings')
export class CeilingsPanel extends LitElement {
  static override readonly styles = [
    base,
    controls,
    tables,
    css`
      :host { display: grid; gap: var(--space-4); }
      .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: var(--space-8); align-items: start; }
      .bar { display: flex; flex-wrap: wrap; gap: var(--space-3); align-items: center; }
    `,
  ];

  @property({ attribute: false }) workbench!: Workbench;

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  private async measure(): Promise<void> {
    const { side, settings, known } = this.workbench;
    const { seed } = settings;
    const outcome = await side.alone(place, ({ client, job, onProgress }) =>
      client.roofline({ job, seed }, onProgress),
    );
    if (outcome.status === 'ok') await known.keepCeilings(outcome.ceilings);
  }

  protected override render() {
    const { side, known, running } = this.workbench;
    const { ceilings } = known;
    const job = side.of(place);
    const measuring = job?.state === 'running';
    return html`
      <h2>Ceilings</h2>
      <p class="prose soft">What this device can do at most in this browser, found by microbenchmarks that are verified like any kernel.
        Copies of growing size show the caches as steps. Runs are then shown with their share of what is attainable.</p>
      <div class="bar">
        <button ?disabled=${running} @click=${this.measure}>${ceilings ? 'Measure again' : 'Measure the ceilings'}</button>
        ${measuring ? html`<tw-job-line .workbench=${this.workbench} .job=${job} label="Measuring the ceilings"></tw-job-line>` : nothing}
        ${ceilings && !measuring ? html`<span class="soft small">Measured ${new Date(ceilings.date).toLocaleString()}</span>` : nothing}
      </div>
      ${job?.reason ? html`<tw-notice tone="caution">${job.reason}</tw-notice>` : nothing}
      ${known.problem ? html`<tw-notice tone="caution">${known.problem}</tw-notice>` : nothing}
      ${ceilings ? this.renderCeilings(ceilings) : nothing}
    `;
  }

  private renderCeilings(ceilings: Ceilings) {
    const { run, side } = this.workbench;
    const rows = run?.rows.filter((row) => row.rates) ?? [];
    const swept = side.of('sweep')?.rows.filter((row) => row.rates) ?? [];
    return html`
      ${
        ceilings.adapter.software
          ? html`<tw-notice tone="caution">Measured on a software adapter: these ceilings say nothing about a GPU.</tw-notice>`
          : nothing
      }
      <div class="columns">
        <tw-roofline-chart .ceilings=${ceilings} .rows=${rows} .swept=${swept} .baseline=${run ? baselineOf(run) : undefined}></tw-roofline-chart>
        <div class="scroll" tabindex="0" role="region" aria-label="Ceilings"><table>
          <thead><tr><th scope="col">Ceiling</th><th scope="col" class="number">Rate</th><th scope="col" class="number">95 % interval</th></tr></thead>
          <tbody>${ceilingRows(ceilings).map(
            ([title, rate, interval]) =>
              html`<tr><th scope="row">${title}</th><td class="number">${rate}</td><td class="number">${interval}</td></tr>`,
          )}</tbody>
        </table></div>
      </div>
      ${ceilings.notes.map((note) => html`<p class="soft small prose">${note}</p>`)}
    `;
  }
}

type CeilingRow = readonly [title: string, rate: string, interval: string];

function ceilingRows({ compute, memory, workgroupMemory, launchNs, readbackNs }: Ceilings): readonly CeilingRow[] {
  const interval = ([low, high]: readonly [number, number], unit: string, factor = 1): string =>
    formatRange(low * factor, high * factor, unit);
  return [
    ...compute.map(({ kind, perSecond, ci95 }): CeilingRow => {
      const [title, nominal, unit] = titles[kind];
      return [title, formatSi(perSecond * nominal, unit), interval(ci95, unit, nominal)];
    }),
    ...memory.map(
      ({ workingSet, perSecond, ci95 }): CeilingRow => [
        `Copy, ${formatBytes(workingSet)} in all`,
        formatSi(perSecond, 'B/s'),
        interval(ci95, 'B/s'),
      ],
    ),
    ...(workgroupMemory
      ? [
          [
            'Workgroup memory, read',
            formatSi(workgroupMemory.perSecond, 'B/s'),
            interval(workgroupMemory.ci95, 'B/s'),
          ] as const,
        ]
      : []),
    ...(launchNs === undefined ? [] : [['One dispatch', formatTime(launchNs), ''] as const]),
    ...(readbackNs === undefined ? [] : [['Readback of 4 bytes', formatTime(readbackNs), ''] as const]),
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-ceilings': CeilingsPanel;
  }
}
