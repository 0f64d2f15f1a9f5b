/** Tunes one kernel at one shape: every candidate verified, raced on the device, and the winner written down. */
import { createProblem, type Problem } from '../bench/problem.js';
import type { ColdCosts } from '../bench/results.js';
import type { Candidate, Opening, Tuned, TuneStep } from '../bench/tune/contract.js';
import { type Exhaustive, timeEvery } from '../bench/tune/exhaustive.js';
import { joulesOf, seenIn } from '../bench/tune/learned.js';
import { keyOf } from '../bench/tune/points.js';
import { spaceOf } from '../bench/tune/space.js';
import { tune } from '../bench/tune/tune.js';
import { shapeClassOf, sourceHash } from '../bench/tune/winners.js';
import type { Winner } from '../bench/tune/winners-schema.js';
import { verifyVariant } from '../bench/verify.js';
import { batchSubject } from '../gpu/batch.js';
import { explain, scoped } from '../gpu/errors.js';
import { refuseShape } from '../gpu/pipelines.js';
import type { Bound } from '../gpu/runner.js';
import type { Kernel, Tunables } from '../kernel/kernel.js';
import type { Outcome } from '../kernel/outcome.js';
import { specialize } from '../kernel/specialize.js';
import { defaultTunables } from '../kernel/tunables.js';
import type { OnTuneProgress, Tuning } from './api.js';
import { type Context, environmentOf } from './context.js';
import type { TunePlan } from './plan.js';
import { predictorFor } from './tune-predictor.js';

/** Nominal operations the reference may take before rows are sampled: it is made once for all candidates. */
const referenceBudget = 2 ** 30;
/** Dispatches of the batch after which a winner is checked once more; two where one is long. */
const checkedDispatches = 8;
const longNs = 50e6;

export async function runTune(
  context: Context,
  plan: TunePlan,
  version: string,
  onProgress: OnTuneProgress,
  signal: AbortSignal,
): Promise<Outcome<{ readonly tuning: Tuning }>> {
  const { kernel, shape, request } = plan;
  const { device, host, timerFacts, probes } = context;
  const tooLarge = refuseShape(kernel.computes, shape, device.facts);
  if (tooLarge) return tooLarge;
  const what = `making the buffers of ${kernel.computes.id}`;
  const { seed, distribution, seconds } = request;
  const options = { seed, distribution, referenceBudget, nowMs: host.now, signal };
  const made = await scoped(
    device.gpu,
    what,
    async () => ({
      problem: await createProblem(device.gpu, kernel.computes, shape, options),
    }),
    signal,
  );
  if (made.status !== 'ok') return made;
  const { problem } = made;
  try {
    const { candidates: combinations, refused } = spaceOf(kernel, shape, device.facts);
    const candidates = combinations.map((tunables) => candidateOf(context, kernel, tunables, problem, signal));
    const report = reporter(plan, onProgress, host.now);
    const shared = { timer: timerFacts, host, seed, signal };
    const environment = environmentOf(context, version, seed, distribution);
    const predictor = predictorFor(kernel, shape, request.known ?? [], environment);
    const tuned = await tune(candidates, {
      ...shared,
      advisor: predictor.advisor,
      seconds,
      canary: probes.arithmetic,
      explain: async (error) => {
        const { reason, cause } = await explain(device.gpu, `timing ${kernel.id}`, error);
        return { reason, fatal: cause === 'device-lost' };
      },
      onProgress: report,
    });
    const winner = await winnerOf(plan, tuned, environment);
    const exhaustive = await checkSearch(plan, candidates, tuned, shared, onProgress);
    const base = { kernel: kernel.id, shape, default: defaultTunables(kernel), refused, environment, ...tuned };
    const energy = energyOf(plan, tuned);
    return {
      status: 'ok',
      tuning: {
        ...base,
        predictor: predictor.quality(tuned, request.energy),
        ...(winner ? { winner } : {}),
        ...(exhaustive ? { exhaustive } : {}),
        ...(energy ? { energy } : {}),
      },
    };
  } finally {
    problem.destroy();
  }
}

/** Joules of everything that was timed, each at its time by the ratio to the default. */
function energyOf({ kernel, shape, request }: TunePlan, { points }: Pick<Tuned, 'points'>): Tuning['energy'] {
  const { energy: model } = request;
  if (!model) return undefined;
  const joules = seenIn(kernel, shape, points).map(
    (seen) => [keyOf(seen.tunables), joulesOf(kernel, seen, seen.ns, model)] as const,
  );
  return { tier: model.tier, source: model.source, joules: Object.fromEntries(joules) };
}

