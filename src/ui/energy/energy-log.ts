/** <tw-energy-log>: a model fitted to a power log: kernels are recorded here, the log is brought, both are aligned by the clock. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { errorText } from '../../kernel/outcome.js';
import '../job-line.js';
import '../notice.js';
import { type FitOutcome, fitToLog, leastKernels } from '../../bench/energy/fit.js';
import { type PowerLog, parsePowerLog } from '../../bench/energy/power-log.js';
import { type LoadRun, parseRuns, type RunsFile } from '../../bench/energy/runs.js';
import { adapterName } from '../../bench/export.js';
import { significant, thinSpace } from '../../bench/format.js';
import { saveFile } from '../save-file.js';
import { base, controls, forms } from '../styles/shared.js';
import { Watch } from '../watch.js';
import { countOf } from '../words.js';
import type { Workbench } from '../workbench.js';
import { kernelsToRecord, recordRuns } from './record.js';

const place = 'record';
const runsSchema = 'tilewatt/energy-runs@1';
/** A power log larger than this is no log of minutes. */
const largestFile = 64 * 2 ** 20;
const longest = 120;

const tools = [
  ['NVIDIA', 'nvidia-smi --query-gpu=timestamp,power.draw --format=csv -lms 100 > power.csv'],
  ['macOS', 'sudo powermetrics --samplers gpu_power -i 100 > power.txt'],
  ['Firefox Profiler', 'record with the preset Power, save as JSON, uncompressed'],
  ['any other', 'CSV with a header: time,watts; times of day or seconds since 1970'],
] as const;

@customElement('tw-energy-log')
export class EnergyLog extends LitElement {
  static override readonly styles = [
    base,
    controls,
    forms,
    css`
      :host { display: grid; gap: var(--space-3); }
      :host > * { min-width: 0; }
      ol { padding-inline-start: 1.4em; display: grid; gap: var(--space-4); }
      ol > li > * + * { margin-block-start: var(--space-2); }
      dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: var(--space-1) var(--space-3); font-size: var(--text-small); }
      dt { color: var(--ink-soft); } dd { overflow-wrap: anywhere; }
      .row { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-3); align-items: end; }
      .row label { max-width: 160px; }
      input[type='file'] { padding-block: 4px; }
      @media (max-width: 720px) { dl { grid-template-columns: minmax(0, 1fr); } dd { margin-block-end: var(--space-1); } }
    `,
  ];

  @property({ attribute: false }) workbench!: Workbench;
  @state() private seconds = 10;
  @state() private log: PowerLog | undefined;
  @state() private notes: readonly string[] = [];
  @state() private problem = '';
  private last: { readonly runs: RunsFile; readonly log: PowerLog; readonly fit: FitOutcome } | undefined;

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  /** Power logs and recorded runs, told apart by what is in them. */
  async read(files: readonly File[]): Promise<void> {
    this.problem = '';
    for (const file of files) {
      try {
        if (file.size > largestFile) throw new Error('It is larger than 64 MiB: log for minutes, not for hours.');
        const text = await file.text();
        if (text.includes(runsSchema)) await this.takeRuns(parseRuns(text));
        else this.log = parsePowerLog(text);
      } catch (error) {
        this.problem = `${file.name}: ${errorText(error)}`;
      }
    }
  }

  private async takeRuns(runs: RunsFile): Promise<void> {
    const { device, known } = this.workbench;
    if (device.status !== 'ready') return;
    const [there, here] = [adapterName(runs.adapter), adapterName(device.card.adapter)];
    if (there !== here) throw new Error(`These runs were recorded on ${there}, and this is ${here}.`);
    await known.keepRuns(runs);
    if (runs.log && runs.log.length > 1) this.log = { format: 'nvidia-smi', samples: runs.log };
  }

  protected override render() {
    const { running, known } = this.workbench;
    const job = this.workbench.side.of(place);
    const count = kernelsToRecord(this.workbench.operations).length;
    return html`
      <ol>
        <li><h3>Start a log of the power</h3>
          <dl>${tools.map(([name, how]) => html`<dt>${name}</dt><dd class="figures">${how}</dd>`)}</dl></li>
        <li><h3>Record kernels meanwhile</h3>
          <p class="small soft">${countOf(count, 'kernel')} one by one in random order, about ${countOf(Math.max(1, Math.round((count * this.seconds) / 60)), 'minute')}. At least ${leastKernels} must run.</p>
          <div class="row">
            <label><div class="label">Seconds for each</div><input inputmode="numeric" autocomplete="off" .value=${String(this.seconds)} @change=${this.onSeconds} /></label>
            <button type="button" ?disabled=${running} @click=${this.record}>Record</button>
            <button type="button" class="plain" ?disabled=${!known.runs} @click=${this.save}>save the runs as JSON</button>
          </div>
          ${job?.state === 'running' ? html`<tw-job-line .workbench=${this.workbench} .job=${job} label="Recording"></tw-job-line>` : nothing}
          ${job?.reason ? html`<p class="small">${job.reason}</p>` : nothing}
          ${known.runs && known.runs.runs.length > 0 ? html`<p class="small">${spanOf(known.runs.runs)}</p>` : nothing}
        </li>
        <li><h3>Bring the log</h3>
          <label><div class="label">Power log, dropped anywhere on this page or chosen here; recorded runs too</div>
            <input type="file" multiple accept=".csv,.txt,.json,.log,text/*,application/json" @change=${this.onFiles} /></label>
          ${this.log ? html`<p class="small">${logWords(this.log)}</p>` : nothing}
        </li>
      </ol>
      ${this.problem ? html`<tw-notice tone="caution">${this.problem}</tw-notice>` : nothing}
      ${this.renderFit()}
      ${this.notes.map((note) => html`<p class="soft small">${note}</p>`)}
    `;
  }

