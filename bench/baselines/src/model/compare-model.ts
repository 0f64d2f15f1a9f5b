/** One model for everyone: outputs of all items held against a reference, then times of a batch in interleaved rounds. */
import type { Criterion } from '../../../../src/bench/criterion.js';
import type { Measurement } from '../../../../src/bench/measure.js';
import type { Environment } from '../../../../src/bench/results.js';
import { messageOf } from '../../../../src/gpu/device.js';
import { type Model, nodesOf } from '../../../../src/models/graph.js';
import { sha256 } from '../../../../src/worker/models/data.js';
import { compareAll } from '../comparisons.js';
import { type Hall, measureAll } from '../run-work.js';
import type { Backend, Contestant, Output } from './contestant.js';
import { type ModelReport, type ModelRequest, type ModelRow, modelSchemaId } from './contract.js';
import {
  counter,
  differenceText,
  enter,
  failedRow,
  type Meeting,
  type Ready,
  type Reference,
  type Say,
} from './entry.js';
import { type Field, fieldOf, type Subject, subjectOf } from './field.js';
import { adapterText, wasmBackend, webgpuBackend } from './onnxruntime.js';
import { ours, oursName } from './ours.js';
import { agreement, outputsOf } from './outputs.js';

/** Batches that are held in memory for timing, taken in turn. */
const timedBatches = 4;

export async function compareModel(
  hall: Hall,
  environment: Environment,
  request: ModelRequest,
  say: Say,
): Promise<ModelReport> {
  say('reading');
  const subject = subjectOf(request);
  const { adapterInfo } = hall.device.gpu;
  const [webgpu, wasm] = [webgpuBackend(adapterText(adapterInfo)), wasmBackend(request.threads)];
  const field = await fieldOf(hall, subject, request, wasm);
  const reference = await referenceOf(subject, field, [wasm, webgpu], say);
  const allowed = allowedFor(subject.model);
  const meeting = { hall, subject, request, field, reference, allowed, say };
  const entered = [
    await enter(meeting, oursName, async () => ours(field.session)),
    await enter(meeting, webgpu.name, () => webgpu.open(field.file)),
    await enter(meeting, wasm.name, () => wasm.open(field.file)),
  ];
  const { rows, comparisons } = await timed(meeting, entered);
  const { file, set } = subject;
  return {
    schema: modelSchemaId,
    environment,
    model: { name: file.name, bytes: file.bytes.length, sha256: await sha256([file.bytes]) },
    data: {
      name: set.name,
      items: set.count,
      labelled: set.labels !== undefined,
      sha256: await sha256([request.data.bytes]),
    },
    batch: field.batch,
    ...(field.note === undefined ? {} : { note: field.note }),
    ...(reference === undefined ? {} : { reference: reference.name }),
    allowed,
    rows,
    comparisons,
  };
}

/** Where values are rounded to few steps, another order of sums may move one by a step; it is small beside the outputs. */
function allowedFor({ graph }: Model): number {
  const quantizes = [...nodesOf(graph)].some(({ op }) => /^(Dynamic)?Quantize/.test(op));
  return quantizes ? 2e-2 : 1e-3;
}

/** Outputs of the file as it is given, by the first backend that runs it. */
async function referenceOf(
  subject: Subject,
  { batch }: Field,
  backends: readonly Backend[],
  say: Say,
): Promise<Reference | undefined> {
  const size = subject.anyBatch ? batch : 1;
  for (const { name, open } of backends) {
    let contestant: Contestant | undefined;
    try {
      contestant = await open(subject.file.bytes);
      const { count } = subject.set;
      const progress = counter(say, `reference, ${name}`, count);
      const outputs = await outputsOf(contestant, subject.batches(size), count, progress);
      return { name: `${name}, the file as given${size === 1 ? ', item by item' : ''}`, outputs };
    } catch (error) {
      say(`no reference by ${name}: ${messageOf(error)}`);
    } finally {
      contestant?.destroy();
    }
  }
  return undefined;
}

async function timed(
  meeting: Meeting,
  entered: readonly (Ready | ModelRow)[],
): Promise<Pick<ModelReport, 'rows' | 'comparisons'>> {
  const { hall, subject, field, request, say } = meeting;
  const ready = entered.filter((each): each is Ready => 'contestant' in each);
  const rows = new Map(entered.map((each) => ('row' in each ? each.row : each)).map((row) => [row.name, row]));
  const whole = Math.max(1, Math.min(timedBatches, Math.floor(subject.set.count / field.batch)));
  const batches = [...subject.batches(field.batch, whole * field.batch)];
  const entrants = ready.map(({ contestant }) => {
    const runs = batches.map(({ inputs }) => contestant.prepare(inputs));
    return { kernel: contestant.name, contestant, runs, run: (times: number) => inTurn(runs, times) };
  });
  try {
    // What an empty dispatch takes says nothing about a whole model, least of all on a CPU.
    const { launchNs: _, ...wall } = hall.wall;
    const measurements = await measureAll({ ...hall, wall }, entrants, say, criterionOf(request));
    const finishers = [];
    for (const [i, { kernel, contestant, runs }] of entrants.entries()) {
      const measurement = measurements[i]!;
      const row = await finished(meeting, rows.get(kernel)!, measurement, runs);
      rows.set(kernel, { ...row, notes: contestant.notes() });
      if (row.time) finishers.push({ ...measurement, kernel, meanNs: row.time.meanNs });
    }
    return { rows: [...rows.values()], comparisons: compareAll(finishers, { batch: field.batch }) };
  } finally {
    for (const { contestant } of entrants) contestant.destroy();
  }
}

/** So many rounds, neither fewer nor more, unless the time is up before. */
function criterionOf({ rounds, seconds }: ModelRequest): Criterion {
  return { seconds, warmupSeconds: Math.min(2, seconds / 10), maxNoise: Number.POSITIVE_INFINITY, minSamples: rounds };
}

/** Runs back to back, each with its outputs in memory before the next begins: ns by the wall clock. */
async function inTurn(runs: readonly (() => Promise<Output>)[], times: number): Promise<number> {
  const begin = performance.now();
  for (let i = 0; i < times; i++) await runs[i % runs.length]!();
  return (performance.now() - begin) * 1e6;
}

/** The row with its time, where the timed batches are still right. */
async function finished(
  { field, reference, allowed }: Meeting,
  row: ModelRow,
  measurement: Measurement,
  runs: readonly (() => Promise<Output>)[],
): Promise<ModelRow> {
  if (measurement.status === 'failed') return { ...row, ...failedRow(row.name, measurement.error) };
  if (measurement.status === 'unresolved') return { ...row, reason: measurement.reason };
  if (reference !== undefined) {
    const { width, classes, data } = reference.outputs;
    for (const [i, run] of runs.entries()) {
      const found = Float64Array.from((await run()).data);
      const items = found.length / width;
      const expected = data.subarray(i * field.batch * width, (i * field.batch + items) * width);
      const { relative } = agreement({ items, width, classes, data: found }, { items, width, classes, data: expected });
      if (relative <= allowed) continue;
      const reason = `Right at first, wrong after it was timed: ${differenceText(relative, allowed)}`;
      return { ...row, status: 'wrong', reason };
    }
  }
  return { ...row, time: measurement.timing };
}
