/** The worker's side of the boundary: owns the device, checks requests, runs jobs. Plain functions, usable in Node as well. */
import { version } from '../../package.json';
import { type Host, systemHost } from '../bench/host.js';
import { type Results, schemaId } from '../bench/results.js';
import { selfCheck } from '../bench/selfcheck.js';
import { batchSubject } from '../gpu/batch.js';
import { explain } from '../gpu/errors.js';
import { ladders } from '../kernel/catalog.js';
import { costOf } from '../kernel/kernel.js';
import type { Outcome, Refusal } from '../kernel/outcome.js';
import { specialize } from '../kernel/specialize.js';
import { checkShape } from '../kernel/tunables.js';
import type { JobOutcome, OnProgress, WorkerApi } from './api.js';
import { type JobEnd, runBench } from './bench-job.js';
import { operationCards } from './cards.js';
import { type Context, deviceCard, environmentOf, openContext } from './context.js';
import { runForecast } from './forecast-job.js';
import { tabulateDots, tabulateLmul } from './lmul-lab.js';
import { runLoad } from './load-job.js';
import { modelsSession } from './models/session.js';
import {
  attempt,
  choose,
  isRefusal,
  planBench,
  planForecast,
  planSweep,
  planTune,
  planVerify,
  unknownOperation,
} from './plan.js';
import { runRoofline } from './roofline-job.js';
import { Rows } from './rows.js';
import { bindTwins } from './selfcheck-job.js';
import { suggest } from './suggest.js';
import { runSweep } from './sweep-job.js';
import { runTune } from './tune-job.js';
import { runVerify } from './verify-job.js';

export interface SessionOptions {
  /** `navigator.gpu`, or Dawn's; undefined where there is none. */
  readonly gpu: GPU | undefined;
  /** Browser or runtime with its version, for the environment. */
  readonly runtime: string;
}

type Opened = Outcome<{ readonly context: Context }>;

