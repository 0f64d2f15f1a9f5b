/** One model for everyone: outputs of all items held against a reference, then times of a batch in interleaved rounds. */
import type { Criterion } from '../../../../src/bench/criterion.js';
import type { Measurement } from '../../../../src/bench/measure.js';
import type { Environment } from '../../../../src/bench/results.js';
import { messageOf } from '../../../../src/gpu/device.js';
import { type Model, nodesOf } from '../../../../src/models/graph.js';
import { sha256 } from '../../../../src/worker/models/data.js';
import { compareAll } from '../comparisons.js';
import { type Hall, measureAll } from '../run-work.js';
import type { Contestant, Output } from './contestant.js';
import { type ModelReport, type ModelRequest, type ModelRow, modelSchemaId } from './contract.js';
import { type Field, fieldOf, type Subject, subjectOf } from './field.js';
import { adapterText, type Backend, wasmBackend, webgpuBackend } from './onnxruntime.js';
import { ours, oursName } from './ours.js';
import { agreement, type Outputs, outputsOf, top1Of } from './outputs.js';

type Say = (text: string) => void;

/** Everything that the steps below share. */
interface Meeting {
  readonly hall: Hall;
  readonly subject: Subject;
  readonly request: ModelRequest;
  readonly field: Field;
  readonly reference: Reference | undefined;
  readonly allowed: number;
  readonly say: Say;
}

interface Reference {
  readonly name: string;
  readonly outputs: Outputs;
}

/** Whoever may be timed. */
interface Ready {
  readonly contestant: Contestant;
  readonly row: ModelRow;
}

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

/** About ten lines for all items. */
function counter(say: Say, title: string, count: number): (done: number) => void {
  let told = 0;
  return (done) => {
    const tenth = Math.floor((10 * done) / count);
    if (tenth > told) say(`${title}: ${done} of ${count} items`);
    told = tenth;
  };
}

/** Never throws: who does not load, cannot run the model or is wrong says so in the row, and is not timed. */
async function enter(
  { subject, field, reference, allowed, say }: Meeting,
  name: string,
  open: () => Promise<Contestant>,
): Promise<Ready | ModelRow> {
  let contestant: Contestant | undefined;
  try {
    contestant = await open();
    const { count, labels } = subject.set;
    const outputs = await outputsOf(contestant, subject.batches(field.batch), count, counter(say, name, count));
    const top1 = labels && top1Of(outputs, labels);
    const found = { name, notes: contestant.notes(), ...(top1 === undefined ? {} : { top1 }) };
    if (reference === undefined) return { contestant, row: { ...found, status: 'ok' } };
    const held = agreement(outputs, reference.outputs);
    const row = { ...found, ...finiteOf(held) };
    if (held.relative <= allowed) return { contestant, row: { ...row, status: 'ok' } };
    contestant.destroy();
    return { ...row, status: 'wrong', reason: `${differenceText(held.relative, allowed)} It is not timed.` };
  } catch (error) {
    contestant?.destroy();
    return failedRow(name, error);
  }
}

/** JSON has no infinities: where a difference is one, the reason tells. */
function finiteOf({ largest, relative, ...rest }: ReturnType<typeof agreement>) {
  return Number.isFinite(relative) ? { ...rest, largest, relative } : rest;
}

function differenceText(relative: number, allowed: number): string {
  return `An output is off by ${relative.toPrecision(3)} of the largest magnitude; ${allowed} is allowed.`;
}

function failedRow(name: string, error: unknown): ModelRow {
  const reason = `It could not run here: ${messageOf(error).split('\n')[0]!.slice(0, 500)}. It is not timed.`;
  return { name, status: 'failed', reason, notes: [] };
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
    const measurements = await measureAll(hall, entrants, say, criterionOf(request));
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
