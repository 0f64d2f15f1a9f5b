/** Reductions, places of extremes, softmax and running sums. */
import { reduceShape } from '../../../../shaders/reduce/operation.js';
import { elementCount } from '../../tensor.js';
import type { Lower, LowerCall } from '../lowering.js';
import { axisOf, stridesOf } from '../shapes.js';
import { isEmpty, isFloatInput, leftToHost, type Place, Steps } from '../steps.js';

interface Lines {
  readonly outer: number;
  readonly axis: number;
  readonly inner: number;
}

/** Dimensions as outer × axis × inner. */
export function around(dims: readonly number[], axis: number): Lines {
  return {
    outer: elementCount(dims.slice(0, axis)),
    axis: dims[axis] ?? 1,
    inner: elementCount(dims.slice(axis + 1)),
  };
}

/** Whether a team per line is worth it: neighbours then read neighbours, and few lines of many elements keep it busy. */
function prefersTeam({ outer, axis, inner }: Lines): boolean {
  return inner === 1 ? axis >= 32 : axis >= 256 && outer * inner < 1024;
}

function reduceRungs(lines: Lines): readonly string[] {
  return prefersTeam(lines) ? ['reduce/subgroup', 'reduce/workgroup', 'reduce/naive'] : ['reduce/naive'];
}

/** Why input 0 is not reduced on the device, if so. */
function refusal(call: LowerCall): string | undefined {
  const { type, dims } = call.input(0);
  if (!isFloatInput(call, 0)) return leftToHost(type);
  return elementCount(dims) === 0 ? isEmpty : undefined;
}

/** Input 0 with the reduced dimensions last, moved there where they are not neighbours, as outer × axis × inner. */
function gatherAxes(steps: Steps, dims: readonly number[], axes: ReadonlySet<number>): { x: Place; lines: Lines } {
  const wide = dims.map((_, i) => i).filter((i) => dims[i] !== 1);
  const reduced = wide.filter((i) => axes.has(i));
  if (reduced.length === 0) return { x: steps.input(0), lines: { outer: elementCount(dims), axis: 1, inner: 1 } };
  const [first, last] = [wide.indexOf(reduced[0]!), wide.indexOf(reduced.at(-1)!)];
  const sizes = (places: readonly number[]): number => elementCount(places.map((i) => dims[i]!));
  const lines = { outer: sizes(wide.slice(0, first)), axis: sizes(reduced), inner: sizes(wide.slice(last + 1)) };
  if (last - first + 1 === reduced.length) return { x: steps.input(0), lines };
  const order = [...wide.filter((i) => !axes.has(i)), ...reduced];
  const moved = order.map((i) => dims[i]!);
  const strides = stridesOf(dims);
  const x = steps.temp(moved);
  const from = { steps: order.map((i) => strides[i]!) };
  steps.copy(steps.input(0), from, x, { steps: stridesOf(moved) }, moved);
  return { x, lines: { outer: elementCount(moved) / lines.axis, axis: lines.axis, inner: 1 } };
}

const reduced =
  (name: string): Lower =>
  (call) => {
    const reason = refusal(call);
    if (reason !== undefined) return reason;
    const { type, dims } = call.input(0);
    const given = call.intsFrom(1, 'axes') ?? [];
    const all = given.length === 0 && call.int('noop_with_empty_axes', 0) === 0;
    if (given.length === 0 && !all) return 'no axis is reduced';
    const axes = new Set(all ? dims.keys() : given.map((axis) => axisOf(call, axis, dims.length)));
    const keep = call.int('keepdims', 1) === 1;
    const out = dims.flatMap((size, i) => (axes.has(i) ? (keep ? [1] : []) : [size]));
    const steps = new Steps(call);
    const { x, lines } = gatherAxes(steps, dims, axes);
    const shape = reduceShape(name, lines.outer, lines.axis, lines.inner);
    steps.run(reduceRungs(lines), shape, { x: x.ref, y: { output: 0 } });
    return steps.end([{ type, dims: out }]);
  };

const placeOf =
  (largest: number): Lower =>
  (call) => {
    const reason = refusal(call);
    if (reason !== undefined) return reason;
    const { dims } = call.input(0);
    const axis = axisOf(call, call.int('axis', 0), dims.length);
    const keep = call.int('keepdims', 1) === 1;
    const out = dims.flatMap((size, i) => (i === axis ? (keep ? [1] : []) : [size]));
    const steps = new Steps(call);
    const shape = { largest, last: call.int('select_last_index', 0), ...around(dims, axis) };
    steps.run(['arg-reduce/workgroup'], shape, { x: { input: 0 }, y: { output: 0 } });
    return steps.end([{ type: 'i64', dims: out }]);
  };

/** Before version 13 everything from the axis on is one line. */
const softmax =
  (log: number): Lower =>
  (call) => {
    const reason = refusal(call);
    if (reason !== undefined) return reason;
    const { type, dims } = call.input(0);
    const axis = axisOf(call, call.int('axis', call.opset < 13 ? 1 : -1), dims.length);
    const own = around(dims, axis);
    const lines = call.opset < 13 ? { outer: own.outer, axis: own.axis * own.inner, inner: 1 } : own;
    const steps = new Steps(call);
    const rungs = prefersTeam(lines) ? ['softmax/workgroup', 'softmax/naive'] : ['softmax/naive'];
    steps.run(rungs, { log, ...lines }, { x: { input: 0 }, y: { output: 0 } });
    return steps.end([{ type, dims }]);
  };

const cumSum: Lower = (call) => {
  const reason = refusal(call);
  if (reason !== undefined) return reason;
  const { type, dims } = call.input(0);
  const axis = axisOf(call, call.host(1)?.data[0] ?? 0, dims.length);
  const shape = { exclusive: call.int('exclusive', 0), reverse: call.int('reverse', 0), ...around(dims, axis) };
  const steps = new Steps(call);
  steps.run(['cumulative-sum/naive'], shape, { x: { input: 0 }, y: { output: 0 } });
  return steps.end([{ type, dims }]);
};

export default {
  ReduceSum: reduced('sum'),
  ReduceMean: reduced('mean'),
  ReduceMax: reduced('max'),
  ReduceMin: reduced('min'),
  ReduceProd: reduced('prod'),
  ReduceL1: reduced('l1'),
  ReduceL2: reduced('l2'),
  ReduceSumSquare: reduced('sum-square'),
  ReduceLogSum: reduced('log-sum'),
  ReduceLogSumExp: reduced('log-sum-exp'),
  ArgMax: placeOf(1),
  ArgMin: placeOf(0),
  Softmax: softmax(0),
  LogSoftmax: softmax(1),
  CumSum: cumSum,
} satisfies Readonly<Record<string, Lower>>;
