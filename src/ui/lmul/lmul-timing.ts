/** <tw-lmul-timing>: what L-Mul costs in time on this device, mode by mode, next to the native multiplication. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '../compare/export-bar.js';
import '../compare/run-bar.js';
import '../compare/trouble.js';
import '../notice.js';
import './lmul-times.js';
import { formatRatio, formatShape } from '../../bench/format.js';
import { lmulModes, lmulRoundings, paperOffsetBits } from '../../numerics/lmul.js';
import { adapterWords } from '../device/device-words.js';
import type { Job } from '../run.js';
import { base, controls, forms } from '../styles/shared.js';
import { isSize } from '../sweep/sweep-settings.js';
import { Watch } from '../watch.js';
import type { Workbench } from '../workbench.js';
import { choice, fields } from './lmul-fields.js';
import { baseline } from './lmul-run.js';
import { type LmulSettings, readLengths, writeLmul } from './lmul-settings.js';
import { nameOf } from './lmul-times.js';

const place = 'lmul';

@customElement('tw-lmul-timing')
export class LmulTiming extends LitElement {
  static override readonly styles = [
    base,
    controls,
    forms,
    fields,
    css`
      :host { display: grid; gap: var(--space-3); }
      :host > * { min-width: 0; }
      tw-run-bar { max-width: 420px; }
      ul { padding-inline-start: 1.2em; }
    `,
  ];

  @property({ attribute: false }) workbench!: Workbench;
  @property({ attribute: false }) settings!: LmulSettings;
  @property({ attribute: false }) start: () => void = () => {};
  @property({ attribute: false }) ready = false;
  @state() private problem: string | undefined;

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  protected override render() {
    const { settings } = this;
    const job = this.workbench.side.of(place);
    const rungs = this.workbench.operations
      .find(({ id }) => id === 'gemm-lmul')
      ?.kernels.map(({ id }) => id.split('/')[1]!) ?? [settings.rung];
    const roundings = { truncate: 'truncated', 'nearest-even': 'rounded to nearest even' } as const;
    return html`
      <h2>Time next to the native multiplication</h2>
      <div class="fields">
        <label class="short"><div class="label">Size m = n = k</div>
          <input inputmode="numeric" autocomplete="off" .value=${String(settings.size)} aria-invalid=${this.problem ? 'true' : 'false'}
            @change=${(event: Event) => this.onSize((event.target as HTMLInputElement).value)} /></label>
        ${choice('Rung of gemm-lmul', settings.rung, Object.fromEntries(rungs.map((rung) => [rung, rung])), (rung) => this.emit({ rung }))}
        ${choice('Mantissa bits m', String(settings.mantissaBits), Object.fromEntries([2, 3, 4, 5, 7, 10, 23].map((m) => [m, `${m}, l = ${paperOffsetBits(m)}`])), (m) => this.emit({ mantissaBits: Number(m) }))}
        ${choice('Operands reduced', settings.rounding, roundings, (rounding) => this.emit({ rounding: lmulRoundings.find((one) => one === rounding)! }))}
      </div>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem} The last good one stays.</p>` : nothing}
      ${this.workbench.device.status === 'ready' ? nothing : html`<tw-trouble .workbench=${this.workbench}></tw-trouble>`}
      <tw-run-bar .workbench=${this.workbench} .start=${this.start} .ready=${this.ready}></tw-run-bar>
      ${
        job
          ? this.renderJob(job)
          : html`<p class="prose soft">Run measures a matrix product by the chosen rung in every mode, with the native multiplication in the same loop, in turns with
        our f32 GEMM; then the element-wise product, which mostly waits for memory.</p>`
      }
    `;
  }

  private renderJob(job: Job) {
    const { settings } = this;
    const said = job.state === 'running' ? [] : verdicts(job, adapterWords(this.workbench.device));
    return html`
      ${job.state === 'failed' ? html`<tw-notice tone="bad">${job.reason}</tw-notice>` : nothing}
      ${job.state === 'cancelled' ? html`<tw-notice tone="info">Cancelled. What was finished is kept.</tw-notice>` : nothing}
      ${job.state === 'done' && job.key !== writeLmul({ ...settings, ...pickTables(job.key) }) ? html`<tw-notice tone="info">The settings have changed since this run. Press Run for new times.</tw-notice>` : nothing}
      ${said.length > 0 ? html`<ul class="prose">${said.map((sentence) => html`<li>${sentence}</li>`)}</ul>` : nothing}
      ${
        job.rows.length > 0
          ? html`<tw-lmul-times .job=${job}></tw-lmul-times>
        <tw-export-bar .results=${job.results} name="tilewatt-lmul" .withChart=${false} .link=${`${window.location.search}#/lmul?${job.key}`}></tw-export-bar>`
          : nothing
      }
    `;
  }

  private onSize(text: string): void {
    const size = Number(text);
    const fine = isSize(size) && size <= 8192;
    this.problem = fine ? undefined : `The size must be an integer from 1 to 8192, not "${text}".`;
    if (fine) this.emit({ size });
  }

  private emit(detail: Partial<LmulSettings>): void {
    this.dispatchEvent(new CustomEvent('lmul-change', { detail }));
  }
}

/** What of the settings has nothing to do with the times, as the run had it. */
function pickTables(key: string): Partial<LmulSettings> {
  const params = new URLSearchParams(key);
  const mode = (['all', ...lmulModes] as const).find((one) => one === params.get('mode'));
  const lengths = readLengths(params.get('k') ?? '');
  const operands = params.get('operands') as LmulSettings['operands'];
  return { operands, ...(mode && { mode }), ...(lengths && { lengths }) };
}

/** A sentence per mode of the matrix product: how long it takes against the native multiplication. */
function verdicts({ comparisons, rows }: Job, adapter: string): readonly string[] {
  return comparisons.flatMap((comparison) => {
    const { a, b, shape, verdict, ratio } = comparison;
    const row = rows.find((one) => one.kernel === a && formatShape(one.shape) === formatShape(shape));
    if (row?.operation !== 'gemm-lmul' || b !== baseline) return [];
    const what =
      row.shape.mode === 4
        ? 'The same loop with the native multiplication'
        : `On ${adapter}, L-Mul by the ${nameOf(row)}`;
    if (verdict === 'slower') return [`${what} takes ${formatRatio(1 / ratio)} the time of ${b}.`];
    if (verdict === 'faster')
      return [`${what} is ${formatRatio(ratio)} as fast as ${b}; something else than multiplying decides there.`];
    return [`${what} and ${b} are too close to call.`];
  });
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-lmul-timing': LmulTiming;
  }
}
