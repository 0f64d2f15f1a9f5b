/** Well-formed models that would compute for hours or fill the memory: looking at them costs nothing, and running them is refused by name. */
import { describe, expect, it } from 'vitest';
import type { Attribute, Model, Node } from '../../src/models/graph.js';
import { optimize } from '../../src/models/optimize/optimize.js';
import { inferredShapes } from '../../src/models/run/infer.js';
import { createModelSession } from '../../src/models/run/session.js';
import { countOf, type HostValue, hostTensor } from '../../src/models/run/values.js';
import type { Tensor } from '../../src/models/tensor.js';
import { testDevice } from '../support/dawn.js';
import { f32, i64, modelOf, node } from '../support/graph.js';

const zeros = (name: string, dims: readonly number[]): Tensor => f32(name, dims, new Float32Array(countOf({ dims })));
const bool = (name: string): Tensor => ({ name, type: 'bool', dims: [], bytes: Uint8Array.of(1) });
const greatest = 2 ** 53;

/** A loop whose body keeps its condition and runs these nodes, which make `made` of `state`. */
function loop(inputs: readonly string[], output: string, nodes: readonly Node[], made: string): Node {
  const body: Attribute = {
    kind: 'graph',
    value: {
      name: 'body',
      inputs: [{ name: 'i' }, { name: 'go' }, { name: 'state' }],
      outputs: [{ name: 'go on' }, { name: made }],
      nodes: [node('Identity', ['go'], ['go on']), ...nodes],
      initializers: new Map(),
      types: new Map(),
    },
  };
  return { ...node('Loop', inputs, [output]), attributes: new Map([['body', body]]) };
}

const x = { x: [1, 2] };
const last = node('Add', ['x', 'x'], ['y']);

interface Hostile {
  readonly name: string;
  readonly model: Model;
  /** What the refusal says. */
  readonly reason: RegExp;
}

const hostile: readonly Hostile[] = [
  {
    name: 'a product of constants with 2^32 multiply-adds',
    model: modelOf({
      inputs: x,
      outputs: ['y', 'p'],
      nodes: [node('MatMul', ['a', 'b'], ['q']), node('MatMul', ['q', 'q'], ['p']), last],
      initializers: [zeros('a', [2 ** 12, 1]), zeros('b', [1, 2 ** 12])],
    }),
    reason: /^MatMul making "p": would take \d+ operations on the host/,
  },
  {
    name: 'constants that broadcast to 2^38 elements',
    model: modelOf({
      inputs: x,
      outputs: ['y', 'p'],
      nodes: [node('Add', ['a', 'b'], ['p']), last],
      initializers: [zeros('a', [2 ** 19, 1]), zeros('b', [1, 2 ** 19])],
    }),
    reason: /^Add making "p": would /,
  },
  {
    name: 'a convolution in doubles, which no kernel computes',
    model: modelOf({
      inputs: { x: { type: 'f64', dims: [1, 16, 256, 256] } },
      outputs: ['y'],
      nodes: [
        node('Cast', ['w'], ['filters'], { to: 11 }),
        node('Conv', ['x', 'filters'], ['y'], { pads: [3, 3, 3, 3] }),
      ],
      initializers: [zeros('w', [512, 16, 7, 7])],
    }),
    reason: /^Conv making "y": would take \d+ operations on the host/,
  },
  {
    name: 'a loop without end',
    model: modelOf({
      inputs: x,
      outputs: ['y', 'p'],
      nodes: [loop(['', 'go', 'one'], 'p', [node('Add', ['state', 'state'], ['made'])], 'made'), last],
      initializers: [bool('go'), zeros('one', [1])],
    }),
    reason: /^(Loop|Add|Identity) .*runs on and on/,
  },
  {
    name: 'loops in loops',
    model: modelOf({
      inputs: x,
      outputs: ['y', 'p'],
      nodes: [
        loop(
          ['many', 'go', 'one'],
          'p',
          [loop(['many', 'go', 'state'], 'inner', [node('Exp', ['state'], ['made'])], 'made')],
          'inner',
        ),
        last,
      ],
      initializers: [bool('go'), zeros('one', [1]), i64('many', [], [2 ** 40])],
    }),
    reason: /runs on and on/,
  },
  {
    name: 'a constant that doubles forty times',
    model: modelOf({
      inputs: x,
      outputs: ['y', 'c40'],
      nodes: [
        ...Array.from({ length: 40 }, (_, i) => node('Concat', [`c${i}`, `c${i}`], [`c${i + 1}`], { axis: 0 })),
        last,
      ],
      initializers: [zeros('c0', [1024])],
    }),
    reason: /^Concat making "c\d+": would /,
  },
  {
    name: 'many fills of 2^26 elements',
    model: modelOf({
      inputs: x,
      outputs: ['y'],
      nodes: [...Array.from({ length: 20 }, (_, i) => node('ConstantOfShape', ['size'], [`fill${i}`])), last],
      initializers: [i64('size', [1], [2 ** 26])],
    }),
    reason: /^ConstantOfShape making "fill\d+": would /,
  },
  {
    name: 'a range to 2^53',
    model: modelOf({
      inputs: x,
      outputs: ['y', 'p'],
      nodes: [node('Range', ['from', 'to', 'step'], ['p']), last],
      initializers: [i64('from', [], [0]), i64('to', [], [greatest]), i64('step', [], [1])],
    }),
    reason: /^Range making "p": a range of \d+ elements/,
  },
  {
    name: 'an outer product of three vectors',
    model: modelOf({
      inputs: { x: [2000] },
      outputs: ['y'],
      nodes: [node('Einsum', ['x', 'x', 'x'], ['y'], { equation: 'i,j,k->ijk' })],
    }),
    reason: /^Einsum making "y": /,
  },
  {
    name: 'a product that is larger than any buffer',
    model: modelOf({
      inputs: { x: [2 ** 18, 1] },
      outputs: ['y'],
      nodes: [node('MatMul', ['x', 'row'], ['y'])],
      initializers: [zeros('row', [1, 2 ** 18])],
    }),
    reason: /^MatMul making "y": /,
  },
  {
    name: 'padding of 100,000 on all sides',
    model: modelOf({
      inputs: { x: [1, 1, 1, 1] },
      outputs: ['y'],
      nodes: [node('Conv', ['x', 'w'], ['y'], { pads: [100_000, 100_000, 100_000, 100_000] })],
      initializers: [zeros('w', [1, 1, 1, 1])],
    }),
    reason: /^Conv making "y": /,
  },
  {
    name: 'tiles of tiles',
    model: modelOf({
      inputs: { x: [1, 2] },
      outputs: ['y'],
      nodes: [node('Tile', ['x', 'times'], ['t']), node('Tile', ['t', 'times'], ['y'])],
      initializers: [i64('times', [2], [2 ** 10, 2 ** 9])],
    }),
    reason: /^Tile making "[ty]": /,
  },
];