export function createSession({ gpu, runtime }: SessionOptions): WorkerApi & { readonly close: () => void } {
  let hidden = false;
  const host: Host = systemHost(() => hidden);
  const jobs = new Map<string, AbortController>();
  let opened: Promise<Opened> | undefined;

  /** The open context; a new one where there was none, or the last attempt failed, or the device was lost. */
  async function context(): Promise<Opened> {
    const last = await opened;
    if (last?.status === 'ok' && !last.context.isLost()) return last;
    opened = openContext(gpu, runtime, host);
    return opened;
  }

  /** Runs one job at a time on an open context, cancellable by name. */
  async function job(
    name: string,
    request: { readonly seed: number; readonly distribution?: string },
    onProgress: OnProgress,
    work: (context: Context, rows: Rows, signal: AbortSignal) => Promise<JobEnd>,
  ): Promise<JobOutcome> {
    const controller = new AbortController();
    jobs.set(name, controller);
    try {
      const rows = new Rows(name, onProgress);
      rows.report('prepare', 'opening the device', 0);
      const open = await context();
      if (open.status !== 'ok') return open;
      let end: JobEnd;
      try {
        end = await work(open.context, rows, controller.signal);
      } catch (error) {
        end = { ended: await explain(open.context.device.gpu, 'running the job', error, controller.signal) };
      }
      const environment = environmentOf(open.context, version, request.seed, request.distribution);
      const results: Results = {
        schema: schemaId,
        environment,
        rows: rows.all(),
        comparisons: [...(end.comparisons ?? [])],
      };
      rows.report('done', 'done', 1, 0);
      return end.ended ? { ...end.ended, results } : { status: 'ok', results };
    } finally {
      jobs.delete(name);
    }
  }

  /** A job whose outcome is no table. */
  async function alone<R extends object>(
    name: string,
    what: string,
    work: (context: Context, signal: AbortSignal) => Promise<R> | R,
  ): Promise<R | Refusal> {
    // Known before the device is open, so that it can be cancelled from the start.
    const controller = new AbortController();
    jobs.set(name, controller);
    try {
      const open = await context();
      if (open.status !== 'ok') return open;
      try {
        return await work(open.context, controller.signal);
      } catch (error) {
        return await explain(open.context.device.gpu, what, error, controller.signal);
      }
    } finally {
      jobs.delete(name);
    }
  }

  return {
    ...modelsSession(alone),

    catalog: async () => operationCards(),

    async device() {
      const open = await context();
      return open.status === 'ok' ? { status: 'ok', card: deviceCard(open.context) } : open;
    },

    async suggest(operation) {
      const ladder = ladders.get(operation);
      if (!ladder) return unknownOperation(operation)!;
      const open = await context();
      if (open.status !== 'ok') return open;
      try {
        return { status: 'ok', ...(await suggest(open.context, ladder)) };
      } catch (error) {
        return explain(open.context.device.gpu, 'probing for a size', error);
      }
    },

    async bench(request, onProgress) {
      const plan = planBench(request);
      if ('status' in plan) return plan;
      return job(request.job, request, onProgress, (open, rows, signal) => runBench(open, plan, rows, signal));
    },

    async sweep(request, onProgress) {
      const plan = planSweep(request);
      if ('status' in plan) return plan;
      const run = (open: Context, rows: Rows, signal: AbortSignal) => runSweep(open, plan.points, rows, signal);
      const outcome = await job(request.job, request, onProgress, run);
      if (!outcome.results) return outcome;
      return { ...outcome, results: { ...outcome.results, sweep: { axis: request.axis } } };
    },

    async verify(request, onProgress) {
      const plan = planVerify(request);
      if ('status' in plan) return plan;
      return job(request.job, request, onProgress, async (open, rows, signal) => {
        const ended = await runVerify(open, plan, rows, signal);
        return ended ? { ended } : {};
      });
    },

    async selfcheck(request, onProgress) {
      const choice = attempt(() => choose(request.kernel));
      if ('status' in choice) return choice;
      const shape = attempt(() => checkShape(choice.kernel.computes, request.shape));
      if (isRefusal(shape)) return shape;
      const open = await context();
      if (open.status !== 'ok') return open;
      const controller = new AbortController();
      jobs.set(request.job, controller);
      try {
        const twins = await bindTwins(
          open.context,
          choice.kernel,
          choice.tunables,
          shape,
          request.seed,
          controller.signal,
        );
        if (twins.status !== 'ok') return twins;
        const { timer, timerFacts, probes } = open.context;
        const [first, second] = twins.bound.map((bound, i) =>
          batchSubject(timer, `${choice.kernel.id} ${i + 1}`, [bound]),
        );
        const report = await selfCheck([first!, second!], {
          timer: timerFacts,
          criterion: {
            seconds: request.secondsEach,
            warmupSeconds: request.secondsEach / 5,
            maxNoise: 0.01,
            minSamples: 12,
          },
          seed: request.seed,
          host,
          canary: probes.arithmetic,
          signal: controller.signal,
          repeats: request.comparisons,
          onProgress: (done, of) =>
            onProgress({
              job: request.job,
              phase: 'time',
              text: `comparison ${done} of ${of}`,
              fraction: done / of,
              rows: [],
            }),
        });
        twins.destroy();
        return { status: 'ok', report: { ...report, environment: environmentOf(open.context, version, request.seed) } };
      } catch (error) {
        return explain(open.context.device.gpu, 'the self-check', error, controller.signal);
      } finally {
        jobs.delete(request.job);
      }
    },

    async tune(request, onProgress) {
      const plan = planTune(request);
      if ('status' in plan) return plan;
      const open = await context();
      if (open.status !== 'ok') return open;
      const controller = new AbortController();
      jobs.set(request.job, controller);
      try {
        return await runTune(open.context, plan, version, onProgress, controller.signal);
      } catch (error) {
        return explain(open.context.device.gpu, `tuning ${plan.kernel.id}`, error, controller.signal);
      } finally {
        jobs.delete(request.job);
      }
    },

    async forecast(request) {
      const plan = planForecast(request);
      if ('status' in plan) return plan;
      const open = await context();
      return open.status === 'ok' ? runForecast(open.context, plan, request) : open;
    },

    async lmulTable(request) {
      const rows = attempt(() => ({ rows: tabulateLmul(request) }));
      return isRefusal(rows) ? rows : { status: 'ok', ...rows };
    },

    async lmulDots(request) {
      const rows = attempt(() => ({ rows: tabulateDots(request) }));
      return isRefusal(rows) ? rows : { status: 'ok', ...rows };
    },

    async roofline(request, onProgress) {
      return alone(request.job, 'measuring the ceilings', (open, signal) =>
        runRoofline(open, version, request, onProgress, signal),
      );
    },

    async load(request, onProgress) {
      return alone(request.job, 'running the load', (open, signal) => runLoad(open, request, onProgress, signal));
    },

    async setHidden(value) {
      hidden = value;
    },

    async cancel(name) {
      jobs.get(name)?.abort();
    },

    async source(choice, shape) {
      const chosen = attempt(() => choose(choice));
      if ('status' in chosen) return chosen;
      const { kernel, tunables } = chosen;
      const checked = attempt(() => checkShape(kernel.computes, shape));
      if (isRefusal(checked)) return checked;
      const variant = { shape: checked, tunables };
      return { status: 'ok', code: specialize(kernel, variant).code, tunables, cost: costOf(kernel, variant) };
    },

    close: () => {
      for (const controller of jobs.values()) controller.abort();
      void opened?.then((open) => open.status === 'ok' && open.context.device.gpu.destroy());
    },
  };
}
