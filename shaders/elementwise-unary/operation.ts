/** y = f(x) element by element, f being one of a list of functions of one number. */
import { defineOperation, type Shape } from '../../src/kernel/operation.js';
import { bitsOfF32, f32OfBits } from '../lib/elementwise/special.js';
import { approximate, boundOf } from '../lib/running-error.js';
import { exactFunctions } from './exact.js';
import { type Scalars, unaryFunctions, unaryNumber } from './functions.js';

export interface UnaryShape extends Shape {
  readonly count: number;
  /** Number of the function. */
  readonly f: number;
  /** Bit patterns of two f32. */
  readonly alpha: number;
  readonly beta: number;
}

/** The shape of a function by name, with its usual scalars where none are given. */
export function unaryShape(name: string, count: number, given: Partial<Scalars> = {}): UnaryShape {
  const { alpha = 0, beta = 0 } = { ...functionOf({ f: unaryNumber(name) }), ...given };
  return { count, f: unaryNumber(name), alpha: bitsOfF32(alpha), beta: bitsOfF32(beta) };
}

export function functionOf({ f }: Pick<UnaryShape, 'f'>) {
  return unaryFunctions[f - 1] ?? unaryFunctions[0]!;
}

const list = unaryFunctions.map(({ name }, i) => `${i + 1} ${name}`).join(', ');

export const elementwiseUnary = defineOperation<UnaryShape>({
  id: 'elementwise-unary',
  title: 'Element-wise, one operand',
  summary: 'y[i] = f(x[i]) in f32, f being a function of one number such as a root, an activation or a sine.',
  parameters: [
    { name: 'count', about: 'elements of x and y' },
    { name: 'f', about: `function: ${list}` },
    { name: 'alpha', about: 'first scalar of the function, as the bits of an f32', min: 0 },
    { name: 'beta', about: 'second scalar of the function, as the bits of an f32', min: 0 },
  ],
  valid: ({ f }) => f <= unaryFunctions.length || `There are ${unaryFunctions.length} functions, and no ${f}.`,
  bindings: [
    { name: 'x', access: 'read', element: 'f32', length: ({ count }) => count, about: 'operands' },
    { name: 'y', access: 'read_write', element: 'f32', length: ({ count }) => count, about: 'results' },
  ],
  inputs: (shape, random) => {
    const { domain = (x: number) => x } = exactFunctions[functionOf(shape).name];
    return { x: random.values(shape.count).map(domain) };
  },
  reference: ({ x }, shape, pick) => {
    const { exact, formula } = exactFunctions[functionOf(shape).name];
    const scalars = { alpha: f32OfBits(shape.alpha), beta: f32OfBits(shape.beta) };
    const rows = pick(shape.count);
    const values = Float64Array.from(rows, (i) => exact(x![i]!, scalars));
    const bounds = Float64Array.from(rows, (i, at) =>
      formula === undefined ? 0 : boundOf(formula(approximate(x![i]!), scalars), values[at]!),
    );
    return [{ output: 'y', columns: 1, rows, values, bounds }];
  },
  cost: ({ count }) => ({
    operations: { sfu: count },
    nominal: count,
    bytesRead: 4 * count,
    bytesWritten: 4 * count,
  }),
  // All functions, the counts in turn a multiple of 4 or not.
  cases: [
    unaryShape('exp', 1),
    ...unaryFunctions.map(({ name }, i) => unaryShape(name, i % 2 === 0 ? 256 : 257)),
    unaryShape('gelu', 3072),
  ],
  presets: ['gelu', 'gelu-tanh', 'relu', 'sigmoid', 'tanh', 'exp', 'erf', 'sin'].map((name) => ({
    title: `${name}, 4 Mi elements`,
    shape: unaryShape(name, 2 ** 22),
  })),
  sweep: [14, 16, 18, 20, 22, 24].map((power) => unaryShape('gelu', 2 ** power)),
});
