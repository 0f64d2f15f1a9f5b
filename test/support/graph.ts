/** Small models built as plain data, for tests of what runs them. */
import type { Attribute, Graph, Model, Node, Value } from '../../src/models/graph.js';
import type { ElementType, Tensor } from '../../src/models/tensor.js';

export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
  domain = '',
): Node {
  const named = new Map(Object.entries(attributes));
  return { name: '', op, domain, overload: '', inputs, outputs, attributes: named };
}

export const ints = (...value: number[]): Attribute => ({ kind: 'ints', value });
export const int = (value: number): Attribute => ({ kind: 'int', value });
export const float = (value: number): Attribute => ({ kind: 'float', value });

export function f32(name: string, dims: readonly number[], values: readonly number[]): Tensor {
  return { name, type: 'f32', dims, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

export function i64(name: string, dims: readonly number[], values: readonly number[]): Tensor {
  return { name, type: 'i64', dims, bytes: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) };
}

export interface Parts {
  readonly inputs: Readonly<Record<string, readonly [type: ElementType, dims: readonly (number | string)[]]>>;
  readonly outputs: readonly string[];
  readonly nodes: readonly Node[];
  readonly tensors?: readonly Tensor[];
  readonly opset?: number;
}

export function modelOf({ inputs, outputs, nodes, tensors = [], opset = 21 }: Parts): Model {
  const given = Object.entries(inputs).map(
    ([name, [type, dims]]): Value => ({ name, type: { kind: 'tensor', type, dims } }),
  );
  const graph: Graph = {
    name: 'built',
    inputs: given,
    outputs: outputs.map((name) => ({ name })),
    nodes,
    initializers: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    types: new Map(given.flatMap(({ name, type }) => (type ? [[name, type]] : []))),
  };
  return {
    format: 'onnx',
    file: 'built.onnx',
    irVersion: 10,
    producer: 'test',
    opsets: new Map([['', opset]]),
    graph,
    functions: new Map(),
    metadata: new Map(),
    remarks: [],
  };
}
