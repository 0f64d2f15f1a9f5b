/** Models whose long dispatches are cut into parts: the same outputs to the bit, and an end between two parts when cancelled. */
import { describe, expect, it } from 'vitest';
import { dawnGpu } from '../../src/cli/dawn.js';
import { openDevice } from '../../src/gpu/device.js';
import { Pace } from '../../src/gpu/pace.js';
import type { Model } from '../../src/models/graph.js';
import { createModelSession } from '../../src/models/run/session.js';
import type { HostTensor } from '../../src/models/run/values.js';
import { testDevice } from '../support/dawn.js';
import { inputsOf, modelOf, node, weights } from '../support/graph.js';
import { watchedQueue } from '../support/watched-queue.js';

const { gpu, facts, pipelines } = await testDevice();

async function run(model: Model, most?: number) {
  const pace = most === undefined ? {} : { pace: new Pace(most) };
  const session = createModelSession(model, { device: gpu, facts, pipelines, ...pace });
  const outcome = await session.run(inputsOf(model));
  session.destroy();
  if (outcome.status !== 'ok') throw new Error(outcome.reason);
  const [output] = outcome.run.outputs.values();
  return { data: (output as HostTensor).data, facts: outcome.run.facts };
}

const models: Readonly<Record<string, Model>> = {
  'a product': modelOf({
    inputs: { x: [300, 48] },
    outputs: ['y'],
    nodes: [node('MatMul', ['x', 'w'], ['y'])],
    initializers: [weights('w', [48, 260])],
  }),
  'a convolution': modelOf({
    inputs: { x: [2, 3, 17, 19] },
    outputs: ['y'],
    nodes: [node('Conv', ['x', 'w', 'b'], ['y'], { pads: [1, 1, 1, 1] })],
    initializers: [weights('w', [20, 3, 3, 3]), weights('b', [20], 2)],
  }),
  attention: modelOf({
    inputs: { q: [2, 3, 200, 16], k: [2, 3, 40, 16], v: [2, 3, 40, 16] },
    outputs: ['y'],
    nodes: [node('Attention', ['q', 'k', 'v'], ['y'])],
    opset: 23,
  }),
  'elements by elements': modelOf({
    inputs: { x: [40, 1, 70], z: [33, 1] },
    outputs: ['y'],
    nodes: [node('Mul', ['x', 'z'], ['p']), node('Tanh', ['p'], ['y'])],
  }),
  'a reduction': modelOf({
    inputs: { x: [40, 20, 50] },
    outputs: ['y'],
    nodes: [node('ReduceMean', ['x'], ['y'], { axes: [1], keepdims: 0 })],
    opset: 13,
  }),
  'a normalization': modelOf({
    inputs: { x: [4000, 24] },
    outputs: ['y'],
    nodes: [node('Softmax', ['x'], ['y'], { axis: 1 })],
  }),
};

it.each(Object.entries(models))('%s is the same in parts', async (_, model) => {
  const whole = await run(model);
  const cut = await run(model, 2000);
  expect(whole.facts.parts).toBe(whole.facts.dispatches);
  expect(cut.facts.parts).toBeGreaterThan(cut.facts.dispatches + 3);
  expect(cut.facts.dispatches).toBe(whole.facts.dispatches);
  expect(cut.data).toEqual(whole.data);
});

describe('a run that is cancelled', () => {
  it('ends between two parts of one dispatch, and the session runs again', async () => {
    const model = models['a product']!;
    const controller = new AbortController();
    const { gpu: device, submissions } = watchedQueue(gpu, (before) => {
      if (before === 6) controller.abort();
    });
    const session = createModelSession(model, { device, facts, pipelines, pace: new Pace(2000) });
    const outcome = await session.run(inputsOf(model), controller.signal);
    expect(outcome).toMatchObject({ status: 'failed', cause: 'cancelled' });
    const taken = submissions();
    const again = await session.run(inputsOf(model));
    session.destroy();
    if (again.status !== 'ok') throw new Error(again.reason);
    expect(again.run.facts.dispatches).toBe(1);
    expect(submissions() - taken).toBeGreaterThan(2 * taken);
    expect((again.run.outputs.get('y') as HostTensor).data).toEqual((await run(model)).data);
  });

  it('does not begin where it was cancelled before', async () => {
    const { gpu: device, submissions } = watchedQueue(gpu);
    const session = createModelSession(models.attention!, { device, facts, pipelines });
    const outcome = await session.run(inputsOf(models.attention!), AbortSignal.abort());
    session.destroy();
    expect(outcome).toMatchObject({ status: 'failed', cause: 'cancelled' });
    expect(submissions()).toBe(0);
  });
});

it('a device that is lost between two parts ends the run with the cause', async () => {
  const opened = await openDevice(await dawnGpu());
  if (opened.status !== 'ok') throw new Error(opened.reason);
  const own = opened.device;
  const { gpu: device } = watchedQueue(own.gpu, (before) => {
    if (before === 6) own.gpu.destroy();
  });
  const session = createModelSession(models['a product']!, { device, facts: own.facts, pace: new Pace(2000) });
  const outcome = await session.run(inputsOf(models['a product']!));
  session.destroy();
  expect(outcome).toMatchObject({ status: 'failed', cause: 'device-lost' });
});

describe('the pace', () => {
  it('is slowed by what it learns, never past its most', () => {
    const pace = new Pace(4e9);
    expect([pace.submission, pace.partsOf(1e10)]).toEqual([4e9, 3]);
    // 10 GFLOP/s: a twentieth of a second is 0.5 GFLOP.
    for (let i = 0; i < 40; i++) pace.learn(4e9, 0.4);
    expect(pace.submission).toBeCloseTo(5e8, -6);
    expect(pace.ahead).toBeCloseTo(2e9, -6);
    for (let i = 0; i < 40; i++) pace.learn(4e9, 1e-6);
    expect(pace.submission).toBe(4e9);
    expect(pace.ahead).toBe(16 * 4e9);
    for (let i = 0; i < 40; i++) pace.learn(4e9, 1e6);
    expect(pace.submission).toBe(1e8);
  });
});
