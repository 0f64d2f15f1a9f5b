/**
 * Recurrent layers: one product of all inputs, then for each step a product of the state and a cell. Directions are computed
 * side by side.
 */
import { batched, plain } from '../../../../shaders/bmm-f32/operation.js';
import { elementCount } from '../../tensor.js';
import type { BufferRef, Lower, LowerCall } from '../lowering.js';
import { isEmpty, isFloatInput, leftToHost, liesAlike, type Place, Steps } from '../steps.js';
import { multiply } from './lib/product.js';

/** Dispatches of one layer that are believed to be worth it. */
const mostSteps = 4096;

/** Sizes of a layer, and which way it goes as the cells number it. */
interface Form {
  readonly steps: number;
  readonly batch: number;
  readonly size: number;
  readonly hidden: number;
  readonly direction: number;
  readonly directions: number;
  readonly gates: number;
  readonly batchFirst: boolean;
}

const directionNames: readonly string[] = ['forward', 'reverse', 'bidirectional'];

function formOf(call: LowerCall, gates: number): Form {
  const [x, w, r] = [call.input(0).dims, call.input(1).dims, call.input(2).dims];
  const direction = 1 + directionNames.indexOf(call.string('direction', 'forward'));
  if (direction === 0) call.fail('bad-value', `direction "${call.string('direction', '')}" is not known`);
  const directions = direction === 3 ? 2 : 1;
  const batchFirst = call.int('layout', 0) !== 0;
  const [steps = 0, batch = 0] = batchFirst ? [x[1], x[0]] : x;
  const [size = 0, hidden = 0] = [x[2], r[2]];
  const wanted = [[directions, gates * hidden, size].join(), [directions, gates * hidden, hidden].join()];
  if (x.length !== 3 || w.join() !== wanted[0] || r.join() !== wanted[1])
    call.fail(
      'bad-shape',
      `[${x}], [${w}] and [${r}] are no inputs and weights of a layer in ${directions} directions`,
    );
  return { steps, batch, size, hidden, direction, directions, gates, batchFirst };
}

/** Why a layer is computed on the host, or undefined where the device can. @param cells the activations that its cell knows. */
function refusal(call: LowerCall, form: Form, cells: readonly (readonly string[])[]): string | undefined {
  const odd = call.inputs.findIndex((operand, i) => operand !== undefined && i !== 4 && !isFloatInput(call, i));
  if (odd >= 0) return leftToHost(call.input(odd).type);
  if (elementCount([form.steps, form.batch, form.size, form.hidden]) === 0) return isEmpty;
  if (form.steps > mostSteps) return `a layer of more than ${mostSteps} steps is left to the host`;
  if (call.float('clip', 0) > 0) return 'clipped states are computed on the host';
  if (call.int('input_forget', 0) !== 0) return 'coupled gates are computed on the host';
  if (activationsAmong(call, form, cells) === undefined) return 'its activations are computed on the host';
  if (call.inputs[4] === undefined) return undefined;
  const isWhole = call.input(4).constant && call.host(4)!.data.every((length) => length === form.steps);
  return isWhole ? undefined : 'sequences of their own lengths are computed on the host';
}

/** Which of the known lists of activations every direction has; undefined where none. */
function activationsAmong(
  call: LowerCall,
  { directions }: Form,
  cells: readonly (readonly string[])[],
): number | undefined {
  const names = call.strings('activations')?.map((name) => name.toLowerCase());
  if (names === undefined) return 0;
  const found = cells.findIndex(
    (cell) =>
      names.join() ===
      Array.from({ length: directions }, () => cell)
        .flat()
        .join(),
  );
  return found < 0 ? undefined : found;
}

/** Weights of a product, and how they lie. */
interface Weights {
  readonly ref: BufferRef;
  readonly side: { readonly transB: number };
}

/** A layer while it is lowered. */
class Recurrence {
  readonly form: Form;
  readonly steps: Steps;
  readonly state: readonly number[];
  readonly #call: LowerCall;

  constructor(call: LowerCall, form: Form) {
    this.#call = call;
    this.form = form;
    this.steps = new Steps(call);
    this.state = [form.directions, form.batch, form.hidden];
  }

