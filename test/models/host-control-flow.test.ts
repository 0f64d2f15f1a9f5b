/** Loops, branches, scans, functions and sequences on the host. */
import { describe, expect, it } from 'vitest';
import type { Attribute, Graph, GraphFunction, Model, Node } from '../../src/models/graph.js';
import { functionKey } from '../../src/models/graph.js';
import { interpret, runNode } from '../../src/models/run/interpret.js';
import type { HostValue } from '../../src/models/run/values.js';
import { f32, type Given, graph, i64, node, one, run, type Setting, show, upTo } from '../support/worked-operators.js';

describe('control flow', () => {
  const around = { opsets: new Map([['', 21]]), functions: new Map<string, GraphFunction>() };
  const given = (values: Readonly<Record<string, HostValue>>) => (name: string) => values[name];
  const loop = (body: Graph, inputs: readonly string[], outputs: readonly string[]): Node =>
    node('Loop', inputs, outputs, { body });
  const count = graph(
    [node('Add', ['sum', 'i'], ['next']), node('Less', ['next', 'limit'], ['more'])],
    ['i', 'go', 'sum'],
    ['more', 'next', 'next'],
  );

  it('carries values, stacks outputs and stops at its condition', () => {
    const values = given({ start: one('i64', 0), limit: one('i64', 10) });
    const made = runNode(around, loop(count, ['', '', 'start'], ['sum', 'all']), values);
    expect(made.map(show)).toEqual(['i64[]: 10', 'i64[5]: 0 1 3 6 10']);
  });

  it('counts trips, also none, and then knows the type of what it stacks', () => {
    const typed: Graph = {
      ...count,
      outputs: [...count.outputs.slice(0, 2), { name: 'next', type: { kind: 'tensor', type: 'i64', dims: [] } }],
    };
    const values = given({ trips: one('i64', 0), start: one('i64', 4), limit: one('i64', 10) });
    expect(runNode(around, loop(typed, ['trips', '', 'start'], ['sum', 'all']), values).map(show)).toEqual([
      'i64[]: 4',
      'i64[0]: ',
    ]);
  });

  it('ends loops that have no end', () => {
    const forEver = graph([node('Identity', ['x'], ['y'])], ['i', 'go', 'x'], ['go', 'y']);
    const nested = graph([loop(forEver, ['', '', 'x'], ['z'])], ['i', 'go', 'x'], ['go', 'z']);
    for (const body of [forEver, nested]) {
      const run = (): unknown => runNode(around, loop(body, ['', '', 'x'], ['y']), given({ x: one('f32', 1) }));
      expect(run).toThrow(/runs on and on/);
    }
  });

  it('refuses a function that calls itself', () => {
    const own: GraphFunction = {
      domain: 'mine',
      name: 'F',
      overload: '',
      inputs: ['x'],
      outputs: ['y'],
      nodes: [node('mine.F', ['x'], ['y'])],
      attributes: [],
      defaults: new Map(),
      opsets: new Map([['', 21]]),
    };
    const functions = new Map([[functionKey(own), own]]);
    const run = (): unknown => runNode({ ...around, functions }, own.nodes[0]!, given({ x: one('f32', 1) }));
    expect(run).toThrow(/nests graphs/);
  });

  it('hands attributes of a function on to nodes in its branches', () => {
    const reference: Attribute = { kind: 'reference', value: 'slope' };
    const leaky = graph([node('LeakyRelu', ['x'], ['y'], { alpha: reference })], [], ['y']);
    const plain = graph([node('Identity', ['x'], ['y'])], [], ['y']);
    const own: GraphFunction = {
      domain: 'mine',
      name: 'Maybe',
      overload: '',
      inputs: ['x', 'c'],
      outputs: ['z'],
      nodes: [node('If', ['c'], ['z'], { then_branch: leaky, else_branch: plain })],
      attributes: [],
      defaults: new Map([['slope', { kind: 'float', value: 0.25 }]]),
      opsets: new Map([['', 21]]),
    };
    const functions = new Map([[functionKey(own), own]]);
    const call = (settings: Readonly<Record<string, Setting>>): string =>
      show(
        runNode(
          { ...around, functions },
          node('mine.Maybe', ['x', 'c'], ['z'], settings),
          given({ x: one('f32', -4), c: one('bool', 1) }),
        )[0],
      );
    expect([call({}), call({ slope: 0.5 })]).toEqual(['f32[]: -1', 'f32[]: -2']);
  });

  it('scans forwards and backwards, along other axes, and in batches as in operator set 8', () => {
    const body = graph(
      [node('Add', ['sum', 'x'], ['next']), node('Identity', ['next'], ['out'])],
      ['sum', 'x'],
      ['next', 'out'],
    );
    const scan = (settings: Readonly<Record<string, Setting>>, opset: number, values: readonly Given[]): string[] =>
      run('Scan', values, { body, num_scan_inputs: 1, ...settings }, opset, 2).map(show);
    expect(scan({}, 9, [f32([2], [0, 0]), upTo(3, 2)])).toEqual(['f32[2]: 6 9', 'f32[3,2]: 0 1 2 4 6 9']);
    expect(scan({ scan_input_directions: [1], scan_input_axes: [1] }, 11, [f32([2], [0, 0]), upTo(2, 3)])).toEqual([
      'f32[2]: 3 12',
      'f32[3,2]: 2 5 3 9 3 12',
    ]);
    expect(scan({ scan_output_directions: [1], scan_output_axes: [1] }, 11, [f32([2], [0, 0]), upTo(2, 2)])).toEqual([
      'f32[2]: 2 4',
      'f32[2,2]: 2 0 4 1',
    ]);
    expect(scan({}, 8, [i64(1, 2), f32([2, 1], [0, 0]), upTo(2, 2, 1)])).toEqual([
      'f32[2,1]: 0 5',
      'f32[2,2,1]: 0 0 2 5',
    ]);
  });

  it('maps sequences', () => {
    const body = graph([node('Add', ['a', 'b'], ['c'])], ['a', 'b'], ['c']);
    const items = { kind: 'sequence', items: [one('f32', 1), one('f32', 2)] } as const;
    const [made] = run('SequenceMap', [items, one('f32', 5)], { body });
    expect(made?.kind === 'sequence' && made.items.map(show)).toEqual(['f32[]: 6', 'f32[]: 7']);
  });
});

describe('sequences', () => {
  it('are built, changed, split and joined', () => {
    const nodes = [
      node('SequenceConstruct', ['a', 'b'], ['s']),
      node('SequenceInsert', ['s', 'b', 'first'], ['t']),
      node('SequenceErase', ['t'], ['u']),
      node('ConcatFromSequence', ['u'], ['joined'], { axis: -1, new_axis: 1 }),
      node('SplitToSequence', ['joined'], ['v'], { axis: 1, keepdims: 0 }),
      node('SequenceAt', ['v', 'first'], ['w']),
      node('SequenceLength', ['t'], ['n']),
    ];
    const model: Pick<Model, 'graph' | 'opsets' | 'functions'> = {
      graph: graph(nodes, ['a', 'b', 'first'], ['joined', 'w', 'n']),
      opsets: new Map([['', 21]]),
      functions: new Map(),
    };
    const values = { a: f32([2], [1, 2]), b: f32([2], [3, 4]), first: one('i64', 0) };
    const made = interpret(model, new Map(Object.entries(values)));
    expect([...made.values()].map(show)).toEqual(['f32[2,2]: 3 1 4 2', 'f32[2]: 3 4', 'i64[]: 3']);
  });
});
