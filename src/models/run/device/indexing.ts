/** Operators that take elements from where indices say, or write them there. */
import { type Chosen, flatIndexShape } from '../../../../shaders/flat-index/operation.js';
import { rank as mostIndices } from '../../../../shaders/lib/strided/strided.js';
import { scatterReduceShape } from '../../../../shaders/scatter-reduce/operation.js';
import { elementCount } from '../../tensor.js';
import type { Lower, LowerCall } from '../lowering.js';
import { axisOf, stridesOf } from '../shapes.js';
import { isEmpty, isFloatInput, isWordInput, leftToHost, type Place, Steps, tooManyDimensions } from '../steps.js';
import { coalesce } from '../walks.js';
import { refusal } from './movement.js';
import { around } from './reduce.js';

/** Why elements of input 0 are not moved by the indices of input 1 on the device, if so. */
function unfit(call: LowerCall): string | undefined {
  const reason = refusal(call);
  if (reason !== undefined) return reason;
  if (!call.is(1, 'i32')) return leftToHost(call.input(1).type);
  return elementCount(call.input(1).dims) === 0 ? isEmpty : undefined;
}

const gather: Lower = (call) => {
  const reason = unfit(call);
  if (reason !== undefined) return reason;
  const [x, index] = [call.input(0), call.input(1)];
  const axis = axisOf(call, call.int('axis', 0), x.dims.length);
  const shape = { ...around(x.dims, axis), indices: elementCount(index.dims) };
  const steps = new Steps(call);
  steps.run(['gather-rows/naive'], shape, { x: { input: 0 }, index: { input: 1 }, y: { output: 0 } });
  return steps.end([{ type: x.type, dims: [...x.dims.slice(0, axis), ...index.dims, ...x.dims.slice(axis + 1)] }]);
};

/** Places of chosen rows, and how the tensor falls into rows. */
interface Rows {
  readonly at: Place;
  /** Rows of the tensor, and words of each. */
  readonly places: number;
  readonly inner: number;
}

/** For each element of the indices the element of input 0 with the same coordinates but along the axis. */
function elementRows(call: LowerCall, steps: Steps): Rows {
  const [x, index] = [call.input(0), call.input(1)];
  const axis = axisOf(call, call.int('axis', 0), x.dims.length);
  const fits = index.dims.length === x.dims.length && index.dims.every((size, i) => i === axis || size <= x.dims[i]!);
  if (!fits) call.fail('bad-shape', `indices of [${index.dims}] do not lie within [${x.dims}]`);
  const strides = stridesOf(x.dims);
  const base = strides.map((stride, i) => (i === axis ? 0 : stride));
  const chosen = [{ size: x.dims[axis] ?? 1, step: strides[axis] ?? 1 }];
  return { at: placed(steps, index.dims, base, chosen), places: elementCount(x.dims), inner: 1 };
}

/** The slices that the last dimension of the indices points to. @param batch leading dimensions that both share. */
function sliceRows(call: LowerCall, steps: Steps, batch: number): Rows {
  const [x, index] = [call.input(0), call.input(1)];
  const width = index.dims.at(-1) ?? call.fail('bad-shape', 'the indices are a scalar');
  const shared = x.dims.slice(0, batch).every((size, i) => size === index.dims[i]);
  if (!shared || width + batch > x.dims.length || batch >= index.dims.length)
    return call.fail('bad-shape', `indices of [${index.dims}] do not point into [${x.dims}]`);
  const sizes = x.dims.slice(0, batch + width);
  const strides = stridesOf(sizes);
  const chosen = sizes.slice(batch).map((size, i) => ({ size, step: strides[batch + i]! }));
  const walk = [elementCount(sizes.slice(0, batch)), elementCount(index.dims.slice(batch, -1))];
  const at = placed(steps, walk, [elementCount(sizes.slice(batch)), 0], chosen);
  return { at, places: elementCount(sizes), inner: elementCount(x.dims.slice(batch + width)) };
}

function placed(steps: Steps, dims: readonly number[], base: readonly number[], chosen: readonly Chosen[]): Place {
  const walks = coalesce(dims, base);
  const at = steps.temp(dims);
  if (walks === undefined) steps.refuse(tooManyDimensions);
  else if (chosen.length > mostIndices) steps.refuse('a place takes more than six indices');
  else
    steps.run(['flat-index/naive'], flatIndexShape(walks.dims, walks.steps[0]!, chosen), {
      index: { input: 1 },
      y: at.ref,
    });
  return at;
}

function gathered(call: LowerCall, steps: Steps, { at, places, inner }: Rows, dims: readonly number[]) {
  const shape = { outer: 1, axis: places, inner, indices: elementCount(at.dims) };
  steps.run(['gather-rows/naive'], shape, { x: { input: 0 }, index: at.ref, y: { output: 0 } });
  return steps.end([{ type: call.input(0).type, dims }]);
}

