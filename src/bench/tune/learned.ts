/** What stored searches of a kernel teach: their timed points as rows of log time, and of log joules where there is an energy model. */
import { costOf, type Kernel, type Variant } from '../../kernel/kernel.js';
import type { Shape } from '../../kernel/operation.js';
import { type EnergyModel, estimate } from '../energy/model.js';
import { featuresOf } from './features.js';
import type { TunePoint } from './points.js';
import type { Described, TrainingRow } from './predict.js';
import type { StoredTime } from './stored.js';
import type { Winner } from './winners-schema.js';

/** A variant that was timed. */
export interface Seen extends Variant {
  readonly ns: number;
}

/** Points of earlier searches of this kernel on this device and runtime; the rest is passed over. */
export function seenBefore(
  kernel: Kernel,
  winners: readonly Winner[],
  here: Pick<Winner, 'adapter' | 'runtime'>,
): readonly Seen[] {
  return winners
    .filter((winner) => isFrom(winner, kernel, here))
    .flatMap(({ shape, points = [] }) => seenIn(kernel, shape, points));
}

/** Times of stored results of this kernel on this device and runtime, with the tunables and sizes that it has today. */
export function seenInResults(
  kernel: Kernel,
  times: readonly StoredTime[],
  here: Pick<Winner, 'adapter' | 'runtime'>,
): readonly Seen[] {
  return times.filter(
    (time) => isFrom(time, kernel, here) && hasSizes(kernel, time.shape) && hasTunables(kernel, time),
  );
}

function isFrom(
  { kernel: id, runtime, adapter }: Pick<Winner, 'kernel' | 'adapter' | 'runtime'>,
  kernel: Kernel,
  here: Pick<Winner, 'adapter' | 'runtime'>,
): boolean {
  const { description, architecture } = here.adapter;
  const isSame = adapter.description === description && adapter.architecture === architecture;
  return id === kernel.id && runtime === here.runtime && isSame;
}

/** Older files may lack a size. */
function hasSizes({ computes }: Kernel, shape: Shape): boolean {
  return computes.parameters.every(({ name }) => shape[name] !== undefined);
}

function hasTunables(kernel: Kernel, { tunables }: Pick<Variant, 'tunables'>): boolean {
  return Object.keys(tunables).join() === Object.keys(kernel.tunables).join();
}

/** Times by the ratio to the default, which a slower or faster moment of the device leaves alone, unlike plain means. */
export function seenIn(kernel: Kernel, shape: Shape, points: readonly TunePoint[]): readonly Seen[] {
  const referenceNs = points.find(({ ratio }) => ratio === 1)?.ns ?? 0;
  if (!hasSizes(kernel, shape) || !(referenceNs > 0)) return [];
  return points.flatMap((point) => {
    const { tunables, ratio = 0 } = point;
    return ratio > 0 && hasTunables(kernel, point) ? [{ shape, tunables, ns: referenceNs / ratio }] : [];
  });
}

/** Its features, and the logarithm of its work: nominal operations, or bytes where it has none. */
export function describe(kernel: Kernel, variant: Variant): Described & { readonly group: string } {
  const { nominal, bytesRead, bytesWritten } = costOf(kernel, variant);
  return {
    features: featuresOf(kernel, variant).values,
    base: Math.log(nominal || bytesRead + bytesWritten || 1),
    group: groupOf(variant.shape),
  };
}

export function groupOf(shape: Shape): string {
  return JSON.stringify(Object.entries(shape).sort());
}

export interface Lessons {
  /** Log of ns. */
  readonly time: readonly TrainingRow[];
  /** Log of the middle joules that the energy model gives each time; empty without a model. */
  readonly energy: readonly TrainingRow[];
}

export function lessonsOf(kernel: Kernel, seen: readonly Seen[], model?: EnergyModel): Lessons {
  const rows = seen.map((one) => ({ one, described: describe(kernel, one) }));
  const time = rows.map(({ one, described }) => ({ ...described, target: Math.log(one.ns) }));
  const energy = rows.flatMap(({ one, described }) => {
    const midJ = model ? joulesOf(kernel, one, one.ns, model).midJ : 0;
    return midJ > 0 ? [{ ...described, target: Math.log(midJ) }] : [];
  });
  return { time, energy };
}

export interface Joules {
  readonly lowJ: number;
  readonly midJ: number;
  readonly highJ: number;
}

/** What the energy model gives a variant that takes so long, in the caches it is timed in. */
export function joulesOf(kernel: Kernel, { shape, tunables }: Variant, ns: number, model: EnergyModel): Joules {
  const { lowJ, midJ, highJ } = estimate({ cost: costOf(kernel, { shape, tunables }), ns, cache: 'hot' }, model);
  return { lowJ, midJ, highJ };
}
