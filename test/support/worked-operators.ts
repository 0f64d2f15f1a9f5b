/** Host operators with plain values, and tables of what they come to. */
import { expect, it } from 'vitest';
import type { Attribute, Graph, GraphFunction, Node } from '../../src/models/graph.js';
import { runNode } from '../../src/models/run/interpret.js';
import { type HostTensor, type HostValue, hostStrings, hostTensor } from '../../src/models/run/values.js';
import type { ElementType } from '../../src/models/tensor.js';

export type Given = HostValue | undefined;
export type Setting = number | string | readonly number[] | readonly string[] | Graph;

function attribute(value: Setting): Attribute {
  if (typeof value === 'number') return { kind: Number.isInteger(value) ? 'int' : 'float', value };
  if (typeof value === 'string') return { kind: 'string', value };
  if ('nodes' in value) return { kind: 'graph', value };
  if (value.every((each) => typeof each === 'string')) return { kind: 'strings', value };
  return { kind: value.every((each) => Number.isInteger(each)) ? 'ints' : 'floats', value: value as number[] };
}

export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  settings: Readonly<Record<string, Setting | Attribute>> = {},
): Node {
  const [, domain = '', name = op] = /^(.*)\.(\w+)$/.exec(op) ?? [];
  const attributes = new Map(
    Object.entries(settings).map(([key, value]): [string, Attribute] => [
      key,
      typeof value === 'object' && 'kind' in value ? (value as Attribute) : attribute(value as Setting),
    ]),
  );
  return { name: '', op: name, domain, overload: '', inputs, outputs, attributes };
}

export function run(
  op: string,
  inputs: readonly Given[],
  settings: Readonly<Record<string, Setting | Attribute>> = {},
  opset = 25,
  outputs = 1,
): readonly Given[] {
  const names = inputs.map((value, i) => (value === undefined ? '' : `in${i}`));
  const made = Array.from({ length: outputs }, (_, i) => `out${i}`);
  const around = { opsets: new Map([['', opset]]), functions: new Map<string, GraphFunction>() };
  return runNode(around, node(op, names, made, settings), (name) => inputs[Number(name.slice(2))]);
}

export const f32 = (dims: readonly number[], data: readonly number[]): HostTensor => hostTensor('f32', dims, data);
export const i64 = (...data: readonly number[]): HostTensor => hostTensor('i64', [data.length], data);
export const one = (type: ElementType, value: number): HostTensor => hostTensor(type, [], [value]);
export const text = (...strings: readonly string[]): HostTensor => hostStrings([strings.length], strings);
export const upTo = (...dims: readonly number[]): HostTensor => {
  const count = dims.reduce((a, b) => a * b, 1);
  return f32(
    dims,
    Array.from({ length: count }, (_, i) => i),
  );
};

/** `type[dims]: elements` of a tensor. */
export function show(value: Given): string {
  if (value?.kind !== 'tensor') return value?.kind ?? 'nothing';
  return `${value.type}[${value.dims}]: ${(value.strings ?? [...value.data]).join(' ')}`;
}

export function graph(nodes: readonly Node[], inputs: readonly string[], outputs: readonly string[]): Graph {
  const named = (names: readonly string[]): { name: string }[] => names.map((name) => ({ name }));
  return {
    name: 'body',
    nodes,
    inputs: named(inputs),
    outputs: named(outputs),
    initializers: new Map(),
    types: new Map(),
  };
}

/** One call of an operator, and its outputs as `show` writes them. */
export type Row = readonly [
  op: string,
  inputs: readonly Given[],
  settings: Readonly<Record<string, Setting | Attribute>>,
  opset: number,
  ...outputs: readonly string[],
];

/** One test for each row. */
export function itComputes(rows: readonly Row[]): void {
  it.each(rows.map((row, i) => [row[0], row[3], i, row] as const))(
    '%s of operator set %i (%i)',
    (_op, _opset, _i, [op, inputs, settings, opset, ...wanted]) => {
      expect(run(op, inputs, settings, opset, wanted.length).slice(0, wanted.length).map(show)).toEqual(wanted);
    },
  );
}
