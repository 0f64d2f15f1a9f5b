/** What a predictor is worth, in sentences for page and terminal. */
import { significant, thinSpace } from '../format.js';
import type { Forecast } from './forecast.js';
import type { PredictorQuality, Quality } from './hold-out.js';

/** One sentence on time and one on energy. */
export function qualityWords({ time, energy }: PredictorQuality, hasEnergyModel: boolean): string {
  const sentences = [
    time ? `Time by ${figures(time, 'time')}.` : 'Too few points to say how well times can be predicted.',
    energy
      ? `Energy by ${figures(energy, 'joules')}, against the energy model's own estimates (${energy.tier}, ${energy.source}), not a meter.`
      : hasEnergyModel
        ? 'Too few points to say how well energy can be predicted.'
        : 'Energy is not predicted: no energy model is in use for this adapter.',
  ];
  return sentences.join(' ');
}

function figures({ model, rows, r2, medianError, heldOut }: Quality, what: string): string {
  const error = `${significant(100 * medianError, 2)}${thinSpace}%`;
  const useless = r2 <= 0 ? ', which is no better than the mean' : '';
  return `${model} (${rows} points of this kernel here): R² ${r2.toFixed(2)} of log ${what} per operation and ${error} median error on ${heldOut} held out${useless}`;
}

/** What it was learned from, and what that means for this shape. */
export function basisWords({ points, shapes, combinations, isSeen, quality }: Forecast): string {
  const at = shapes.length === 1 ? 'one shape' : `${shapes.length} shapes`;
  const sentences = [`Predicted, not measured: learned from ${points} times at ${at}.`];
  if (combinations === 1)
    sentences.push('All are of the same tunables, so nothing tells other combinations from them.');
  if (isSeen) sentences.push('This shape is among them.');
  else if (shapes.length === 1)
    sentences.push('How far off another shape may be, nothing here says: tune at a second one.');
  else if (!quality.time) sentences.push('They are too few to say how far off another shape may be.');
  return sentences.join(' ');
}
