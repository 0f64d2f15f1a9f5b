/** The X-ray: what quantization does to each layer, and whether kernels compute the quantized model as the host does. */
import { failed, type Outcome } from '../../kernel/outcome.js';
import { batchedSession, evaluate, type Feed } from '../../models/evaluate.js';
import type { Model } from '../../models/graph.js';
import { agreementOf } from '../../models/quantize/accuracy.js';
import { activationsOf, type RunAll } from '../../models/quantize/calibrate.js';
import { layersOf } from '../../models/quantize/layers.js';
import { firstParting } from '../../models/quantize/parting.js';
import type { Quantized, WeightQuality } from '../../models/quantize/quantize.js';
import { type LayerXray, sensitivities, xray } from '../../models/quantize/xray.js';
import type { SessionParts } from '../../models/run/program.js';
import { createModelSession } from '../../models/run/session.js';
import type { HostValue } from '../../models/run/values.js';
import type { Context } from '../context.js';
import type { ErrorFigures, OnModelProgress, XrayReport, XrayRequest, XrayRow } from '../models-api.js';
import { feedFor } from './data.js';
import { Ended, refusalOf } from './open.js';
import { quantizerOf } from './quantizer.js';
import type { Subject } from './schemes-job.js';
import { scoresOf } from './scores.js';

/** Items of one run: every activation of it is read back. */
const itemsPerRun = 16;

export async function runXray(
  context: Context,
  { model, data }: Subject,
  request: XrayRequest,
  onProgress: OnModelProgress,
  signal: AbortSignal,
): Promise<Outcome<{ readonly report: XrayReport }>> {
  const { device, pipelines } = context;
  const parts: SessionParts = { device: device.gpu, facts: device.facts, pipelines };
  const whole = feedFor(model, data);
  const feed: Feed = { ...whole, count: Math.min(whole.count, request.items) };
  const say = (text: string, fraction: number): void => onProgress({ job: request.job, text, fraction });
  say('opening the model', 0);
  const opened = await batchedSession(model, parts, feed, itemsPerRun);
  if (opened.status !== 'ok') return opened;
  const { batched } = opened;
  // What is computed on the host takes long: without a pause no message would arrive.
  const between = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
  };
  try {
    const quantizer = quantizerOf(batched, parts, whole, signal);
    const made = await quantizer(request.settings, (text) => say(text, 0.05));
    if (made.status !== 'ok') return made;
    const { quantized, options } = made;
    say('computing each layer float and quantized', 0.1);
    const inputs = runsOf(feed, batched.batch);
    const rays = await watching(batched.model, parts, signal, (run) => xray(quantized, inputs, run, between));
    signal.throwIfAborted();
    say('comparing kernels with the host', 0.4);
    const kernels = await kernelErrors(quantized, parts, inputs[0]!, between);
    signal.throwIfAborted();
    const alone = request.oneAtATime
      ? await oneAtATime(quantized, parts, feed, batched.batch, options, signal, say)
      : new Map<string, Sensitivity>();
    const rows = rays.map((ray) => rowOf(ray, alone.get(ray.name))).sort((a, b) => a.both.sqnr - b.both.sqnr);
    say('done', 1);
    return { status: 'ok', report: { rows, ...kernels } };
  } catch (error) {
    if (signal.aborted) return failed('cancelled', 'Cancelled before the X-ray was done.');
    return refusalOf('looking into the layers', error);
  } finally {
    batched.session.destroy();
  }
}

function runsOf(feed: Feed, batch: number): readonly ReadonlyMap<string, HostValue>[] {
  return Array.from({ length: Math.ceil(feed.count / batch) }, (_, i) =>
    feed.batch(i * batch, Math.min(batch, feed.count - i * batch)),
  );
}

/** Does some work with runs that give the activations of all layers. */
async function watching<T>(
  model: Model,
  parts: SessionParts,
  signal: AbortSignal,
  work: (run: RunAll) => Promise<T>,
): Promise<T> {
  const session = createModelSession(model, parts, { keep: new Set(activationsOf(layersOf(model))) });
  try {
    return await work(async (given) => {
      signal.throwIfAborted();
      const outcome = await session.run(given, signal);
      if (outcome.status !== 'ok') throw new Ended(outcome);
      return new Map([...given, ...outcome.run.kept]);
    });
  } finally {
    session.destroy();
  }
}

/** The quantized model with all its values on the device, node by node against the host. */
async function kernelErrors(
  { model }: Quantized,
  parts: SessionParts,
  inputs: ReadonlyMap<string, HostValue>,
  between: () => Promise<void>,
): Promise<Pick<XrayReport, 'kernelError' | 'parted'>> {
  // Not optimised: every node of the graph is to have its value.
  const session = createModelSession(model, parts, { keep: 'all', optimize: false });
  try {
    const outcome = await session.run(inputs);
    if (outcome.status !== 'ok')
      return { kernelError: `The quantized model did not run: ${outcome.reason}`, parted: true };
    const { parting, checked, worstShare } = await firstParting(
      model,
      new Map([...inputs, ...outcome.run.kept]),
      between,
    );
    if (parting) return { kernelError: parting.sentence, parted: true };
    const share = (100 * worstShare).toPrecision(2);
    const sentence = `Kernels and host agree at all ${checked} nodes that were compared, within ${share} % of the error bounds: the errors here are those of quantization.`;
    return { kernelError: sentence, parted: false };
  } finally {
    session.destroy();
  }
}

interface Sensitivity {
  readonly onlyThis: number;
  readonly allButThis: number;
}

type SensitivityOptions = NonNullable<Parameters<typeof sensitivities>[3]>;

async function oneAtATime(
  { original, scheme }: Quantized,
  parts: SessionParts,
  feed: Feed,
  batch: number,
  options: SensitivityOptions,
  signal: AbortSignal,
  say: (text: string, fraction: number) => void,
): Promise<ReadonlyMap<string, Sensitivity>> {
  const scored = async (model: Model) => {
    const session = createModelSession(model, parts);
    try {
      const outcome = await evaluate({ session, batch }, feed, { signal });
      if (outcome.status !== 'ok') throw new Ended(outcome);
      return scoresOf(outcome.evaluation);
    } finally {
      session.destroy();
    }
  };
  const float = await scored(original);
  const runs = 2 * layersOf(original).filter(({ kept }) => kept === undefined).length;
  let done = 0;
  const score = async (model: Model): Promise<number> => {
    done++;
    say(`one layer at a time: run ${done} of ${runs}`, 0.5 + (0.5 * done) / (runs + 1));
    // Intervals are not shown here, so they are not computed.
    return agreementOf(float, await scored(model), { rounds: 1 }).agreement.value;
  };
  const all = await sensitivities(original, scheme, score, { ...options, signal });
  return new Map(all.map(({ name, ...rest }) => [name, rest]));
}

function rowOf(ray: LayerXray, alone: Sensitivity | undefined): XrayRow {
  const { name, op, weightsAlone, activationsAlone, both, weights, outputs } = ray;
  return {
    layer: name,
    op,
    ...(weightsAlone ? { weights: figures(weightsAlone) } : {}),
    ...(activationsAlone ? { activations: figures(activationsAlone) } : {}),
    both: figures(both),
    ...alone,
    weightHistogram: weights,
    outputHistogram: outputs,
  };
}

function figures({ sqnrDb, cosine, maxError }: WeightQuality): ErrorFigures {
  return { sqnr: sqnrDb, cosine, maxError };
}
