/** T0: a model from a class of GPUs, without any reading of power; wide on purpose. */
import type { Ceilings } from '../roofline/ceilings.js';
import { type GpuClass, picojoulesPerBit } from './classes.js';
import { type EnergyKind, type EnergyModel, type Range, scaled } from './model.js';

/** Share of the power limit drawn while idle. */
const idleShare: Range = { low: 0.05, mid: 0.1, high: 0.15 };

/** A multiply-add at full rate takes this share of the power above idle; the rest goes to caches, memory and leakage. */
const fmaShare: Range = { low: 0.3, mid: 0.6, high: 1 };

/** Controller and wires beside the memory device, as a factor. */
const controller: Range = { low: 1.2, mid: 1.5, high: 2 };

/** Joules per byte from the last-level cache. */
const cacheByte: Range = { low: 3e-12, mid: 4.5e-12, high: 6e-12 };

/**
 * Energy of other operations as a factor of a multiply-add. Most of an instruction's energy is fetching and moving, not
 * arithmetic: W. Dally, DAC 2021, gives 1.5 pJ of 31.5 pJ for an f16 multiply-add. So kinds differ less than their units do.
 */
export const kindFactors: Readonly<Record<EnergyKind, Range>> = {
  fma32: { low: 1, mid: 1, high: 1 },
  fma16: { low: 0.4, mid: 0.6, high: 1 },
  dot4: { low: 0.7, mid: 1, high: 1.2 },
  int: { low: 0.5, mid: 0.8, high: 1 },
  sfu: { low: 1, mid: 2, high: 4 },
};

export type ModelOutcome = { readonly model: EnergyModel } | { readonly refusal: string };

/** @param ceilings of the same device, where measured: their rate is nearer to the truth than a data sheet's. */
export function modelOfClass(gpuClass: GpuClass, ceilings?: Ceilings): ModelOutcome {
  const measured = ceilings?.compute.find(({ kind }) => kind === 'fma32')?.perSecond;
  const peak = gpuClass.peakFma32 ?? measured;
  if (peak === undefined) {
    return {
      refusal: `${gpuClass.title} is too broad to know its peak rate: measure the ceilings too (--roofline on the command line), or choose a narrower class.`,
    };
  }
  const { limitWatts } = gpuClass;
  const idleWatts = scaled(limitWatts, idleShare);
  const perFma = (end: keyof Range): number => (fmaShare[end] * (limitWatts[end] - idleWatts[end])) / peak;
  const fma: Range = { low: perFma('low'), mid: perFma('mid'), high: perFma('high') };
  const perByte = 8 * picojoulesPerBit[gpuClass.memory] * 1e-12;
  return {
    model: {
      tier: 'modelled',
      source: gpuClass.id,
      idleWatts,
      limitWatts,
      perOperation: operationsFrom(fma),
      perMemoryByte: scaled({ low: perByte, mid: perByte, high: perByte }, controller),
      perCacheByte: cacheByte,
      cacheBytes: { low: gpuClass.cacheMiB.low * 2 ** 19, high: gpuClass.cacheMiB.high * 2 ** 20 },
    },
  };
}

/** All kinds from the multiply-add. */
export function operationsFrom(fma: Range): EnergyModel['perOperation'] {
  return {
    fma32: scaled(fma, kindFactors.fma32),
    fma16: scaled(fma, kindFactors.fma16),
    dot4: scaled(fma, kindFactors.dot4),
    int: scaled(fma, kindFactors.int),
    sfu: scaled(fma, kindFactors.sfu),
  };
}
