/** <tw-lmul-page>: the L-Mul laboratory. Its errors beside narrow formats, in dot products, its time here, and energy elsewhere. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '../notice.js';
import './lmul-datapath.js';
import './lmul-dots.js';
import './lmul-errors.js';
import './lmul-timing.js';
import type { LmulTableRow } from '../../numerics/lmul-table.js';
import type { LmulDotRow } from '../../worker/api.js';
import { base, controls, forms } from '../styles/shared.js';
import { Watch } from '../watch.js';
import type { Workbench } from '../workbench.js';
import { choice, fields } from './lmul-fields.js';
import { timeLmul } from './lmul-run.js';
import {
  type LmulSettings,
  lengthsProblem,
  modeTitles,
  operandTitles,
  readLengths,
  readLmul,
  writeLmul,
} from './lmul-settings.js';

const place = 'lmul';
const seed = 1;
/** Pairs drawn: enough for two digits, and done within a second or two. */
const pairs = 2 ** 17;
const everyPairBits = 7;
const dots = 128;

/** What was tabulated, by the request, so that coming back shows it at once. */
const known = new Map<string, readonly LmulTableRow[] | readonly LmulDotRow[]>();

@customElement('tw-lmul-page')
export class LmulPage extends LitElement {
  static override readonly styles = [
    base,
    controls,
    forms,
    fields,
    css`
      :host { display: grid; gap: var(--space-8); }
      :host > * { min-width: 0; }
      section { display: grid; gap: var(--space-3); }
      section > * { min-width: 0; }
      @media (max-width: 720px) { h1 { font-size: var(--text-title); } }
    `,
  ];

  @property({ attribute: false }) workbench!: Workbench;
  /** The settings as the address has them. */
  @property({ attribute: false }) query = '';
  @state() private problem: { readonly name: string; readonly text: string } | undefined;
  @state() private tableProblem: string | undefined;
  private asking: string | undefined;

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  private get software(): boolean {
    const { device } = this.workbench;
    return device.status !== 'ready' || device.card.adapter.software;
  }

  private read() {
    return readLmul(this.query, {
      operands: 'normal',
      mode: 'adder-exact',
      lengths: [64, 256, 1024, 4096],
      size: this.software ? 128 : 1024,
      rung: 'direct',
      mantissaBits: 23,
      rounding: 'truncate',
    });
  }

  private change(part: Partial<LmulSettings>): void {
    this.query = writeLmul({ ...this.read().settings, ...part });
    window.location.hash = `#/lmul?${this.query}`;
  }

  private get ready(): boolean {
    return !this.workbench.running && this.workbench.device.status === 'ready';
  }

  runNow(): void {
    if (!this.ready) return;
    const { settings } = this.read();
    const budget = this.software ? { seconds: 0.8, count: 2 ** 18 } : { seconds: 0.6, count: 2 ** 24 };
    void this.workbench.side.run(place, writeLmul(settings), (work) => timeLmul(work, settings, budget));
  }

  protected override updated(): void {
    void this.tabulate();
  }

  /** Fills what is missing of the tables; never while a job measures, whose thread this would take. */
  private async tabulate(): Promise<void> {
    const { workbench } = this;
    if (this.asking || this.tableProblem || workbench.running || workbench.device.status === 'asking') return;
    const { settings } = this.read();
    const table = tableKey(settings);
    const sums = dotsKey(settings);
    const missing = known.has(table) ? (known.has(sums) ? undefined : sums) : table;
    if (missing === undefined) return;
    this.asking = missing;
    const { operands, lengths } = settings;
    const count = operands === 'every pair' ? everyPairBits : pairs;
    const outcome = await (missing === table
      ? workbench.lmul.lmulTable({ operands, count, seed })
      : workbench.lmul.lmulDots({ lengths, dots, seed }));
    if (outcome.status === 'ok') known.set(missing, outcome.rows);
    else this.tableProblem = outcome.reason;
    this.asking = undefined;
    this.requestUpdate();
  }

