/** Calls of single host operators, with tensors made from plain numbers. */
import type { Attribute, Node } from '../../src/models/graph.js';
import { HostCall } from '../../src/models/run/call.js';
import { ModelRunError, type RunFault } from '../../src/models/run/errors.js';
import { hostOperators } from '../../src/models/run/interpret.js';
import { type HostTensor, hostTensor } from '../../src/models/run/values.js';
import type { ElementType, Tensor } from '../../src/models/tensor.js';

type Plain =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: Tensor };

/** Attributes by name; whole numbers are integers unless wrapped as `{ float }` or `{ floats }`; tensors are `{ tensor }`. */
export type PlainAttributes = Readonly<Record<string, Plain>>;

export function attributesFrom(plain: PlainAttributes): ReadonlyMap<string, Attribute> {
  return new Map(Object.entries(plain).map(([name, value]): [string, Attribute] => [name, attributeFrom(value)]));
}

function attributeFrom(value: Plain): Attribute {
  if (typeof value === 'string') return { kind: 'string', value };
  if (typeof value === 'number') return { kind: Number.isInteger(value) ? 'int' : 'float', value };
  if ('float' in value) return { kind: 'float', value: value.float };
  if ('floats' in value) return { kind: 'floats', value: value.floats };
  if ('tensor' in value) return { kind: 'tensor', value: value.tensor };
  if (typeof value[0] === 'string') return { kind: 'strings', value: value as readonly string[] };
  const numbers = value as readonly number[];
  return { kind: numbers.every(Number.isInteger) ? 'ints' : 'floats', value: numbers };
}

/** @param outputs how many outputs somebody takes. */
export function nodeOf(key: string, attributes: PlainAttributes = {}, outputs = 1, inputs = 8): Node {
  const at = key.lastIndexOf('.');
  const names = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  return {
    name: 'tested',
    op: key.slice(at + 1),
    domain: at < 0 ? '' : key.slice(0, at),
    overload: '',
    inputs: names(inputs, 'in'),
    outputs: names(outputs, 'out'),
    attributes: attributesFrom(attributes),
  };
}

interface Setting {
  readonly opset?: number;
  readonly outputs?: number;
}

/** The outputs of an operator. @throws ModelRunError as the operator does. */
export function run(
  key: string,
  inputs: readonly (HostTensor | undefined)[],
  attributes: PlainAttributes = {},
  { opset = 25, outputs = 1 }: Setting = {},
): readonly HostTensor[] {
  const call = new HostCall(nodeOf(key, attributes, outputs, inputs.length), opset, inputs, () => []);
  return hostOperators.get(key)!(call) as readonly HostTensor[];
}

/** The first output. */
export function first(...args: Parameters<typeof run>): HostTensor {
  return run(...args)[0]!;
}

/** The code of the refusal, or undefined where the operator computes. */
export function refusal(...args: Parameters<typeof run>): RunFault | undefined {
  try {
    run(...args);
    return undefined;
  } catch (error) {
    if (error instanceof ModelRunError) return error.code;
    throw error;
  }
}

export function tensor(dims: readonly number[], data: ArrayLike<number>, type: ElementType = 'f32'): HostTensor {
  return hostTensor(type, dims, data);
}

/** Numbers between −1 and 1 that look random and are the same on every run. */
export function noise(dims: readonly number[], seed = 1): HostTensor {
  let state = seed * 2654435761;
  const count = dims.reduce((product, size) => product * size, 1);
  const data = Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return hostTensor('f64', dims, data);
}

/** Element at coordinates, 0 outside. */
export function at({ dims, data }: HostTensor, ...place: readonly number[]): number {
  let flat = 0;
  for (const [d, i] of place.entries()) {
    if (i < 0 || i >= dims[d]!) return 0;
    flat = flat * dims[d]! + i;
  }
  return data[flat]!;
}

/** All coordinates of a tensor in row-major order. */
export function* places(dims: readonly number[]): Generator<number[]> {
  const [size, ...rest] = dims;
  if (size === undefined) {
    yield [];
    return;
  }
  for (let i = 0; i < size; i++) for (const inner of places(rest)) yield [i, ...inner];
}

/** A tensor computed element by element. */
export function made(dims: readonly number[], of: (...place: number[]) => number): HostTensor {
  return hostTensor(
    'f64',
    dims,
    Array.from(places(dims), (place) => of(...place)),
  );
}

/** Largest distance between two lists; Infinity where dimensions differ. */
export function distance(a: HostTensor, b: HostTensor): number {
  if (String(a.dims) !== String(b.dims)) return Number.POSITIVE_INFINITY;
  return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i]!)), 0);
}
