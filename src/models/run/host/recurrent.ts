/** Recurrent layers: RNN, GRU and LSTM with all directions, activations, clipping, peepholes and layouts. */
import type { HostCall, HostOperator } from '../call.js';
import { addProduct, flipped, needDims, needPatience, needRank, permuted, zeros } from '../dense.js';
import { type Activation, activationsOf } from '../recurrent.js';
import { hostTensor } from '../values.js';

/** One direction of one layer: sizes, weights and state. */
interface Cell {
  readonly call: HostCall;
  readonly hidden: number;
  /** [gates · hidden, hidden] */
  readonly recurrent: Float64Array;
  /** Biases of the recurrent part, where they must be kept apart. */
  readonly recurrentBias: Float64Array;
  /** Input, output, forget. */
  readonly peepholes: Float64Array;
  readonly activations: readonly Activation[];
  readonly h: Float64Array;
  readonly c: Float64Array;
}

/** Advances the state of one batch entry; `x` holds W·x and all biases that may be added at once, `r` takes R·h. */
type Step = (cell: Cell, x: Float64Array, r: Float64Array) => void;

function recur(
  { recurrent, hidden }: Cell,
  state: Float64Array,
  rows: readonly [from: number, to: number],
  out: Float64Array,
): void {
  for (let row = rows[0]; row < rows[1]; row++) {
    let sum = 0;
    const at = row * hidden;
    for (let i = 0; i < hidden; i++) sum += recurrent[at + i]! * state[i]!;
    out[row] = sum;
  }
}

const stepRnn: Step = (cell, x, r) => {
  const { hidden, h, activations } = cell;
  recur(cell, h, [0, hidden], r);
  for (let i = 0; i < hidden; i++) h[i] = activations[0]!(x[i]! + r[i]! + cell.recurrentBias[i]!);
};

/** Gates in the order update, reset, hidden. */
const stepGru: Step = (cell, x, r) => {
  const { hidden, h, activations, recurrentBias: bias } = cell;
  const [f, g] = activations as [Activation, Activation];
  const linear = cell.call.int('linear_before_reset', 0) !== 0;
  recur(cell, h, [0, (linear ? 3 : 2) * hidden], r);
  const reset = new Float64Array(hidden);
  for (let i = 0; i < hidden; i++) reset[i] = f(x[hidden + i]! + r[hidden + i]! + bias[hidden + i]!);
  if (!linear) {
    const gated = h.map((value, i) => value * reset[i]!);
    recur(cell, gated, [2 * hidden, 3 * hidden], r);
  }
  for (let i = 0; i < hidden; i++) {
    const at = 2 * hidden + i;
    const own = r[at]! + bias[at]!;
    const made = g(x[at]! + (linear ? reset[i]! * own : own));
    const update = f(x[i]! + r[i]! + bias[i]!);
    h[i] = (1 - update) * made + update * h[i]!;
  }
};

/** Gates in the order input, output, forget, cell. */
const stepLstm: Step = (cell, x, r) => {
  const { hidden, h, c, peepholes, activations, recurrentBias: bias } = cell;
  const [f, g, last] = activations as [Activation, Activation, Activation];
  const coupled = cell.call.int('input_forget', 0) !== 0;
  recur(cell, h, [0, 4 * hidden], r);
  for (let i = 0; i < hidden; i++) {
    const gate = (k: number): number => x[k * hidden + i]! + r[k * hidden + i]! + bias[k * hidden + i]!;
    const input = f(gate(0) + peepholes[i]! * c[i]!);
    const forget = coupled ? 1 - input : f(gate(2) + peepholes[2 * hidden + i]! * c[i]!);
    const now = forget * c[i]! + input * g(gate(3));
    const output = f(gate(1) + peepholes[hidden + i]! * now);
    c[i] = now;
    h[i] = output * last(now);
  }
};

interface Layer {
  readonly gates: number;
  readonly defaults: readonly string[];
  readonly step: Step;
  readonly cell: boolean;
}

/** Data [batch, directions, hidden] in layout 1 becomes [directions, batch, hidden]. */
function stateOf(
  call: HostCall,
  i: number,
  dims: readonly [number, number, number],
  batchFirst: boolean,
): Float64Array {
  const given = call.optional(i);
  if (given === undefined) return zeros(call, dims);
  const [directions, batch, hidden] = dims;
  needDims(call, `input ${i}`, given.dims, batchFirst ? [batch, directions, hidden] : dims);
  return batchFirst ? permuted(given.data, given.dims, [1, 0, 2]) : given.data.slice();
}

function directionsOf(call: HostCall): readonly boolean[] {
  const direction = call.string('direction', 'forward');
  if (direction === 'forward') return [false];
  if (direction === 'reverse') return [true];
  return direction === 'bidirectional'
    ? [false, true]
    : call.fail('bad-value', `direction "${direction}" is not known`);
}

