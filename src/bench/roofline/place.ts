/** Places a time under the ceilings of its device: what was attainable, what share of it was reached, which limit binds. */
import type { Cost, OperationKind } from '../../kernel/operation.js';
import type { Ceilings, ComputeKind, MemoryCeiling } from './ceilings.js';

export interface PlaceOptions {
  /** Dispatches that must follow one another. */
  readonly dispatches?: number;
  /** `cold`: every byte comes from memory, whatever the working set. */
  readonly cache?: 'hot' | 'cold';
}

export interface Limit {
  readonly limit: 'compute' | 'memory' | 'latency';
  /** Which of them: the kind of operation, the working set of the copy, or the launch. */
  readonly by: string;
  /** Least time by this limit alone, ns, and its 95 % interval. */
  readonly ns: number;
  readonly ci95Ns: readonly [number, number];
}

export interface Place {
  /** The longest of the least times, ns: all units at once can do no better. */
  readonly attainableNs: number;
  /** attainable / measured, with the intervals of both. */
  readonly fraction: number;
  readonly ci95: readonly [number, number];
  readonly limit: Limit['limit'];
  readonly by: string;
  /** Every limit, the binding one first. */
  readonly limits: readonly Limit[];
  /** The whole interval of `fraction` lies above 1: the ceiling was measured too low, or the kernel uses other units. */
  readonly aboveCeiling: boolean;
}

/**
 * Which ceiling bounds which kind. Additions and multiplications take the slots of multiply-adds; a kind without a ceiling
 * of its own is bound by one that is never slower, so that a fraction is rather too low than too high.
 */
const boundBy: Readonly<Record<OperationKind, readonly ComputeKind[]>> = {
  fma32: ['fma32'],
  add32: ['fma32'],
  mul32: ['fma32'],
  fma16: ['fma16', 'fma32'],
  add16: ['fma16', 'fma32'],
  dot4: ['dot4'],
  iadd: ['int'],
  imul: ['int'],
  bit: ['int'],
  sfu: ['sfu'],
};

/**
 * The roofline model with several roofs: time ≥ work / rate for each roof, so the largest is the least time attainable.
 * Source: S. Williams, A. Waterman, D. Patterson, "Roofline", CACM 52(4), 2009.
 * @param time mean and 95 % interval of one run, ns.
 */
export function place(
  cost: Cost,
  time: { readonly meanNs: number; readonly ci95Ns: readonly [number, number] },
  ceilings: Ceilings,
  options: PlaceOptions = {},
): Place {
  const limits = [
    ...computeLimits(cost, ceilings),
    memoryLimit(cost.bytesRead + cost.bytesWritten, ceilings.memory, options.cache),
    ...latencyLimit(ceilings, options.dispatches ?? 1),
  ].sort((a, b) => b.ns - a.ns);
  const binding = limits[0]!;
  const ci95 = [binding.ci95Ns[0] / time.ci95Ns[1], binding.ci95Ns[1] / time.ci95Ns[0]] as const;
  return {
    attainableNs: binding.ns,
    fraction: binding.ns / time.meanNs,
    ci95,
    limit: binding.limit,
    by: binding.by,
    limits,
    aboveCeiling: ci95[0] > 1,
  };
}

/** Operations that one ceiling serves wait for each other; those of different ceilings may run at once. */
function computeLimits({ operations }: Cost, { compute }: Ceilings): readonly Limit[] {
  const work = new Map<ComputeKind, number>();
  for (const [kind, count] of Object.entries(operations) as [OperationKind, number][]) {
    const known = boundBy[kind].find((candidate) => compute.some((ceiling) => ceiling.kind === candidate));
    if (known && count > 0) work.set(known, (work.get(known) ?? 0) + count);
  }
  // An integer and a float addition can share issue slots: as many pairs as there are of both have a roof of their own.
  const pairs = Math.min(operations.iadd ?? 0, operations.add32 ?? 0);
  if (pairs > 0) work.set('pair', pairs);
  return [...work].flatMap(([kind, count]) => {
    const ceiling = compute.find((candidate) => candidate.kind === kind);
    return ceiling ? [limitAt('compute', kind, count, ceiling)] : [];
  });
}

function memoryLimit(bytes: number, levels: readonly MemoryCeiling[], cache: PlaceOptions['cache']): Limit {
  const { rate, workingSet } = bandwidthAt(cache === 'cold' ? Number.POSITIVE_INFINITY : bytes, levels);
  return limitAt('memory', `copy of ${workingSet} bytes`, bytes, rate);
}

interface Rate {
  readonly perSecond: number;
  readonly ci95: readonly [number, number];
}

/** The bandwidth of a copy with this working set: between the two nearest that were measured, even on a logarithmic axis. */
export function bandwidthAt(
  bytes: number,
  levels: readonly MemoryCeiling[],
): { readonly rate: Rate; readonly workingSet: number } {
  const above = levels.findIndex(({ workingSet }) => workingSet >= bytes);
  if (above === 0) return { rate: levels[0]!, workingSet: levels[0]!.workingSet };
  const last = levels.at(-1)!;
  if (above < 0) return { rate: last, workingSet: last.workingSet };
  const [low, high] = [levels[above - 1]!, levels[above]!];
  const share = Math.log(bytes / low.workingSet) / Math.log(high.workingSet / low.workingSet);
  const between = (a: number, b: number): number => Math.exp((1 - share) * Math.log(a) + share * Math.log(b));
  const rate = {
    perSecond: between(low.perSecond, high.perSecond),
    ci95: [between(low.ci95[0], high.ci95[0]), between(low.ci95[1], high.ci95[1])] as const,
  };
  return { rate, workingSet: bytes };
}

function latencyLimit({ launchNs }: Ceilings, dispatches: number): readonly Limit[] {
  if (!launchNs) return [];
  const ns = launchNs * dispatches;
  const by = dispatches === 1 ? 'one dispatch' : `${dispatches} dispatches`;
  return [{ limit: 'latency', by, ns, ci95Ns: [ns, ns] }];
}

function limitAt(limit: Limit['limit'], by: string, work: number, { perSecond, ci95 }: Rate): Limit {
  const nsAt = (rate: number): number => (work / rate) * 1e9;
  return { limit, by, ns: nsAt(perSecond), ci95Ns: [nsAt(ci95[1]), nsAt(ci95[0])] };
}
