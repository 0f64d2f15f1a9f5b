/** What a plan must get right about values: views, names, outputs that nothing makes, and inputs that it refuses. */
import { describe, expect, it } from 'vitest';
import type { Attribute, Node } from '../../src/models/graph.js';
import { inferredShapes } from '../../src/models/run/infer.js';
import { type HostTensor, hostTensor } from '../../src/models/run/values.js';
import { f32, i64, modelOf, node } from '../support/graph.js';
import { numbers, ran, sessionOf } from '../support/model-session.js';

const twice = f32('twice', [2, 2], [2, 0, 0, 2]);
const pair = (...data: number[]): HostTensor => hostTensor('f32', [1, 2], data);

describe('names', () => {
  it('of values do not meet those of the plan', async () => {
    const model = modelOf({
      inputs: { '#0': [1, 2] },
      outputs: ['y'],
      nodes: [
        node('MatMul', ['#0', 'twice'], ['a']),
        node('MatMul', ['a', 'twice'], ['b']),
        node('Add', ['b', '#0'], ['y']),
      ],
      initializers: [twice],
    });
    const session = await sessionOf(model);
    expect(numbers((await ran(session, { '#0': pair(1, 2) })).outputs.get('y'))).toEqual([5, 10]);
    session.destroy();
  });

  it('stay right through chains of identities', async () => {
    const model = modelOf({
      inputs: { x: [1, 2] },
      outputs: ['y', 'z'],
      nodes: [
        node('Identity', ['x'], ['a']),
        node('Identity', ['a'], ['b']),
        node('Identity', ['b'], ['c']),
        node('MatMul', ['c', 'twice'], ['y']),
        node('Add', ['a', 'b'], ['z']),
      ],
      initializers: [twice],
    });
    const session = await sessionOf(model);
    const { outputs } = await ran(session, { x: pair(1, 2) });
    expect([numbers(outputs.get('y')), numbers(outputs.get('z'))]).toEqual([
      [2, 4],
      [2, 4],
    ]);
    session.destroy();
  });
});

describe('outputs', () => {
  it('may be inputs, initializers, views of either, and views of values whose makers are long done', async () => {
    const model = modelOf({
      inputs: { x: [1, 2] },
      outputs: ['x', 'twice', 'flat', 'table', 'view', 'y'],
      nodes: [
        node('Reshape', ['x', 'two'], ['flat']),
        node('Reshape', ['twice', 'four'], ['table']),
        node('MatMul', ['x', 'twice'], ['a']),
        node('Reshape', ['a', 'two'], ['view']),
        node('MatMul', ['a', 'twice'], ['b']),
        node('MatMul', ['b', 'twice'], ['c']),
        node('MatMul', ['c', 'twice'], ['d']),
        node('MatMul', ['d', 'twice'], ['y']),
      ],
      initializers: [twice, i64('two', [1], [2]), i64('four', [1], [4])],
    });
    for (const optimize of [true, false]) {
      const session = await sessionOf(model, { keep: new Set(['view', 'c']), optimize });
      for (const [a, b] of [
        [1, 2],
        [3, 4],
      ] as const) {
        const { outputs, kept } = await ran(session, { x: pair(a, b) });
        expect(Object.fromEntries([...outputs].map(([name, value]) => [name, numbers(value)]))).toEqual({
          x: [a, b],
          twice: [2, 0, 0, 2],
          flat: [a, b],
          table: [2, 0, 0, 2],
          view: [2 * a, 2 * b],
          y: [32 * a, 32 * b],
        });
        expect([...kept].map(([name, value]) => [name, numbers(value)])).toEqual([
          ['view', [2 * a, 2 * b]],
          ['c', [8 * a, 8 * b]],
        ]);
      }
      session.destroy();
    }
  });

  it('may hold nothing, or one number', async () => {
    const model = modelOf({
      inputs: { x: ['n', 2] },
      outputs: ['y', 'sum'],
      nodes: [node('MatMul', ['x', 'twice'], ['y']), node('ReduceSum', ['y'], ['sum'], { keepdims: 0 })],
      initializers: [twice],
    });
    const session = await sessionOf(model);
    const none = await ran(session, { x: hostTensor('f32', [0, 2], []) });
    expect(none.outputs.get('y')).toMatchObject({ dims: [0, 2] });
    expect([none.outputs.get('sum'), numbers(none.outputs.get('sum'))]).toMatchObject([{ dims: [] }, [0]]);
    expect(numbers((await ran(session, { x: pair(1, 2) })).outputs.get('sum'))).toEqual([6]);
    session.destroy();
  });
});

