/** One step of a plain recurrent layer: the state from what inputs and state bring. */
import { defineOperation } from '../../src/kernel/operation.js';
import { tanh } from '../lib/elementwise/formulas.js';
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
  sequence,
  stateAbout,
  units,
  validCell,
  written,
} from '../lib/recurrent/cell.js';
import { Approximate } from '../lib/running-error.js';

const bindings = [...gateBindings(1), sequence, written('h', stateAbout, units)];

const tanhOf = (shape: CellShape): CellShape => ({ activation: 1, ...shape });

export const rnnCell = defineOperation<CellShape>({
  id: 'rnn-cell',
  title: 'RNN cell',
  summary:
    'h = f(W·x + R·h + b) of one step for all batch entries and directions, the products being given; f is tanh.',
  parameters: [{ name: 'activation', about: '1 tanh, 2 the positive part' }, ...cellParameters],
  valid: (shape) => (shape.activation! <= 2 ? validCell(shape) : 'activation is 1 (tanh) or 2 (positive part)'),
  bindings,
  inputs: (shape, random) => cellInputs(bindings, shape, random.values),
  reference: (inputs, shape, pick) =>
    cellReference(shape, 1, pick, ['y', 'h'], (at) => {
      const sum = gateSum(inputs, shape, at, 1, 0);
      const h = shape.activation === 1 ? tanh(sum) : new Approximate(Math.max(sum.value, 0), sum.error);
      return [h, h];
    }),
  cost: cellCost(bindings, 1, 1),
  cases: [...cellCases.map(tanhOf), { ...cellCases[1]!, activation: 2 }],
  presets: cellPresets.map(({ title, shape }) => ({ title, shape: tanhOf(shape) })),
  sweep: cellSweep.map(tanhOf),
});
