/** Sessions on a real device: replays with new values, plans anew for new shapes, shares buffers, and says what went wrong. */
import { describe, expect, it } from 'vitest';
import type { Model } from '../../src/models/graph.js';
import { inferredShapes } from '../../src/models/run/infer.js';
import { createModelSession } from '../../src/models/run/session.js';
import { type HostTensor, type HostValue, hostTensor } from '../../src/models/run/values.js';
import { testDevice } from '../support/dawn.js';
import { f32, i64, inputsOf, modelOf, node, weights } from '../support/graph.js';
import { numbers, ran, sessionOf } from '../support/model-session.js';

const matrix = (rows: number, columns: number, at: (i: number) => number): HostTensor =>
  hostTensor(
    'f32',
    [rows, columns],
    Array.from({ length: rows * columns }, (_, i) => at(i)),
  );

const twice = f32('twice', [2, 2], [2, 0, 0, 2]);

describe('a session', () => {
  const model = modelOf({
    inputs: { x: ['batch', 2] },
    outputs: ['y'],
    nodes: [
      node('MatMul', ['x', 'twice'], ['a']),
      node('MatMul', ['a', 'twice'], ['b']),
      node('MatMul', ['b', 'twice'], ['y']),
    ],
    initializers: [twice],
  });

  it('replays its plan with new values, and plans anew for another shape', async () => {
    const session = await sessionOf(model);
    expect(numbers((await ran(session, { x: matrix(1, 2, (i) => i + 1) })).outputs.get('y'))).toEqual([8, 16]);
    expect(numbers((await ran(session, { x: matrix(1, 2, (i) => i + 3) })).outputs.get('y'))).toEqual([24, 32]);
    const wide = await ran(session, { x: matrix(3, 2, (i) => i) });
    expect(numbers(wide.outputs.get('y'))).toEqual([0, 8, 16, 24, 32, 40]);
    session.destroy();
  });

  it('shares buffers between values that do not meet, and allocates what it planned', async () => {
    const session = await sessionOf(model);
    const { facts } = await ran(session, { x: matrix(64, 2, (i) => i) });
    // a and y share one buffer, b has another.
    expect(facts.memory).toMatchObject({ weights: 16, uploads: 512, shared: 1024 });
    expect(facts.memory.allocated).toBe(16 + 512 + 1024);
    session.destroy();
  });

  it('keeps values between the nodes where asked', async () => {
    const session = await sessionOf(model, { keep: new Set(['a']) });
    const { kept } = await ran(session, { x: matrix(1, 2, () => 1) });
    expect(numbers(kept.get('a'))).toEqual([2, 2]);
    session.destroy();
  });

  it('runs one call after the other', async () => {
    const session = await sessionOf(model);
    const runs = await Promise.all([1, 2, 3, 4].map((value) => ran(session, { x: matrix(1, 2, () => value) })));
    expect(runs.map(({ outputs }) => numbers(outputs.get('y'))[0])).toEqual([8, 16, 24, 32]);
    session.destroy();
  });
});

describe('shapes that values decide', () => {
  const reshaped = modelOf({
    inputs: { x: [2, 2], shape: { type: 'i64', dims: [1] } },
    outputs: ['y'],
    nodes: [node('MatMul', ['x', 'twice'], ['a']), node('Reshape', ['a', 'shape'], ['y'])],
    initializers: [twice],
  });

  it('hold for that value, and are planned anew for another', async () => {
    const session = await sessionOf(reshaped);
    const x = matrix(2, 2, (i) => i);
    const flat = await ran(session, { x, shape: hostTensor('i64', [1], [4]) });
    expect(flat.outputs.get('y')).toMatchObject({ dims: [4] });
    const column = await session.run(
      new Map<string, HostValue>([
        ['x', x],
        ['shape', hostTensor('i64', [2], [4, 1])],
      ]),
    );
    expect(column).toMatchObject({ status: 'ok' });
    session.destroy();
  });

  it('are waited for where only the device knows them', async () => {
    const model = modelOf({
      inputs: { x: [2, 2] },
      outputs: ['y'],
      nodes: [
        node('MatMul', ['x', 'twice'], ['a']),
        node('NonZero', ['a'], ['where']),
        node('Shape', ['where'], ['shape']),
        node('MatMul', ['a', 'twice'], ['b']),
        node('Gather', ['shape', 'last'], ['count']),
        node('Unsqueeze', ['count', 'zero'], ['sizes']),
        node('Expand', ['one', 'sizes'], ['ones']),
        node('Add', ['b', 'b'], ['c']),
        node('ReduceSum', ['ones'], ['total']),
        node('Add', ['c', 'total'], ['y']),
      ],
      initializers: [twice, i64('last', [], [1]), i64('zero', [1], [0]), f32('one', [1], [1])],
    });
    const session = await sessionOf(model);
    // Three elements are not zero, then two: the plan of the first run does not fit the second.
    expect(numbers((await ran(session, { x: matrix(2, 2, (i) => i) })).outputs.get('y'))).toEqual([3, 11, 19, 27]);
    expect(numbers((await ran(session, { x: matrix(2, 2, (i) => Math.max(0, i - 1)) })).outputs.get('y'))).toEqual([
      2, 2, 10, 18,
    ]);
    session.destroy();
  });
});

