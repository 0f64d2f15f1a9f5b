/** Element-wise operators of two or more inputs that are broadcast against each other. */
import type { HostCall, HostOperator } from '../call.js';
import { broadcastDims, broadcastStrides } from '../shapes.js';
import { type HostTensor, hostTensor, integerRange } from '../values.js';
import { broadcast, pick, positionsOf } from '../walk.js';

type Compute = (a: number, b: number) => number;

/** Both operands at the dimensions they share. */
function pairOf(call: HostCall): readonly [HostTensor, HostTensor] {
  const [a, b] = [call.input(0), call.input(1)];
  const dims = broadcastDims(call, a.dims, b.dims);
  if ((a.type === 'string') !== (b.type === 'string'))
    return call.fail('unsupported-type', `${a.type} and ${b.type} are not computed with each other`);
  return [broadcast(call, a, dims), broadcast(call, b, dims)];
}

function numbersOnly(call: HostCall, { type }: HostTensor): void {
  if (type === 'string') call.fail('unsupported-type', 'text is not computed with');
}

function combined(a: Float64Array, b: Float64Array, compute: Compute): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < result.length; i++) result[i] = compute(a[i]!, b[i]!);
  return result;
}

/** @param integer what integers are computed with, where it differs. */
const arithmetic =
  (compute: Compute, integer: Compute = compute, exact?: (a: bigint, b: bigint) => bigint): HostOperator =>
  (call) => {
    const [a, b] = pairOf(call);
    numbersOnly(call, a);
    if (integerRange(a.type) === undefined) return [hostTensor(a.type, a.dims, combined(a.data, b.data, compute))];
    const long = a.type === 'i64' || a.type === 'u64';
    const used = long && exact ? guarded(integer, exact, a.type === 'i64') : integer;
    return [hostTensor(a.type, a.dims, combined(a.data, b.data, used))];
  };

/** 64-bit integers wrap; where doubles are not exact, the result is computed again in big integers. */
function guarded(compute: Compute, exact: (a: bigint, b: bigint) => bigint, signed: boolean): Compute {
  return (a, b) => {
    const result = compute(a, b);
    if (Number.isSafeInteger(result) && (signed || result >= 0)) return result;
    const whole = exact(BigInt(a), BigInt(b));
    return Number(signed ? BigInt.asIntN(64, whole) : BigInt.asUintN(64, whole));
  };
}

