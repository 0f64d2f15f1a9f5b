/** Words for what a row says of the device: its place under the ceilings, and its joules. */
import { sharedBy } from '../bench/energy/cost.js';
import { formatRange } from '../bench/format.js';
import type { ResultRow } from '../bench/results.js';

/** What to mind about a place, in a sentence. */
export function placeRemark({ roofline }: ResultRow): string | undefined {
  if (!roofline?.aboveCeiling) return undefined;
  return `Above the measured ceiling (${roofline.by}): it was measured too low, or other units do the work.`;
}

/** The order of a row's joules against the row with the least. */
export function energyRemark({ energy }: ResultRow): string {
  if (energy?.order === 'least') return 'least';
  return energy?.order === 'not certain' ? 'order not certain' : '';
}

/** `2.10 to 6.80 pJ/FLOP`; empty where no operations are counted. */
export function perOperation({ energy, rates, time }: ResultRow): string {
  if (!energy || !rates || !time || !(rates.flopPerS > 0)) return '';
  const { lowJ, highJ } = sharedBy(energy, rates.flopPerS * time.meanNs * 1e-9);
  return formatRange(lowJ, highJ, `J/${(rates.unit ?? 'FLOP/s').replace('/s', '')}`);
}
