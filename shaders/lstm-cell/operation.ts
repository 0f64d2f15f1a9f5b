/** One step of a long short-term memory: gates, cell and state from what inputs and state bring. */
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
  directionsOf,
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

const bindings = [
  ...gateBindings(4),
  read('peephole', 'factors of the cell in gates i, o, f: directions × 3 × hidden', (shape) => {
    return directionsOf(shape) * 3 * shape.hidden;
  }),
  read('c', stateAbout, units),
  sequence,
  written('h', stateAbout, units),
  written('cell', stateAbout, units),
];

export const lstmCell = defineOperation<CellShape>({
  id: 'lstm-cell',
  title: 'LSTM cell',
  summary: 'c = f·c + i·tanh(g), h = o·tanh(c) of one step, i, o and f being sigmoids of W·x + R·h + b + p·c.',
  parameters: cellParameters,
  valid: validCell,
  bindings,
  inputs: (shape, random) => cellInputs(bindings, shape, random.values),
  reference: (inputs, shape, pick) =>
    cellReference(shape, 4, pick, ['y', 'h', 'cell'], (at) => {
      const { peephole, c } = inputs;
      const gate = (k: number): Approximate => gateSum(inputs, shape, at, 4, k);
      const factor = (k: number): Approximate => approximate(peephole![(at.d * 3 + k) * shape.hidden + at.i]!);
      const before = approximate(c![at.state]!);
      const input = sigmoid(gate(0).plus(factor(0).times(before)));
      const forget = sigmoid(gate(2).plus(factor(2).times(before)));
      const now = forget.times(before).plus(input.times(tanh(gate(3))));
      const output = sigmoid(gate(1).plus(factor(1).times(now)));
      const h = output.times(tanh(now));
      return [h, h, now];
    }),
  cost: cellCost(bindings, 4, 5),
  cases: cellCases,
  presets: cellPresets,
  sweep: cellSweep,
});
