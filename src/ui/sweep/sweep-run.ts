/** Runs a sweep: finds the fastest rung of the rival operation first where that is the baseline, then sweeps, tuned values and all. */
import type { Shape } from '../../kernel/operation.js';
import { failed, type Refusal } from '../../kernel/outcome.js';
import type { JobOutcome, OperationCard, SweepPoint } from '../../worker/api.js';
import type { Known } from '../known.js';
import type { Work } from '../side-jobs.js';
import { fastestOf, type SweepSettings, sweepRequest } from './sweep-settings.js';

export async function runSweep(
  work: Work,
  settings: SweepSettings,
  catalog: readonly OperationCard[],
  known: Known,
): Promise<JobOutcome> {
  const baseline = await baselineFor(work, settings, catalog, known);
  if (typeof baseline !== 'string') return baseline;
  if (work.isCancelled()) return failed('cancelled', 'Cancelled before the sweep began.');
  const request = sweepRequest(settings, catalog, baseline);
  const points = settings.tuned
    ? await Promise.all(request.points.map((point) => tunedAt(point, known)))
    : request.points;
  return work.client.sweep({ ...request, ...known.extras, points, job: work.job }, work.onProgress);
}

/** Each value of a sweep has its own winners: those of its class of sizes. */
async function tunedAt(point: SweepPoint, known: Known): Promise<SweepPoint> {
  const kernels = await Promise.all(
    point.kernels.map(async (choice) => {
      const use = await known.use(choice.id, choice.shape ?? point.shape);
      return use?.status === 'ok' ? { ...choice, tunables: use.winner.tunables } : choice;
    }),
  );
  return { ...point, kernels };
}

async function baselineFor(
  { client, job, onProgress }: Work,
  settings: SweepSettings,
  catalog: readonly OperationCard[],
  known: Known,
): Promise<string | Refusal> {
  const rival = fastestOf(settings.baseline);
  if (rival === undefined) return settings.baseline;
  const operation = catalog.find(({ id }) => id === rival);
  if (!operation) return failed('validation', `There is no operation "${rival}" to find the fastest kernel of.`);
  const { seed, distribution, cache, seconds } = settings;
  const asked = {
    job,
    operation: rival,
    shape: shapeFor(operation, settings),
    kernels: operation.kernels.map(({ id }) => ({ id })),
    budgetSeconds: seconds * operation.kernels.length,
    thoroughness: 'quick',
    seed,
    distribution,
    cache,
  } as const;
  const { tuned: _, ...request } = await known.equip(asked, () => settings.tuned);
  const outcome = await client.bench(
    request,
    // Its rows are no part of the sweep.
    (progress) => onProgress({ ...progress, text: `finding the fastest of ${rival}: ${progress.text}`, rows: [] }),
  );
  if (outcome.status !== 'ok') return outcome;
  const timed = outcome.results.rows.filter((row) => row.time);
  timed.sort((a, b) => a.time!.meanNs - b.time!.meanNs);
  return (
    timed[0]?.kernel ?? failed('validation', `No kernel of ${rival} could be timed here; choose another baseline.`)
  );
}

/** Sizes that stay, the largest value for those that vary, else those of the first preset. */
function shapeFor({ parameters, presets }: OperationCard, { shape, vary, values }: SweepSettings): Shape {
  const largest = Math.max(...values);
  return Object.fromEntries(
    parameters.map(({ name }) => [name, vary.includes(name) ? largest : (shape[name] ?? presets[0]?.shape[name] ?? 1)]),
  );
}
