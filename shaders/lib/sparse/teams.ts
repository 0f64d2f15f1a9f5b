/** Checks a workgroup of teams against the limits of a device. */
import type { DeviceFacts } from '../../../src/kernel/facts.js';
import { workgroupFits } from '../workgroup-fits.js';

/** `true`, or the reason why a workgroup of `rows` teams that add up through `reduce_team.wgsl` cannot run. */
export function fitsTeams(device: DeviceFacts, team: number, rows: number): true | string {
  if (!Number.isInteger(Math.log2(team))) return `A team of ${team} cannot add up as a tree; choose a power of two.`;
  return workgroupFits(team * rows, device, 4 * team * rows);
}
