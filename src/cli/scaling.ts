/** The option `--scale`: how stored numbers become inputs of a model. */
import type { Scaling } from '../models/quantize/data.js';
import { UsageError } from './usage.js';

/** `0-255` (as stored), `0-1`, or `mean:deviation` with a value per channel: `0.485,0.456,0.406:0.229,0.224,0.225`. */
export function scalingOf(given = '0-255'): Scaling {
  if (given === '0-255') return { kind: '0…255' };
  if (given === '0-1') return { kind: '0…1' };
  const [mean, std] = given.split(':').map((part) => part.split(',').map(Number));
  if (mean && std && mean.length === std.length && [...mean, ...std].every(Number.isFinite)) {
    if (std.every((deviation) => deviation > 0)) return { kind: 'mean/std', mean, std };
    throw new UsageError(`--scale ${given}: deviations must be above 0.`);
  }
  throw new UsageError(`--scale cannot be ${given}. It is 0-255, 0-1, or mean:deviation such as 0.1307:0.3081.`);
}
