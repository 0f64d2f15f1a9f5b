/** T1: a model from three readings of any power meter: idle, and during the two built-in loads. */
import type { GpuClass } from './classes.js';
import { type EnergyModel, exactly, within } from './model.js';
import { operationsFrom } from './modelled.js';
import { type LoadRun, secondsOf } from './runs.js';

export interface Readings {
  readonly idleWatts: number;
  readonly fmaWatts: number;
  readonly copyWatts: number;
}

export interface Loads {
  readonly fma: LoadRun;
  readonly copy: LoadRun;
}

/** What remains unknown of the two energies and of the idle power after a reading. */
const coefficientShare = 0.25;
const idleShare = 0.1;

/** No computer with one GPU draws more. */
const absurdWatts = 3000;

export type Calibration = { readonly model: EnergyModel } | { readonly refusal: string };

/**
 * Solves P_load − P_idle = rate_fma·e_fma + rate_bytes·e_byte for both loads at once.
 * @param gpuClass for the size of the caches and the power limit, where known.
 */
export function calibrate(readings: Readings, loads: Loads, gpuClass?: GpuClass): Calibration {
  const refusal = refuseReadings(readings);
  if (refusal !== undefined) return { refusal };
  const { idleWatts, fmaWatts, copyWatts } = readings;
  const [fma, copy] = [ratesOf(loads.fma), ratesOf(loads.copy)];
  const determinant = fma.operations * copy.bytes - copy.operations * fma.bytes;
  if (!(determinant > 0)) {
    return { refusal: 'The two loads do the same mixture of work, so their energies cannot be told apart.' };
  }
  const [fmaAbove, copyAbove] = [fmaWatts - idleWatts, copyWatts - idleWatts];
  const perFma = (fmaAbove * copy.bytes - copyAbove * fma.bytes) / determinant;
  const perByte = (fma.operations * copyAbove - copy.operations * fmaAbove) / determinant;
  if (!(perFma > 0 && perByte > 0)) {
    return {
      refusal: `These watts would make ${perFma > 0 ? 'a byte' : 'a multiply-add'} cost less than nothing. Read the meter again while each load runs alone.`,
    };
  }
  const seen = Math.max(fmaWatts, copyWatts);
  const cache = gpuClass?.cacheMiB ?? { low: 1, high: 128 };
  return {
    model: {
      tier: 'calibrated',
      source: gpuClass?.id ?? 'watts as typed',
      idleWatts: within(idleWatts, idleShare),
      // The meter may see more than the board, and a kernel may draw more than either load.
      limitWatts: exactly(Math.max(gpuClass?.limitWatts.high ?? 0, 1.3 * seen)),
      perOperation: operationsFrom(within(perFma, coefficientShare)),
      perMemoryByte: within(perByte, coefficientShare),
      // A cache costs less than memory; by how much was not read.
      perCacheByte: { low: perByte / 20, mid: perByte / 8, high: perByte / 3 },
      cacheBytes: { low: cache.low * 2 ** 19, high: cache.high * 2 ** 20 },
    },
  };
}

function refuseReadings(readings: Readings): string | undefined {
  const names = { idleWatts: 'idle', fmaWatts: 'during the FMA load', copyWatts: 'during the copy load' } as const;
  for (const [key, when] of Object.entries(names) as [keyof Readings, string][]) {
    const watts = readings[key];
    if (!Number.isFinite(watts) || watts < 0) return `${watts} W ${when} is no power: type watts of 0 or more.`;
    if (watts > absurdWatts)
      return `${watts} W ${when} is more than any such computer draws: type watts, not milliwatts.`;
    if (key !== 'idleWatts' && watts <= readings.idleWatts) {
      return `${watts} W ${when} is not above the ${readings.idleWatts} W at idle: let the load run for some seconds before reading, and close what else is running.`;
    }
  }
  return undefined;
}

/** Per second; the operations are multiply-adds, as the address arithmetic of a copy is part of what a byte costs. */
function ratesOf(run: LoadRun): { readonly operations: number; readonly bytes: number } {
  const perSecond = run.dispatches / secondsOf(run);
  return {
    operations: (run.cost.operations.fma32 ?? 0) * perSecond,
    bytes: (run.cost.bytesRead + run.cost.bytesWritten) * perSecond,
  };
}
