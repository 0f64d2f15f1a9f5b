/** A comparison at each point of a sweep, one point after the other; within a point kernels are interleaved as always. */
import type { Comparison } from '../bench/results.js';
import { cancelled } from '../gpu/errors.js';
import { type JobEnd, runBench } from './bench-job.js';
import type { Context } from './context.js';
import type { BenchPlan } from './plan.js';
import type { Rows } from './rows.js';

export async function runSweep(
  context: Context,
  points: readonly BenchPlan[],
  rows: Rows,
  signal: AbortSignal,
): Promise<JobEnd> {
  const comparisons: Comparison[] = [];
  for (const [i, point] of points.entries()) {
    if (signal.aborted) return { comparisons, ended: cancelled() };
    const end = await runBench(context, point, rows.part(i, points.length, `${point.at}: `), signal);
    comparisons.push(...(end.comparisons ?? []));
    if (end.ended) return { comparisons, ended: end.ended };
  }
  return { comparisons };
}
