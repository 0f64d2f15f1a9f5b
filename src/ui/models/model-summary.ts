/** <tw-model-summary>: what is in a model file: facts, what cannot be run, memory, inputs, operators; nodes and tensors below. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../notice.js';
import './node-table.js';
import './tensor-table.js';
import { formatBytes, formatCount, formatSi } from '../../bench/format.js';
import type { ModelCard } from '../../worker/models-api.js';
import { base, controls, tables } from '../styles/shared.js';
import { countOf } from '../words.js';
import type { OpenModel } from './lab-state.js';

type Inspection = ModelCard['inspection'];

/** No model has so many kinds of operators but one made to be a burden. */
const mostOperators = 300;

@customElement('tw-model-summary')
export class ModelSummary extends LitElement {
  static override readonly styles = [
    base,
    controls,
    tables,
    css`
      section { display: grid; gap: var(--space-4); }
      section > * { min-width: 0; }
      dl { display: flex; flex-wrap: wrap; gap: var(--space-3) var(--space-8); }
      dt { font-size: var(--text-small); color: var(--ink-soft); }
      dd { overflow-wrap: anywhere; }
      ul { padding-inline-start: 1.2em; }
      .operators { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-4); list-style: none; padding: 0; overflow-wrap: anywhere; }
      .bad { color: var(--bad); font-weight: 600; }
      summary { font-weight: 600; padding-block: var(--space-1); }
      details[open] summary { margin-block-end: var(--space-2); }
    `,
  ];

  @property({ attribute: false }) model!: OpenModel;

  protected override render() {
    const { card } = this.model;
    const { inspection, unsupported } = card;
    const { model, tensors, remarks, metadata } = inspection;
    return html`<section aria-label="Inspection">
      <h2>What is in ${inspection.file}</h2>
      ${unsupported.length > 0 ? this.renderUnsupported(unsupported) : nothing}
      <dl>${this.facts(inspection).map(([name, value]) => html`<div><dt>${name}</dt><dd class="figures">${value}</dd></div>`)}</dl>
      ${this.renderMemory()}
      ${remarks.length > 0 ? html`<tw-notice tone="caution">${remarks.slice(0, 8).join(' ')}${remarks.length > 8 ? ` And ${remarks.length - 8} more.` : ''}</tw-notice>` : nothing}
      ${model ? this.renderOperators(model, unsupported) : nothing}
      ${model ? html`<details ?open=${model.nodes.length <= 40}><summary>The graph: ${countOf(model.nodes.length, 'node')}, with what each costs</summary><tw-node-table .nodes=${model.nodes}></tw-node-table></details>` : nothing}
      <details ?open=${tensors.length <= 24}><summary>${countOf(tensors.length, 'tensor')}, with their distributions</summary><tw-tensor-table .tensors=${tensors}></tw-tensor-table></details>
      ${metadata.length > 0 ? this.renderMetadata(metadata) : nothing}
    </section>`;
  }

  private renderUnsupported(unsupported: readonly string[]) {
    const [first] = unsupported;
    const rest =
      unsupported.length > 1 ? html`<ul>${unsupported.slice(1).map((line) => html`<li>${line}</li>`)}</ul>` : nothing;
    return html`<tw-notice tone="caution">Not run here: ${first}${rest} All else of the file can still be read below.</tw-notice>`;
  }

  private facts({ format, bytes, parameters, tensors, model }: Inspection): readonly (readonly [string, string])[] {
    const facts: (readonly [string, string])[] = [
      ['Format', format],
      ['File', formatBytes(bytes)],
      ['Parameters', formatCount(parameters)],
      ['Tensors', formatCount(tensors.length)],
    ];
    if (!model) return facts;
    const { macs, unknownCosts, opsets, producer, inputs, outputs } = model;
    facts.push(
      ['Multiply-adds', `${formatSi(macs, '').trim()}${unknownCosts > 0 ? `, ${unknownCosts} nodes unknown` : ''}`],
      ['Operator sets', opsets.map(({ domain, version }) => `${domain || 'ai.onnx'} ${version}`).join(', ')],
      ['Inputs', inputs.join(', ') || 'none'],
      ['Outputs', outputs.join(', ') || 'none'],
    );
    return producer ? [...facts, ['Written by', producer]] : facts;
  }

  private renderMemory() {
    const { memory } = this.model;
    if (!memory || memory.plan === '') return nothing;
    const { plan } = memory;
    if (typeof plan === 'string') return html`<p class="soft">What a run takes is not known: ${plan}</p>`;
    const { items, weights, values, largestAllowed, complete } = plan;
    return html`<p>A run of ${countOf(items, 'item')} takes <span class="figures">${formatBytes(weights + values)}</span> on the device:
      <span class="figures">${formatBytes(weights)}</span> of weights and <span class="figures">${complete ? '' : 'at least '}${formatBytes(values)}</span> of values.
      <span class="soft">One buffer may hold ${formatBytes(largestAllowed)} here.</span></p>`;
  }

  private renderOperators({ operators }: NonNullable<Inspection['model']>, unsupported: readonly string[]) {
    const words = new Set(unsupported.flatMap((line) => line.split(/[^\w.]+/)));
    const isNamed = (op: string): boolean => words.has(op);
    return html`<div><h3>Operators</h3><ul class="operators">${operators
      .slice(0, mostOperators)
      .map(({ domain, op, count }) => {
        const name = domain ? `${domain}.${op}` : op;
        return html`<li class="figures">${isNamed(name) ? html`<span class="bad">✕ ${name}</span>` : name} <span class="soft">×${count}</span></li>`;
      })}</ul></div>`;
  }

  private renderMetadata(metadata: Inspection['metadata']) {
    return html`<details><summary>${countOf(metadata.length, 'entry').replace('entrys', 'entries')} of metadata</summary><div class="scroll" tabindex="0" role="region" aria-label="Metadata"><table><tbody>${metadata
      .slice(0, 200)
      .map(
        ([key, value]) =>
          html`<tr><th scope="row" class="figures">${key}</th><td class="figures">${String(value).slice(0, 200)}</td></tr>`,
      )}</tbody></table></div></details>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-model-summary': ModelSummary;
  }
}