function lengthsOf(call: HostCall, batch: number, steps: number): readonly number[] {
  const lengths = call.optional(4)?.data ?? new Float64Array(batch).fill(steps);
  if (lengths.length === batch && lengths.every((n) => n >= 0 && n <= steps)) return Array.from(lengths);
  return call.fail('bad-value', `sequence_lens [${lengths}] do not fit ${batch} sequences of ${steps} steps`);
}

const layer =
  ({ gates, defaults, step, cell: hasCell }: Layer): HostOperator =>
  (call) => {
    const [x, w, r] = [call.input(0), call.input(1), call.input(2)];
    for (const [what, { dims }] of [
      ['X', x],
      ['W', w],
      ['R', r],
    ] as const)
      needRank(call, what, dims, 3);
    const batchFirst = call.int('layout', 0) !== 0;
    const xs = batchFirst ? permuted(x.data, x.dims, [1, 0, 2]) : x.data;
    const [steps, batch] = (batchFirst ? [x.dims[1], x.dims[0]] : x.dims) as [number, number];
    const size = x.dims[2]!;
    const reversed = directionsOf(call);
    const directions = reversed.length;
    const hidden = r.dims[2]!;
    const rows = gates * hidden;
    needDims(call, 'W', w.dims, [directions, rows, size]);
    needDims(call, 'R', r.dims, [directions, rows, hidden]);
    const b = call.optional(3)?.data ?? zeros(call, [directions, 2 * rows]);
    const p = (hasCell && call.optional(7)?.data) || zeros(call, [directions, 3 * hidden]);
    if (b.length !== directions * 2 * rows || p.length !== directions * 3 * hidden) {
      return call.fail('bad-shape', `biases or peepholes do not fit ${directions} directions of ${hidden} units`);
    }
    const lengths = lengthsOf(call, batch, steps);
    const state = [directions, batch, hidden] as const;
    const h = stateOf(call, 5, state, batchFirst);
    const c = hasCell ? stateOf(call, 6, state, batchFirst) : new Float64Array(h.length);
    const y = zeros(call, [steps, directions, batch, hidden]);
    const activations = activationsOf(call, directions, defaults);
    const products = zeros(call, [steps * batch, rows]);
    needPatience(call, directions * products.length * (size + hidden));
    for (const [d, backwards] of reversed.entries()) {
      const bias = b.subarray(d * 2 * rows, d * 2 * rows + rows);
      for (let i = 0; i < steps * batch; i++) products.set(bias, i * rows);
      const weights = flipped(w.data, rows, size, d * rows * size);
      addProduct({ a: xs, aAt: 0, b: weights, bAt: 0, out: products, outAt: 0, m: steps * batch, k: size, n: rows });
      for (let n = 0; n < batch; n++) {
        const at = (d * batch + n) * hidden;
        const cell: Cell = {
          call,
          hidden,
          recurrent: r.data.subarray(d * rows * hidden, (d + 1) * rows * hidden),
          recurrentBias: b.subarray(d * 2 * rows + rows, (d + 1) * 2 * rows),
          peepholes: p.subarray(d * 3 * hidden, (d + 1) * 3 * hidden),
          activations: activations[d]!,
          h: h.subarray(at, at + hidden),
          c: c.subarray(at, at + hidden),
        };
        const scratch = new Float64Array(rows);
        for (let i = 0; i < lengths[n]!; i++) {
          const t = backwards ? lengths[n]! - 1 - i : i;
          const from = (t * batch + n) * rows;
          step(cell, products.subarray(from, from + rows), scratch);
          y.set(cell.h, ((t * directions + d) * batch + n) * hidden);
        }
      }
    }
    const last = (data: Float64Array) =>
      batchFirst
        ? hostTensor(x.type, [batch, directions, hidden], permuted(data, state, [1, 0, 2]))
        : hostTensor(x.type, state, data);
    const whole = batchFirst
      ? hostTensor(
          x.type,
          [batch, steps, directions, hidden],
          permuted(y, [steps, directions, batch, hidden], [2, 0, 1, 3]),
        )
      : hostTensor(x.type, [steps, directions, batch, hidden], y);
    return hasCell ? [whole, last(h), last(c)] : [whole, last(h)];
  };

export default {
  RNN: layer({ gates: 1, defaults: ['Tanh'], step: stepRnn, cell: false }),
  GRU: layer({ gates: 3, defaults: ['Sigmoid', 'Tanh'], step: stepGru, cell: false }),
  LSTM: layer({ gates: 4, defaults: ['Sigmoid', 'Tanh', 'Tanh'], step: stepLstm, cell: true }),
} satisfies Readonly<Record<string, HostOperator>>;
