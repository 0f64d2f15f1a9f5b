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

/** The tensor with the reduced dimensions last, moved there where they are not neighbours, as outer × axis × inner. */
function gatherAxes(steps: Steps, given: Place, axes: ReadonlySet<number>): { x: Place; lines: Lines } {
  const { dims } = given;
  const wide = dims.map((_, i) => i).filter((i) => dims[i] !== 1);
  const reduced = wide.filter((i) => axes.has(i));
  if (reduced.length === 0) return { x: given, lines: { outer: elementCount(dims), axis: 1, inner: 1 } };
  const [first, last] = [wide.indexOf(reduced[0]!), wide.indexOf(reduced.at(-1)!)];
  const sizes = (places: readonly number[]): number => elementCount(places.map((i) => dims[i]!));
  const lines = { outer: sizes(wide.slice(0, first)), axis: sizes(reduced), inner: sizes(wide.slice(last + 1)) };
  if (last - first + 1 === reduced.length) return { x: given, lines };
  const order = [...wide.filter((i) => !axes.has(i)), ...reduced];
  const moved = order.map((i) => dims[i]!);
  const strides = stridesOf(dims);
  const x = steps.temp(moved);
  const from = { steps: order.map((i) => strides[i]!) };
  steps.copy(given, from, x, { steps: stridesOf(moved) }, moved);
  return { x, lines: { outer: elementCount(moved) / lines.axis, axis: lines.axis, inner: 1 } };
}

/** Reduces over axes by a function of the `reduce` kernels. */
export function reduceInto(steps: Steps, name: string, given: Place, axes: ReadonlySet<number>, y: Place): void {
  const { x, lines } = gatherAxes(steps, given, axes);
  steps.run(reduceRungs(lines), reduceShape(name, lines.outer, lines.axis, lines.inner), { x: x.ref, y: y.ref });
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
    reduceInto(steps, name, steps.input(0), axes, steps.output(0, out));
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

/** 1 at the first of the largest along the axis, 0 elsewhere. */
const hardmax: Lower = (call) => {
  const reason = refusal(call);
  if (reason !== undefined) return reason;
  const { type, dims } = call.input(0);
  const axis = axisOf(call, call.int('axis', call.opset < 13 ? 1 : -1), dims.length);
  const own = around(dims, axis);
  const lines = call.opset < 13 ? { outer: own.outer, axis: own.axis * own.inner, inner: 1 } : own;
  const walk = [lines.outer, lines.axis, lines.inner];
  const steps = new Steps(call);
  const [place, hit] = [steps.temp([lines.outer, 1, lines.inner]), steps.temp(walk)];
  steps.run(['arg-reduce/workgroup'], { largest: 1, last: 0, ...lines }, { x: { input: 0 }, y: place.ref });
  const places = steps.made('places', [lines.axis, 1], () => Int32Array.from({ length: lines.axis }, (_, i) => i));
  steps.binary('elementwise-binary-i32', 'equal', places, place, hit);
  steps.cast('i32-to-f32', hit, steps.output(0, walk));
  return steps.end([{ type, dims }]);
};

const lpNormalization: Lower = (call) => {
  const reason = refusal(call);
  if (reason !== undefined) return reason;
  const { type, dims } = call.input(0);
  const axis = axisOf(call, call.int('axis', -1), dims.length);
  const norm = dims.map((size, i) => (i === axis ? 1 : size));
  const steps = new Steps(call);
  const divisor = steps.temp(norm);
  reduceInto(steps, call.int('p', 2) === 1 ? 'l1' : 'l2', steps.input(0), new Set([axis]), divisor);
  steps.binary('elementwise-binary', 'div', steps.input(0), divisor, steps.output(0, dims));
  return steps.end([{ type, dims }]);
};

/** (x − mean) / (√(mean of (x − mean)²) + 10⁻⁹). */
const meanVariance: Lower = (call) => {
  const reason = refusal(call);
  if (reason !== undefined) return reason;
  const { type, dims } = call.input(0);
  const axes = new Set((call.ints('axes') ?? [0, 2, 3]).map((axis) => axisOf(call, axis, dims.length)));
  const few = dims.map((size, i) => (axes.has(i) ? 1 : size));
  const steps = new Steps(call);
  const [mean, variance, deviation, divisor] = [0, 0, 0, 0].map(() => steps.temp(few)) as [Place, Place, Place, Place];
  const [centred, square] = [steps.temp(dims), steps.temp(dims)];
  reduceInto(steps, 'mean', steps.input(0), axes, mean);
  steps.binary('elementwise-binary', 'sub', steps.input(0), mean, centred);
  steps.binary('elementwise-binary', 'mul', centred, centred, square);
  reduceInto(steps, 'mean', square, axes, variance);
  steps.unary('sqrt', variance, deviation);
  steps.unary('affine', deviation, divisor, { alpha: 1, beta: 1e-9 });
  steps.binary('elementwise-binary', 'div', centred, divisor, steps.output(0, dims));
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
  Hardmax: hardmax,
  LpNormalization: lpNormalization,
  MeanVarianceNormalization: meanVariance,
} satisfies Readonly<Record<string, Lower>>;
