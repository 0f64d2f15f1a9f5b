/** Reductions over axes, and the position of the greatest or least element. */

import { elementCount } from '../../tensor.js';
import type { HostCall, HostOperator } from '../call.js';
import { room } from '../room.js';
import { axisOf, stridesOf } from '../shapes.js';
import { type HostTensor, hostTensor, integerRange } from '../values.js';
import { forLines, layoutAround, positionsOf } from '../walk.js';

interface Reduction {
  /** Of no elements. */
  readonly start: (type: HostTensor['type']) => number;
  readonly step: (sum: number, x: number) => number;
  readonly finish?: (sum: number, count: number) => number;
}

const sum: Reduction = { start: () => 0, step: (a, x) => a + x };

const reductions = {
  ReduceSum: sum,
  ReduceMean: { ...sum, finish: (a, count) => a / count },
  ReduceProd: { start: () => 1, step: (a, x) => a * x },
  ReduceMax: { start: (type) => integerRange(type)?.[0] ?? Number.NEGATIVE_INFINITY, step: Math.max },
  ReduceMin: { start: (type) => integerRange(type)?.[1] ?? Number.POSITIVE_INFINITY, step: Math.min },
  ReduceL1: { start: () => 0, step: (a, x) => a + Math.abs(x) },
  ReduceL2: { start: () => 0, step: (a, x) => a + x * x, finish: Math.sqrt },
  ReduceSumSquare: { start: () => 0, step: (a, x) => a + x * x },
  ReduceLogSum: { ...sum, finish: Math.log },
} as const satisfies Readonly<Record<string, Reduction>>;

/** Which element of the result each element of the input falls on. */
interface Reach {
  readonly dims: readonly number[];
  /** Elements that fall on each. */
  readonly count: number;
  readonly results: Int32Array;
  readonly size: number;
}

function reachOf(call: HostCall, { dims }: HostTensor): Reach {
  // Axes are an attribute before operator set 13 for sums, 18 for all others, and an input since.
  const given = call.intsFrom(1, 'axes') ?? [];
  const keepAll = given.length === 0 && call.int('noop_with_empty_axes', 0) === 1;
  const all = given.length === 0 && !keepAll;
  const reduced = new Set(given.map((axis) => axisOf(call, axis, dims.length)));
  const isReduced = (axis: number): boolean => all || reduced.has(axis);
  const kept = dims.map((size, axis) => (isReduced(axis) ? 1 : size));
  const strides = stridesOf(kept).map((stride, axis) => (isReduced(axis) ? 0 : stride));
  const keepDims = call.int('keepdims', 1) === 1;
  return {
    dims: keepDims ? kept : kept.filter((_, axis) => !isReduced(axis)),
    count: elementCount(dims.filter((_, axis) => isReduced(axis))),
    results: positionsOf(call, dims, strides),
    size: elementCount(kept),
  };
}

const reduced =
  ({ start, step, finish }: Reduction): HostOperator =>
  (call) => {
    const tensor = call.input(0);
    const { dims, count, results, size } = reachOf(call, tensor);
    const result = room(call, [size]).fill(start(tensor.type));
    for (let i = 0; i < results.length; i++) result[results[i]!] = step(result[results[i]!]!, tensor.data[i]!);
    const whole = integerRange(tensor.type) !== undefined;
    if (finish) for (let i = 0; i < size; i++) result[i] = toType(finish(result[i]!, count), whole);
    return [hostTensor(tensor.type, dims, result)];
  };

function toType(value: number, whole: boolean): number {
  return whole ? Math.trunc(value) || 0 : value;
}

/** ln Σ eˣ, the greatest taken out so that nothing overflows. */
const logSumExp: HostOperator = (call) => {
  const { type, data } = call.input(0);
  const { dims, results, size } = reachOf(call, call.input(0));
  const most = room(call, [size]).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < results.length; i++) most[results[i]!] = Math.max(most[results[i]!]!, data[i]!);
  const sums = new Float64Array(size);
  for (let i = 0; i < results.length; i++) {
    const top = most[results[i]!]!;
    sums[results[i]!]! += Number.isFinite(top) ? Math.exp(data[i]! - top) : data[i] === top ? 1 : 0;
  }
  const whole = integerRange(type) !== undefined;
  // Of nothing, ln 0.
  for (let i = 0; i < size; i++) {
    const top = most[i]!;
    sums[i] = toType(top === Number.NEGATIVE_INFINITY ? top : top + Math.log(sums[i]!), whole);
  }
  return [hostTensor(type, dims, sums)];
};

/** @param better whether a new element takes the place of the best so far. */
const position =
  (better: (x: number, best: number) => boolean): HostOperator =>
  (call) => {
    const { dims, data } = call.input(0);
    const axis = axisOf(call, call.int('axis', 0), dims.length);
    const layout = layoutAround(dims, axis);
    if (layout.size === 0)
      return call.fail('bad-shape', `dimension ${axis} of [${dims}] has no elements to choose from`);
    const last = call.int('select_last_index', 0) === 1;
    const result = room(call, [layout.outer * layout.inner]);
    let to = 0;
    forLines(layout, (start) => {
      let best = 0;
      for (let i = 1; i < layout.size; i++) {
        const x = data[start + i * layout.inner]!;
        const found = data[start + best * layout.inner]!;
        if (better(x, found) || (last && x === found)) best = i;
      }
      result[to++] = best;
    });
    const keepDims = call.int('keepdims', 1) === 1;
    const shape = keepDims ? dims.map((size, i) => (i === axis ? 1 : size)) : dims.filter((_, i) => i !== axis);
    return [hostTensor('i64', shape, result)];
  };

export default {
  ...Object.fromEntries(Object.entries(reductions).map(([name, reduction]) => [name, reduced(reduction)])),
  ReduceLogSumExp: logSumExp,
  ArgMax: position((x, best) => x > best),
  ArgMin: position((x, best) => x < best),
} satisfies Readonly<Record<string, HostOperator>>;
