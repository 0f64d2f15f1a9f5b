/** Elements of a tensor, each chosen by an index of its own along one dimension. */
import { defineOperation } from '../../src/kernel/operation.js';
import { exactAnswer } from '../lib/answer.js';
import {
  chosenBy,
  type GatherShape,
  gatherBindings,
  gatherCost,
  gatheredWords,
  gatherInputs,
  gatherParameters,
} from '../lib/gather/gather.js';

export const gatherElements = defineOperation<GatherShape>({
  id: 'gather-elements',
  title: 'Gather elements',
  summary: 'y[o][j][i] = x[o][index[o][j][i]][i], where negative indices count from the end.',
  parameters: gatherParameters,
  bindings: gatherBindings(gatheredWords),
  inputs: (shape, random) => gatherInputs(shape, gatheredWords(shape), random),
  reference: ({ x, index }, shape, pick) => {
    const { axis, inner, indices } = shape;
    return exactAnswer('y', pick(gatheredWords(shape)), (i) => {
      const outer = Math.floor(i / inner / indices);
      return x![(outer * axis + chosenBy(index![i]!, shape)) * inner + (i % inner)]!;
    });
  },
  cost: (shape) => gatherCost(shape, gatheredWords(shape)),
  cases: [
    { outer: 1, axis: 1, inner: 1, indices: 1 },
    { outer: 3, axis: 7, inner: 5, indices: 11 },
    { outer: 65, axis: 30, inner: 1, indices: 3 },
  ],
  presets: [{ title: 'One of 32,000 for each of 512', shape: { outer: 512, axis: 32000, inner: 1, indices: 1 } }],
  sweep: [16, 64, 256, 1024].map((size) => ({ outer: size, axis: size, inner: 1, indices: size })),
});
