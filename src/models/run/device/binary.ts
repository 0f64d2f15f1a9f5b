/** Functions of two or more tensors, element by element with broadcasting. */
import { type ElementType, elementCount } from '../../tensor.js';
import type { Lower } from '../lowering.js';
import { broadcastDims } from '../shapes.js';
import { isEmpty, isFloatInput, isIntegerInput, isWordInput, leftToHost, type Place, Steps } from '../steps.js';

/** Results of integers that can leave the range of a narrow type. */
const growing: ReadonlySet<string> = new Set(['add', 'sub', 'mul', 'pow', 'shift-left']);

/** @param float function of floats; undefined where the operator has none. */
const arithmetic =
  (float: string | undefined, integer: string | undefined): Lower =>
  (call) => {
    const [a, b] = [call.input(0), call.input(1)];
    const dims = broadcastDims(call, a.dims, b.dims);
    const floats = float !== undefined && isFloatInput(call, 0) && isFloatInput(call, 1);
    const integers = integer !== undefined && isIntegerInput(call, 0) && isIntegerInput(call, 1);
    if (!floats && !integers) return leftToHost(deviceless(a.type, b.type));
    if (elementCount(dims) === 0) return isEmpty;
    const steps = new Steps(call);
    const [left, right] = [steps.input(0), steps.input(1)];
    if (floats) steps.binary('elementwise-binary', float, left, right, steps.output(0, dims));
    else if (integers) integerStep(steps, integer, [left, right], a.type, steps.output(0, dims));
    return steps.end([{ type: a.type, dims }]);
  };

function integerStep(steps: Steps, name: string, [a, b]: readonly [Place, Place], type: ElementType, c: Place): void {
  const narrow = growing.has(name) && type !== 'i32';
  const whole = narrow ? steps.temp(c.dims) : c;
  steps.binary('elementwise-binary-i32', name, a, b, whole);
  if (narrow) steps.cast(`i32-to-${type}`, whole, c);
}

function deviceless(...types: readonly ElementType[]): string {
  return [...new Set(types)].join(' and ');
}

const comparison =
  (name: string): Lower =>
  (call) => {
    const [a, b] = [call.input(0), call.input(1)];
    const dims = broadcastDims(call, a.dims, b.dims);
    const floats = isFloatInput(call, 0) && isFloatInput(call, 1);
    if (!floats && !(isIntegerInput(call, 0) && isIntegerInput(call, 1))) return leftToHost(deviceless(a.type, b.type));
    if (elementCount(dims) === 0) return isEmpty;
    const steps = new Steps(call);
    const kind = floats ? 'elementwise-compare' : 'elementwise-binary-i32';
    steps.binary(kind, name, steps.input(0), steps.input(1), steps.output(0, dims));
    return steps.end([{ type: 'bool', dims }]);
  };

/** Operators of any number of operands, taken two by two. */
const chain =
  (float: string, integer: string | undefined, mean = false): Lower =>
  (call) => {
    const types = call.inputs.map((_, i) => call.input(i).type);
    const dims = broadcastDims(call, ...call.inputs.map((_, i) => call.input(i).dims));
    const floats = types.every((_, i) => isFloatInput(call, i));
    if (!floats && !(integer !== undefined && types.every((_, i) => isIntegerInput(call, i))))
      return leftToHost(deviceless(...types));
    if (elementCount(dims) === 0) return isEmpty;
    if (types.length === 1) return { outputs: [{ type: types[0]!, dims, sameAs: 0 }], steps: [] };
    const steps = new Steps(call);
    let sum = steps.input(0);
    for (let i = 1; i < types.length; i++) {
      const last = i === types.length - 1 && !mean;
      const operands = [sum.dims, call.input(i).dims];
      const next = last ? steps.output(0, dims) : steps.temp(broadcastDims(call, ...operands));
      steps.binary(
        floats ? 'elementwise-binary' : 'elementwise-binary-i32',
        floats ? float : integer!,
        sum,
        steps.input(i),
        next,
      );
      sum = next;
    }
    if (mean) steps.unary('affine', sum, steps.output(0, dims), { alpha: 1 / types.length, beta: 0 });
    return steps.end([{ type: types[0]!, dims }]);
  };

