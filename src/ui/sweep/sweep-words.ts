/** Words of a sweep: its axis, its headline, how long it will take, and the sentences on who changes places where. */
import { type AxisWords, pairSentences, pairsOf } from '../../bench/crossing-words.js';
import { significant, thinSpace } from '../../bench/format.js';
import type { Job } from '../run.js';
import { countOf } from '../words.js';
import { fastestOf, type SweepSettings } from './sweep-settings.js';

export interface SweepAxis extends AxisWords {
  /** What stands at the axis of the chart. */
  readonly label: string;
}

export function axisOf(vary: readonly string[]): SweepAxis {
  const [only] = vary;
  if (vary.length === 1 && only === 'densityPerMille')
    return {
      name: 'a density of',
      label: 'density, share kept →',
      place: (at) => `${tidy(at / 10)}${thinSpace}%`,
    };
  if (vary.length === 1 && only === 'bits')
    return {
      name: 'a width of',
      label: 'width of a weight, bits →',
      place: (at) => `${tidy(at)}${thinSpace}${at === 1 ? 'bit' : 'bits'}`,
    };
  const name = vary.join(' = ');
  return {
    name: `${name} =`,
    label: `${name} →`,
    place: tidy,
  };
}

/** Values of a sweep are whole as a rule; crossings are not. */
function tidy(value: number): string {
  return Number.isInteger(value) ? String(value) : significant(value);
}

/** Every sentence on every pair, crossings first. */
export function findings(job: Pick<Job, 'comparisons'>, axis: AxisWords): readonly string[] {
  const pairs = pairsOf(job.comparisons);
  const crossing = pairs.filter(({ crossings }) => crossings.length > 0);
  const level = pairs.filter(({ crossings }) => crossings.length === 0);
  return [...crossing, ...level].flatMap((pair) => pairSentences(pair, axis));
}

export function headlineOf(job: Job | undefined, settings: SweepSettings, adapter: string): string {
  if (!job) return 'How do the kernels compare as something grows?';
  const values = settings.values.length;
  if (job.state === 'running') {
    const reached = new Set(job.rows.map(({ at }) => at)).size;
    return reached > 0 ? `Sweeping: value ${reached} of ${values}.` : 'Starting the sweep.';
  }
  const crossings = pairsOf(job.comparisons).reduce((sum, pair) => sum + pair.crossings.length, 0);
  const timed = job.rows.filter(({ time }) => time).length;
  if (timed === 0) return 'No kernel was timed. Each row below says why.';
  if (job.comparisons.length === 0) return `On ${adapter}, ${countOf(timed, 'time')} over ${axisName(settings)}.`;
  if (crossings === 0) return `On ${adapter}, no kernel changes places with the baseline over ${axisName(settings)}.`;
  return `On ${adapter}, kernels change places with the baseline ${crossings === 1 ? 'once' : `${crossings} times`} over ${axisName(settings)}.`;
}

function axisName({ vary }: SweepSettings): string {
  if (vary.join() === 'densityPerMille') return 'the density';
  return vary.join() === 'bits' ? 'the width' : vary.join(' = ');
}

/** About how long a sweep takes: timing, and half as much again for inputs, checks and warm-up. */
export function estimateWords({ kernels, values, seconds, baseline }: SweepSettings): string {
  const extra = fastestOf(baseline) === undefined ? 0 : 1;
  const total = 1.5 * seconds * (kernels.length + extra) * values.length;
  return total < 90 ? `about ${Math.ceil(total / 5) * 5} s` : `about ${Math.ceil(total / 60)} min`;
}