describe('values that branches take', () => {
  it('stay until the branch has run', async () => {
    const branch = (op: string): Attribute => ({
      kind: 'graph',
      value: {
        name: op,
        inputs: [],
        outputs: [{ name: 'made' }],
        nodes: [node(op, ['a', 'a'], ['made'])],
        initializers: new Map(),
        types: new Map(),
      },
    });
    const choice: Node = {
      ...node('If', ['which'], ['z']),
      attributes: new Map([
        ['then_branch', branch('Add')],
        ['else_branch', branch('Sub')],
      ]),
    };
    const model = modelOf({
      inputs: { x: [1, 2], which: { type: 'bool', dims: [] } },
      outputs: ['y', 'z'],
      nodes: [
        node('MatMul', ['x', 'twice'], ['a']),
        node('MatMul', ['a', 'twice'], ['b']),
        node('MatMul', ['b', 'twice'], ['c']),
        node('MatMul', ['c', 'twice'], ['d']),
        choice,
        node('Add', ['d', 'z'], ['y']),
      ],
      initializers: [twice],
    });
    const session = await sessionOf(model);
    const which = (value: number): HostTensor => hostTensor('bool', [], [value]);
    for (const [given, expected] of [
      [1, [20, 40]],
      [0, [16, 32]],
      [1, [20, 40]],
    ] as const) {
      expect(numbers((await ran(session, { x: pair(1, 2), which: which(given) })).outputs.get('y'))).toEqual(expected);
    }
    session.destroy();
  });
});

describe('shapes of values on the device', () => {
  const model = modelOf({
    inputs: { x: ['n', 2] },
    outputs: ['y'],
    nodes: [
      node('MatMul', ['x', 'twice'], ['a']),
      node('Shape', ['a'], ['shape']),
      node('Gather', ['shape', 'first'], ['rows']),
      node('Concat', ['one', 'rows', 'rest'], ['sizes'], { axis: 0 }),
      node('Reshape', ['a', 'sizes'], ['b']),
      node('MatMul', ['b', 'twice'], ['y']),
    ],
    initializers: [twice, i64('first', [1], [0]), i64('one', [1], [1]), i64('rest', [1], [-1])],
  });

  it('are known without reading the values back', async () => {
    const session = await sessionOf(model);
    const { outputs, facts } = await ran(session, { x: hostTensor('f32', [3, 2], [1, 2, 3, 4, 5, 6]) });
    expect(outputs.get('y')).toMatchObject({ dims: [1, 3, 2] });
    expect(numbers(outputs.get('y'))).toEqual([4, 8, 12, 16, 20, 24]);
    expect(facts.hostNodes).toEqual([]);
    expect((await ran(session, { x: pair(1, 2) })).outputs.get('y')).toMatchObject({ dims: [1, 1, 2] });
    session.destroy();
  });

  it('are inferred', () => {
    expect(inferredShapes(model, { batch: 5 }).get('y')).toEqual({ type: 'f32', dims: [1, 5, 2] });
  });
});

it('plans for what a random node has made, in the first run and in those after it', async () => {
  const model = modelOf({
    inputs: { x: [1, 2] },
    outputs: ['y', 'sizes'],
    nodes: [
      node('RandomUniform', [], ['drawn'], { shape: [1], low: 1.5, high: 400.5 }),
      node('Cast', ['drawn'], ['rows'], { to: 7 }),
      node('Concat', ['rows', 'two'], ['sizes'], { axis: 0 }),
      node('MatMul', ['x', 'twice'], ['a']),
      node('Expand', ['a', 'sizes'], ['y']),
    ],
    initializers: [twice, i64('two', [1], [2])],
  });
  const session = await sessionOf(model);
  for (let i = 0; i < 4; i++) {
    const { outputs } = await ran(session, { x: pair(1, 2) });
    expect((outputs.get('y') as HostTensor).dims).toEqual(numbers(outputs.get('sizes')));
  }
  session.destroy();
});

describe('inputs', () => {
  const model = modelOf({
    inputs: { x: [1, 2] },
    outputs: ['y', 'twice'],
    nodes: [node('MatMul', ['x', 'twice'], ['y'])],
    initializers: [twice],
  });

  it('that the model does not take are refused, those that would stand for its weights among them', async () => {
    const session = await sessionOf(model);
    const stranger = new Map([
      ['x', pair(1, 2)],
      ['twice', hostTensor('f32', [2, 2], [9, 9, 9, 9])],
    ]);
    expect(await session.run(stranger)).toEqual({
      status: 'unsupported',
      reason: 'input "twice": is none that the model takes; it takes "x".',
    });
    expect(numbers((await ran(session, { x: pair(1, 2) })).outputs.get('y'))).toEqual([2, 4]);
    expect(await session.run(stranger)).toMatchObject({ status: 'unsupported' });
    session.destroy();
  });

  it('with too few elements are refused', async () => {
    const session = await sessionOf(model);
    expect(await session.run(new Map([['x', hostTensor('f32', [1, 2], [1])]]))).toMatchObject({
      status: 'unsupported',
      reason: 'input "x": holds 1 elements, but is [1,2].',
    });
    session.destroy();
  });
});
