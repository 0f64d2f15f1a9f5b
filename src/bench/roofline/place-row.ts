/** What a row of results says about the roofline: place and intensities of one timed variant. */
import { costOf, type Kernel, type Variant } from '../../kernel/kernel.js';
import type { RowPlace, Timing } from '../results.js';
import type { Ceilings } from './ceilings.js';
import { arithmeticIntensity, assumedReuseWeights, dataReuseIntensity, trafficOf } from './intensity.js';
import { type PlaceOptions, place } from './place.js';

export function placeRow(
  kernel: Kernel,
  variant: Variant,
  time: Timing,
  ceilings: Ceilings,
  cache: NonNullable<PlaceOptions['cache']>,
): RowPlace {
  const cost = costOf(kernel, variant);
  const dispatches = kernel.dispatch(variant).length;
  const { attainableNs, fraction, ci95, limit, by, aboveCeiling } = place(cost, time, ceilings, { dispatches, cache });
  const traffic = trafficOf(kernel.computes, variant.shape);
  return {
    attainableNs,
    fraction,
    ci95: [...ci95],
    limit,
    by,
    aboveCeiling,
    intensity: arithmeticIntensity(cost.nominal, traffic),
    weightedIntensity: dataReuseIntensity(cost.nominal, traffic),
    reuseWeights: { ...assumedReuseWeights },
  };
}
