/** Operators that treat every line along an axis by itself: softmax and its kin, running sums and products. */
import type { HostCall, HostOperator } from '../call.js';
import { axisOf } from '../shapes.js';
import { hostTensor } from '../values.js';
import { type AxisLayout, forLines, layoutAround } from '../walk.js';

type Line = (data: Float64Array, result: Float64Array, start: number, layout: AxisLayout) => void;

/** Before operator set 13 the tensor is taken as a matrix: all axes from the given one on are one line. */
function softmaxLayout(call: HostCall, dims: readonly number[]): AxisLayout {
  if (call.opset >= 13) return layoutAround(dims, axisOf(call, call.int('axis', -1), dims.length));
  const given = call.int('axis', 1);
  const axis = given === dims.length ? given : axisOf(call, given, dims.length);
  const count = (part: readonly number[]): number => part.reduce((product, size) => product * size, 1);
  return { outer: count(dims.slice(0, axis)), size: count(dims.slice(axis)), inner: 1 };
}

const normalized =
  (line: Line): HostOperator =>
  (call) => {
    const { type, dims, data } = call.input(0);
    const layout = softmaxLayout(call, dims);
    const result = new Float64Array(data.length);
    if (layout.size > 0) forLines(layout, (start) => line(data, result, start, layout));
    return [hostTensor(type, dims, result)];
  };

function greatest(data: Float64Array, start: number, { size, inner }: AxisLayout): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0, at = start; i < size; i++, at += inner) most = Math.max(most, data[at]!);
  return most;
}

const softmax: Line = (data, result, start, layout) => {
  const most = greatest(data, start, layout);
  const end = start + layout.size * layout.inner;
  let sum = 0;
  for (let at = start; at < end; at += layout.inner) {
    result[at] = Math.exp(data[at]! - most);
    sum += result[at]!;
  }
  for (let at = start; at < end; at += layout.inner) result[at]! /= sum;
};

const logSoftmax: Line = (data, result, start, layout) => {
  const most = greatest(data, start, layout);
  const end = start + layout.size * layout.inner;
  let sum = 0;
  for (let at = start; at < end; at += layout.inner) sum += Math.exp(data[at]! - most);
  const shift = most + Math.log(sum);
  for (let at = start; at < end; at += layout.inner) result[at] = data[at]! - shift;
};

/** 1 at the first greatest element, 0 elsewhere. */
const hardmax: Line = (data, result, start, layout) => {
  const most = greatest(data, start, layout);
  let at = start;
  for (let i = 1; i < layout.size && data[at] !== most; i++) at += layout.inner;
  result[at] = 1;
};

/** @param first what stands before the first element where each result leaves its own element out. */
const running =
  (first: number, step: (sum: number, x: number) => number): HostOperator =>
  (call) => {
    const { type, dims, data } = call.input(0);
    const layout = layoutAround(dims, axisOf(call, call.input(1).data[0] ?? 0, dims.length));
    const exclusive = call.int('exclusive', 0) === 1;
    const reverse = call.int('reverse', 0) === 1;
    const result = new Float64Array(data.length);
    forLines(layout, (start) => {
      let sum = first;
      for (let i = 0; i < layout.size; i++) {
        const at = start + (reverse ? layout.size - 1 - i : i) * layout.inner;
        const next = step(sum, data[at]!);
        result[at] = exclusive ? sum : next;
        sum = next;
      }
    });
    return [hostTensor(type, dims, result)];
  };

export default {
  Softmax: normalized(softmax),
  LogSoftmax: normalized(logSoftmax),
  Hardmax: normalized(hardmax),
  CumSum: running(0, (sum, x) => sum + x),
  CumProd: running(1, (product, x) => product * x),
} satisfies Readonly<Record<string, HostOperator>>;
