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
      th[scope='row'] { width: 18ch; }
      td:last-child { white-space: nowrap; }
      @media (max-width: 720px) {
        thead { position: absolute; clip-path: inset(50%); }
        table, tbody { display: block; }
        tr { display: block; padding: var(--space-2) 0; border-block-start: 1px solid var(--hairline); }
        td, tbody th { display: block; border: 0; padding: 0; }
        td:last-child { white-space: normal; overflow-wrap: anywhere; }
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
      ${byFamily(operations.filter((operation) => this.found(operation).length > 0)).map(
        ({ title, members }) => html`<h2>${title}</h2>
          ${members.map((operation) => this.renderOperation(operation))}`,
      )}
    `;
  }

  private found(operation: OperationCard): readonly KernelCard[] {
    return operation.kernels.filter(({ id, title, summary }) =>
      `${id} ${title} ${summary} ${operation.title}`.toLowerCase().includes(this.filter),
    );
  }

  private renderOperation(operation: OperationCard) {
    return html`<section>
      <h3>${operation.title}</h3>
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
