/** Jobs about models on a real device: what is finished stays when they are cancelled or the device is lost, and nothing stays allocated. */
import { describe, expect, it } from 'vitest';
import { dawnGpu } from '../src/cli/dawn.js';
import { openDevice } from '../src/gpu/device.js';
import { createPipelines } from '../src/gpu/pipelines.js';
import { evaluate } from '../src/models/evaluate.js';
import { rebatched } from '../src/models/run/rebatch.js';
import { createModelSession } from '../src/models/run/session.js';
import { seededRandom } from '../src/numerics/random.js';
import type { Context } from '../src/worker/context.js';
import { feedFor, limited } from '../src/worker/models/data.js';
import { planMemory, runModel } from '../src/worker/models/run-job.js';
import { compareSchemes, type Subject } from '../src/worker/models/schemes-job.js';
import { runXray } from '../src/worker/models/xray-job.js';
import type { CompareSchemesRequest, ModelProgress, XrayRequest } from '../src/worker/models-api.js';
import { countedDevice } from './support/counted-device.js';
import { testDevice } from './support/dawn.js';
import { modelOf, node, weights } from './support/graph.js';

const count = 40;
const random = seededRandom(3);
const subject: Subject = {
  model: modelOf({
    inputs: { x: [1, 16] },
    outputs: ['y'],
    nodes: [node('MatMul', ['x', 'first'], ['a']), node('Relu', ['a'], ['b']), node('MatMul', ['b', 'second'], ['y'])],
    initializers: [weights('first', [16, 64], 1), weights('second', [64, 8], 2)],
  }),
  shelved: { file: { name: 'built.onnx', bytes: new Uint8Array(8) }, opened: undefined as never },
  data: {
    scaling: { kind: '0…255' },
    set: {
      name: 'drawn',
      count,
      dims: [16],
      type: 'f32',
      tensor: {
        name: 'drawn',
        type: 'f32',
        dims: [count, 16],
        bytes: new Uint8Array(Float32Array.from(random.values(16 * count)).buffer),
      },
      labels: Int32Array.from({ length: count }, (_, i) => i % 8),
    },
    card: { id: 'data-1', items: count, dims: [16], labelled: true, classes: 8, hash: '', kind: 'items' },
  },
};

async function counted(): Promise<{ readonly context: Context; readonly live: () => readonly string[] }> {
  const device = await testDevice();
  const { gpu, live } = countedDevice(device.gpu);
  return { context: contextOn({ ...device, gpu }, device.pipelines), live };
}

function contextOn(device: Context['device'], pipelines: Context['pipelines']): Context {
  const host = { now: () => performance.now() };
  return { device, pipelines, host, runtime: 'test', isLost: () => false } as unknown as Context;
}

const request = (...schemes: string[]): CompareSchemesRequest => ({
  job: 'job',
  model: 'model-1',
  data: 'data-1',
  settings: schemes.map((scheme) => ({ scheme })),
  batch: 8,
  seed: 1,
});

/** Aborts as soon as progress speaks of this. */
function cancelledAt(text: RegExp) {
  const controller = new AbortController();
  const seen: string[] = [];
  const onProgress = (progress: ModelProgress): void => {
    seen.push(progress.text);
    if (text.test(progress.text)) controller.abort();
  };
  return { signal: controller.signal, onProgress, seen };
}

describe('comparing schemes', () => {
  it('frees all that it allocated, of schemes that fail too', async () => {
    const { context, live } = await counted();
    const outcome = await compareSchemes(
      context,
      subject,
      request('f32', 'int8', 'no-such-scheme', 'int4-g32'),
      () => {},
      new AbortController().signal,
    );
    expect(outcome.report?.rows.map(({ status }) => status)).toEqual(['ok', 'ok', 'unsupported', 'ok']);
    expect(outcome.status).toBe('ok');
    expect(live()).toEqual([]);
    const [f32, int8, unknown, int4] = outcome.report!.rows;
    expect([f32!.speed, unknown!.speed]).toEqual([undefined, undefined]);
    for (const row of [int8!, int4!]) {
      const { ratio, ci95, pairs } = row.speed!;
      // Far-out pairs are set aside, so the mean of the pairs need not be that of all samples; here both lie near.
      expect(ratio / (f32!.time!.meanMs / row.time!.meanMs)).toBeGreaterThan(0.2);
      expect(ratio / (f32!.time!.meanMs / row.time!.meanMs)).toBeLessThan(5);
      expect(ci95[0]).toBeLessThanOrEqual(ratio);
      expect(pairs).toBeLessThanOrEqual(row.time!.samples);
    }
  });

  it('keeps finished rows and no others when it is cancelled, within a batch', async () => {
    const { context, live } = await counted();
    const { signal, onProgress, seen } = cancelledAt(/^int8: 16 of/);
    const schemes = request('f32', 'int4-g32', 'int8', 'int4-g64');
    const outcome = await compareSchemes(context, subject, schemes, onProgress, signal);
    expect(outcome).toMatchObject({ status: 'failed', cause: 'cancelled' });
    expect(seen.at(-1)).toMatch(/16 of 40/);
    expect(outcome.report?.rows.map(({ scheme, status }) => [scheme, status])).toEqual([
      ['f32', 'ok'],
      ['int4-g32', 'ok'],
    ]);
    expect(live()).toEqual([]);
  });

  it('keeps finished rows when the device is lost', async () => {
    const opened = await openDevice(await dawnGpu());
    if (opened.status !== 'ok') throw new Error(opened.reason);
    const { device } = opened;
    const context = contextOn(device, createPipelines(device.gpu, device.facts));
    const onProgress = ({ text }: ModelProgress): void => {
      if (/^int4.*: 16 of/.test(text)) device.gpu.destroy();
    };
    const schemes = request('f32', 'int4-g32', 'int8');
    const outcome = await compareSchemes(context, subject, schemes, onProgress, new AbortController().signal);
    expect(outcome).toMatchObject({ status: 'failed', cause: 'device-lost' });
    expect(outcome.report?.rows.map(({ scheme, status }) => [scheme, status])).toEqual([['f32', 'ok']]);
  });
});

