/** Runs operator tests on the device, one after another. */
import type { Outcome } from '../../kernel/outcome.js';
import { type ConformanceRow, runCase } from '../../models/run/conformance.js';
import type { Context } from '../context.js';
import type { ConformanceRequest, OnModelProgress } from '../models-api.js';

/** Cancelled, it answers with the cases that ran, the rest as failed: what did not run is no pass. */
export async function runConformance(
  { device, pipelines }: Context,
  { job, cases }: ConformanceRequest,
  onProgress: OnModelProgress,
  signal: AbortSignal,
): Promise<Outcome<{ readonly rows: readonly ConformanceRow[] }>> {
  const rows: ConformanceRow[] = [];
  for (const [i, each] of cases.entries()) {
    if (signal.aborted) {
      rows.push({ name: each.name, status: 'failed', reason: 'Cancelled before it ran.' });
      continue;
    }
    onProgress({ job, text: `${each.name}: ${i + 1} of ${cases.length}`, fraction: i / cases.length });
    rows.push(await runCase(each, { device: device.gpu, facts: device.facts, pipelines }));
  }
  return { status: 'ok', rows };
}
