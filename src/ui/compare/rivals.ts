/** <tw-rivals>: leads to the page on which other libraries compute the same, where the site was built with it. */
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { base, controls } from '../styles/shared.js';

/** Operations that the other libraries have too. */
const shared: ReadonlySet<string> = new Set(['gemm-f32', 'gemm-int4', 'gemv-int4']);

@customElement('tw-rivals')
export class Rivals extends LitElement {
  static override readonly styles = [base, controls];

  @property() operation = '';
  @state() private place: 'unknown' | 'there' | 'absent' = 'unknown';

  protected override render() {
    if (!shared.has(this.operation)) return nothing;
    return html`<p class="small">
      <button class="plain" @click=${this.look}>Compare with other libraries</button>
      <span class="soft" role="status">${this.said()}</span>
    </p>`;
  }

  private said() {
    if (this.place === 'there')
      return html`onnxruntime-web, TensorFlow.js and jax-js on a <a href=${this.address} target="_blank" rel="noopener">page of their own</a>.`;
    return this.place === 'absent'
      ? html`This site was built without them. In a clone, <code>npm run bench:baselines -- --site</code> adds them, <code>npm run bench:baselines</code> runs them in the terminal.`
      : nothing;
  }

  private get address(): string {
    return `rivals/index.html?operation=${this.operation}`;
  }

  /** Some megabytes of libraries: they are asked for only now, and only in that page. */
  private readonly look = async (): Promise<void> => {
    const answer = await fetch('rivals/index.html', { method: 'HEAD' }).catch(() => undefined);
    // A server that answers every address with the workbench has no such page.
    const found = answer?.ok === true;
    this.place = found ? 'there' : 'absent';
    if (found) window.open(this.address, '_blank', 'noopener');
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-rivals': Rivals;
  }
}
