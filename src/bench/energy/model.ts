/** Estimates joules from counts: an idle share, operations by kind, bytes by level; each with low, middle and high. */
import * as v from 'valibot';
import type { Cost, OperationKind } from '../../kernel/operation.js';

const atLeastZero = v.pipe(v.number(), v.finite(), v.minValue(0));
const range = v.object({ low: atLeastZero, mid: atLeastZero, high: atLeastZero });

/** How the coefficients came about; named beside every number made from them. */
const tiers = ['modelled', 'calibrated', 'measured'] as const;

/** Kinds of operations that a model tells apart; the same groups that the roofline has ceilings for. */
export const energyKinds = ['fma32', 'fma16', 'dot4', 'int', 'sfu'] as const;

export const energyModelSchema = v.object({
  tier: v.picklist(tiers),
  /** Class, meter or log. */
  source: v.pipe(v.string(), v.maxLength(200)),
  /** Watts while nothing runs. */
  idleWatts: range,
  /** Watts the board may draw at most. */
  limitWatts: range,
  /** Joules per operation. */
  perOperation: v.object({ fma32: range, fma16: range, dot4: range, int: range, sfu: range }),
  /** Joules per byte from or to memory, and from or to a cache. */
  perMemoryByte: range,
  perCacheByte: range,
  /** Working sets up to `low` surely fit a cache, those above `high` surely do not; between them nobody knows. */
  cacheBytes: v.object({ low: atLeastZero, high: atLeastZero }),
});

export type EnergyModel = v.InferOutput<typeof energyModelSchema>;
export type Range = v.InferOutput<typeof range>;
export type EnergyKind = (typeof energyKinds)[number];

/** What one run used. */
export interface Use {
  readonly cost: Cost;
  readonly ns: number;
  /** `cold`: all bytes come from memory. */
  readonly cache?: 'hot' | 'cold';
}

export interface Estimate {
  readonly lowJ: number;
  readonly midJ: number;
  readonly highJ: number;
  /** The power limits cut the estimate off: its coefficients do not fit this kernel. */
  readonly clamped: boolean;
}

export const kindOf: Readonly<Record<OperationKind, EnergyKind>> = {
  fma32: 'fma32',
  add32: 'fma32',
  mul32: 'fma32',
  fma16: 'fma16',
  add16: 'fma16',
  dot4: 'dot4',
  iadd: 'int',
  imul: 'int',
  bit: 'int',
  sfu: 'sfu',
};

/** One part of the sum: an amount that is known times a coefficient that has a range. */
export interface Term {
  readonly name: string;
  readonly amount: number;
  readonly coefficient: Range;
}

/** E = P_idle·t + Σ operations·e_op + Σ bytes·e_byte, as its parts. */
export function termsOf({ cost, ns, cache }: Use, model: EnergyModel): readonly Term[] {
  const operations = new Map<EnergyKind, number>();
  for (const [kind, count] of Object.entries(cost.operations) as [OperationKind, number][]) {
    operations.set(kindOf[kind], (operations.get(kindOf[kind]) ?? 0) + count);
  }
  const bytes = cost.bytesRead + cost.bytesWritten;
  return [
    { name: 'idle', amount: ns * 1e-9, coefficient: model.idleWatts },
    ...[...operations].map(([kind, amount]) => ({ name: kind, amount, coefficient: model.perOperation[kind] })),
    { name: 'bytes', amount: bytes, coefficient: byteRange(bytes, model, cache) },
  ];
}

function byteRange(
  bytes: number,
  { cacheBytes, perCacheByte, perMemoryByte }: EnergyModel,
  cache: Use['cache'],
): Range {
  if (cache === 'cold' || bytes > cacheBytes.high) return perMemoryByte;
  if (bytes <= cacheBytes.low) return perCacheByte;
  return {
    low: perCacheByte.low,
    mid: (perCacheByte.mid + perMemoryByte.mid) / 2,
    high: perMemoryByte.high,
  };
}

/** Joules of one run, cut off at idle power and at the power limit times its duration. */
export function estimate(use: Use, model: EnergyModel): Estimate {
  const terms = termsOf(use, model);
  const seconds = use.ns * 1e-9;
  let clamped = false;
  const at = (end: keyof Range): number => {
    const joules = terms.reduce((sum, { amount, coefficient }) => sum + amount * coefficient[end], 0);
    const most = model.limitWatts[end] * seconds;
    const least = model.idleWatts[end] * seconds;
    if (joules > most) clamped = true;
    return Math.max(least, Math.min(most, joules));
  };
  const [lowJ, midJ, highJ] = [at('low'), at('mid'), at('high')];
  return { lowJ, midJ, highJ, clamped };
}

/** The same number as a range of no width. */
export function exactly(value: number): Range {
  return { low: value, mid: value, high: value };
}

export function scaled({ low, mid, high }: Range, by: Range): Range {
  return { low: low * by.low, mid: mid * by.mid, high: high * by.high };
}

/** A value that may be off by a share of itself. */
export function within(value: number, share: number): Range {
  return { low: value * (1 - share), mid: value, high: value * (1 + share) };
}
