/** Runs a model once for its outputs and again for its time. */
import { halfWidth } from '../../bench/statistics.js';
import { failed, type Outcome } from '../../kernel/outcome.js';
import type { Model } from '../../models/graph.js';
import { optimize } from '../../models/optimize/optimize.js';
import { zeroInputs } from '../../models/run/infer.js';
import { randomInputs, type Sizes } from '../../models/run/inputs.js';
import { Plan } from '../../models/run/plan.js';
import type { ModelRun } from '../../models/run/program.js';
import { createModelSession } from '../../models/run/session.js';
import type { HostValue } from '../../models/run/values.js';
import type { Context } from '../context.js';
import type {
  MemoryPlan,
  ModelRunReport,
  OnModelProgress,
  OutputCard,
  RunModelRequest,
  TimeOfRuns,
} from '../models-api.js';
import { refusing } from './open.js';

/** What a run would take, from the plan alone. */
export function planMemory({ device }: Context, model: Model, sizes: Sizes): Outcome<{ readonly memory: MemoryPlan }> {
  return refusing('planning the run', () => {
    const inputs = zeroInputs(model, sizes);
    const plan = new Plan(optimize(model), inputs, device.facts);
    const complete = plan.advance();
    const { weights, uploads, shared } = plan.bytes();
    const { maxStorageBufferBindingSize = 0, maxBufferSize = 0 } = device.facts.limits;
    const largestAllowed = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    return {
      status: 'ok',
      memory: { items: itemsOf(inputs), weights, values: uploads + shared, largestAllowed, complete },
    };
  });
}

export async function runModel(
  context: Context,
  model: Model,
  request: RunModelRequest,
  onProgress: OnModelProgress,
  signal: AbortSignal,
): Promise<Outcome<{ readonly report: ModelRunReport }>> {
  const { device, pipelines, host } = context;
  const { job, batch, sizes, seed, repeats } = request;
  const given = randomInputs(model, { batch, ...(sizes ? { named: sizes } : {}) }, seed);
  const session = createModelSession(model, { device: device.gpu, facts: device.facts, pipelines });
  try {
    onProgress({ job, text: 'first run: compiling kernels, uploading weights', fraction: 0 });
    const start = host.now();
    const first = await session.run(given);
    if (first.status !== 'ok') return first;
    const firstMs = host.now() - start;
    const times: number[] = [];
    for (let i = 0; i < repeats; i++) {
      if (signal.aborted) return failed('cancelled', `Cancelled after ${i} of ${repeats} timed runs.`);
      onProgress({ job, text: `run ${i + 1} of ${repeats}`, fraction: (i + 1) / (repeats + 1) });
      const before = host.now();
      const next = await session.run(given);
      if (next.status !== 'ok') return next;
      times.push(host.now() - before);
    }
    const time = timeOf(times, itemsOf(given));
    const report = { outputs: outputsOf(first.run), facts: first.run.facts, firstMs, ...(time ? { time } : {}) };
    return { status: 'ok', report };
  } finally {
    session.destroy();
  }
}

/** Items of one run: a model with a fixed first dimension takes as many as that says, whatever was asked for. */
function itemsOf(inputs: ReadonlyMap<string, HostValue>): number {
  const [first] = inputs.values();
  return first?.kind === 'tensor' ? (first.dims[0] ?? 1) : 1;
}

/** Mean and 95 % interval of wall-clock times; undefined for fewer than three. */
export function timeOf(ms: readonly number[], batch: number): TimeOfRuns | undefined {
  if (ms.length < 3) return undefined;
  const meanMs = ms.reduce((sum, each) => sum + each, 0) / ms.length;
  const half = halfWidth(ms, 0.95);
  return { meanMs, ci95Ms: [Math.max(0, meanMs - half), meanMs + half], samples: ms.length, batch };
}

const headLength = 16;

function outputsOf({ outputs }: ModelRun): readonly OutputCard[] {
  return [...outputs].map(([name, value]) => {
    if (value.kind !== 'tensor') return { name, type: value.kind, dims: [], nonFinite: 0, head: [] };
    const { type, dims, data } = value;
    let [least, greatest, nonFinite] = [Infinity, -Infinity, 0];
    for (const each of data) {
      if (!Number.isFinite(each)) nonFinite++;
      else [least, greatest] = [Math.min(least, each), Math.max(greatest, each)];
    }
    const range = least <= greatest ? { least, greatest } : {};
    return { name, type, dims, ...range, nonFinite, head: Array.from(data.subarray(0, headLength)) };
  });
}
