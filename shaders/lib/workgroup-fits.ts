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
