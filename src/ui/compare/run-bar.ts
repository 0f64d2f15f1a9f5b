/** <tw-run-bar>: Run, Cancel and the progress of whichever job has the GPU, with its time left; always in view. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Progress } from '../../worker/api.js';
import { base, controls } from '../styles/shared.js';
import { Watch } from '../watch.js';
import { timeLeft } from '../words.js';
import type { Workbench } from '../workbench.js';

@customElement('tw-run-bar')
export class RunBar extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      :host { padding: var(--space-3) 2px 0; }
      .buttons { display: grid; grid-template-columns: 1fr auto; gap: var(--space-2); }
      button { min-height: 36px; }
      progress { width: 100%; height: 6px; display: block; margin-block: var(--space-2) var(--space-1); }
      p { display: flex; justify-content: space-between; gap: var(--space-3); min-height: 1.5em; font-size: var(--text-small); color: var(--ink-soft); }
      p span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
      p span + span { white-space: nowrap; }
      .idle { visibility: hidden; }
      @media (max-width: 960px) { .idle { display: none; } :host { padding: 0; } }
    `,
  ];

  @property({ attribute: false }) workbench!: Workbench;
  /** What Run does here, and whether it can; the comparison's where left out. */
  @property({ attribute: false }) start: (() => void) | undefined;
  @property({ attribute: false }) ready: boolean | undefined;

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  protected override render() {
    const { workbench } = this;
    const running = workbench.activeJob;
    const ready = this.ready ?? workbench.canRun;
    const start = this.start ?? (() => void workbench.runNow());
    return html`
      <div class="buttons">
        <button class="primary" ?disabled=${!ready || running !== undefined} @click=${start} title="Run (r)">
          ${running ? 'Running' : 'Run'} <kbd aria-hidden="true">r</kbd>
        </button>
        <button ?disabled=${!running || running.cancelling} @click=${() => workbench.cancel()} title="Cancel (Escape)">
          Cancel <kbd aria-hidden="true">esc</kbd>
        </button>
      </div>
      <div class=${running ? '' : 'idle'}>
        <progress aria-label="Progress of the run" max="1" .value=${fractionOf(running?.progress)}></progress>
        <p>
          <span title=${running?.progress?.text ?? nothing}>${running?.progress?.text ?? (running ? 'starting' : 'idle')}</span>
          <span class="figures">${running ? timeLeft(running) : nothing}</span>
        </p>
      </div>
    `;
  }
}

/** An estimate of the time left can be infinite while a kernel has no sample yet; then nothing is known of the share done. */
function fractionOf(progress: Progress | undefined): number {
  const { fraction = 0 } = progress ?? {};
  return Number.isFinite(fraction) ? fraction : 0;
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-run-bar': RunBar;
  }
}