  /** W·x of all steps: steps × batch × directions × gates × hidden. */
  inputs(): Place {
    const { steps: length, batch, size, hidden, directions, gates, batchFirst } = this.form;
    const given = this.steps.input(0);
    const x = batchFirst ? this.steps.permuted(given, [1, 0, 2]) : given;
    const [m, n] = [length * batch, directions * gates * hidden];
    const made = this.steps.temp([m, n]);
    const weights = this.turned({ ...this.steps.input(1), dims: [n, size] }, m);
    const shape = { ...plain, m, n, k: size, ...weights.side };
    this.steps.add(multiply(this.#call, { shape, a: x.ref, b: weights.ref, c: made.ref }));
    return made;
  }

  /** Weights with rows as columns, which products of several rows read faster; as they lie for products of one. */
  turned(weights: Place, rows: number): Weights {
    if (rows === 1) return { ref: weights.ref, side: { transB: 2 } };
    const { ref } = this.steps.permuted(weights, weights.dims.length === 2 ? [1, 0] : [0, 2, 1]);
    return { ref, side: { transB: 1 } };
  }

  /** Weights of the state, as they are multiplied in every step. */
  recurrent(): Weights {
    return this.turned(this.steps.input(2), this.form.batch);
  }

  /** The state times weights of `rows` rows for each direction. */
  product(state: Place, weights: Weights, rows: number, made: Place): void {
    const { batch, hidden, directions } = this.form;
    const shape = { ...batched(directions), m: batch, n: rows, k: hidden, ...weights.side };
    this.steps.add(multiply(this.#call, { shape, a: state.ref, b: weights.ref, c: made.ref }));
  }

  /** An input that may be left out for zeros. */
  orZeros(i: number, dims: readonly number[]): Place {
    if (this.#call.inputs[i] === undefined) {
      return this.steps.made(`zeros for ${i}`, dims, () => new Float32Array(elementCount(dims)));
    }
    const place = this.steps.input(i);
    if (elementCount(place.dims) !== elementCount(dims))
      this.#call.fail('bad-shape', `input ${i} is [${place.dims}], not of [${dims}]`);
    return place;
  }

  /** State that input `i` begins with. */
  first(i: number): Place {
    const { batchFirst, batch, directions, hidden } = this.form;
    if (!batchFirst || this.#call.inputs[i] === undefined) return this.orZeros(i, this.state);
    return this.steps.permuted({ ...this.orZeros(i, this.state), dims: [batch, directions, hidden] }, [1, 0, 2]);
  }

  /** Where state after each step goes in turn, the last into `last`. */
  states(last: Place): readonly Place[] {
    const between = [0, 1].map(() => this.steps.temp(this.state));
    return Array.from({ length: this.form.steps }, (_, t) => (t === this.form.steps - 1 ? last : between[t % 2]!));
  }

  /** Where a result is computed: its output, or room where that is in another order. */
  room(i: number, dims: readonly number[], order: readonly number[]): Place {
    const there = this.form.batchFirst && !liesAlike(dims, order);
    return there ? this.steps.temp(dims) : this.steps.wanted(i, dims);
  }

  /** Brings results into the order of the outputs, which may have the batch first. @param made in the order of the outputs. */
  end([whole, ...last]: readonly Place[]): ReturnType<Lower> {
    const results = [
      { place: whole!, order: [2, 0, 1, 3] },
      ...last.map((place) => ({ place, order: [1, 0, 2] })),
    ].slice(0, this.#call.node.outputs.length);
    const { batchFirst } = this.form;
    const { type } = this.#call.input(0);
    const outputs = results.map(({ place: { dims }, order }) => ({
      type,
      dims: batchFirst ? order.map((axis) => dims[axis]!) : dims,
    }));
    results.forEach(({ place, order }, i) => {
      if (batchFirst && !liesAlike(place.dims, order))
        this.steps.permuted(place, order, this.steps.output(i, outputs[i]!.dims));
    });
    return this.steps.end(outputs);
  }
}

/** What a layer's own step does with the products. @param turn which step, the state before and where the next goes. */
type Cell = (layer: Recurrence, call: LowerCall) => readonly Place[];

const layer =
  (gates: number, activations: readonly (readonly string[])[], cell: Cell): Lower =>
  (call) => {
    const form = formOf(call, gates);
    const reason = refusal(call, form, activations);
    if (reason !== undefined) return reason;
    const recurrence = new Recurrence(call, form);
    return recurrence.end(cell(recurrence, call));
  };

/** What every cell reads and writes. */
function common(layer: Recurrence) {
  const { steps: length, batch, hidden, directions, gates, direction } = layer.form;
  const whole = layer.room(0, [length, ...layer.state], [2, 0, 1, 3]);
  const last = layer.room(1, layer.state, [1, 0, 2]);
  const x = layer.inputs();
  const bias = layer.orZeros(3, [directions, 2 * gates * hidden]);
  const r = layer.steps.temp([directions, batch, gates * hidden]);
  return {
    ...{ whole, last, r, weights: layer.recurrent(), states: layer.states(last) },
    buffers: { x: x.ref, r: r.ref, bias: bias.ref },
    sizes: { steps: length, batch, hidden, direction },
  };
}

const rnnActivations = [['tanh'], ['relu']];

const rnn: Cell = (layer, call) => {
  const { whole, last, r, buffers, states, sizes, weights } = common(layer);
  const activation = 1 + (activationsAmong(call, layer.form, rnnActivations) ?? 0);
  let h = layer.first(5);
  for (const [step, next] of states.entries()) {
    layer.product(h, weights, sizes.hidden, r);
    layer.steps.run(['rnn-cell/naive'], { activation, step, ...sizes }, { ...buffers, y: whole.ref, h: next.ref });
    h = next;
  }
  return [whole, last];
};

const lstm: Cell = (layer) => {
  const { whole, last, r, buffers, states, sizes, weights } = common(layer);
  const lastCell = layer.room(2, layer.state, [1, 0, 2]);
  const cells = layer.states(lastCell);
  const peephole = layer.orZeros(7, [layer.form.directions, 3 * sizes.hidden]);
  let [h, c] = [layer.first(5), layer.first(6)];
  for (const [step, next] of states.entries()) {
    layer.product(h, weights, 4 * sizes.hidden, r);
    layer.steps.run(
      ['lstm-cell/naive'],
      { step, ...sizes },
      {
        ...{ ...buffers, peephole: peephole.ref, c: c.ref },
        ...{ y: whole.ref, h: next.ref, cell: cells[step]!.ref },
      },
    );
    [h, c] = [next, cells[step]!];
  }
  return [whole, last, lastCell];
};

const unused: BufferRef = { made: 'unused', data: () => new Float32Array(1) };

/** The reset gate scales either what the state brings to the candidate, or the state before that product. */
const gru: Cell = (layer, call) => {
  const { whole, last, r, buffers, states, sizes, weights } = common(layer);
  const { directions, hidden } = layer.form;
  const linear = call.int('linear_before_reset', 0) !== 0;
  const [scaled, gated] = linear ? [] : [layer.steps.temp(layer.state), layer.steps.temp(layer.state)];
  const own = linear ? undefined : candidateWeights(layer, directions, hidden);
  let h = layer.first(5);
  for (const [step, next] of states.entries()) {
    const given = { ...buffers, before: h.ref };
    layer.product(h, weights, 3 * hidden, r);
    if (scaled && gated && own) {
      layer.steps.run(['gru-reset/naive'], { step, ...sizes }, { ...given, gated: scaled.ref });
      layer.product(scaled, own, hidden, gated);
    }
    layer.steps.run(
      ['gru-cell/naive'],
      { linear: linear ? 1 : 2, step, ...sizes },
      { ...given, gated: gated?.ref ?? unused, y: whole.ref, h: next.ref },
    );
    h = next;
  }
  return [whole, last];
};

/** The last of three parts of R, for each direction. */
function candidateWeights(layer: Recurrence, directions: number, hidden: number): Weights {
  const words = hidden * hidden;
  const place = layer.steps.temp([directions, words]);
  const from = { first: 2 * words, steps: [3 * words, 1] };
  layer.steps.copy(layer.steps.input(2), from, place, { steps: [words, 1] }, place.dims);
  return layer.turned({ ...place, dims: [directions, hidden, hidden] }, layer.form.batch);
}

export default {
  RNN: layer(1, rnnActivations, rnn),
  GRU: layer(3, [['sigmoid', 'tanh']], gru),
  LSTM: layer(4, [['sigmoid', 'tanh', 'tanh']], lstm),
} satisfies Readonly<Record<string, Lower>>;
