/** Whether a device allows a workgroup of this many invocations with this much shared memory. */
import type { DeviceFacts } from '../../src/kernel/facts.js';

/** `true`, or the reason why not. @param bytes of workgroup memory. */
export function workgroupFits(invocations: number, { limits }: DeviceFacts, bytes = 0): true | string {
  const { maxComputeInvocationsPerWorkgroup: mostInvocations = 0, maxComputeWorkgroupStorageSize: mostBytes = 0 } =
    limits;
  if (invocations > mostInvocations) {
    return `a workgroup of ${invocations} invocations is larger than this device allows (${mostInvocations})`;
  }
  return bytes <= mostBytes || `its tiles need ${bytes} bytes of workgroup memory, and this device has ${mostBytes}`;
}

/** The tunables of kernels in which each lane reads some rows of a tile and its subgroup takes them from there. */
export interface BroadcastTunables {
  readonly threadM: number;
  readonly threads: number;
  readonly lanesPerLoad: number;
}

/** `true`, or the reason why the lanes of a subgroup cannot share the rows so. */
export function broadcastFits(
  { threadM, threads, lanesPerLoad }: BroadcastTunables,
  facts: DeviceFacts,
): true | string {
  if (threadM % lanesPerLoad !== 0) return `threadM=${threadM} is no multiple of lanesPerLoad=${lanesPerLoad}`;
  // A workgroup smaller than a subgroup leaves lanes that do not exist.
  const lanes = Math.min(facts.subgroup?.min ?? 0, threads);
  if (lanesPerLoad > lanes) {
    return `a subgroup may have ${lanes} lanes here, and lanesPerLoad=${lanesPerLoad} needs more`;
  }
  return workgroupFits(threads, facts);
}
