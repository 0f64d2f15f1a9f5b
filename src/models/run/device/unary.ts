/** Functions of one tensor, element by element. */
import type { Scalars } from '../../../../shaders/elementwise-unary/functions.js';
import { elementCount } from '../../tensor.js';
import type { Lower, LowerCall } from '../lowering.js';
import { broadcastDims } from '../shapes.js';
import { isEmpty, isFloatInput, isIntegerInput, leftToHost, Steps } from '../steps.js';
import { integerRange } from '../values.js';

const lowered =
  (name: string | ((call: LowerCall) => string), scalars: (call: LowerCall) => Partial<Scalars> = () => ({})): Lower =>
  (call) => {
    const { type, dims } = call.input(0);
    if (!isFloatInput(call, 0)) return leftToHost(type);
    if (elementCount(dims) === 0) return isEmpty;
    const steps = new Steps(call);
    const chosen = typeof name === 'string' ? name : name(call);
    steps.unary(chosen, steps.input(0), steps.output(0, dims), scalars(call));
    return steps.end([{ type, dims }]);
  };

/** Functions of integers, written as one of the element and a number. */
const integers: Readonly<Record<string, readonly [name: string, number: number, flipped?: boolean]>> = {
  Abs: ['difference', 0],
  Neg: ['sub', 0, true],
  Sign: ['order', 0],
  Relu: ['max', 0],
  Not: ['equal', 0],
  BitwiseNot: ['bit-xor', -1],
};

/** Floats by one function, integers by another. */
const either =
  (op: string, float?: Lower): Lower =>
  (call) => {
    const { type, dims } = call.input(0);
    if (float !== undefined && !isIntegerInput(call, 0)) return float(call);
    if (!isIntegerInput(call, 0)) return leftToHost(type);
    if (elementCount(dims) === 0) return isEmpty;
    const [name, usual, flipped = false] = integers[op]!;
    const [least, greatest] = integerRange(type)!;
    // All bits of an unsigned type, which stand in the low ones of a word.
    const number = op === 'BitwiseNot' && least === 0 ? greatest : usual;
    const steps = new Steps(call);
    const operands = [steps.input(0), steps.made('number', [], () => Int32Array.of(number))];
    const [a, b] = flipped ? operands.reverse() : operands;
    const narrow = name === 'sub' && type !== 'i32';
    const whole = narrow ? steps.temp(dims) : steps.output(0, dims);
    steps.binary('elementwise-binary-i32', name, a!, b!, whole);
    if (narrow) steps.cast(`i32-to-${type}`, whole, steps.output(0, dims));
    return steps.end([{ type, dims }]);
  };

const clip: Lower = (call) => {
  const { type, dims } = call.input(0);
  if (!isFloatInput(call, 0) && !isIntegerInput(call, 0)) return leftToHost(type);
  if (elementCount(dims) === 0) return isEmpty;
  const [least, most] = [1, 2].map((i) => call.host(i)?.data[0]);
  const steps = new Steps(call);
  if (isFloatInput(call, 0)) {
    const end = 3.4028234663852886e38;
    const alpha = Math.max(least ?? call.float('min', -end), -end);
    const beta = Math.min(most ?? call.float('max', end), end);
    steps.unary('clip', steps.input(0), steps.output(0, dims), { alpha, beta });
    return steps.end([{ type, dims }]);
  }
  const [lowest, highest] = integerRange(type)!;
  const between = steps.temp(dims);
  const made = (key: string, value: number) => steps.made(key, [], () => Int32Array.of(value));
  steps.binary('elementwise-binary-i32', 'max', steps.input(0), made('least', least ?? lowest), between);
  steps.binary('elementwise-binary-i32', 'min', between, made('most', most ?? highest), steps.output(0, dims));
  return steps.end([{ type, dims }]);
};

/** A function of x + bias, the bias being a row. */
const biased =
  (name: string): Lower =>
  (call) => {
    if (call.inputs[1] === undefined) return lowered(name)(call);
    const { type, dims } = call.input(0);
    if (!isFloatInput(call, 0) || !isFloatInput(call, 1)) return leftToHost(type);
    if (elementCount(dims) === 0) return isEmpty;
    if (`${broadcastDims(call, dims, call.input(1).dims)}` !== `${dims}`)
      return call.fail('bad-shape', `a bias of [${call.input(1).dims}] does not fit [${dims}]`);
    const steps = new Steps(call);
    const sum = steps.temp(dims);
    steps.binary('elementwise-binary', 'add', steps.input(0), steps.input(1), sum);
    steps.unary(name, sum, steps.output(0, dims));
    return steps.end([{ type, dims }]);
  };

