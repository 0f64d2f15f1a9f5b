/** Cells that tables of results share: the mark of tuned values, the share of the attainable, joules. */
import { html } from 'lit';
import { formatRange, formatRatioInterval, formatShape, formatTime, significant, thinSpace } from '../bench/format.js';
import type { ResultRow, RowPlace } from '../bench/results.js';
import type { Winner } from '../bench/tune/winners-schema.js';
import { energyRemark, perOperation } from './device-numbers.js';

/** Says that a row ran with tuned values, and on hover with which. */
export function tunedMark({ tunables, date, isDefault, ratio, ci95 }: Winner) {
  const gain = isDefault
    ? 'the default was not beaten'
    : `${formatRatioInterval({ ratio, ci95 })} as fast as the default`;
  return html`<span class="tuned" title="${formatShape(tunables)}; tuned ${date.slice(0, 10)}, ${gain}">◆${thinSpace}tuned</span>`;
}

export function placeCell({ fraction, ci95, limit, by, attainableNs, aboveCeiling }: RowPlace) {
  const share = `${significant(100 * fraction)}${thinSpace}%`;
  const ends = `${significant(100 * ci95[0])} to ${significant(100 * ci95[1])} %`;
  return html`<span title="${ends}; at best ${formatTime(attainableNs)}, by ${by}">${aboveCeiling ? '! ' : ''}${share}<span class="about">${limit}</span></span>`;
}

/** Always a range with its tier. */
export function energyCell(row: ResultRow) {
  const { lowJ, highJ, tier, source } = row.energy!;
  const each = perOperation(row);
  return html`<span title="${tier}: ${source}">${formatRange(lowJ, highJ, 'J')}<span class="about">${tier}${each ? `, ${each}` : ''}</span><span class="about">${energyRemark(row)}</span></span>`;
}