const mod: Lower = (call) => {
  const name = call.int('fmod', 0) === 1 ? 'fmod' : 'mod';
  return arithmetic(name, name)(call);
};

const shift: Lower = (call) =>
  arithmetic(undefined, call.string('direction', '') === 'LEFT' ? 'shift-left' : 'shift-right')(call);

/** The exponent may be of another type; the result has that of the base. */
const pow: Lower = (call) => {
  const [a, b] = [call.input(0), call.input(1)];
  if (!isFloatInput(call, 0) || isFloatInput(call, 1)) return arithmetic('pow', 'pow')(call);
  if (!isIntegerInput(call, 1) && !b.constant) return leftToHost(b.type);
  const dims = broadcastDims(call, a.dims, b.dims);
  if (elementCount(dims) === 0) return isEmpty;
  const steps = new Steps(call);
  const given = b.constant ? call.host(1) : undefined;
  const exponent = given ? steps.made('exponent', b.dims, () => Float32Array.from(given.data)) : steps.temp(b.dims);
  if (!given) steps.cast('i32-to-f32', steps.input(1), exponent);
  steps.binary('elementwise-binary', 'pow', steps.input(0), exponent, steps.output(0, dims));
  return steps.end([{ type: a.type, dims }]);
};

const where: Lower = (call) => {
  const [c, a, b] = [call.input(0), call.input(1), call.input(2)];
  if (!isWordInput(call, 1) || !isIntegerInput(call, 0)) return leftToHost(a.type);
  const dims = broadcastDims(call, c.dims, a.dims, b.dims);
  if (elementCount(dims) === 0) return isEmpty;
  const steps = new Steps(call);
  steps.select(steps.input(0), steps.input(1), steps.input(2), steps.output(0, dims));
  return steps.end([{ type: a.type, dims }]);
};

/** The upper or lower triangle of matrices, zeros elsewhere. */
const trilu: Lower = (call) => {
  const { type, dims } = call.input(0);
  if (!isWordInput(call, 0)) return leftToHost(type);
  if (elementCount(dims) === 0) return isEmpty;
  const [rows, columns] = dims.slice(-2) as [number, number];
  const [upper, diagonal] = [call.int('upper', 1) === 1, call.host(1)?.data[0] ?? 0];
  const steps = new Steps(call);
  const mask = steps.made('mask', [rows, columns], () =>
    Int32Array.from({ length: rows * columns }, (_, i) => {
      const above = (i % columns) - Math.floor(i / columns) - diagonal;
      return (upper ? above >= 0 : above <= 0) ? 1 : 0;
    }),
  );
  const zero = steps.made('zero', [], () => new Int32Array(1));
  steps.select(mask, steps.input(0), zero, steps.output(0, dims));
  return steps.end([{ type, dims }]);
};

/** The slope is broadcast to x, never the other way. */
const prelu: Lower = (call) => arithmetic('prelu', undefined)(call);

export default {
  Add: arithmetic('add', 'add'),
  Sub: arithmetic('sub', 'sub'),
  Mul: arithmetic('mul', 'mul'),
  Div: arithmetic('div', 'div'),
  Pow: pow,
  Mod: mod,
  PRelu: prelu,
  BitShift: shift,
  BitwiseAnd: arithmetic(undefined, 'bit-and'),
  BitwiseOr: arithmetic(undefined, 'bit-or'),
  BitwiseXor: arithmetic(undefined, 'bit-xor'),
  And: arithmetic(undefined, 'and'),
  Or: arithmetic(undefined, 'or'),
  Xor: arithmetic(undefined, 'xor'),
  Equal: comparison('equal'),
  Less: comparison('less'),
  LessOrEqual: comparison('less-or-equal'),
  Greater: comparison('greater'),
  GreaterOrEqual: comparison('greater-or-equal'),
  Min: chain('min', 'min'),
  Max: chain('max', 'max'),
  Sum: chain('add', undefined),
  Mean: chain('add', undefined, true),
  Where: where,
  Trilu: trilu,
} satisfies Readonly<Record<string, Lower>>;
