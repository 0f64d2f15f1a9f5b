/** Inputs for a model: dimensions filled in, and values to try it with. */
import { seededRandom } from '../../numerics/random.js';
import type { Model, Value } from '../graph.js';
import { type ElementType, elementCount } from '../tensor.js';
import { ModelRunError } from './errors.js';
import { countOf, type HostTensor, type HostValue, hostTensor, isFloat } from './values.js';

export interface Sizes {
  /** For a first dimension that the file leaves open. */
  readonly batch: number;
  /** Values of named dimensions; 1 where left out. */
  readonly named?: Readonly<Record<string, number>>;
}

/** Dimensions of an input with open ones filled in. @throws ModelRunError for inputs that are no tensors of known rank. */
function dimsOf(
  { name, type }: Value,
  { batch, named = {} }: Sizes,
): { readonly type: ElementType; readonly dims: readonly number[] } {
  if (type?.kind !== 'tensor' || type.dims === undefined) {
    throw new ModelRunError(
      'unsupported-form',
      `input "${name}"`,
      'has no stated shape, so no input can be made for it',
    );
  }
  const dims = type.dims.map((dim, i) => {
    if (typeof dim === 'number') return dim;
    if (dim !== undefined && Object.hasOwn(named, dim)) return named[dim]!;
    return i === 0 ? batch : 1;
  });
  return { type: type.type, dims };
}

/**
 * The sizes of all inputs.
 * @param most elements of all inputs together.
 * @throws ModelRunError for inputs without a stated rank, and for those that are too large.
 */
export function sizedInputs(model: Model, sizes: Sizes, most = 2 ** 28) {
  let left = most;
  return model.graph.inputs.map((input) => {
    const { type, dims } = dimsOf(input, sizes);
    left -= countOf({ dims });
    if (left >= 0) return { name: input.name, type, dims };
    const rule = `is [${dims}], which with the others is more than the ${most} elements that are tried here`;
    throw new ModelRunError('bad-shape', `input "${input.name}"`, rule);
  });
}

/**
 * Items that these inputs hold: the first dimension of the first. A model whose file fixes that takes as many as it says,
 * whatever batch is asked for.
 */
export function itemsOf(inputs: ReadonlyMap<string, HostValue>): number {
  const [first] = inputs.values();
  return first?.kind === 'tensor' ? (first.dims[0] ?? 1) : 1;
}

/** Random inputs: normal floats, integers 0 and 1, which every table of two rows has. */
export function randomInputs(model: Model, sizes: Sizes, seed: number): ReadonlyMap<string, HostValue> {
  const random = seededRandom(seed);
  return new Map(
    sizedInputs(model, sizes).map(({ name, type, dims }): [string, HostTensor] => {
      const values = random.values(countOf({ dims }));
      const data = isFloat(type) ? values : values.map((value) => (value > 0 ? 1 : 0));
      return [name, hostTensor(type, dims, data)];
    }),
  );
}

/** @throws ModelRunError for inputs that are left out, that the graph does not take, or whose elements are not as many as they should be. */
export function checkInputs({ graph }: Pick<Model, 'graph'>, inputs: ReadonlyMap<string, HostValue>): void {
  for (const { name } of graph.inputs) {
    const value = inputs.get(name);
    if (value === undefined) throw new ModelRunError('missing-input', `input "${name}"`, 'was not given');
    if (value.kind !== 'tensor') continue;
    const [count, wanted] = [value.strings?.length ?? value.data.length, elementCount(value.dims)];
    if (count !== wanted)
      throw new ModelRunError('bad-shape', `input "${name}"`, `holds ${count} elements, but is [${value.dims}]`);
  }
  if (inputs.size <= graph.inputs.length) return;
  const taken = new Set(graph.inputs.map(({ name }) => name));
  for (const name of inputs.keys()) {
    if (taken.has(name)) continue;
    const names = [...taken].map((each) => `"${each}"`).join(', ');
    throw new ModelRunError(
      'bad-value',
      `input "${name}"`,
      `is none that the model takes; it takes ${names || 'none'}`,
    );
  }
}
