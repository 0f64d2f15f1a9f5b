/** What every chart shares: Plot fetched when the first one is shown, a drawing as wide as the element, and its sentence. */
import { css, html, LitElement } from 'lit';
import { query, state } from 'lit/decorators.js';
import { adopt, loadPlot, type Plot } from './plot.js';

/** Narrower than this no axis has room. */
const leastWidth = 160;

export const charts = css`
  figure svg { display: block; overflow: visible; max-width: 100%; font-family: var(--font-words); color: var(--ink-soft); }
  svg text { white-space: pre; font-variant-numeric: tabular-nums; }
`;

/** What Plot is told of text in every chart. */
export const chartText = { fontSize: '12px', fontFamily: 'var(--font-words)', background: 'none' } as const;

/** Draws into the one `figure` of its template, again whenever the element changes or gets another width. */
export abstract class ChartElement extends LitElement {
  @state() protected width = 0;
  @state() private plot: Plot | undefined;
  @state() private failed = false;
  @query('figure') private figure!: HTMLElement | null;

  /** What `shown` was when it was last drawn. */
  private drawnAs: string | undefined;

  private readonly observer = new ResizeObserver(([entry]) => {
    if (entry) this.width = Math.floor(entry.contentRect.width);
  });

  /** The chart itself; undefined while there is nothing to draw. */
  protected abstract draw(plot: Plot): Element | undefined;

  /** The chart in one sentence, for those who do not see it. */
  protected abstract sentence(): string;

  /**
   * All that the drawing shows, where a chart is updated more often than it changes: it is drawn again only when this has
   * changed. What draws while kernels are timed takes time from them, most of all on a software adapter.
   */
  protected get shown(): string | undefined {
    return undefined;
  }

  /** Kept free while nothing is drawn yet, px. */
  protected get leastHeight(): number {
    return 0;
  }

  get svg(): SVGSVGElement | undefined {
    return this.renderRoot.querySelector<SVGSVGElement>('figure svg') ?? undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
  }

  private async load(): Promise<void> {
    this.failed = false;
    try {
      this.plot = await loadPlot();
    } catch {
      this.failed = true;
    }
  }

  /** The place of the chart in the template, or why there is none. */
  protected renderFigure() {
    if (!this.failed) return html`<figure></figure>`;
    return html`<p>The chart could not be loaded; the table beside it holds the same numbers.
      <button class="plain" @click=${this.load}>Try again</button></p>`;
  }

  protected override updated(): void {
    if (!this.figure) return;
    this.figure.style.minHeight = `${this.leastHeight}px`;
    if (!this.plot || this.width < leastWidth) return;
    const { shown } = this;
    if (shown !== undefined && shown === this.drawnAs && this.figure.firstChild) return;
    this.drawnAs = shown;
    const chart = this.draw(this.plot);
    this.figure.replaceChildren(...(chart ? [adopt(chart, this.sentence())] : []));
    this.drawn(this.plot);
  }

  /** What else is to be drawn by Plot, such as a legend. */
  protected drawn(_plot: Plot): void {}
}
