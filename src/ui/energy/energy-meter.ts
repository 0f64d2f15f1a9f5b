/** <tw-energy-meter>: a model from watts that the visitor reads at idle and while the two built-in loads run. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '../job-line.js';
import '../notice.js';
import { calibrate } from '../../bench/energy/calibrate.js';
import { type LoadRun, secondsOf } from '../../bench/energy/runs.js';
import { formatSi, significant } from '../../bench/format.js';
import { base, controls, forms } from '../styles/shared.js';
import { Watch } from '../watch.js';
import type { Workbench } from '../workbench.js';
import { matchedClass } from './energy-class.js';
import './energy-model.js';

const steps = {
  idle: ['Idle', 'at idle', 'Close what else draws power, wait until the meter is steady, and read it.'],
  fma: ['FMA load', 'under FMA', 'Multiply-adds in registers. Read the meter near the end.'],
  copy: ['Copy load', 'under copy', 'Memory alone. Read the meter near the end.'],
} as const;

type Step = keyof typeof steps;

const place = 'load';
const longest = 600;

@customElement('tw-energy-meter')
export class EnergyMeter extends LitElement {
  static override readonly styles = [
    base,
    controls,
    forms,
    css`
      ol { list-style: none; display: grid; gap: var(--space-3); }
      li { border-block-start: 1px solid var(--hairline); padding-block-start: var(--space-3); display: grid; grid-template-columns: minmax(0, 1fr) 110px; gap: var(--space-2) var(--space-4); align-items: end; }
      li p { font-size: var(--text-small); color: var(--ink-soft); }
      li tw-job-line, li .ran { grid-column: 1 / -1; }
      input { font-family: var(--font-figures); }
      label.seconds { max-width: 140px; }
    `,
  ];

  @property({ attribute: false }) workbench!: Workbench;
  @state() private watts: Readonly<Record<Step, string>> = { idle: '', fma: '', copy: '' };
  @state() private seconds = 20;
  @state() private running: 'fma' | 'copy' | undefined;
  @state() private problem = '';

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  protected override render() {
    return html`<form @submit=${(event: Event) => event.preventDefault()}>
      <p class="small soft prose">Any meter will do: a plug, a tool of the maker, the sensor of the board. What it reads is what the joules then count.</p>
      <label class="seconds"><div class="label">Seconds of each load</div>
        <input inputmode="numeric" autocomplete="off" .value=${String(this.seconds)} @change=${this.onSeconds} /></label>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      <ol>${(Object.keys(steps) as Step[]).map((step) => this.renderStep(step))}</ol>
      ${this.renderSolution()}
    </form>`;
  }

  private renderStep(step: Step) {
    const [title, when, about] = steps[step];
    return html`<li>
      <div><h3>${title}</h3><p>${about}</p>${step === 'idle' ? nothing : this.renderButton(step)}</div>
      <label><div class="label">Watts ${when}</div>
        <input inputmode="decimal" autocomplete="off" .value=${this.watts[step]} @input=${(event: Event) => {
          this.watts = { ...this.watts, [step]: (event.target as HTMLInputElement).value };
        }} /></label>
      ${step === 'idle' ? nothing : this.renderRun(step)}
    </li>`;
  }

  private renderButton(step: 'fma' | 'copy') {
    const again = this.workbench.known.loads[step] ? ' again' : '';
    return html`<button type="button" ?disabled=${this.workbench.running} @click=${() => this.run(step)}>Run the ${step === 'fma' ? 'FMA' : 'copy'} load${again}</button>`;
  }

  private renderRun(step: 'fma' | 'copy') {
    const job = this.workbench.side.of(place);
    if (this.running === step && job?.state === 'running')
      return html`<tw-job-line .workbench=${this.workbench} .job=${job} label=${steps[step][0]}></tw-job-line>`;
    const run = this.workbench.known.loads[step];
    return html`
      ${this.running === step && job?.reason ? html`<p class="ran">${job.reason}</p>` : nothing}
      ${run ? html`<p class="ran">✓ ran for ${significant(secondsOf(run))} s: ${rateOf(step, run)}</p>` : nothing}
    `;
  }

  private async run(load: 'fma' | 'copy'): Promise<void> {
    const { side, settings, known } = this.workbench;
    this.running = load;
    const { seconds } = this;
    const outcome = await side.alone(place, ({ client, job, onProgress }) =>
      client.load({ job, load, seconds, seed: settings.seed }, onProgress),
    );
    if (outcome.status === 'ok') known.noteLoad(load, outcome.run);
  }

  private readonly onSeconds = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const seconds = Number(input.value);
    const fine = input.value.trim() !== '' && seconds >= 1 && seconds <= longest;
    this.problem = fine ? '' : `A load lasts from 1 to ${longest} s, not "${input.value}".`;
    if (fine) this.seconds = seconds;
    else input.value = String(this.seconds);
  };

  private renderSolution() {
    const { fma, copy } = this.workbench.known.loads;
    const typed = Object.entries(this.watts).filter(([, text]) => text.trim() !== '');
    const wrong = typed.find(([, text]) => !Number.isFinite(numberOf(text)));
    if (wrong) return html`<tw-notice tone="caution">"${wrong[1]}" is no number of watts.</tw-notice>`;
    if (!fma || !copy || typed.length < 3)
      return html`<p class="soft small">Two loads and three readings give the energy of a multiply-add and of a byte.</p>`;
    const [idleWatts, fmaWatts, copyWatts] = [this.watts.idle, this.watts.fma, this.watts.copy].map(numberOf);
    const readings = { idleWatts: idleWatts!, fmaWatts: fmaWatts!, copyWatts: copyWatts! };
    const solved = calibrate(readings, { fma, copy }, matchedClass(this.workbench));
    if ('refusal' in solved) return html`<tw-notice tone="caution">${solved.refusal}</tw-notice>`;
    const { perOperation, perMemoryByte } = solved.model;
    return html`
      <p>Solved: a multiply-add takes <span class="figures">${formatSi(perOperation.fma32.mid, 'J')}</span>, a byte <span class="figures">${formatSi(perMemoryByte.mid, 'J')}</span>, each within 25 %.</p>
      <div><button type="button" class="primary" @click=${() => this.dispatchEvent(new CustomEvent('model', { detail: solved.model }))}>Use this calibration</button></div>
    `;
  }
}

function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.'));
}

function rateOf(load: 'fma' | 'copy', run: LoadRun): string {
  const perSecond = run.dispatches / secondsOf(run);
  const { operations, bytesRead, bytesWritten } = run.cost;
  if (load === 'fma') return formatSi((operations.fma32 ?? 0) * perSecond, 'FMA/s');
  return formatSi((bytesRead + bytesWritten) * perSecond, 'B/s');
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-energy-meter': EnergyMeter;
  }
}
