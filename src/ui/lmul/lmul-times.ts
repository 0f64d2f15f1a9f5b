/** <tw-lmul-times>: time of each mode of L-Mul next to the native multiplication, as measured on this device. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { comparisonOf } from '../../bench/export.js';
import {
  formatAccuracy,
  formatBandwidth,
  formatErrors,
  formatRate,
  formatRatioInterval,
  formatTiming,
  none,
  verdictMarks,
} from '../../bench/format.js';
import type { ResultRow } from '../../bench/results.js';
import { kernelHref } from '../route.js';
import type { Job } from '../run.js';
import { base, tables } from '../styles/shared.js';
import { stateOf } from '../words.js';
import { shapeModes } from './lmul-run.js';

@customElement('tw-lmul-times')
export class LmulTimes extends LitElement {
  static override readonly styles = [
    base,
    tables,
    css`
      th, td { padding-block: 4px; }
      tbody th { white-space: nowrap; }
      .group th { padding-block-start: var(--space-3); font-weight: 600; font-size: var(--text); color: var(--ink); }
      .good { color: var(--good); } .caution { color: var(--caution); } .bad { color: var(--bad); }
      .faster { color: var(--faster); } .slower { color: var(--slower); } .undecided { color: var(--undecided); } .same { color: var(--same); }
      .state, .figures { white-space: nowrap; }
      .about { display: block; color: var(--ink-soft); font-size: var(--text-small); }
      .reason { min-width: 24ch; font-size: var(--text-small); }
    `,
  ];

  @property({ attribute: false }) job!: Job;

  protected override render() {
    const { rows } = this.job;
    const products = rows.filter(({ operation }) => operation !== 'elementwise-lmul');
    const elements = rows.filter(({ operation }) => operation === 'elementwise-lmul');
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Time of each mode"><table>
      <caption class="visually-hidden">Time of each mode of L-Mul, measured in turns with the baseline</caption>
      <thead><tr>
        <th scope="col">Multiplication</th><th scope="col">Kernel</th><th scope="col">Verified</th><th scope="col" class="number">Accuracy, SQNR</th>
        <th scope="col" class="number">Time ± 95 %</th><th scope="col" class="number">Rate</th><th scope="col" class="number">Bandwidth</th><th scope="col">Speed against the baseline</th>
      </tr></thead>
      ${this.group(products, sizeOf(products[0], ['m', 'n', 'k'], 'Matrix product'))}
      ${elements.length > 0 ? this.group(elements, sizeOf(elements[0], ['count'], 'Element-wise product')) : nothing}
    </table></div>`;
  }

  private group(rows: readonly ResultRow[], title: string) {
    return html`<tbody>
      <tr class="group"><th scope="colgroup" colspan="8">${title}</th></tr>
      ${rows.map((row, index) => this.line(row, index === 0))}
    </tbody>`;
  }

  private line(row: ResultRow, first: boolean) {
    const { time, rates, accuracy } = row;
    const { mark, word, tone, about } = stateOf(row, this.job.state === 'running');
    const against = comparisonOf(this.job, row);
    return html`<tr data-kernel=${row.kernel} data-status=${row.status} data-mode=${row.shape.mode ?? 0}>
      <th scope="row">${modeOf(row)}</th>
      <td><a class="figures" href=${kernelHref(row.kernel)}>${row.kernel}</a></td>
      <td><span class="state ${tone}" title=${row.status === 'ok' ? about : nothing}><span aria-hidden="true">${mark}</span> ${word}</span></td>
      ${
        row.status !== 'ok'
          ? html`<td class="reason" colspan="5">${row.reason ?? none}</td>`
          : html`
            <td class="number">${accuracy ? html`${formatAccuracy(accuracy)}<span class="about">${formatErrors(accuracy)}</span>` : none}</td>
            <td class="number">${time ? formatTiming(time) : none}</td>
            <td class="number">${rates ? formatRate(rates.flopPerS, rates.unit) : none}</td>
            <td class="number">${rates ? formatBandwidth(rates.bytePerS) : none}</td>
            <td class="figures">${
              against
                ? html`<span class=${against.verdict}><span aria-hidden="true">${verdictMarks[against.verdict]}</span> ${against.verdict} ${formatRatioInterval(against)}</span>`
                : html`<span class="soft">${first && time ? 'baseline' : none}</span>`
            }</td>`
      }
    </tr>`;
  }
}

function modeOf({ shape }: ResultRow): string {
  if (shape.mode === undefined) return 'native, f32 GEMM';
  return shape.mode === 4 ? 'native, in the loop of L-Mul' : `L-Mul, ${shapeModes[shape.mode - 1]}`;
}

/** `fast adder`. */
export function nameOf({ shape }: ResultRow): string {
  return shapeModes[(shape.mode ?? 4) - 1] ?? 'native multiplication';
}

function sizeOf(row: ResultRow | undefined, names: readonly string[], title: string): string {
  const sizes = names.flatMap((name) => row?.shape[name] ?? []).map((size) => size.toLocaleString('en'));
  return `${title}, ${sizes.join(' × ')}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-lmul-times': LmulTimes;
  }
}
