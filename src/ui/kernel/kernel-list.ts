/** <tw-kernel-list>: the catalogue, each operation with its ladder of kernels. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { KernelCard, OperationCard } from '../../worker/api.js';
import '../compare/trouble.js';
import { byFamily } from '../families.js';
import { kernelHref } from '../route.js';
import { shortName } from '../settings.js';
import { base, controls, tables } from '../styles/shared.js';
import { Watch } from '../watch.js';
import type { Workbench } from '../workbench.js';

@customElement('tw-kernel-list')
export class KernelList extends LitElement {
  static override readonly styles = [
    base,
    controls,
    tables,
    css`
      :host { display: grid; gap: var(--space-6); }
      input { max-width: 320px; }
      section { display: grid; gap: var(--space-2); }
      .family { scroll-margin-top: calc(var(--header-height) + var(--space-4)); }
      .families { display: flex; flex-wrap: wrap; gap: 0 var(--space-3); margin-inline-start: calc(-1 * var(--space-1)); }
      h3 .figures { font-weight: 400; color: var(--ink-soft); margin-inline-start: var(--space-2); }
      table { table-layout: fixed; }
      th:first-child { width: 18ch; }
      th:last-child { width: 26%; }
      td:last-child { overflow-wrap: anywhere; }
      @media (max-width: 720px) {
        thead { position: absolute; clip-path: inset(50%); }
        table, tbody { display: block; }
        tr { display: block; padding: var(--space-2) 0; border-block-start: 1px solid var(--hairline); }
        td, tbody th { display: block; border: 0; padding: 0; }
        th:first-child { width: auto; }
        td:last-child::before { content: 'requires '; }
      }
    `,
  ];

  @property({ attribute: false }) workbench!: Workbench;
  @state() private filter = '';

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  protected override render() {
    const { catalog, operations } = this.workbench;
    const found = byFamily(operations.filter((operation) => this.found(operation).length > 0));
    return html`
      <h1>Kernels</h1>
      <p class="prose">Each operation has a ladder of kernels, from the plainest to the most worked out. All compute the same sizes from the same inputs
        and are held against the same exact reference.</p>
      ${catalog.status === 'failed' ? html`<tw-trouble .workbench=${this.workbench}></tw-trouble>` : nothing}
      ${catalog.status === 'asking' ? html`<p class="soft">Loading the catalogue.</p>` : nothing}
      ${
        operations.length > 0
          ? html`<input type="search" aria-label="Search kernels" placeholder="Search kernels" @input=${(
              event: Event,
            ) => {
              this.filter = (event.target as HTMLInputElement).value.toLowerCase();
            }} />`
          : nothing
      }
      ${
        found.length > 1
          ? html`<nav class="families" aria-label="Families">${found.map(
              ({ title }, i) => html`<button class="plain" @click=${() => this.goTo(i)}>${title}</button>`,
            )}</nav>`
          : nothing
      }
      ${operations.length > 0 && found.length === 0 ? html`<p class="soft">No kernel has “${this.filter}” in its name or its idea.</p>` : nothing}
      ${found.map(({ title, members }) => html`<h2 class="family" tabindex="-1">${title}</h2>${members.map((operation) => this.renderOperation(operation))}`)}
    `;
  }

  private goTo(family: number): void {
    const heading = this.renderRoot.querySelectorAll<HTMLElement>('.family')[family];
    heading?.scrollIntoView();
    heading?.focus({ preventScroll: true });
  }

  private found(operation: OperationCard): readonly KernelCard[] {
    return operation.kernels.filter(({ id, title, summary }) =>
      `${id} ${title} ${summary} ${operation.title}`.toLowerCase().includes(this.filter),
    );
  }

  private renderOperation(operation: OperationCard) {
    return html`<section>
      <h3>${operation.title}<span class="figures">${operation.id}</span></h3>
      <p class="prose soft">${operation.summary} <a href="?op=${operation.id}#/">Compare them</a></p>
      <table>
        <thead><tr><th scope="col">Kernel</th><th scope="col">Idea</th><th scope="col">Requires</th></tr></thead>
        <tbody>${this.found(operation).map(
          ({ id, summary, features, language }) => html`<tr>
            <th scope="row"><a class="figures" href=${kernelHref(id)}>${shortName(id)}</a></th>
            <td>${summary}</td>
            <td class="soft small">${[...features, ...language].join(', ') || 'nothing'}</td>
          </tr>`,
        )}</tbody>
      </table>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-kernel-list': KernelList;
  }
}
