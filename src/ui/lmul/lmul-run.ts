/** Times L-Mul: a matrix product in each mode beside f32 GEMM, then the element-wise product, in two comparisons. */
import type { Shape } from '../../kernel/operation.js';
import { lmulRoundings, paperOffsetBits } from '../../numerics/lmul.js';
import type { BenchRequest, JobOutcome, Progress } from '../../worker/api.js';
import type { Work } from '../side-jobs.js';
import type { LmulSettings } from './lmul-settings.js';

/** As `mode` counts in the shapes of the L-Mul operations; 4 is the same loop with the native multiplication. */
export const shapeModes = ['exact adder', 'fast adder', 'closed form', 'native multiplication'] as const;

export const baseline = 'gemm-f32/direct';

export interface LmulBudget {
  /** Seconds for one kernel in one mode. */
  readonly seconds: number;
  /** Elements of the element-wise product. */
  readonly count: number;
}

export async function timeLmul(work: Work, settings: LmulSettings, budget: LmulBudget): Promise<JobOutcome> {
  const { client, job, onProgress } = work;
  const first = await client.bench({ ...gemmRequest(settings, budget), job }, (progress) =>
    onProgress(partOf(progress, 0)),
  );
  if (first.status !== 'ok' || work.isCancelled()) return first;
  const { results } = first;
  const second = await client.bench({ ...elementwiseRequest(settings, budget), job }, (progress) =>
    onProgress(partOf({ ...progress, rows: [...results.rows, ...progress.rows] }, 1)),
  );
  const more = second.results;
  const both = {
    ...results,
    rows: [...results.rows, ...(more?.rows ?? [])],
    comparisons: [...results.comparisons, ...(more?.comparisons ?? [])],
  };
  return { ...second, results: both };
}

const shares = [0.6, 0.4] as const;

function partOf(progress: Progress, part: 0 | 1): Progress {
  const { secondsLeft: _, ...rest } = progress;
  const before = part === 0 ? 0 : shares[0];
  return {
    ...rest,
    phase: part === 0 && rest.phase === 'done' ? 'time' : rest.phase,
    fraction: before + shares[part] * progress.fraction,
  };
}

const common = { seed: 1, distribution: 'normal', thoroughness: 'quick', cache: 'hot' } as const;

function formatShapeOf({ mantissaBits, rounding }: LmulSettings, mode: number): Shape {
  const offsetBits = paperOffsetBits(mantissaBits);
  return { mode, mantissaBits, offsetBits, rounding: lmulRoundings.indexOf(rounding) + 1 };
}

function gemmRequest(settings: LmulSettings, { seconds }: LmulBudget): Omit<BenchRequest, 'job'> {
  const shape = { m: settings.size, n: settings.size, k: settings.size };
  const modes = [1, 2, 3, 4].map((mode) => ({
    id: `gemm-lmul/${settings.rung}`,
    shape: { ...shape, ...formatShapeOf(settings, mode) },
  }));
  const kernels = [{ id: baseline }, ...modes];
  return { ...common, operation: 'gemm-f32', shape, kernels, baseline, budgetSeconds: seconds * kernels.length };
}

function elementwiseRequest(settings: LmulSettings, { seconds, count }: LmulBudget): Omit<BenchRequest, 'job'> {
  const id = 'elementwise-lmul/vec4';
  const kernels = [1, 2, 3].map((mode) => ({ id, shape: { count, ...formatShapeOf(settings, mode) } }));
  const { shape } = kernels[0]!;
  return {
    ...common,
    operation: 'elementwise-lmul',
    shape,
    kernels,
    baseline: id,
    budgetSeconds: seconds * kernels.length,
  };
}
