/** Keeps the device busy with one kernel for a while, so that a power meter or a log shows what it draws. */
import type { LoadRun } from '../bench/energy/runs.js';
import { createProblem } from '../bench/problem.js';
import { copyKernel, copyShape, recurrenceShape } from '../bench/roofline/microbenchmarks.js';
import { verifyVariant } from '../bench/verify.js';
import { batchSubject } from '../gpu/batch.js';
import { costOf } from '../kernel/kernel.js';
import { failed, type Outcome, unsupported } from '../kernel/outcome.js';
import { checkShape } from '../kernel/tunables.js';
import type { KernelChoice, LoadRequest, OnProgress } from './api.js';
import type { Context } from './context.js';
import { attempt, choose, isRefusal } from './plan.js';

/** A batch lasts about this long, ns: the device never waits long, and the page stays responsive. */
const batchNs = 50e6;
const mostDispatches = 4096;

/** Multiply-adds enough to fill a large GPU; on a software adapter a fraction of a second. */
const fmaValues = { gpu: 2 ** 22, software: 2 ** 14 } as const;
const copyBytes = { gpu: 2 ** 28, software: 2 ** 26 } as const;

export async function runLoad(
  context: Context,
  request: LoadRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Outcome<{ readonly run: LoadRun }>> {
  if (!(request.seconds > 0 && request.seconds <= 3600)) {
    return failed('validation', `A load lasts between 0 and 3600 s, not ${request.seconds}.`);
  }
  const wanted = loadOf(context, request.load);
  const choice = attempt(() => choose(wanted.kernel));
  if (isRefusal(choice)) return choice;
  const { kernel, tunables } = choice;
  const shape = attempt(() => checkShape(kernel.computes, wanted.shape));
  if (isRefusal(shape)) return shape;
  const { device, pipelines, timer, host } = context;
  const nowMs = host.now;
  const problem = await createProblem(device.gpu, kernel.computes, shape, {
    seed: request.seed,
    distribution: 'normal',
    referenceBudget: 2 ** 24,
    nowMs,
    signal,
  });
  try {
    const outcome = await verifyVariant(device.gpu, pipelines, kernel, tunables, problem, nowMs, { signal });
    if (outcome.status === 'wrong') return failed('internal', `${kernel.id} is wrong here: ${outcome.reason}`);
    if (outcome.status === 'too-long') return unsupported(outcome.reason);
    if (outcome.status !== 'ok') return outcome;
    const subject = batchSubject(timer, kernel.id, [outcome.bound]);
    const window = await keepBusy(subject.run, request, kernel.id, context, onProgress, signal);
    outcome.bound.destroy();
    if (signal.aborted) return failed('cancelled', 'Cancelled before the load had run its time.');
    const cost = costOf(kernel, { shape, tunables });
    return { status: 'ok', run: { kernel: kernel.id, shape, ...window, cost } };
  } finally {
    problem.destroy();
  }
}

function loadOf(
  { device }: Context,
  load: LoadRequest['load'],
): { readonly kernel: KernelChoice; readonly shape: LoadRun['shape'] } {
  const kind = device.adapter.software ? 'software' : 'gpu';
  if (load === 'fma') return { kernel: { id: 'peak-fma-f32/chains' }, shape: recurrenceShape(fmaValues[kind]) };
  if (load === 'copy') return { kernel: { id: copyKernel }, shape: copyShape(copyBytes[kind]) };
  return load;
}

/** Batches one after the other until time is up; the window counts from after the first. */
async function keepBusy(
  run: (dispatches: number) => Promise<number>,
  { job, seconds }: LoadRequest,
  id: string,
  { host }: Context,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Pick<LoadRun, 'startMs' | 'endMs' | 'dispatches'>> {
  await run(1);
  const began = host.now();
  await run(1);
  const each = Math.max((host.now() - began) * 1e6, 1);
  const batch = Math.max(1, Math.min(mostDispatches, Math.round(batchNs / each)));
  const start = host.now();
  let dispatches = 0;
  do {
    await run(batch);
    dispatches += batch;
    const spent = (host.now() - start) / 1000;
    const fraction = Math.min(1, spent / seconds);
    onProgress({ job, phase: 'time', text: `running ${id}`, fraction, secondsLeft: seconds - spent, rows: [] });
  } while (!signal.aborted && host.now() - start < 1000 * seconds);
  const epoch = performance.timeOrigin;
  return { startMs: epoch + start, endMs: epoch + host.now(), dispatches };
}