/** As Python's %: the sign of the divisor. */
function floorMod(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** Integers have no infinity: dividing by 0 gives 0. */
const orZero =
  (compute: Compute): Compute =>
  (a, b) =>
    b === 0 ? 0 : compute(a, b);

const mod: HostOperator = (call) => {
  const compute: Compute = call.int('fmod', 0) === 1 ? (a, b) => a % b : floorMod;
  return arithmetic(compute, orZero(compute))(call);
};

/** The result is of the type of the base, whatever that of the exponent. */
const pow: HostOperator = (call) => arithmetic(Math.pow, (a, b) => Math.trunc(a ** b) || 0)(call);

const truth = (compute: (a: number, b: number) => boolean): HostOperator =>
  compared(compute, (call) => call.fail('unsupported-type', 'text has no order here'));

function compared(
  compute: (a: number, b: number) => boolean,
  text: (call: HostCall) => (a: string, b: string) => boolean,
): HostOperator {
  return (call) => {
    const [a, b] = pairOf(call);
    if (!a.strings || !b.strings)
      return [
        hostTensor(
          'bool',
          a.dims,
          combined(a.data, b.data, (x, y) => (compute(x, y) ? 1 : 0)),
        ),
      ];
    const same = text(call);
    return [
      hostTensor(
        'bool',
        a.dims,
        a.strings.map((each, i) => (same(each, b.strings![i]!) ? 1 : 0)),
      ),
    ];
  };
}

/** Any number of inputs, folded from the left. */
const folded =
  (compute: Compute, finish?: (sum: number, count: number) => number): HostOperator =>
  (call) => {
    const all = call.inputs.map((_, i) => call.input(i));
    const first = all[0] ?? call.input(0);
    numbersOnly(call, first);
    const dims = broadcastDims(call, ...all.map((each) => each.dims));
    const result = broadcast(call, first, dims).data.slice();
    for (const each of all.slice(1)) {
      const { data } = broadcast(call, each, dims);
      for (let i = 0; i < result.length; i++) result[i] = compute(result[i]!, data[i]!);
    }
    if (finish) for (let i = 0; i < result.length; i++) result[i] = finish(result[i]!, all.length);
    return [hostTensor(first.type, dims, result)];
  };

const where: HostOperator = (call) => {
  const [condition, yes, no] = [call.input(0), call.input(1), call.input(2)];
  if (yes.type !== no.type) return call.fail('unsupported-type', `${yes.type} and ${no.type} are of two types`);
  const dims = broadcastDims(call, condition.dims, yes.dims, no.dims);
  const { data: chosen } = broadcast(call, condition, dims);
  const from = positionsOf(call, dims, broadcastStrides(yes.dims, dims));
  const otherwise = positionsOf(call, dims, broadcastStrides(no.dims, dims));
  if (yes.strings && no.strings) {
    const joined = { ...yes, strings: [...yes.strings, ...no.strings] };
    const places = from.map((at, i) => (chosen[i] ? at : yes.strings!.length + otherwise[i]!));
    return [pick(joined, dims, places)];
  }
  const result = new Float64Array(from.length);
  for (let i = 0; i < result.length; i++) result[i] = chosen[i] ? yes.data[from[i]!]! : no.data[otherwise[i]!]!;
  return [hostTensor(yes.type, dims, result)];
};

/** Limits are attributes before operator set 11, inputs since. */
const clip: HostOperator = (call) => {
  const { type, dims, data } = call.input(0);
  const limit = (i: number, name: string, otherwise: number): number =>
    call.opset < 11 ? call.float(name, otherwise) : (call.optional(i)?.data[0] ?? otherwise);
  const least = limit(1, 'min', Number.NEGATIVE_INFINITY);
  const greatest = limit(2, 'max', Number.POSITIVE_INFINITY);
  const result = new Float64Array(data.length);
  // Where the limits cross, the upper one holds.
  for (let i = 0; i < result.length; i++) result[i] = Math.min(Math.max(data[i]!, least), greatest);
  return [hostTensor(type, dims, result)];
};

export default {
  Add: arithmetic(
    (a, b) => a + b,
    undefined,
    (a, b) => a + b,
  ),
  Sub: arithmetic(
    (a, b) => a - b,
    undefined,
    (a, b) => a - b,
  ),
  Mul: arithmetic(
    (a, b) => a * b,
    undefined,
    (a, b) => a * b,
  ),
  Div: arithmetic(
    (a, b) => a / b,
    orZero((a, b) => Math.trunc(a / b)),
  ),
  Pow: pow,
  Mod: mod,
  Min: folded(Math.min),
  Max: folded(Math.max),
  Sum: folded((a, b) => a + b),
  Mean: folded(
    (a, b) => a + b,
    (sum, count) => sum / count,
  ),
  Equal: compared(
    (a, b) => a === b,
    () => (a, b) => a === b,
  ),
  Less: truth((a, b) => a < b),
  LessOrEqual: truth((a, b) => a <= b),
  Greater: truth((a, b) => a > b),
  GreaterOrEqual: truth((a, b) => a >= b),
  And: truth((a, b) => a !== 0 && b !== 0),
  Or: truth((a, b) => a !== 0 || b !== 0),
  Xor: truth((a, b) => (a !== 0) !== (b !== 0)),
  Where: where,
  Clip: clip,
} satisfies Readonly<Record<string, HostOperator>>;