const dropout: Lower = (call) => {
  const { type, dims } = call.input(0);
  if (call.wants(1)) return 'its mask is made on the host';
  if ((call.host(2)?.data[0] ?? 0) !== 0) return 'training is left to the host';
  return { outputs: [{ type, dims, sameAs: 0 }], steps: [] };
};

const bits =
  (conversion: (call: LowerCall) => string): Lower =>
  (call) => {
    const { type, dims } = call.input(0);
    if (!isFloatInput(call, 0)) return leftToHost(type);
    if (elementCount(dims) === 0) return isEmpty;
    const steps = new Steps(call);
    steps.cast(conversion(call), steps.input(0), steps.output(0, dims));
    return steps.end([{ type: 'bool', dims }]);
  };

const infinities = (call: LowerCall): string => {
  const [minus, plus] = [call.int('detect_negative', 1) === 1, call.int('detect_positive', 1) === 1];
  if (minus === plus) return 'is-infinite';
  return plus ? 'is-plus-infinity' : 'is-minus-infinity';
};

const plain: Readonly<Record<string, string>> = {
  Ceil: 'ceil',
  Floor: 'floor',
  Round: 'round',
  Sqrt: 'sqrt',
  Exp: 'exp',
  Log: 'log',
  Reciprocal: 'reciprocal',
  Sin: 'sin',
  Cos: 'cos',
  Tan: 'tan',
  Asin: 'asin',
  Acos: 'acos',
  Atan: 'atan',
  Sinh: 'sinh',
  Cosh: 'cosh',
  Tanh: 'tanh',
  Asinh: 'asinh',
  Acosh: 'acosh',
  Atanh: 'atanh',
  Erf: 'erf',
  Sigmoid: 'sigmoid',
  HardSwish: 'hard-swish',
  Softplus: 'softplus',
  Softsign: 'softsign',
  Mish: 'mish',
};

export default {
  ...Object.fromEntries(Object.entries(plain).map(([op, name]) => [op, lowered(name)])),
  Abs: either('Abs', lowered('abs')),
  Neg: either('Neg', lowered('neg')),
  Sign: either('Sign', lowered('sign')),
  Relu: either('Relu', lowered('relu')),
  Not: either('Not'),
  BitwiseNot: either('BitwiseNot'),
  LeakyRelu: lowered('leaky-relu', (call) => ({ alpha: call.float('alpha', 0.01) })),
  Elu: lowered('elu', (call) => ({ alpha: call.float('alpha', 1) })),
  Celu: lowered('celu', (call) => ({ alpha: call.float('alpha', 1) })),
  Selu: lowered('selu', (call) => ({
    alpha: call.float('alpha', 1.6732632423543772),
    beta: call.float('gamma', 1.0507009873554805),
  })),
  HardSigmoid: lowered('hard-sigmoid', (call) => ({ alpha: call.float('alpha', 0.2), beta: call.float('beta', 0.5) })),
  ThresholdedRelu: lowered('thresholded-relu', (call) => ({ alpha: call.float('alpha', 1) })),
  Shrink: lowered('shrink', (call) => ({ alpha: call.float('lambd', 0.5), beta: call.float('bias', 0) })),
  Swish: lowered('swish', (call) => ({ alpha: call.float('alpha', 1) })),
  Gelu: lowered((call) => (call.string('approximate', 'none') === 'tanh' ? 'gelu-tanh' : 'gelu')),
  'com.microsoft.Gelu': biased('gelu'),
  'com.microsoft.BiasGelu': biased('gelu'),
  'com.microsoft.FastGelu': biased('gelu-tanh'),
  'com.microsoft.QuickGelu': lowered('swish', (call) => ({ alpha: call.float('alpha', 1.702) })),
  Clip: clip,
  Dropout: dropout,
  IsNaN: bits(() => 'is-nan'),
  IsInf: bits(infinities),
} satisfies Readonly<Record<string, Lower>>;
