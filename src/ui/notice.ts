/** <tw-notice>: what happened and what to do, marked by shape and word as well as colour; actions in their own slot. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from './styles/shared.js';

type Tone = 'info' | 'caution' | 'bad';

const marks: Readonly<Record<Tone, string>> = { info: 'i', caution: '▲', bad: '✕' };

@customElement('tw-notice')
export class Notice extends LitElement {
  static override readonly styles = [
    base,
    css`
      :host { border-inline-start: 2px solid var(--tone); padding: var(--space-1) 0 var(--space-1) var(--space-3); max-width: var(--measure); }
      :host, :host([tone='info']) { --tone: var(--accent); }
      :host([tone='caution']) { --tone: var(--caution); }
      :host([tone='bad']) { --tone: var(--bad); }
      .mark { color: var(--tone); font-weight: 700; margin-inline-end: var(--space-2); font-family: var(--font-figures); }
      ::slotted([slot='actions']) { margin-block-start: var(--space-2); }
    `,
  ];

  @property({ reflect: true }) tone: Tone = 'info';

  protected override render() {
    return html`<div role=${this.tone === 'bad' ? 'alert' : 'status'}>
      <span class="mark" aria-hidden="true">${marks[this.tone]}</span><slot></slot>
    </div><slot name="actions"></slot>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-notice': Notice;
  }
}
