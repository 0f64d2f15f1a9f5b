/** <tw-lmul-datapath>: what adders and multipliers would take in hardware built for it; no figure of any device. */
import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import {
  type DatapathTable,
  datapathLabel,
  datapathPicojoules,
  datapathSchemes,
  datapathTables,
} from '../../bench/energy/datapath.js';
import { none, significant, thinSpace } from '../../bench/format.js';
import { base, tables } from '../styles/shared.js';

const [native, lmul] = ['f32 multiply-add', 'L-Mul f32, sum in f32'] as const;

@customElement('tw-lmul-datapath')
export class LmulDatapath extends LitElement {
  static override readonly styles = [
    base,
    tables,
    css`
      :host { max-width: 980px; border: 1px dashed var(--edge); border-radius: 6px; padding: var(--space-4); display: grid; gap: var(--space-3); }
      :host > * { min-width: 0; }
      .label { font-size: var(--text-small); font-weight: 600; color: var(--caution); }
      th, td { padding-block: 4px; }
      tbody th { font-weight: 400; }
      .sum th, .sum td { border-top-color: var(--edge); font-weight: 600; }
    `,
  ];

  protected override render() {
    const operations = [...new Set(datapathTables.flatMap(({ picojoules }) => Object.keys(picojoules)))];
    return html`
      <p class="label">▲ ${datapathLabel}</p>
      <h2 id="datapath">What hardware built for L-Mul could save</h2>
      <p class="prose">Published energies of arithmetic units by themselves. No GPU has an L-Mul unit; moving data costs more than all of these; none of
        this is part of any joules that Tilewatt gives for a device.</p>
      <div class="scroll" tabindex="0" role="region" aria-label="Energy per operation of hypothetical hardware"><table>
        <caption class="visually-hidden">Picojoules per operation of hypothetical hardware</caption>
        <thead><tr><th scope="col">Picojoules per operation</th>${datapathTables.map(({ title }) => html`<th scope="col" class="number">${title}</th>`)}</tr></thead>
        <tbody>
          ${operations.map((operation) => html`<tr><th scope="row">${operation}</th>${datapathTables.map((table) => html`<td class="number">${figure(table, operation)}</td>`)}</tr>`)}
        </tbody>
        <tbody class="sum">
          ${Object.entries(datapathSchemes).map(
            ([
              scheme,
              parts,
            ]) => html`<tr><th scope="row">${scheme} <span class="soft">(${parts.join(' + ')})</span></th>
              ${datapathTables.map((table) => html`<td class="number">${pico(datapathPicojoules(table, parts))}</td>`)}</tr>`,
          )}
        </tbody>
      </table></div>
      <p class="prose">${datapathTables.map((table) => saving(table)).join(' ')}</p>
      <p class="soft small prose">* from the literature at second hand, not checked against the source.
        Sources: ${datapathTables.map(({ title, source }) => `${title}: ${source}`).join('; ')}.</p>
    `;
  }
}

function figure(table: DatapathTable, operation: string): string {
  const name = operation as keyof DatapathTable['picojoules'];
  const value = table.picojoules[name];
  return `${pico(value)}${value !== undefined && table.unchecked.includes(name) ? `${thinSpace}*` : ''}`;
}

function pico(value: number | undefined): string {
  return value === undefined ? none : significant(value);
}

/** The saving that follows from the table's figures for an f32 multiply-add. */
function saving(table: DatapathTable): string {
  const before = datapathPicojoules(table, datapathSchemes[native]!);
  const after = datapathPicojoules(table, datapathSchemes[lmul]!);
  if (before === undefined || after === undefined) return '';
  const share = significant(100 * (1 - after / before), 2);
  return `By the ${table.title} figures an f32 multiply-add takes ${significant(before)} pJ and an L-Mul with its sum ${significant(after)} pJ, ${share} % less.`;
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-lmul-datapath': LmulDatapath;
  }
}
