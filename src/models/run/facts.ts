/** What a run took: where its nodes were computed, what its kernels cost, and the memory of its plan. */
import { costOf } from '../../kernel/kernel.js';
import type { Cost, OperationKind } from '../../kernel/operation.js';
import type { Plan } from './plan.js';

/** Where the nodes of a run were computed, and what it took. */
export interface RunFacts {
  /** Nodes computed by kernels. */
  readonly deviceNodes: number;
  /** Nodes that only give a value other dimensions: they cost nothing. */
  readonly views: number;
  readonly hostNodes: readonly { readonly node: string; readonly reason: string }[];
  /** Kernels. */
  readonly dispatches: number;
  /** Into how many parts these were cut, so that none runs long; as many as there are kernels where none is long. */
  readonly parts: number;
  /** What the kernels of one run do, each by the cost it states. */
  readonly cost: Cost;
  readonly memory: RunMemory;
}

/** Bytes on the device. */
export interface RunMemory {
  /** Weights and other data that stay from run to run. */
  readonly weights: number;
  /** Inputs and values from the host. */
  readonly uploads: number;
  /** Buffers that the values between the nodes share. */
  readonly shared: number;
  /** What those values would take without sharing is not counted; this is all that was in fact allocated. */
  readonly allocated: number;
}

/** @param allocated bytes on the device. @param parts dispatches, where long ones are cut. */
export function factsOfRun(plan: Plan, allocated: number, parts: number): RunFacts {
  const { items } = plan;
  const kernels = items.flatMap((item) => (item.kind === 'device' ? item.steps.map(({ step }) => step) : []));
  return {
    deviceNodes: items.filter((item) => item.kind === 'device' && item.steps.length > 0).length,
    views: items.filter((item) => item.kind === 'device' && item.steps.length === 0).length,
    hostNodes: items.flatMap((item) => (item.kind === 'host' ? [{ node: item.node.op, reason: item.reason }] : [])),
    dispatches: kernels.length,
    parts,
    cost: summed(kernels.map((step) => costOf(step.kernel, step))),
    memory: { ...plan.bytes(), allocated },
  };
}

function summed(costs: readonly Cost[]): Cost {
  const operations: Partial<Record<OperationKind, number>> = {};
  let [nominal, bytesRead, bytesWritten] = [0, 0, 0];
  for (const cost of costs) {
    nominal += cost.nominal;
    bytesRead += cost.bytesRead;
    bytesWritten += cost.bytesWritten;
    for (const [kind, count] of Object.entries(cost.operations) as [OperationKind, number][]) {
      operations[kind] = (operations[kind] ?? 0) + count;
    }
  }
  return { operations, nominal, bytesRead, bytesWritten };
}
