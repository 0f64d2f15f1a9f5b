/** <tw-app>: header, the place the address names, keyboard, and files dropped anywhere. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import './app-header.js';
import './compare/compare-page.js';
import { droppedFiles } from './dropped-files.js';
import type { LmulPage } from './lmul/lmul-page.js';
import type { ModelsPage } from './models/models-page.js';
import { type Place, placeOf, titleOf } from './route.js';
import { base } from './styles/shared.js';
import type { SweepPage } from './sweep/sweep-page.js';
import { Watch } from './watch.js';
import type { Workbench } from './workbench.js';

/** Places beside the comparison are loaded when they are first visited. */
const loaders = {
  sweep: () => import('./sweep/sweep-page.js'),
  lmul: () => import('./lmul/lmul-page.js'),
  models: () => import('./models/models-page.js'),
  kernel: () => import('./kernel/kernel-page.js'),
  kernels: () => import('./kernel/kernel-list.js'),
  device: () => import('./device/device-page.js'),
  history: () => import('./history/history-page.js'),
  method: () => import('./method/method-page.js'),
} as const;

@customElement('tw-app')
export class App extends LitElement {
  static override readonly styles = [
    base,
    css`
      :host { min-height: 100vh; }
      main { max-width: 1400px; margin: 0 auto; padding: var(--space-6) var(--space-6) var(--space-12); }
      main:focus { outline: none; }
      .skip { position: absolute; inset-inline-start: var(--space-2); top: -100px; z-index: 3; background: var(--surface-raised); padding: var(--space-2); }
      .skip:focus { top: var(--space-2); }
      .drop {
        position: fixed; inset: var(--space-2); z-index: 4; display: grid; place-items: center; pointer-events: none;
        border: 2px dashed var(--accent); border-radius: 6px; background: color-mix(in srgb, var(--surface) 88%, transparent);
        font-size: var(--text-title);
      }
      @media (max-width: 720px) { main { padding: var(--space-4) var(--space-4) 120px; } }
    `,
  ];