  protected override render() {
    const { settings, problems } = this.read();
    return html`
      <section>
        <h1>L-Mul multiplies by adding. On a GPU that is an emulation, and slower.</h1>
        <p class="prose">L-Mul takes the sum of two floating-point bit patterns, less a constant, for their product. A GPU has no unit for it: one integer and
          one float addition stand where the hardware has a single fused multiply-add. What there could be to gain is energy, in hardware that is built for
          it. Here you see what it costs in accuracy, and what it costs in time on this device.</p>
        ${problems.map((problem) => html`<tw-notice tone="caution">${problem}</tw-notice>`)}
      </section>
      ${this.renderErrors(settings)}${this.renderDots(settings)}
      <tw-lmul-timing
        .workbench=${this.workbench} .settings=${settings} .start=${() => this.runNow()} .ready=${this.ready}
        @lmul-change=${(event: CustomEvent<Partial<LmulSettings>>) => this.change(event.detail)}
      ></tw-lmul-timing>
      <tw-lmul-datapath></tw-lmul-datapath>
    `;
  }

  private renderErrors(settings: LmulSettings) {
    const { operands, mode } = settings;
    const rows = known.get(tableKey(settings)) as readonly LmulTableRow[] | undefined;
    const sample =
      operands === 'every pair'
        ? `all ${(4 ** everyPairBits).toLocaleString('en')} pairs, nothing sampled`
        : `${pairs.toLocaleString('en')} pairs, seed ${seed}`;
    return html`<section>
      <h2>Error of one product</h2>
      <div class="fields">
        ${choice('Operands', operands, operandTitles, (value) => this.change({ operands: value }))}
        ${choice('Mode', mode, { ...modeTitles, all: 'all modes' }, (value) => this.change({ mode: value }))}
      </div>
      <p class="prose soft">Relative errors against the exact product; ${sample}. L-Mul reduces its operands to m mantissa bits and adds the offset 2<sup>−l</sup>: the
        paper's l(m) is m up to 3, 3 at 4, else 4; l = 4 is shown beside it. On these operands the fast adder gives what the exact one does; they part at
        zeros and beyond 2<sup>±60</sup>.</p>
      ${rows ? html`<tw-lmul-errors .rows=${rows} .mode=${mode}></tw-lmul-errors>` : this.renderWaiting()}
    </section>`;
  }

  private renderDots(settings: LmulSettings) {
    const rows = known.get(dotsKey(settings)) as readonly LmulDotRow[] | undefined;
    return html`<section>
      <h2>Error of a dot product</h2>
      <div class="fields">
        <label><div class="label">Lengths K</div>
          <input autocomplete="off" .value=${settings.lengths.join(', ')} aria-invalid=${this.problem?.name === 'k' ? 'true' : 'false'}
            @change=${(event: Event) => this.onLengths((event.target as HTMLInputElement).value)} /></label>
      </div>
      ${this.problemOf('k')}
      <p class="prose soft">Root mean square error over that of the exact values; ${dots} dot products of N(0, 1) operands each, summed in f64, operands truncated to m bits, l the paper's.</p>
      ${rows ? html`<tw-lmul-dots .rows=${rows}></tw-lmul-dots>` : this.renderWaiting()}
    </section>`;
  }

  private renderWaiting() {
    if (this.tableProblem) {
      return html`<tw-notice tone="bad">${this.tableProblem}
        <div slot="actions"><button @click=${this.again}>Try again</button></div></tw-notice>`;
    }
    const why = this.workbench.running
      ? 'Waits until the run that is going on has ended, so as not to disturb its times.'
      : 'Computing, bit by bit as the kernels do.';
    return html`<p class="soft" role="status">${why}</p>`;
  }

  private readonly again = (): void => {
    this.tableProblem = undefined;
  };

  private problemOf(name: string) {
    return this.problem?.name === name
      ? html`<p class="problem" role="alert">${this.problem.text} The last good one stays.</p>`
      : nothing;
  }

  private onLengths(text: string): void {
    const lengths = readLengths(text);
    this.problem = lengths ? undefined : { name: 'k', text: lengthsProblem };
    if (lengths) this.change({ lengths });
  }
}

function tableKey({ operands }: LmulSettings): string {
  return `table ${operands}`;
}

function dotsKey({ lengths }: LmulSettings): string {
  return `dots ${lengths.join()}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-lmul-page': LmulPage;
  }
}
