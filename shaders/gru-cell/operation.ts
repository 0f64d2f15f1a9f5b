/** One step of a gated recurrent unit: gates and state from what inputs and state bring. */
import { defineOperation } from '../../src/kernel/operation.js';
import { sigmoid, tanh } from '../lib/elementwise/formulas.js';
import {
  type CellShape,
  cellCases,
  cellCost,
  cellInputs,
  cellParameters,
  cellPresets,
  cellReference,
  cellSweep,
  gateBindings,
  gateSum,
  read,
  sequence,
  stateAbout,
  units,
  validCell,
  written,
} from '../lib/recurrent/cell.js';
import { type Approximate, approximate } from '../lib/running-error.js';

/** 1: the reset gate scales R·h of the candidate; 2: it scales h before that product, which comes in `gated`. */
type Linear = Readonly<Record<'linear', number>>;

const bindings = [
  ...gateBindings(3),
  read(
    'gated',
    'R·(r∘h) of the candidate: directions × batch × hidden; one unused number where linear is 1',
    (shape) => {
      return shape.linear === 1 ? 1 : units(shape);
    },
  ),
  read('before', `the state before, ${stateAbout}`, units),
  sequence,
  written('h', stateAbout, units),
];

const withLinear = (shape: CellShape, linear: number): CellShape & Linear => ({ linear, ...shape });

export const gruCell = defineOperation<CellShape>({
  id: 'gru-cell',
  title: 'GRU cell',
  summary: 'h = (1 − z)·tanh(candidate) + z·h of one step, z and r being sigmoids of W·x + R·h + b.',
  parameters: [
    { name: 'linear', about: '1 r scales R·h + b of the candidate, 2 it scales h before the product' },
    ...cellParameters,
  ],
  valid: (shape) => (shape.linear! <= 2 ? validCell(shape) : 'linear is 1 or 2'),
  bindings,
  inputs: (shape, random) => cellInputs(bindings, shape, random.values),
  reference: (inputs, shape, pick) =>
    cellReference(shape, 3, pick, ['y', 'h'], (at) => {
      const { x, r, bias, gated, before } = inputs;
      const own = 2 * shape.hidden;
      const recurrentBias = approximate(bias![at.bias + 3 * shape.hidden + own]!);
      const given = approximate(x![at.x + own]!).plus(approximate(bias![at.bias + own]!));
      const update = sigmoid(gateSum(inputs, shape, at, 3, 0));
      const reset = sigmoid(gateSum(inputs, shape, at, 3, 1));
      const inner: Approximate =
        shape.linear === 1
          ? reset.times(approximate(r![at.r + own]!).plus(recurrentBias))
          : approximate(gated![at.state]!).plus(recurrentBias);
      const candidate = tanh(given.plus(inner));
      const kept = update.times(approximate(before![at.state]!));
      const h = approximate(1).minus(update).times(candidate).plus(kept);
      return [h, h];
    }),
  cost: cellCost(bindings, 3, 3),
  cases: [...cellCases.map((shape) => withLinear(shape, 1)), withLinear(cellCases[1]!, 2)],
  presets: cellPresets.map(({ title, shape }) => ({ title, shape: withLinear(shape, 1) })),
  sweep: cellSweep.map((shape) => withLinear(shape, 1)),
});
