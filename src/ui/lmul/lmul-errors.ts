/** <tw-lmul-errors>: error of single products by L-Mul, grouped by mantissa bits, next to products in narrow formats. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { significant, thinSpace } from '../../bench/format.js';
import type { LmulTableRow } from '../../numerics/lmul-table.js';
import { base, tables } from '../styles/shared.js';
import { type LmulSettings, modeTitles } from './lmul-settings.js';

/** Sampled figures move by a per cent or two with the seed. */
const level = 0.05;

@customElement('tw-lmul-errors')
export class LmulErrors extends LitElement {
  static override readonly styles = [
    base,
    tables,
    css`
      :host { max-width: 980px; }
      th, td { padding-block: 4px; }
      .group th { padding-block-start: var(--space-3); font-weight: 600; font-size: var(--text); color: var(--ink); border-top-color: var(--edge); }
      tbody tr:not(.group) td, tbody tr:not(.group) th { border-top-color: transparent; }
      tbody tr:not(.group) th { font-weight: 400; white-space: nowrap; }
      .beside { white-space: nowrap; }
      .better { color: var(--faster); } .worse { color: var(--slower); }
    `,
  ];

  @property({ attribute: false }) rows: readonly LmulTableRow[] = [];
  @property({ attribute: false }) mode: LmulSettings['mode'] = 'all';

  protected override render() {
    const narrow = this.rows.filter((row) => !row.format);
    const shown = this.rows.filter(({ format }) => format && (this.mode === 'all' || format.mode === this.mode));
    const bits = [...new Set(shown.map(({ format }) => format!.mantissaBits))];
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Error of single products"><table>
      <caption class="visually-hidden">Relative error of single products against the exact product</caption>
      <thead><tr>
        <th scope="col">Product</th><th scope="col" class="number">Mean</th><th scope="col" class="number">RMS</th>
        <th scope="col" class="number">Least</th><th scope="col" class="number">Most</th>
        <th scope="col" class="number" title="E(error²) / E(product²)">NMSE</th><th scope="col">NMSE beside the formats</th>
      </tr></thead>
      <tbody>
        ${groupHead('Exact products of narrow floating-point numbers')}
        ${narrow.map((row) => line(row.title, row, ''))}
      </tbody>
      ${bits.map(
        (m) => html`<tbody>
          ${groupHead(`L-Mul, m = ${m}${m === 23 ? ' (whole f32 mantissas)' : ''}`)}
          ${shown.filter(({ format }) => format!.mantissaBits === m).map((row) => line(nameOf(row, this.mode), row, beside(row, narrow)))}
        </tbody>`,
      )}
    </table></div>`;
  }
}

function groupHead(title: string) {
  return html`<tr class="group"><th scope="colgroup" colspan="7">${title}</th></tr>`;
}

function line(name: string, { mean, rms, min, max, nmse }: LmulTableRow, words: unknown) {
  return html`<tr>
    <th scope="row">${name}</th>
    ${[mean, rms, min, max].map((share) => html`<td class="number">${percent(share)}</td>`)}
    <td class="number">${nmse.toExponential(2)}</td>
    <td class="beside">${words}</td>
  </tr>`;
}

function nameOf({ format }: LmulTableRow, shown: LmulSettings['mode']): string {
  const { mode, offsetBits, rounding, mantissaBits } = format!;
  const parts = [shown === 'all' ? modeTitles[mode] : '', `l = ${offsetBits}`];
  if (mantissaBits < 23) parts.push(rounding === 'truncate' ? 'truncated' : 'rounded');
  return parts.filter(Boolean).join(', ');
}

/** Which of the formats have a larger, a like or a smaller NMSE. */
function beside({ nmse }: LmulTableRow, narrow: readonly LmulTableRow[]) {
  const ordered = [...narrow].sort((a, b) => a.nmse - b.nmse);
  const like = ordered.find((one) => Math.abs(nmse / one.nmse - 1) <= level);
  if (like) return html`≈ ${like.title}`;
  const beaten = ordered.find((one) => nmse < one.nmse);
  if (beaten) return html`<span class="better">▲ better than ${beaten.title}</span>`;
  return html`<span class="worse">▼ worse than ${ordered.at(-1)?.title}</span>`;
}

function percent(share: number): string {
  return `${significant(100 * share)}${thinSpace}%`;
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-lmul-errors': LmulErrors;
  }
}
