/** <tw-trouble>: what stands in the way, what is kept, and the one step that goes on. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../notice.js';
import { adviceFor } from '../device/device-words.js';
import { isAnswer, type Run, remainingKernels } from '../run.js';
import { base, controls } from '../styles/shared.js';
import { Watch } from '../watch.js';
import { shapeWords } from '../words.js';
import type { Workbench } from '../workbench.js';

@customElement('tw-trouble')
export class Trouble extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      /* Its notices take part in the layout of the page, and leave no gap where there are none. */
      :host { display: contents; }
      ul { margin: var(--space-2) 0 0; padding-inline-start: 1.2em; }
      .row { display: flex; flex-wrap: wrap; gap: var(--space-2); }
    `,
  ];

  @property({ attribute: false }) workbench!: Workbench;

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  protected override render() {
    const { run, waiting, storeProblem } = this.workbench;
    return html`
      ${this.renderCatalog()}${this.renderDevice()}${run ? this.renderRun(run) : nothing}
      ${waiting ? html`<tw-notice tone="info">${waiting}</tw-notice>` : nothing}
      ${storeProblem ? html`<tw-notice tone="caution">${storeProblem}</tw-notice>` : nothing}
    `;
  }

  private renderCatalog() {
    const { catalog } = this.workbench;
    if (catalog.status !== 'failed') return nothing;
    return html`<tw-notice tone="bad">
      ${catalog.reason} <a href="#/history">Stored results</a> and <a href="#/method">the method</a> can still be read.
      <div slot="actions"><button class="primary" @click=${this.restart}>Start the worker again</button></div>
    </tw-notice>`;
  }

  private renderDevice() {
    const { catalog, device, run } = this.workbench;
    if (device.status === 'unsupported') {
      const advice = adviceFor(
        navigator.userAgent,
        window.isSecureContext,
        'gpu' in navigator && Boolean(navigator.gpu),
      );
      return html`<tw-notice tone="caution">
        ${device.reason}
        <ul>${advice.map((line) => html`<li>${line}</li>`)}</ul>
        <div slot="actions"><button @click=${() => this.workbench.openDevice()}>Ask for the GPU again</button></div>
      </tw-notice>`;
    }
    if (device.status !== 'failed' || catalog.status === 'failed') return nothing;
    if (run && run.state !== 'running' && remainingKernels(run).length > 0) return nothing;
    return html`<tw-notice tone="bad">
      ${device.reason} ${run ? 'The results below are kept.' : nothing}
      <div slot="actions"><button class="primary" @click=${this.restart}>Open the GPU again</button></div>
    </tw-notice>`;
  }

  private renderRun(run: Run) {
    if (run.state === 'running') return run.cancelling ? this.renderStopping() : nothing;
    if (run.state === 'done') return this.workbench.stale ? this.renderStale(run) : nothing;
    const finished = run.rows.filter(isAnswer).length;
    const remaining = remainingKernels(run).length;
    // A lost device says so itself.
    const kept =
      finished > 0 && run.cause !== 'device-lost'
        ? `Your ${finished} finished ${finished === 1 ? 'result is' : 'results are'} kept.`
        : '';
    const why = run.state === 'failed' ? run.reason : (run.reason ?? 'The run was cancelled.');
    return html`<tw-notice tone=${run.state === 'failed' ? 'bad' : 'info'}>
      ${why} ${kept}
      <div slot="actions" class="row">
        ${
          remaining > 0
            ? html`<button class="primary" @click=${() => this.workbench.resume()}>
                Resume with the ${remaining === 1 ? 'last kernel' : `${remaining} kernels left`}
              </button>`
            : nothing
        }
      </div>
    </tw-notice>`;
  }

  private renderStale(run: Run) {
    return html`<tw-notice tone="info">
      These numbers are for ${run.request.operation} at ${shapeWords(run.request.shape)}; the settings have changed since.
      Press Run for new ones.
    </tw-notice>`;
  }

  private renderStopping() {
    return html`<tw-notice tone="info">
      Stopping after the dispatch that is on the GPU now.
      <div slot="actions"><button @click=${this.restart}>It does not stop: end the worker</button></div>
    </tw-notice>`;
  }

  private readonly restart = (): void => {
    void this.workbench.restartWorker();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-trouble': Trouble;
  }
}
