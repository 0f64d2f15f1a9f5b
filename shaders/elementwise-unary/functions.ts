/** The functions of one f32 by number: names and WGSL. */

/** The two numbers that some functions take besides x. */
export interface Scalars {
  readonly alpha: number;
  readonly beta: number;
}

export interface UnaryFunction extends Partial<Scalars> {
  readonly name: string;
  /** An expression of x, alpha and beta. */
  readonly wgsl: string;
}

/** In the order of their numbers, the first being 1. */
const functions = [
  { name: 'abs', wgsl: 'abs(x)' },
  { name: 'neg', wgsl: '-x' },
  { name: 'ceil', wgsl: 'ceil(x)' },
  { name: 'floor', wgsl: 'floor(x)' },
  { name: 'round', wgsl: 'round(x)' },
  { name: 'sign', wgsl: 'sign(x)' },
  { name: 'sqrt', wgsl: 'sqrt(x)' },
  { name: 'exp', wgsl: 'exp(x)' },
  { name: 'log', wgsl: 'log(x)' },
  { name: 'reciprocal', wgsl: '1.0 / x' },
  { name: 'sin', wgsl: 'sinOf(x)' },
  { name: 'cos', wgsl: 'cosOf(x)' },
  { name: 'tan', wgsl: 'tanOf(x)' },
  { name: 'asin', wgsl: 'asinOf(x)' },
  { name: 'acos', wgsl: 'acosOf(x)' },
  { name: 'atan', wgsl: 'atanOf(x)' },
  { name: 'sinh', wgsl: 'sinhOf(x)' },
  { name: 'cosh', wgsl: 'coshOf(x)' },
  { name: 'tanh', wgsl: 'tanhOf(x)' },
  { name: 'asinh', wgsl: 'asinhOf(x)' },
  { name: 'acosh', wgsl: 'acoshOf(x)' },
  { name: 'atanh', wgsl: 'atanhOf(x)' },
  { name: 'erf', wgsl: 'erfOf(x)' },
  { name: 'relu', wgsl: 'max(x, 0.0)' },
  { name: 'leaky-relu', wgsl: 'select(x, alpha * x, x < 0.0)', alpha: 0.01 },
  { name: 'elu', wgsl: 'select(x, alpha * expm1Of(x), x < 0.0)', alpha: 1 },
  { name: 'selu', wgsl: 'beta * select(x, alpha * expm1Of(x), x <= 0.0)', alpha: 1.6732632, beta: 1.050701 },
  { name: 'celu', wgsl: 'select(x, alpha * expm1Of(x / alpha), x < 0.0)', alpha: 2 },
  { name: 'sigmoid', wgsl: 'sigmoidOf(x)' },
  { name: 'hard-sigmoid', wgsl: 'clamp(alpha * x + beta, 0.0, 1.0)', alpha: 0.2, beta: 0.5 },
  { name: 'hard-swish', wgsl: 'x * clamp(x * 0.1666666667 + 0.5, 0.0, 1.0)' },
  { name: 'softplus', wgsl: 'softplusOf(x)' },
  { name: 'softsign', wgsl: 'x / (1.0 + abs(x))' },
  { name: 'gelu', wgsl: '0.5 * x * (1.0 + erfOf(x * 0.7071067812))' },
  { name: 'gelu-tanh', wgsl: '0.5 * x * (1.0 + tanhOf(0.7978845608 * (x * (1.0 + 0.044715 * x * x))))' },
  { name: 'mish', wgsl: 'x * tanhOf(softplusOf(x))' },
  { name: 'swish', wgsl: 'x * sigmoidOf(alpha * x)', alpha: 1 },
  { name: 'thresholded-relu', wgsl: 'select(0.0, x, x > alpha)', alpha: 1 },
  { name: 'shrink', wgsl: 'select(select(0.0, x - beta, x > alpha), x + beta, x < -alpha)', alpha: 0.5, beta: 0.25 },
  {
    // Not clamp(), which wants its bounds in order; here the upper one wins.
    name: 'clip',
    wgsl: 'min(max(x, alpha), beta)',
    alpha: -1,
    beta: 0.5,
  },
  { name: 'affine', wgsl: 'alpha * x + beta', alpha: 0.5, beta: 3 },
] as const satisfies readonly UnaryFunction[];

export type UnaryName = (typeof functions)[number]['name'];

export const unaryFunctions: readonly (UnaryFunction & { readonly name: UnaryName })[] = functions;

/** @throws TypeError for a name that is not in the list. */
export function unaryNumber(name: string): number {
  const at = unaryFunctions.findIndex((each) => each.name === name);
  if (at < 0) throw new TypeError(`There is no function "${name}"`);
  return at + 1;
}