describe('refusals', () => {
  it('name the operator that is not known', async () => {
    const model = modelOf({ inputs: { x: [1] }, outputs: ['y'], nodes: [node('Frobnicate', ['x'], ['y'])] });
    const session = await sessionOf(model);
    const outcome = await session.run(new Map([['x', hostTensor('f32', [1], [1])]]));
    expect(outcome).toMatchObject({ status: 'unsupported', reason: expect.stringContaining('Frobnicate making "y"') });
  });

  it('name shapes that do not fit, and leave the session usable', async () => {
    const model = modelOf({
      inputs: { x: ['n', 'k'] },
      outputs: ['y'],
      nodes: [node('MatMul', ['x', 'twice'], ['y'])],
      initializers: [twice],
    });
    const session = await sessionOf(model);
    const bad = await session.run(new Map([['x', matrix(1, 3, () => 1)]]));
    expect(bad).toMatchObject({ status: 'unsupported', reason: expect.stringContaining('[1,3]') });
    expect(numbers((await ran(session, { x: matrix(1, 2, () => 1) })).outputs.get('y'))).toEqual([2, 2]);
    session.destroy();
  });

  it('name an input that was not given', async () => {
    const model = modelOf({ inputs: { x: [1] }, outputs: ['x'], nodes: [] });
    const outcome = await (await sessionOf(model)).run(new Map());
    expect(outcome).toMatchObject({ status: 'unsupported', reason: 'input "x": was not given.' });
  });
});

describe('a model larger than the device allows', () => {
  const allowed = /no kernel can run it here: A needs [\d,]+ bytes, and this device allows 1,048,576 in one buffer/;
  const wide = (rows: number, nodes: Model['graph']['nodes'], columns = 4): Model =>
    modelOf({
      inputs: { x: [rows, 1024] },
      outputs: ['y'],
      nodes,
      initializers: [weights('w', [1024, columns]), weights('turned', [columns, 1024]), weights('bias', [columns], 2)],
    });
  const product = node('MatMul', ['x', 'w'], ['y']);

  /** @param most bytes of a binding; @param buffer of a buffer. */
  async function runOnSmallDevice(model: Model, most = 2 ** 20, buffer = most) {
    const { gpu: device, facts, pipelines } = await testDevice();
    const limits = { ...facts.limits, maxStorageBufferBindingSize: most, maxBufferSize: buffer };
    const session = createModelSession(model, { device, facts: { ...facts, limits }, pipelines });
    const outcome = await session.run(inputsOf(model));
    session.destroy();
    return outcome;
  }

  it('is computed on the host where that is not too much, and says why', async () => {
    const outcome = await runOnSmallDevice(wide(512, [product]));
    if (outcome.status !== 'ok') throw new Error(outcome.reason);
    expect(outcome.run.facts.hostNodes).toEqual([{ node: 'MatMul', reason: expect.stringMatching(allowed) }]);
  });

  it('is refused by node, with what the device allows', async () => {
    const outcome = await runOnSmallDevice(wide(8192, [product], 512));
    expect(outcome).toMatchObject({ status: 'unsupported', reason: expect.stringMatching(allowed) });
    expect(outcome).toMatchObject({ reason: expect.stringMatching(/^MatMul making "y": would take \d+ operations/) });
    expect(outcome).toMatchObject({
      reason: expect.stringMatching(/Run fewer items, or a shorter sequence, at a time\.$/),
    });
  });

  it.each([
    ['MatMul', product],
    ['Gemm', node('Gemm', ['x', 'turned', 'bias'], ['y'], { transB: 1, alpha: 0.5 })],
  ])('is computed in parts where a weight of %s is too large for one buffer', async (_, each) => {
    const model = wide(5, [each], 603);
    const [whole, parts] = [await runOnSmallDevice(model, 2 ** 27), await runOnSmallDevice(model)];
    if (whole.status !== 'ok' || parts.status !== 'ok') throw new Error('The model did not run');
    expect([whole.run.facts.dispatches, parts.run.facts.dispatches]).toEqual([1, 6]);
    expect(parts.run.facts.hostNodes).toEqual([]);
    const [expected, found] = [whole, parts].map(({ run: { outputs } }) => numbers(outputs.get('y')));
    expect(found!.every((value, i) => Math.abs(value - expected![i]!) < 1e-3)).toBe(true);
  });
});

it('infers shapes without a device', () => {
  const model = modelOf({
    inputs: { x: ['batch', 2] },
    outputs: ['y'],
    nodes: [node('MatMul', ['x', 'twice'], ['a']), node('Flatten', ['a'], ['y'])],
    initializers: [twice],
  });
  expect(inferredShapes(model, { batch: 5 }).get('y')).toEqual({ type: 'f32', dims: [5, 2] });
});
