/** The state of a gated recurrent unit scaled by its reset gate, before the product of the candidate. */
import { defineOperation } from '../../src/kernel/operation.js';
import { sigmoid } from '../lib/elementwise/formulas.js';
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
  stateAbout,
  units,
  validCell,
  written,
} from '../lib/recurrent/cell.js';
import { approximate } from '../lib/running-error.js';

const bindings = [
  ...gateBindings(3),
  read('before', `the state before, ${stateAbout}`, units),
  written('gated', stateAbout, units),
];

export const gruReset = defineOperation<CellShape>({
  id: 'gru-reset',
  title: 'GRU reset',
  summary: 'r·h of one step, r being the sigmoid of W·x + R·h + b of the reset gate.',
  parameters: cellParameters,
  valid: validCell,
  bindings,
  inputs: (shape, random) => cellInputs(bindings, shape, random.values),
  reference: (inputs, shape, pick) =>
    cellReference(shape, 3, pick, ['gated'], (at) => [
      sigmoid(gateSum(inputs, shape, at, 3, 1)).times(approximate(inputs.before![at.state]!)),
    ]),
  cost: cellCost(bindings, 3, 1),
  cases: cellCases,
  presets: cellPresets,
  sweep: cellSweep,
});
