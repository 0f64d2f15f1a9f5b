/** Describes a variant by numbers that a predictor can learn from, all as logarithms: sizes, tunables, work, and how it is spread. */
import { costOf, type Kernel, type Variant } from '../../kernel/kernel.js';
import type { OperationKind } from '../../kernel/operation.js';
import { constantName, specialize } from '../../kernel/specialize.js';
import { energyKinds, kindOf } from '../energy/model.js';

export interface Features {
  readonly names: readonly string[];
  readonly values: readonly number[];
}

/**
 * log2 of each size and tunable, of the nominal operations, those of each kind and the compulsory bytes, of workgroups,
 * invocations per workgroup, and operations per invocation. How many workgroups there are against how many a device holds
 * at once is what occupancy comes to; registers and shared memory follow from the tunables.
 */
export function featuresOf(kernel: Kernel, variant: Variant): Features {
  const { shape, tunables } = variant;
  const { nominal, operations, bytesRead, bytesWritten } = costOf(kernel, variant);
  const dispatches = kernel.dispatch(variant).map(({ workgroups: [x, y = 1, z = 1] }) => x * y * z);
  const workgroups = Math.max(...dispatches);
  const invocations = invocationsOf(kernel, variant);
  const columns: readonly (readonly [string, number])[] = [
    ...Object.entries(shape),
    ...Object.entries(tunables),
    ['operations', nominal],
    ...energyKinds.map((kind) => [`operations ${kind}`, countOf(operations, kind)] as const),
    ['bytes', bytesRead + bytesWritten],
    ['workgroups', workgroups],
    ['invocations per workgroup', invocations],
    ['operations per invocation', nominal / (workgroups * invocations)],
  ];
  return {
    names: columns.map(([name]) => name),
    values: columns.map(([, value]) => Math.log2(Math.max(value, 2 ** -30))),
  };
}

function countOf(operations: Readonly<Partial<Record<OperationKind, number>>>, wanted: string): number {
  const counts = Object.entries(operations) as [OperationKind, number][];
  return counts.reduce((sum, [kind, count]) => (kindOf[kind] === wanted ? sum + count : sum), 0);
}

/** Size of the first entry point's workgroup, from its text; 1 where it is written in a way not understood here. */
export function invocationsOf(kernel: Kernel, variant: Variant): number {
  const { code } = specialize(kernel, variant);
  const [, list] = /@workgroup_size\(([^)]*)\)/.exec(code) ?? [];
  if (list === undefined) return 1;
  const constants = new Map(
    Object.entries(variant.tunables).map(([name, value]) => [constantName(name), String(value)]),
  );
  for (const [, name, expression] of code.matchAll(/^const\s+([A-Z_0-9]+)(?:\s*:\s*\w+)?\s*=\s*([^;]+);/gm)) {
    if (!constants.has(name!)) constants.set(name!, expression!);
  }
  const sizes = list.split(',').map((part) => evaluate(part, constants, 8));
  const product = sizes.reduce((all, one) => all * one, 1);
  return Number.isFinite(product) && product >= 1 ? product : 1;
}

/** Products and quotients of numbers and constants; NaN for anything else. */
function evaluate(expression: string, constants: ReadonlyMap<string, string>, depth: number): number {
  const terms = expression.trim().split(/\s*([*/])\s*/);
  return terms.reduce((value, term, i) => {
    if (i % 2 === 1) return value;
    const number = /^\d+u?$/.test(term) ? Number.parseInt(term, 10) : Number.NaN;
    const named = constants.get(term);
    const factor = named !== undefined && depth > 0 ? evaluate(named, constants, depth - 1) : number;
    return terms[i - 1] === '/' ? Math.floor(value / factor) : value * factor;
  }, 1);
}
