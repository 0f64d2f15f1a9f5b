/** <tw-readme>: the page an operation's folder holds about itself, loaded when it is shown. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { base, tables } from '../styles/shared.js';

/** HTML made at build time from files of this project (build/markdown-plugin.ts); nothing a visitor gives gets here. */
const readmes = import.meta.glob<string>('/shaders/*/README.md', { import: 'default' });

@customElement('tw-readme')
export class Readme extends LitElement {
  static override readonly styles = [
    base,
    tables,
    css`
      article { display: grid; gap: var(--space-3); border-block-start: 1px solid var(--hairline); padding-block-start: var(--space-6); }
      article > * { min-width: 0; max-width: var(--measure); }
      h1 { font-size: var(--text-title); }
      h2 { margin-block-start: var(--space-4); }
      ul, ol { padding-inline-start: 1.4em; }
      table { display: block; overflow-x: auto; max-width: 100%; }
      pre { overflow-x: auto; max-width: 100%; background: var(--surface-sunk); padding: var(--space-3); line-height: 1.4; }
    `,
  ];

  @property() operation = '';
  @state() private text: string | undefined;
  @state() private problem = false;

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('operation')) return;
    this.text = undefined;
    this.problem = false;
    const { operation } = this;
    readmes[`/shaders/${operation}/README.md`]?.().then(
      (text) => {
        if (this.operation === operation) this.text = text;
      },
      () => {
        this.problem = true;
      },
    );
  }

  protected override render() {
    if (this.problem)
      return html`<p class="soft">The page about ${this.operation} could not be loaded. Check the connection, then reload.</p>`;
    return this.text === undefined ? nothing : html`<article>${unsafeHTML(this.text)}</article>`;
  }

  /** Wide tables and drawings scroll by keyboard too. */
  protected override updated(): void {
    for (const wide of this.renderRoot.querySelectorAll<HTMLElement>('article > table, article > pre'))
      wide.tabIndex = 0;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-readme': Readme;
  }
}