const gatherElements: Lower = (call) => {
  const reason = unfit(call);
  if (reason !== undefined) return reason;
  const [x, index] = [call.input(0), call.input(1)];
  const axis = axisOf(call, call.int('axis', 0), x.dims.length);
  const steps = new Steps(call);
  const alike = index.dims.length === x.dims.length && index.dims.every((size, i) => i === axis || size === x.dims[i]);
  if (!alike) return gathered(call, steps, elementRows(call, steps), index.dims);
  const shape = { ...around(x.dims, axis), indices: index.dims[axis]! };
  steps.run(['gather-elements/naive'], shape, { x: { input: 0 }, index: { input: 1 }, y: { output: 0 } });
  return steps.end([{ type: x.type, dims: index.dims }]);
};

const gatherND: Lower = (call) => {
  const reason = unfit(call);
  if (reason !== undefined) return reason;
  const steps = new Steps(call);
  const [{ dims }, index] = [call.input(0), call.input(1)];
  const batch = call.int('batch_dims', 0);
  const rows = sliceRows(call, steps, batch);
  return gathered(call, steps, rows, [...index.dims.slice(0, -1), ...dims.slice(batch + index.dims.at(-1)!)]);
};

/** Input 0 with input 2 written where the rows say, or joined to what is there. */
function scattered(call: LowerCall, steps: Steps, { at, places, inner }: Rows, asked: readonly number[]) {
  const [x, updates] = [call.input(0), call.input(2)];
  if (updates.dims.length !== asked.length || updates.dims.some((size, i) => size !== asked[i]))
    call.fail('bad-shape', `updates of [${updates.dims}] are not of [${asked}]`);
  if (updates.type !== x.type) call.fail('unsupported-type', `updates are ${updates.type}, the tensor is ${x.type}`);
  const reduction = call.string('reduction', 'none');
  const sizes = { places, inner, updates: elementCount(at.dims) };
  const buffers = { x: { input: 0 }, at: at.ref, updates: { input: 2 }, y: { output: 0 } };
  if (reduction === 'none') steps.run(['scatter/marked', 'scatter/naive'], sizes, buffers);
  else if (!joinings.has(reduction)) call.fail('bad-value', `reduction is "${reduction}", which is none`);
  else if (!isFloatInput(call, 0)) steps.refuse('integers are joined on the host');
  else {
    const shape = scatterReduceShape(reduction, places, inner, sizes.updates);
    steps.run(['scatter-reduce/marked', 'scatter-reduce/naive'], shape, buffers);
  }
  return steps.end([{ type: x.type, dims: x.dims }]);
}

const joinings: ReadonlySet<string> = new Set(['add', 'mul', 'min', 'max']);

const scatterElements: Lower = (call) => {
  const reason = unfit(call);
  if (reason !== undefined) return reason;
  const steps = new Steps(call);
  return scattered(call, steps, elementRows(call, steps), call.input(1).dims);
};

const scatterND: Lower = (call) => {
  const reason = unfit(call);
  if (reason !== undefined) return reason;
  const steps = new Steps(call);
  const { dims } = call.input(1);
  const rows = sliceRows(call, steps, 0);
  return scattered(call, steps, rows, [...dims.slice(0, -1), ...call.input(0).dims.slice(dims.at(-1)!)]);
};

/** An index meets its own number, or that less the depth; one that meets neither leaves the line off. */
const oneHot: Lower = (call) => {
  const [index, values] = [call.input(0), call.input(2)];
  if (!call.is(0, 'i32') && !isFloatInput(call, 0)) return leftToHost(index.type);
  if (!isWordInput(call, 2)) return leftToHost(values.type);
  if (elementCount(values.dims) !== 2)
    call.fail('bad-shape', `values of [${values.dims}] are not one for off and one for on`);
  const depth = Math.trunc(call.host(1)?.data[0] ?? 0);
  const axis = axisOf(call, call.int('axis', -1), index.dims.length + 1);
  const dims = [...index.dims.slice(0, axis), depth, ...index.dims.slice(axis)];
  if (!(elementCount(dims) > 0)) return isEmpty;
  const steps = new Steps(call);
  const whole = isFloatInput(call, 0) ? steps.temp(index.dims) : steps.input(0);
  if (isFloatInput(call, 0)) steps.cast('f32-to-i32', steps.input(0), whole);
  const given: Place = { ...whole, dims: dims.map((size, i) => (i === axis ? 1 : size)) };
  const met = [0, -depth].map((from) => {
    const numbers = () => Int32Array.from({ length: depth }, (_, i) => i + from);
    const line = steps.made(`numbers from ${from}`, [depth, ...dims.slice(axis + 1).map(() => 1)], numbers);
    const equal = steps.temp(dims);
    steps.binary('elementwise-binary-i32', 'equal', given, line, equal);
    return equal;
  });
  const on = steps.temp(dims);
  steps.binary('elementwise-binary-i32', 'or', met[0]!, met[1]!, on);
  const [off, hot] = [0, 1].map((first) => {
    const value = steps.temp([]);
    steps.copy(steps.input(2), { first, steps: [] }, value, { steps: [] }, []);
    return value;
  });
  steps.select(on, hot!, off!, steps.output(0, dims));
  return steps.end([{ type: values.type, dims }]);
};

export default {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  Scatter: scatterElements,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  OneHot: oneHot,
} satisfies Readonly<Record<string, Lower>>;
