/** <tw-job-line>: how far a job of this place is, its time left, and the way to stop it, in one line. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Job } from './run.js';
import { base, controls } from './styles/shared.js';
import { timeLeft } from './words.js';
import type { Workbench } from './workbench.js';

@customElement('tw-job-line')
export class JobLine extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      :host { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-2) var(--space-3); }
    `,
  ];

  @property({ attribute: false }) workbench!: Workbench;
  @property({ attribute: false }) job!: Job;
  /** What is going on, for those who do not see the bar. */
  @property() label = '';

  protected override render() {
    const { job } = this;
    const fraction = job.progress?.fraction ?? 0;
    return html`
      <button ?disabled=${job.cancelling} @click=${() => this.workbench.cancel()}>Cancel</button>
      <progress aria-label=${this.label} max="1" .value=${Number.isFinite(fraction) ? fraction : 0}></progress>
      <span class="soft small" role="status">${job.progress?.text ?? 'starting'}</span>
      <span class="figures small">${timeLeft(job)}</span>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-job-line': JobLine;
  }
}
