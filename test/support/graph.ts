/** Small models made in code, as plain graphs. */
import type { Attribute, Model, Node } from '../../src/models/graph.js';
import { type HostValue, hostTensor } from '../../src/models/run/values.js';
import { type ElementType, elementCount, type Tensor } from '../../src/models/tensor.js';
import { seededRandom } from '../../src/numerics/random.js';

type AttributeValue = number | string | readonly number[];

export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
): Node {
  const entries = Object.entries(attributes).map(([name, value]): [string, Attribute] => {
    if (typeof value === 'string') return [name, { kind: 'string', value }];
    if (typeof value !== 'number') return [name, { kind: 'ints', value }];
    return [name, { kind: Number.isInteger(value) ? 'int' : 'float', value }];
  });
  return { name: '', op, domain: '', overload: '', inputs, outputs, attributes: new Map(entries) };
}

export function f32(name: string, dims: readonly number[], values: ArrayLike<number>): Tensor {
  return { name, type: 'f32', dims, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

export function i64(name: string, dims: readonly number[], values: readonly number[]): Tensor {
  return { name, type: 'i64', dims, bytes: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) };
}

/** Random weights, the same in every run; `seed` tells tensors of one model apart. */
export function weights(name: string, dims: readonly number[], seed = 1): Tensor {
  return f32(name, dims, seededRandom(seed).values(elementCount(dims)));
}

type InputDims = readonly (number | string)[];

export interface GraphParts {
  /** Dimensions of f32, or another type with them; named ones are left to the caller. */
  readonly inputs: Readonly<Record<string, InputDims | { readonly type: ElementType; readonly dims: InputDims }>>;
  readonly outputs: readonly string[];
  readonly nodes: readonly Node[];
  readonly initializers?: readonly Tensor[];
  readonly opset?: number;
}

export function modelOf({ inputs, outputs, nodes, initializers = [], opset = 20 }: GraphParts): Model {
  const types = Object.entries(inputs).map(([name, given]) => ({
    name,
    type: { kind: 'tensor' as const, ...('dims' in given ? given : { type: 'f32' as const, dims: given }) },
  }));
  return {
    ...{ format: 'onnx', file: 'built', irVersion: 10, producer: 'test', functions: new Map(), metadata: new Map() },
    opsets: new Map([['', opset]]),
    remarks: [],
    graph: {
      name: 'built',
      inputs: types,
      outputs: outputs.map((name) => ({ name })),
      nodes,
      initializers: new Map(initializers.map((tensor) => [tensor.name, tensor])),
      types: new Map(types.map(({ name, type }) => [name, type])),
    },
  };
}

/** Random inputs of the stated sizes. */
export function inputsOf({ graph }: Model, seed = 7): ReadonlyMap<string, HostValue> {
  return new Map(
    graph.inputs.map(({ name, type }, i): [string, HostValue] => {
      const dims = type?.kind === 'tensor' ? (type.dims as readonly number[]) : [];
      return [name, hostTensor('f32', dims, seededRandom(seed + i).values(elementCount(dims)))];
    }),
  );
}
