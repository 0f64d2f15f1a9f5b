/** <tw-node-table>: nodes with shape, multiply-adds, bytes, intensity and their share of the cost. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatBytes, formatSi, none, significant, thinSpace } from '../../bench/format.js';
import type { ModelCard } from '../../worker/models-api.js';
import { base, controls, tables } from '../styles/shared.js';

type NodeRow = NonNullable<ModelCard['inspection']['model']>['nodes'][number];

const step = 200;

@customElement('tw-node-table')
export class NodeTable extends LitElement {
  static override readonly styles = [
    base,
    controls,
    tables,
    css`
      .name { overflow-wrap: anywhere; min-width: 16ch; }
      .share { width: 80px; height: 8px; margin-inline-end: var(--space-2); }
      td.cost { white-space: nowrap; }
      .share rect { fill: var(--bar); }
      .share line { stroke: var(--hairline); }
    `,
  ];

  @property({ attribute: false }) nodes: readonly NodeRow[] = [];
  @state() private shown = step;

  protected override render() {
    const nodes = this.nodes.slice(0, this.shown);
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of nodes"><table>
        <thead><tr><th scope="col">Node</th><th scope="col">Operator</th><th scope="col">Output</th><th scope="col" class="number">Multiply-adds</th><th scope="col" class="number">Bytes</th>
          <th scope="col" class="number" title="Operations per byte">Intensity</th><th scope="col">Share</th></tr></thead>
        <tbody>${nodes.map((node) => this.renderNode(node))}</tbody>
      </table></div>
      ${
        this.nodes.length > this.shown
          ? html`<button class="plain" @click=${() => {
              this.shown += 5 * step;
            }}>Show more of ${this.nodes.length} nodes</button>`
          : nothing
      }`;
  }

  private renderNode({ name, op, domain, output, macs, bytes, intensity, share }: NodeRow) {
    return html`<tr>
      <th scope="row" class="figures name">${name || html`<span class="soft">no name</span>`}</th>
      <td class="figures">${domain ? `${domain}.` : ''}${op}</td>
      <td class="figures">${output ?? html`<span class="soft" title="The shape is not known before a run">${none}</span>`}</td>
      <td class="number">${macs === undefined ? none : macs === 0 ? '0' : formatSi(macs, '').trim()}</td>
      <td class="number">${bytes === undefined ? none : formatBytes(bytes)}</td>
      <td class="number">${intensity === undefined ? none : significant(intensity)}</td>
      <td class="cost">${share === undefined || share < 0.0005 ? nothing : this.renderShare(share)}</td>
    </tr>`;
  }

  private renderShare(share: number) {
    const text = `${significant(100 * share, 2)}${thinSpace}%`;
    return html`<svg class="share" viewBox="0 0 80 8" preserveAspectRatio="none" role="img" aria-label=${text}><line x1="0" y1="4" x2="80" y2="4"></line><rect width=${80 * share} height="8"></rect></svg><span class="soft small figures" aria-hidden="true">${text}</span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-node-table': NodeTable;
  }
}