  @property({ attribute: false }) workbench!: Workbench;
  @state() private place: Place = placeOf(window.location.hash);
  @state() private loadProblem: string | undefined;
  @state() private dropping = false;

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('popstate', this.onAddress);
    window.addEventListener('hashchange', this.onAddress);
    window.addEventListener('keydown', this.onKey);
    window.addEventListener('dragover', this.onDrag);
    window.addEventListener('dragleave', this.onDragEnd);
    window.addEventListener('drop', this.onDrop);
    this.load();
  }

  private readonly onAddress = (event: Event): void => {
    const place = placeOf(window.location.hash);
    const moved = keyOf(place) !== keyOf(this.place);
    this.place = place;
    this.load();
    if (event.type === 'popstate') this.workbench.readAddress();
    if (moved) {
      window.scrollTo(0, 0);
      this.renderRoot.querySelector('main')?.focus({ preventScroll: true });
    }
  };

  /** A link to other settings changes the address without loading the page again: runs and device stay. */
  private readonly onClick = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.composedPath().find((target) => target instanceof HTMLAnchorElement);
    if (!link?.getAttribute('href')?.startsWith('?')) return;
    event.preventDefault();
    window.history.pushState(null, '', link.href);
    this.onAddress(new PopStateEvent('popstate'));
  };

  private load(): void {
    document.title = titleOf(this.place);
    this.loadProblem = undefined;
    const asked = this.place;
    const { name } = asked;
    if (name === 'compare') this.workbench.visitCompare();
    if (name === 'compare' || name === 'unknown') return;
    loaders[name]().catch(() => {
      if (this.place !== asked) return;
      this.loadProblem =
        'This part of the page could not be loaded. Check the connection, then reload. A run that is going on is not disturbed.';
    });
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape' && this.workbench.running) void this.workbench.cancel();
    if (isTyping(event)) return;
    if (event.key === 'r') this.runHere();
    if (event.key === '/' && this.place.name === 'compare') {
      event.preventDefault();
      this.renderRoot.querySelector('tw-compare-page')?.focusSearch();
    }
  };

  /** What Run runs is that of the place one looks at. */
  private runHere(): void {
    const page = this.renderRoot.querySelector<SweepPage | LmulPage | ModelsPage>(
      'tw-sweep-page, tw-lmul-page, tw-models-page',
    );
    if (page) page.runNow();
    else void this.workbench.runNow();
  }

  private readonly onDrag = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.dropping = true;
  };

  private readonly onDragEnd = (event: DragEvent): void => {
    if (event.relatedTarget === null) this.dropping = false;
  };

  private readonly onDrop = (event: DragEvent): void => {
    this.dropping = false;
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    void this.takeDrop(event.dataTransfer);
  };

  private async takeDrop(transfer: DataTransfer): Promise<void> {
    const files = await droppedFiles(transfer);
    this.workbench.dropFiles(files);
    if (this.place.name !== 'models' && !this.takesPower) {
      window.location.hash = files.some(isModel) ? '#/models' : '#/history';
    }
  }

  /** The device page reads power logs, where there is a GPU to have drawn the power. */
  private get takesPower(): boolean {
    const { device } = this.workbench;
    return this.place.name === 'device' && device.status === 'ready' && !device.card.adapter.software;
  }

  private dropWords(): string {
    if (this.takesPower) return 'Drop a power log, or recorded runs';
    if (this.place.name === 'models') return 'Drop a model, its data, or a report';
    return 'Drop results files to compare them, or a model to try';
  }

  protected override render() {
    return html`
      <a class="skip" href="#main" @click=${this.skip}>Skip to content</a>
      <tw-header .workbench=${this.workbench} .place=${this.place}></tw-header>
      <main id="main" tabindex="-1" @click=${this.onClick}>${this.loadProblem ? html`<p role="alert">${this.loadProblem}</p>` : this.renderPlace()}</main>
      ${this.dropping ? html`<div class="drop">${this.dropWords()}</div>` : nothing}
    `;
  }

  private skip(event: Event): void {
    event.preventDefault();
    this.renderRoot.querySelector('main')?.focus();
  }

  private renderPlace() {
    const { place, workbench } = this;
    switch (place.name) {
      case 'compare':
        return html`<tw-compare-page .workbench=${workbench}></tw-compare-page>`;
      case 'sweep':
        return html`<tw-sweep-page .workbench=${workbench} .query=${place.query}></tw-sweep-page>`;
      case 'lmul':
        return html`<tw-lmul-page .workbench=${workbench} .query=${place.query}></tw-lmul-page>`;
      case 'models':
        return html`<tw-models-page .workbench=${workbench} .query=${place.query}></tw-models-page>`;
      case 'kernels':
        return html`<tw-kernel-list .workbench=${workbench}></tw-kernel-list>`;
      case 'kernel':
        return html`<tw-kernel-page .workbench=${workbench} .kernel=${place.id}></tw-kernel-page>`;
      case 'device':
        return html`<tw-device-page .workbench=${workbench}></tw-device-page>`;
      case 'history':
        return html`<tw-history-page .workbench=${workbench}></tw-history-page>`;
      case 'method':
        return html`<tw-method-page></tw-method-page>`;
      case 'unknown':
        return html`<h1>There is no place “${place.hash}”</h1><p>Go to the <a href="#/">comparison</a>, or choose a place above.</p>`;
      default:
        return place satisfies never;
    }
  }
}

/** Settings that follow a place's name do not make it another place. */
function keyOf(place: Place): string {
  return place.name === 'kernel' ? place.id : place.name;
}

/** Whether a dropped file is for the place of models rather than a file of results. */
function isModel({ name }: File): boolean {
  return /\.(onnx|safetensors|safetensors\.index\.json|gguf)$/i.test(name);
}

/** Keys belong to the field that is being typed in; a slider takes no letters. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  return (
    target instanceof HTMLElement && target.matches('input:not([type=range]), select, textarea, [contenteditable]')
  );
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-app': App;
  }
}
