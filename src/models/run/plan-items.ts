/** What a plan consists of: where each node is computed, and from which buffers. */
import type { Model, Node } from '../graph.js';
import type { Budget } from './call.js';
import { ModelRunError, noKernel } from './errors.js';
import { runNode } from './interpret.js';
import type { PlannedBinding } from './known.js';
import type { DeviceStep } from './lowering.js';
import type { HostValue } from './values.js';

export type HostOutputs = readonly (HostValue | undefined)[];

export type PlanItem =
  /** Kernels of one node. */
  | {
      readonly kind: 'device';
      readonly node: Node;
      readonly steps: readonly {
        readonly step: DeviceStep;
        readonly bindings: Readonly<Record<string, PlannedBinding>>;
      }[];
    }
  /** A node computed on the host, after reading back the named values. */
  | { readonly kind: 'host'; readonly node: Node; readonly readBack: readonly string[]; readonly reason: string };

export interface PlanOptions {
  /** Values to keep readable after the run, besides the outputs. */
  readonly keep?: ReadonlySet<string> | 'all';
  /** Values below so many elements stay on the host where all inputs are there. */
  readonly smallElements?: number;
  /** For shapes alone: the plan is never run, so nothing that is only needed for that is computed. */
  readonly shapesOnly?: boolean;
}

/**
 * Computes an item of the host.
 * @throws ModelRunError, which says why the device was not asked where that is what brought the node here.
 */
export function runOnHost(
  model: Model,
  { node, reason }: Extract<PlanItem, { kind: 'host' }>,
  lookUp: (name: string) => HostValue | undefined,
  budget: Budget,
): HostOutputs {
  try {
    return runNode(model, node, lookUp, { budget });
  } catch (error) {
    if (!(error instanceof ModelRunError && reason.startsWith(noKernel))) throw error;
    const advice = reason.endsWith('in one buffer') ? '. Run fewer items, or a shorter sequence, at a time' : '';
    throw new ModelRunError(error.code, error.place, `${error.rule}; ${reason}${advice}`);
  }
}
