/** An energy model in round numbers: what is tested with it is how it is used. */
import type { EnergyModel, Range } from '../../src/bench/energy/model.js';

const each = (value: number): Range => ({ low: value / 2, mid: value, high: 2 * value });

export const roundModel: EnergyModel = {
  tier: 'modelled',
  source: 'a test',
  idleWatts: each(10),
  limitWatts: each(100),
  perOperation: { fma32: each(2e-11), fma16: each(1e-11), dot4: each(2e-11), int: each(1e-11), sfu: each(4e-11) },
  perMemoryByte: each(1e-10),
  perCacheByte: each(1e-11),
  cacheBytes: { low: 1e6, high: 1e7 },
};