function inputsFor(model: Model): ReadonlyMap<string, HostValue> {
  return new Map(
    model.graph.inputs.map(({ name, type }) => {
      const { type: element, dims } = type as { type: 'f32'; dims: readonly number[] };
      return [name, hostTensor(element, dims, new Float64Array(countOf({ dims })))];
    }),
  );
}

describe.each(hostile)('$name', ({ model, reason }) => {
  it('can be looked at', () => {
    // What cannot be told is left out, and nothing is thrown.
    expect(inferredShapes(model).size).toBeGreaterThan(0);
    expect(optimize(model).graph.outputs).toEqual(model.graph.outputs);
  }, 20_000);

  it('is refused when it is run, by node and rule', async () => {
    const { gpu: device, facts, pipelines } = await testDevice();
    const session = createModelSession(model, { device, facts, pipelines });
    const outcome = await session.run(inputsFor(model));
    session.destroy();
    expect(outcome).toMatchObject({ status: 'unsupported', reason: expect.stringMatching(reason) });
  }, 30_000);
});

it('an input of 2^60 elements is shown as it is stated', () => {
  const model = modelOf({ inputs: { x: [2 ** 30, 2 ** 30] }, outputs: ['y'], nodes: [node('Relu', ['x'], ['y'])] });
  expect(inferredShapes(model).get('y')).toBeUndefined();
});

it('identities before a node of many inputs are dropped in one go', () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `a${i}`);
  const model = modelOf({
    inputs: x,
    outputs: ['y'],
    nodes: [...names.map((name) => node('Identity', ['x'], [name])), node('Concat', names, ['y'], { axis: 0 })],
  });
  const { nodes } = optimize(model).graph;
  expect(nodes.map(({ op }) => op)).toEqual(['Concat']);
  expect(new Set(nodes[0]!.inputs)).toEqual(new Set(['x']));
}, 20_000);
