/** Operators on the bits of integers. */
import type { HostCall, HostOperator } from '../call.js';
import { broadcastDims } from '../shapes.js';
import { hostTensor, integerRange } from '../values.js';
import { broadcast } from '../walk.js';

interface BitRule {
  /** On integers up to 32 bits. */
  readonly short: (a: number, b: number) => number;
  readonly long: (a: bigint, b: bigint) => bigint;
}

function bitwise(call: HostCall, { short, long }: BitRule): readonly [ReturnType<typeof hostTensor>] {
  const [first, second] = [call.input(0), call.input(1)];
  const range = integerRange(first.type);
  if (range === undefined) return call.fail('unsupported-type', `${first.type} is no integer type`);
  const dims = broadcastDims(call, first.dims, second.dims);
  const a = broadcast(call, first, dims).data;
  const b = broadcast(call, second, dims).data;
  const result = new Float64Array(a.length);
  if (first.type === 'i64' || first.type === 'u64') {
    const wrap = first.type === 'i64' ? BigInt.asIntN : BigInt.asUintN;
    for (let i = 0; i < result.length; i++) result[i] = Number(wrap(64, long(BigInt(a[i]!), BigInt(b[i]!))));
  } else {
    // The bit operators of JavaScript give signed 32 bits.
    const unsigned = range[0] >= 0;
    for (let i = 0; i < result.length; i++) {
      const word = short(a[i]!, b[i]!);
      result[i] = unsigned ? word >>> 0 : word;
    }
  }
  return [hostTensor(first.type, dims, result)];
}

const rule =
  (short: BitRule['short'], long: BitRule['long']): HostOperator =>
  (call) =>
    bitwise(call, { short, long });

const left: BitRule = { short: (a, b) => (b > 31 ? 0 : a << b), long: (a, b) => (b > 63n ? 0n : a << b) };
const right: BitRule = { short: (a, b) => (b > 31 ? 0 : a >>> b), long: (a, b) => (b > 63n ? 0n : a >> b) };

const bitShift: HostOperator = (call) => {
  const direction = call.string('direction', '');
  if (direction !== 'LEFT' && direction !== 'RIGHT')
    return call.fail('bad-value', `direction is "${direction}", not LEFT or RIGHT`);
  return bitwise(call, direction === 'LEFT' ? left : right);
};

export default {
  BitShift: bitShift,
  BitwiseAnd: rule(
    (a, b) => a & b,
    (a, b) => a & b,
  ),
  BitwiseOr: rule(
    (a, b) => a | b,
    (a, b) => a | b,
  ),
  BitwiseXor: rule(
    (a, b) => a ^ b,
    (a, b) => a ^ b,
  ),
} satisfies Readonly<Record<string, HostOperator>>;
