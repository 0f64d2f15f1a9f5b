/** <tw-node-table>: the graph: nodes with what they take from each other, shape, multiply-adds, bytes, intensity and share of the cost. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatBytes, formatSi, none, significant, thinSpace } from '../../bench/format.js';
import type { ModelCard } from '../../worker/models-api.js';
import { base, controls, tables } from '../styles/shared.js';
import { type LaneRow, lanesOf } from './graph-lanes.js';

type NodeRow = NonNullable<ModelCard['inspection']['model']>['nodes'][number];

const step = 200;

/** Lanes that are drawn; a graph with more values alive at once is drawn without the rest. */
const mostLanes = 12;
const laneWidth = 10;

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
      td.graph { position: relative; padding: 0; }
      .graph svg { display: block; }
      .graph svg + svg { position: absolute; inset: 0; height: 100%; overflow: hidden; }
      .graph path { fill: none; stroke: var(--edge); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
      .graph .dot { stroke: var(--accent); stroke-width: 8; stroke-linecap: round; }
      .share rect { fill: var(--bar); }
      .share line { stroke: var(--hairline); }
    `,
  ];

  @property({ attribute: false }) nodes: readonly NodeRow[] = [];
  @state() private shown = step;
  private lanes: readonly LaneRow[] = [];
  private width = 1;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('nodes')) return;
    this.lanes = lanesOf(this.nodes);
    this.width = Math.min(mostLanes, this.lanes.reduce((most, { at, past }) => Math.max(most, at, ...past), 0) + 1);
  }

  protected override render() {
    const nodes = this.nodes.slice(0, this.shown);
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of nodes"><table>
        <thead><tr><th scope="col"><span class="visually-hidden">Graph</span></th><th scope="col">Node</th><th scope="col">Operator</th><th scope="col">Output</th><th scope="col" class="number">Multiply-adds</th><th scope="col" class="number">Bytes</th>
          <th scope="col" class="number" title="Operations per byte">Intensity</th><th scope="col">Share</th></tr></thead>
        <tbody>${nodes.map((node, i) => this.renderNode(node, this.lanes[i]!))}</tbody>
      </table></div>
      ${
        this.nodes.length > this.shown
          ? html`<button class="plain" @click=${() => {
              this.shown += 5 * step;
            }}>Show more of ${this.nodes.length} nodes</button>`
          : nothing
      }`;
  }

  private renderNode({ name, op, domain, from, output, macs, bytes, intensity, share }: NodeRow, lanes: LaneRow) {
    const makers = from.map((i) => this.nodes[i]?.name || `node ${i + 1}`);
    return html`<tr>
      ${this.renderLanes(lanes)}
      <th scope="row" class="figures name">${name || html`<span class="soft">no name</span>`}${makers.length > 0 ? html`<span class="visually-hidden">, after ${makers.join(', ')}</span>` : nothing}</th>
      <td class="figures">${domain ? `${domain}.` : ''}${op}</td>
      <td class="figures">${output ?? html`<span class="soft" title="The shape is not known before a run">${none}</span>`}</td>
      <td class="number">${macs === undefined ? none : macs === 0 ? '0' : formatSi(macs, '').trim()}</td>
      <td class="number">${bytes === undefined ? none : formatBytes(bytes)}</td>
      <td class="number">${intensity === undefined ? none : significant(intensity)}</td>
      <td class="cost">${share === undefined || share < 0.0005 ? nothing : this.renderShare(share)}</td>
    </tr>`;
  }

  private renderLanes({ at, taken, past, goesOn }: LaneRow) {
    const wide = this.width * laneWidth + 4;
    const x = (lane: number): number => lane * laneWidth + laneWidth / 2;
    const lines = [
      ...past.map((lane) => `M${x(lane)} 0V100`),
      ...taken.map((lane) => `M${x(lane)} 0L${x(at)} 50`),
      ...(goesOn ? [`M${x(at)} 50V100`] : []),
    ];
    // The first keeps the place, the second is as tall as the row; a line of no length with round ends is a dot in any row.
    return html`<td class="graph" aria-hidden="true"><svg width=${wide} height="1"></svg
      ><svg width=${wide} viewBox="0 0 ${wide} 100" preserveAspectRatio="none"><path d=${lines.join('')}></path><path class="dot" d="M${x(at)} 50h0"></path></svg></td>`;
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