  private renderFit() {
    const { runs } = this.workbench.known;
    if (!this.log) return nothing;
    if (!runs || runs.runs.length === 0)
      return html`<tw-notice tone="info">The log is read. Now it needs runs to be aligned with: record them while a log is taken.</tw-notice>`;
    const fit = this.fitted(runs, this.log);
    if (fit.status !== 'ok') return html`<tw-notice tone="caution">${fit.refusal}</tw-notice>`;
    return this.renderFitted(fit);
  }

  /** Fitted anew only where runs or log are others: every redraw asks for it. */
  private fitted(runs: RunsFile, log: PowerLog): FitOutcome {
    if (this.last?.runs !== runs || this.last.log !== log) this.last = { runs, log, fit: fitToLog(runs.runs, log) };
    return this.last.fit;
  }

  private renderFitted({ model, leaveOneOut, pairwiseOrder, runs, notes }: Extract<FitOutcome, { status: 'ok' }>) {
    const percent = (share: number): string => `${significant(100 * share)}${thinSpace}%`;
    return html`
      <p class="prose">Fitted to ${countOf(runs, 'run')}. Each left out in turn and predicted by the others: off by
        <span class="figures">${percent(leaveOneOut.median)}</span> (median), <span class="figures">${percent(leaveOneOut.mean)}</span> (mean),
        <span class="figures">${percent(leaveOneOut.worst)}</span> (worst). Of pairs more than 15 % apart, <span class="figures">${percent(pairwiseOrder)}</span> are in the right order.</p>
      ${notes.map((note) => html`<p class="soft small">${note}</p>`)}
      <div><button type="button" class="primary" @click=${() => this.dispatchEvent(new CustomEvent('model', { detail: model }))}>Use this fit</button></div>
    `;
  }

  private readonly record = async (): Promise<void> => {
    const { device, side, known, operations, settings } = this.workbench;
    if (device.status !== 'ready') return;
    const { adapter } = device.card;
    const runs: LoadRun[] = [];
    this.notes = [];
    const options = { seconds: this.seconds, seed: settings.seed };
    const outcome = await side.alone(place, (work) => recordRuns(work, operations, options, (run) => runs.push(run)));
    if (outcome.status === 'ok') this.notes = outcome.notes;
    if (runs.length > 0) await known.keepRuns({ schema: runsSchema, adapter, runs });
  };

  private readonly save = (): void => {
    const { runs } = this.workbench.known;
    if (runs) saveFile('tilewatt-energy-runs.json', 'application/json', `${JSON.stringify(runs, null, 2)}\n`);
  };

  private readonly onSeconds = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const seconds = Number(input.value);
    const fine = input.value.trim() !== '' && seconds >= 1 && seconds <= longest;
    this.problem = fine ? '' : `A kernel is recorded for 1 to ${longest} s, not "${input.value}".`;
    if (fine) this.seconds = seconds;
    else input.value = String(this.seconds);
  };

  private readonly onFiles = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    // Else the same file, mended meanwhile, could not be chosen again.
    input.value = '';
    if (files.length > 0) void this.read(files);
  };
}

function spanOf(runs: readonly LoadRun[]): string {
  const kernels = new Set(runs.map(({ kernel }) => kernel)).size;
  const from = Math.min(...runs.map(({ startMs }) => startMs));
  const to = Math.max(...runs.map(({ endMs }) => endMs));
  return `✓ ${countOf(kernels, 'kernel')} recorded, ${new Date(from).toLocaleString()} to ${new Date(to).toLocaleTimeString()}.`;
}

function logWords({ format, samples }: PowerLog): string {
  const [from, to] = [samples[0]!.ms, samples.at(-1)!.ms];
  const watts = samples.map((sample) => sample.watts);
  const [least, most] = watts.reduce(([low, high], one) => [Math.min(low, one), Math.max(high, one)], [Infinity, 0]);
  return `✓ ${format}: ${countOf(samples.length, 'reading')} of ${significant(least!)} to ${significant(most!)} W, ${new Date(from).toLocaleString()} to ${new Date(to).toLocaleTimeString()}.`;
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-energy-log': EnergyLog;
  }
}
