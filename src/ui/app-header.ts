/** <tw-header>: the places, the adapter with its state, and the running job wherever one is. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { adapterState } from './device/device-words.js';
import { type Place, places } from './route.js';
import { base } from './styles/shared.js';
import { Watch } from './watch.js';
import { timeLeft } from './words.js';
import type { Workbench } from './workbench.js';

@customElement('tw-header')
export class Header extends LitElement {
  static override readonly styles = [
    base,
    css`
      :host { position: sticky; top: 0; z-index: 2; background: var(--surface); border-block-end: 1px solid var(--hairline); }
      header { max-width: 1400px; margin: 0 auto; padding: 0 var(--space-6); min-height: var(--header-height); display: flex; align-items: center; gap: 0 var(--space-6); }
      .mark { display: inline-flex; align-items: center; gap: var(--space-2); color: var(--ink); text-decoration: none; font-weight: 650; font-size: var(--text-large); letter-spacing: -0.01em; }
      .mark svg { width: 20px; height: 20px; }
      nav ul { display: flex; gap: var(--space-1); list-style: none; }
      nav a { display: block; white-space: nowrap; padding: 13px var(--space-2) 11px; color: var(--ink-soft); text-decoration: none; border-block-end: 2px solid transparent; }
      nav a:hover { color: var(--ink); }
      nav a[aria-current] { color: var(--ink); border-color: var(--accent); }
      .status { margin-inline-start: auto; display: flex; align-items: center; gap: var(--space-4); min-width: 0; }
      .adapter { display: flex; align-items: center; gap: var(--space-2); color: var(--ink); text-decoration: none; min-width: 0; }
      .adapter span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
      .adapter svg { flex: none; width: 10px; height: 10px; }
      .good { fill: var(--good); } .caution { fill: var(--caution); } .bad { fill: var(--bad); } .asking { fill: var(--ink-soft); }
      .job { white-space: nowrap; color: var(--ink); }
      @media (max-width: 720px) {
        header { flex-wrap: wrap; padding: 0 var(--space-4); gap: 0 var(--space-3); }
        .mark { padding-block: 10px 6px; }
        nav { order: 3; flex-basis: calc(100% + 6px); margin-inline: -3px; overflow-x: auto; }
        nav ul { gap: 0; justify-content: space-between; }
        nav a { padding: 6px 3px 8px; font-size: 0.78rem; }
        .status { flex: 1 1 0; justify-content: flex-end; gap: var(--space-3); }
        .job { font-size: var(--text-small); }
      }
    `,
  ];

  @property({ attribute: false }) workbench!: Workbench;
  @property({ attribute: false }) place!: Place;
  @state() private offline = !navigator.onLine;

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('online', this.onLine);
    window.addEventListener('offline', this.onLine);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('online', this.onLine);
    window.removeEventListener('offline', this.onLine);
  }

  private readonly onLine = (): void => {
    this.offline = !navigator.onLine;
  };

  /** On a phone the row of places scrolls. */
  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('place')) return;
    this.renderRoot.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  protected override render() {
    const here = this.place.name === 'kernel' ? 'kernels' : this.place.name;
    return html`
      <header>
        <a class="mark" href="#/">${mark}Tilewatt</a>
        <nav aria-label="Places">
          <ul>
            ${places.map(
              ({ name, title, href }) =>
                html`<li><a href=${href} aria-current=${name === here ? 'page' : nothing}>${title}</a></li>`,
            )}
          </ul>
        </nav>
        <div class="status">${this.renderOffline()}${this.renderJob()}${this.renderAdapter()}</div>
      </header>
    `;
  }

  private renderOffline() {
    if (!this.offline) return nothing;
    return html`<span class="soft" title="Measuring needs no network. Parts of the page that were not opened yet may be missing.">offline</span>`;
  }

  private renderJob() {
    const { activeJob } = this.workbench;
    if (!activeJob) return nothing;
    return html`<span class="job figures" role="timer">${timeLeft(activeJob)}</span>`;
  }

  private renderAdapter() {
    const { tone, name, about } = adapterState(this.workbench.device);
    return html`
      <a class="adapter" href="#/device" title=${about}>
        ${dots[tone]}<span>${name}</span><span class="visually-hidden">: ${about}</span>
      </a>
    `;
  }
}

const mark = html`<svg viewBox="0 0 32 32" aria-hidden="true">
  <path fill="var(--faster)" d="M2 2h12v12H2z" />
  <path fill="currentColor" d="M18 2h12v12H18zM2 18h12v12H2z" />
  <path fill="var(--caution)" d="M27 17 17 25.5h5L19.5 31 30 22h-5.5z" />
</svg>`;

/** A shape of its own for each state, so that colour says nothing alone. */
const dots = {
  good: html`<svg class="good" viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="4.5" /></svg>`,
  caution: html`<svg class="caution" viewBox="0 0 10 10" aria-hidden="true"><path d="M5 .5 10 9.5H0z" /></svg>`,
  bad: html`<svg class="bad" viewBox="0 0 10 10" aria-hidden="true"><path d="M2 .5.5 2l3 3-3 3L2 9.5l3-3 3 3L9.5 8l-3-3 3-3L8 .5l-3 3z" /></svg>`,
  asking: html`<svg class="asking" viewBox="0 0 10 10" aria-hidden="true"><circle cx="2" cy="5" r="1.2" /><circle cx="5" cy="5" r="1.2" /><circle cx="8" cy="5" r="1.2" /></svg>`,
} as const;

declare global {
  interface HTMLElementTagNameMap {
    'tw-header': Header;
  }
}
