/** Energy and time as one number to rank by, joules by what they buy, and what they stand for in carbon and water. */
import type { RowEnergy } from '../results.js';

/**
 * η·E + (1 − η)·P_max·t, in joules: η = 1 ranks by energy, η = 0 by time.
 * Source: J. You, J.-W. Chung, M. Chowdhury, "Zeus: understanding and optimizing GPU energy consumption of DNN training", NSDI 2023.
 * @throws RangeError where η is not within 0 … 1.
 */
export function energyTimeCost(joules: number, seconds: number, limitWatts: number, eta: number): number {
  if (!(eta >= 0 && eta <= 1))
    throw new RangeError(`η must lie between 0 (time alone) and 1 (energy alone), not ${eta}.`);
  return eta * joules + (1 - eta) * limitWatts * seconds;
}

export interface Ranked<T> {
  readonly item: T;
  readonly low: number;
  readonly mid: number;
  readonly high: number;
  /** False where its range meets that of the next better one: then the order of the two is not certain. */
  readonly certain: boolean;
}

/** Cheapest first. */
export function rankByCost<T extends { readonly energy: RowEnergy; readonly seconds: number }>(
  items: readonly T[],
  eta: number,
): readonly Ranked<T>[] {
  const ranked = items.map((item) => {
    const { energy, seconds } = item;
    const at = (joules: number): number => energyTimeCost(joules, seconds, energy.limitWatts, eta);
    return { item, low: at(energy.lowJ), mid: at(energy.midJ), high: at(energy.highJ) };
  });
  ranked.sort((a, b) => a.mid - b.mid);
  return ranked.map((entry, i) => ({ ...entry, certain: i === 0 || ranked[i - 1]!.high < entry.low }));
}

export interface Joules {
  readonly lowJ: number;
  readonly midJ: number;
  readonly highJ: number;
}

/** The same range for one of `count` equal parts: an operation, a byte, a result. */
export function sharedBy({ lowJ, midJ, highJ }: Joules, count: number): Joules {
  return { lowJ: lowJ / count, midJ: midJ / count, highJ: highJ / count };
}

const joulesPerKilowattHour = 3.6e6;

/** Grams of CO₂-equivalent. @param gramsPerKwh what the visitor's electricity stands for; his number, not ours. */
export function carbonGrams(joules: number, gramsPerKwh: number): number {
  return (joules / joulesPerKilowattHour) * gramsPerKwh;
}

/** Litres. @param litresPerKwh water used to make the visitor's electricity; his number. */
export function waterLitres(joules: number, litresPerKwh: number): number {
  return (joules / joulesPerKilowattHour) * litresPerKwh;
}
