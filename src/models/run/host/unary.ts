/** Element-wise operators of one input that need no attribute but a few flags. */

import { erf } from '../../../numerics/erf.js';
import { roundToEven } from '../../../numerics/rounding.js';
import type { HostOperator } from '../call.js';
import { type HostTensor, hostTensor, integerRange, isFloat } from '../values.js';

/** Applies a function to every element; the type stays. */
export const mapped =
  (compute: (x: number) => number): HostOperator =>
  (call) => {
    const { type, dims, data } = call.input(0);
    if (type === 'string') return call.fail('unsupported-type', 'text is not computed with');
    return [hostTensor(type, dims, mapData(data, compute))];
  };

function mapData(data: Float64Array, compute: (x: number) => number): Float64Array {
  const result = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) result[i] = compute(data[i]!);
  return result;
}

const predicate =
  (test: (x: number) => boolean): HostOperator =>
  (call) => {
    const { dims, data } = call.input(0);
    return [
      hostTensor(
        'bool',
        dims,
        mapData(data, (x) => (test(x) ? 1 : 0)),
      ),
    ];
  };

const isInf: HostOperator = (call) => {
  const above = call.int('detect_positive', 1) === 1;
  const below = call.int('detect_negative', 1) === 1;
  return predicate((x) => (above && x === Number.POSITIVE_INFINITY) || (below && x === Number.NEGATIVE_INFINITY))(call);
};

const bitwiseNot: HostOperator = (call) => {
  const { type, dims, data }: HostTensor = call.input(0);
  const range = integerRange(type);
  if (range === undefined) return call.fail('unsupported-type', `${type} is no integer type`);
  // Two's complement: ~x = −1 − x; unsigned, what is missing to the greatest value.
  const base = range[0] < 0 ? -1 : range[1];
  return [
    hostTensor(
      type,
      dims,
      mapData(data, (x) => base - x),
    ),
  ];
};

const floatsOnly =
  (compute: (x: number) => number): HostOperator =>
  (call) => {
    const { type } = call.input(0);
    return isFloat(type) ? mapped(compute)(call) : call.fail('unsupported-type', `${type} is no floating-point type`);
  };

export default {
  Abs: mapped(Math.abs),
  Neg: mapped((x) => -x),
  Sign: mapped(Math.sign),
  Ceil: mapped(Math.ceil),
  Floor: mapped(Math.floor),
  Round: mapped(roundToEven),
  Reciprocal: floatsOnly((x) => 1 / x),
  Sqrt: floatsOnly(Math.sqrt),
  Exp: floatsOnly(Math.exp),
  Log: floatsOnly(Math.log),
  Sin: floatsOnly(Math.sin),
  Cos: floatsOnly(Math.cos),
  Tan: floatsOnly(Math.tan),
  Asin: floatsOnly(Math.asin),
  Acos: floatsOnly(Math.acos),
  Atan: floatsOnly(Math.atan),
  Sinh: floatsOnly(Math.sinh),
  Cosh: floatsOnly(Math.cosh),
  Tanh: floatsOnly(Math.tanh),
  Asinh: floatsOnly(Math.asinh),
  Acosh: floatsOnly(Math.acosh),
  Atanh: floatsOnly(Math.atanh),
  Erf: mapped(erf),
  Not: predicate((x) => x === 0),
  IsNaN: predicate(Number.isNaN),
  IsInf: isInf,
  BitwiseNot: bitwiseNot,
} satisfies Readonly<Record<string, HostOperator>>;
