/** <tw-wgsl-view>: WGSL to read and copy, with line numbers as compiler messages count them. */
import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { saveFile } from '../save-file.js';
import { base, controls } from '../styles/shared.js';
import { tokenize } from './wgsl-highlight.js';

@customElement('tw-wgsl-view')
export class WgslView extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      .bar { display: flex; gap: var(--space-3); align-items: baseline; color: var(--ink-soft); font-size: var(--text-small); margin-block-end: var(--space-2); }
      .code { display: grid; grid-template-columns: max-content minmax(0, 1fr); background: var(--surface-sunk); border-block: 1px solid var(--hairline); }
      pre { padding: var(--space-3); line-height: 1.5; tab-size: 2; font-size: 13px; }
      .lines { text-align: end; color: var(--ink-soft); user-select: none; padding-inline: var(--space-3) 0; }
      .text { overflow-x: auto; }
      .comment { color: var(--code-comment); } .keyword { color: var(--code-keyword); } .type { color: var(--code-type); }
      .number { color: var(--code-number); } .attribute { color: var(--code-attribute); }
    `,
  ];

  @property({ attribute: false }) code = '';
  @property({ attribute: false }) name = 'kernel';
  @state() private said = '';

  protected override render() {
    const lines = this.code.replace(/\n$/, '').split('\n').length;
    return html`
      <div class="bar">
        <span>${lines} lines</span>
        <button class="plain small" @click=${this.copy}>copy</button>
        <button class="plain small" @click=${this.save}>save</button>
        <span role="status">${this.said}</span>
      </div>
      <div class="code">
        <pre class="lines" aria-hidden="true">${Array.from({ length: lines }, (_, line) => line + 1).join('\n')}</pre>
        <pre class="text" tabindex="0" role="region" aria-label="WGSL source of ${this.name}"><code>${tokenize(
          this.code,
        ).map(({ kind, text }) => (kind === 'text' ? text : html`<span class=${kind}>${text}</span>`))}</code></pre>
      </div>
    `;
  }

  private readonly copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(this.code);
      this.said = 'Copied.';
    } catch {
      this.said = 'The browser does not let this page copy. Save the file instead.';
    }
  };

  private readonly save = (): void => {
    saveFile(`${this.name.replaceAll('/', '-')}.wgsl`, 'text/plain', this.code);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-wgsl-view': WgslView;
  }
}
