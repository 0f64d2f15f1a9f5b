/** <tw-tune-panel>: searches the tunables of one kernel on this device, shows the race, and keeps the winner for later runs. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '../job-line.js';
import '../notice.js';
import './forecast-table.js';
import './heat-map.js';
import './race-chart.js';
import { formatRange, formatRatio, formatRatioInterval, formatTime, none } from '../../bench/format.js';
import { keyOf, mostTelling, type TunePoint } from '../../bench/tune/points.js';
import { qualityWords } from '../../bench/tune/predictor-words.js';
import { verdictWords } from '../../bench/tune/verdict-words.js';
import type { Winner } from '../../bench/tune/winners-schema.js';
import type { Shape } from '../../kernel/operation.js';
import type { KernelCard, OperationCard, Tuning } from '../../worker/api.js';
import { saveFile } from '../save-file.js';
import { sizeProblem } from '../settings.js';
import { base, controls, forms, tables } from '../styles/shared.js';
import { Watch } from '../watch.js';
import { shapeWords } from '../words.js';
import type { Workbench } from '../workbench.js';
import { countWords, pageVoice, winnerWords } from './tune-words.js';
import { type Search, tuneJob } from './tuner.js';

const shownPoints = 8;
const longest = 3600;
const defaultSeconds = 30;

@customElement('tw-tune-panel')
export class TunePanel extends LitElement {
  static override readonly styles = [
    base,
    controls,
    forms,
    tables,
    css`
      :host { display: grid; gap: var(--space-3); border-block-start: 1px solid var(--hairline); padding-block-start: var(--space-6); scroll-margin-block-start: var(--header-height); }
      :host > * { min-width: 0; }
      .fields { display: flex; flex-wrap: wrap; gap: var(--space-3) var(--space-4); align-items: end; }
      .fields label { flex: 0 1 110px; }
      .fields input { font-family: var(--font-figures); }
      .fields .code { font-family: var(--font-figures); }
      .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: var(--space-6) var(--space-8); align-items: start; }
      .columns > * { min-width: 0; }
      .row { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-4); align-items: baseline; }
      .tuned { color: var(--accent); font-weight: 600; }
      tbody th { font-weight: 400; white-space: nowrap; }
      h3 { margin-block-end: var(--space-2); }
    `,
  ];

  @property({ attribute: false }) workbench!: Workbench;
  @property({ attribute: false }) operation!: OperationCard;
  @property({ attribute: false }) kernel!: KernelCard;
  /** Sizes of the page, until others are typed here. */
  @property({ attribute: false }) suggested!: Shape;
  @state() private own: Shape | undefined;
  @state() private seconds = defaultSeconds;
  @state() private problem = '';

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('suggested') || changed.has('kernel')) {
      const before = changed.get('suggested');
      if (changed.has('kernel') || JSON.stringify(before) !== JSON.stringify(this.suggested)) this.own = undefined;
    }
  }

  private get shape(): Shape {
    return this.own ?? this.suggested;
  }

  protected override render() {
    const { id } = this.kernel;
    const { tuner, device } = this.workbench;
    const search = tuner.of(id);
    return html`
      <h2>Tune on this device</h2>
      <p class="prose soft">Every combination is verified before it is timed. Candidates are sampled in turns with the default, the clearly slower leave early, and the best
        meets the default once more on fresh samples: it wins only where the interval of the ratio lies above 1.</p>
      ${this.renderKept()}
      ${device.status === 'ready' ? this.renderFields() : html`<p class="soft">Without a GPU there is nothing to tune on.</p>`}
      ${this.problem ? html`<p class="problem" role="alert">${this.problem} The last good number stays.</p>` : nothing}
      ${search ? this.renderSearch(search) : nothing}
      ${this.renderForecast()}
    `;
  }

  /** What was predicted last, for whatever shape that was. */
  private renderForecast() {
    const answer = this.workbench.tuner.answerOf(this.kernel.id);
    if (!answer) return nothing;
    if ('problem' in answer) return html`<tw-notice tone="caution">${answer.problem}</tw-notice>`;
    return html`<tw-forecast-table .forecast=${answer.forecast} .hasEnergyModel=${answer.hasEnergyModel}></tw-forecast-table>`;
  }

  /** Where the keyboard goes on. */
  focusFirst(): void {
    this.renderRoot.querySelector('input')?.focus({ preventScroll: true });
  }

  private renderFields() {
    const { side, tuner, running } = this.workbench;
    const job = side.of(tuneJob);
    return html`<div class="fields">
      ${this.operation.parameters.map(
        ({ name, about }) => html`<label title=${about}><div class="label code">${name}</div>
          <input inputmode="numeric" autocomplete="off" .value=${String(this.shape[name] ?? 1)} @change=${(event: Event) => this.onSize(name, event)} /></label>`,
      )}
      <label><div class="label">Budget, seconds</div>
        <input inputmode="numeric" autocomplete="off" .value=${String(this.seconds)} @change=${this.onSeconds} /></label>
      ${
        tuner.running === this.kernel.id && job
          ? html`<tw-job-line .workbench=${this.workbench} .job=${job} label="Tuning ${this.kernel.id}"></tw-job-line>`
          : html`<button class="primary" ?disabled=${running} @click=${() => tuner.tune(this.kernel.id, this.shape, this.seconds)}>Tune</button>
            <button ?disabled=${running} title="What earlier searches on this device let expect of these sizes; nothing is run" @click=${() => tuner.predict(this.kernel.id, this.shape)}>Predict</button>`
      }
    </div>`;
  }

  /** What is kept for these sizes, or why it does not fit. */
  private renderKept() {
    const { known, settings } = this.workbench;
    const use = known.tuned(this.kernel.id, this.shape);
    if (!use) return nothing;
    if (use.status === 'stale') return html`<tw-notice tone="caution">${use.reason}</tw-notice>`;
    const { winner } = use;
    const off = settings.tuned
      ? settings.tunables[this.kernel.id]
        ? 'You have set tunables of your own, so runs use those.'
        : 'Runs use it.'
      : 'Tuned values are switched off in the settings of the comparison.';
    return html`<div>
      <p class="prose"><span class="tuned">◆ Tuned</span> <span class="figures">${winnerWords(winner)}</span> ${off}</p>
      <div class="row">
        <button class="plain" @click=${() => known.forgetWinner(winner)}>Go back to the default</button>
        <button class="plain" @click=${() => this.save(winner)}>Save as JSON</button>
      </div>
    </div>`;
  }

  private async save(winner: Winner): Promise<void> {
    const learned = await this.workbench.known.learned(winner.kernel);
    const winners = learned.filter(({ date, shapeClass }) => date === winner.date && shapeClass === winner.shapeClass);
    const text = `${JSON.stringify({ schema: 'tilewatt/winners@1', winners }, null, 2)}\n`;
    saveFile(`tilewatt-tuned-${winner.kernel.replace('/', '-')}.json`, 'application/json', text);
  }

  private renderSearch({ shape, points, tuning, problem }: Search) {
    return html`
      ${problem ? html`<tw-notice tone="caution">${problem}</tw-notice>` : nothing}
      ${tuning ? html`<p class="prose" role="status">${verdictWords(tuning, pageVoice)}</p>` : nothing}
      ${points.some(({ ratio }) => ratio !== undefined) ? this.renderRace(shape, points, tuning?.energy) : nothing}
      ${tuning ? html`<p class="soft small prose">${countWords(points, tuning.refused.length)} Predictor: ${qualityWords(tuning.predictor, tuning.energy !== undefined)} It orders the next search. ${tuning.flags.join(' ')}</p>` : nothing}
    `;
  }

  private renderRace(shape: Shape, points: readonly TunePoint[], energy: Tuning['energy']) {
    return html`<div class="columns">
      <section><h3>Race at ${shapeWords(shape)}</h3><tw-race-chart .points=${points}></tw-race-chart></section>
      ${mostTelling(points).length === 2 ? html`<section><h3>Map: times as fast as the default, best of the rest</h3><tw-heat-map .points=${points}></tw-heat-map></section>` : nothing}
    </div>
    ${this.renderBest(points, energy)}`;
  }

  private renderBest(points: readonly TunePoint[], energy: Tuning['energy']) {
    const joulesOf = (one: TunePoint) => energy?.joules[keyOf(one.tunables)];
    const best = points
      .filter((point) => (point.ratio ?? 0) > 0)
      .sort((a, b) => b.ratio! - a.ratio!)
      .slice(0, shownPoints);
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Fastest candidates"><table>
      <thead><tr><th scope="col">Fastest ${best.length}</th><th scope="col" class="number">Times as fast as the default</th>
        <th scope="col" class="number">Time</th><th scope="col" class="number">Samples</th>${energy ? html`<th scope="col" class="number">Energy per run, ${energy.tier}</th>` : nothing}<th scope="col">State</th></tr></thead>
      <tbody>${best.map((point) => {
        const { tunables, ratio = 0, ci95, ns, samples = 0, state: now } = point;
        const joules = joulesOf(point);
        return html`<tr>
          <th scope="row" class="figures">${keyOf(tunables)}</th>
          <td class="number">${ci95 ? formatRatioInterval({ ratio, ci95 }) : formatRatio(ratio)}</td>
          <td class="number">${ns === undefined ? none : formatTime(ns)}</td><td class="number">${samples}</td>
          ${energy ? html`<td class="number">${joules ? formatRange(joules.lowJ, joules.highJ, 'J') : none}</td>` : nothing}<td>${now.replace('-', ' ')}</td>
        </tr>`;
      })}</tbody>
    </table></div>`;
  }

  private onSize(name: string, event: Event): void {
    const input = event.target as HTMLInputElement;
    this.problem = sizeProblem(name, input.value) ?? '';
    if (this.problem) input.value = String(this.shape[name] ?? 1);
    else this.own = { ...this.shape, [name]: Number(input.value) };
  }

  private readonly onSeconds = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const seconds = Number(input.value);
    const fine = input.value.trim() !== '' && seconds >= 1 && seconds <= longest;
    this.problem = fine ? '' : `A search takes from 1 to ${longest} s, not "${input.value}".`;
    if (fine) this.seconds = seconds;
    else input.value = String(this.seconds);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-tune-panel': TunePanel;
  }
}