async function checkSearch(
  { kernel, request }: TunePlan,
  candidates: readonly Candidate[],
  { best, points, stopped, openingSeconds }: Tuned,
  shared: Parameters<typeof timeEvery>[3],
  onProgress: OnTuneProgress,
): Promise<Exhaustive | undefined> {
  const { job, exhaustiveSeconds } = request;
  if (exhaustiveSeconds === undefined || !best || stopped === 'failed') return undefined;
  const text = `${kernel.id}: every one of ${candidates.length}, to check the search`;
  const every = await timeEvery(candidates, best, exhaustiveSeconds, shared, (fraction, secondsLeft) =>
    onProgress({ job, phase: 'time', text, fraction, secondsLeft, rows: [], points }),
  );
  // What the search had compiled already cost no time again, but would have without it.
  return every && { ...every, seconds: every.seconds + openingSeconds };
}

/** Points are many and steps are short: a page is told a few times a second. */
const reportEveryMs = 150;

function reporter(
  { kernel, request }: TunePlan,
  onProgress: OnTuneProgress,
  now: () => number,
): (step: TuneStep) => void {
  let last = Number.NEGATIVE_INFINITY;
  return ({ phase, tried, of, fraction, secondsLeft, points }) => {
    if (now() - last < reportEveryMs && phase === 'explore' && tried < of) return;
    last = now();
    const texts = {
      explore: `${kernel.id}: ${tried} of ${of} tried`,
      'run-off': `${kernel.id}: the best few again`,
      duel: `${kernel.id}: the best against the default`,
    };
    onProgress({ job: request.job, phase: 'time', text: texts[phase], fraction, secondsLeft, rows: [], points });
  };
}

function candidateOf(
  context: Context,
  kernel: Kernel,
  tunables: Tunables,
  problem: Problem,
  signal: AbortSignal,
): Candidate {
  const { device, pipelines, host } = context;
  return {
    tunables,
    async open(): Promise<Opening> {
      const outcome = await verifyVariant(device.gpu, pipelines, kernel, tunables, problem, host.now, {
        signal,
      });
      if (outcome.status === 'ok') return opened(context, kernel, outcome, problem);
      const fatal = outcome.status === 'failed' && outcome.cause === 'device-lost';
      return { status: outcome.status === 'too-long' ? 'unsupported' : outcome.status, reason: outcome.reason, fatal };
    },
  };
}

function opened(
  { device, timer }: Context,
  kernel: Kernel,
  { bound, cold }: { readonly bound: Bound; readonly cold: ColdCosts },
  problem: Problem,
): Opening {
  const subject = batchSubject(timer, kernel.id, [bound]);
  const dispatches = cold.firstNs > longNs ? 2 : checkedDispatches;
  return {
    status: 'ok',
    subject,
    async confirm() {
      const outcome = await scoped(device.gpu, `checking ${kernel.id} after timing`, async () => {
        problem.poisonOutputs();
        await subject.run(dispatches);
        return problem.check();
      });
      if (outcome.status !== 'ok') return outcome.reason;
      if (outcome.right) return undefined;
      return `Right when run once, wrong after a timed batch: ${outcome.verification.first}.`;
    },
    close: bound.destroy,
  };
}

/** What is worth keeping: a search that ended by a duel, on a device that has a time for the best. */
async function winnerOf(
  { kernel, shape }: TunePlan,
  { best, confirmed, timing, duel, points }: Tuned,
  environment: Tuning['environment'],
): Promise<Winner | undefined> {
  if (!best || !confirmed || !timing) return undefined;
  const won = duel?.verdict === 'faster' ? duel : undefined;
  return {
    kernel: kernel.id,
    shape,
    shapeClass: shapeClassOf(shape),
    adapter: environment.adapter,
    runtime: environment.runtime,
    source: await sourceHash(specialize(kernel, { shape, tunables: best }).code),
    version: environment.version,
    tunables: best,
    isDefault: won === undefined,
    meanNs: timing.meanNs,
    ci95Ns: timing.ci95Ns,
    ratio: won?.ratio ?? 1,
    ci95: won ? [...won.ci95] : [1, 1],
    pairs: won?.pairs ?? 0,
    date: environment.date,
    points: [...points],
  };
}
