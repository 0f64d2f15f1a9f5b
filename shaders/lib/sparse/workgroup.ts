/** Checks a kernel's workgroup against the limits of a device. */
import type { DeviceFacts } from '../../../src/kernel/facts.js';

/** `true`, or the reason why a workgroup of so many invocations and bytes of workgroup memory cannot run. */
export function fitsWorkgroup({ limits }: DeviceFacts, invocations: number, bytes = 0): true | string {
  const most = limits.maxComputeInvocationsPerWorkgroup ?? 0;
  if (invocations > most)
    return `A workgroup of ${invocations} invocations is larger than this device allows (${most}).`;
  const memory = limits.maxComputeWorkgroupStorageSize ?? 0;
  if (bytes > memory) return `${bytes} bytes of workgroup memory are more than this device allows (${memory}).`;
  return true;
}

/** The same for a workgroup of `rows` teams that add up through `reduce_team.wgsl`. */
export function fitsTeams(device: DeviceFacts, team: number, rows: number): true | string {
  if (!Number.isInteger(Math.log2(team))) return `A team of ${team} cannot add up as a tree; choose a power of two.`;
  return fitsWorkgroup(device, team * rows, 4 * team * rows);
}