it('a model of several inputs is fed arrays by their names', async () => {
  const { context } = await counted();
  const model = modelOf({
    inputs: { x: ['batch', 16], attention_mask: ['batch', 16] },
    outputs: ['y'],
    nodes: [node('Mul', ['x', 'attention_mask'], ['kept']), node('MatMul', ['kept', 'w'], ['y'])],
    initializers: [weights('w', [16, 8], 1)],
  });
  const { data } = subject;
  const others = [{ ...data.set.tensor, name: 'attention_mask', bytes: new Uint8Array(4 * 16 * count) }];
  const set = { ...data.set, tensor: { ...data.set.tensor, name: 'x' }, others };
  const outputs = async (given: typeof set) => {
    const feed = feedFor(model, { ...data, set: given });
    const { device, pipelines } = context;
    const session = createModelSession(model, { device: device.gpu, facts: device.facts, pipelines });
    const outcome = await evaluate({ session, batch: 8 }, feed);
    session.destroy();
    if (outcome.status !== 'ok') throw new Error(outcome.reason);
    return outcome.evaluation.outputs;
  };
  // A mask of zeros leaves nothing; without one, every element counts.
  expect((await outputs(set)).every((value) => value === 0)).toBe(true);
  expect((await outputs({ ...set, others: [] })).some((value) => value !== 0)).toBe(true);
});

describe('the X-ray', () => {
  const xray: XrayRequest = {
    job: 'job',
    model: 'model-1',
    data: 'data-1',
    settings: { scheme: 'int8' },
    items: 32,
    oneAtATime: true,
    seed: 1,
  };

  it('frees all that it allocated', async () => {
    const { context, live } = await counted();
    const outcome = await runXray(context, subject, xray, () => {}, new AbortController().signal);
    expect(outcome).toMatchObject({ status: 'ok', report: { parted: false } });
    expect(live()).toEqual([]);
  });

  it.each([/computing each layer/, /comparing kernels/, /run 2 of/])(
    'ends when it is cancelled at %s',
    async (text) => {
      const { context, live } = await counted();
      const { signal, onProgress, seen } = cancelledAt(text);
      const outcome = await runXray(context, subject, xray, onProgress, signal);
      expect(outcome).toMatchObject({ status: 'failed', cause: 'cancelled' });
      expect(seen.at(-1)).toMatch(text);
      expect(live()).toEqual([]);
    },
  );
});

it('a timed run that is cancelled says after how many', async () => {
  const { context, live } = await counted();
  const { signal, onProgress } = cancelledAt(/run 2 of 5/);
  const wanted = { job: 'job', model: 'model-1', batch: 1, seed: 1, repeats: 5 };
  const outcome = await runModel(context, subject.model, wanted, onProgress, signal);
  expect(outcome).toMatchObject({ status: 'failed', cause: 'cancelled', reason: 'Cancelled after 1 of 5 timed runs.' });
  expect(live()).toEqual([]);
});

describe('the memory of a run', () => {
  const planned = async (batch: number, stacked: boolean, model = subject.model) => {
    const { context } = await counted();
    const outcome = planMemory(context, model, { batch }, stacked);
    if (outcome.status !== 'ok') throw new Error(outcome.reason);
    return outcome.memory;
  };
  const ofFour = modelOf({
    inputs: { x: [4, 16] },
    outputs: ['y'],
    nodes: [node('MatMul', ['x', 'first'], ['y'])],
    initializers: [weights('first', [16, 8], 1)],
  });

  it('is that of the items which the run takes', async () => {
    const one = await planned(8, false);
    const together = await planned(8, true);
    expect([one.items, together.items]).toEqual([1, 8]);
    expect(together.weights).toBe(one.weights);
    expect(together.values).toBeGreaterThan(4 * one.values);
    expect((await planned(8, true, ofFour)).items).toBe(4);
  });

  it('is what the comparison of schemes then allocates for a batch', async () => {
    const { context } = await counted();
    const { device, pipelines } = context;
    const session = createModelSession(rebatched(subject.model)!, {
      device: device.gpu,
      facts: device.facts,
      pipelines,
    });
    const outcome = await session.run(feedFor(subject.model, subject.data).batch(0, 8));
    session.destroy();
    if (outcome.status !== 'ok') throw new Error(outcome.reason);
    const { weights: kept, values } = await planned(8, true);
    expect(outcome.run.facts.memory.allocated).toBe(kept + values);
  });

  it('a model of four items is fed four at a time, the last of them repeated', async () => {
    const { context } = await counted();
    const outcome = await compareSchemes(
      context,
      { ...subject, model: ofFour, data: { ...subject.data, set: limited(subject.data.set, 10) } },
      request('f32', 'int8'),
      () => {},
      new AbortController().signal,
    );
    expect(outcome.report?.rows.map(({ status }) => status)).toEqual(['ok', 'ok']);
    expect(outcome.report?.rows.map(({ time }) => time?.batch)).toEqual([4, 4]);
    expect(outcome.report?.rows[0]?.agreement).toBeUndefined();
    expect(outcome.report?.rows[1]?.agreement?.value).toBeGreaterThan(0.5);
  });
});
