/** Slices of a tensor, chosen by indices along one dimension. */
import { defineOperation } from '../../src/kernel/operation.js';
import { answerByRow } from '../lib/answer.js';
import {
  chosenBy,
  type GatherShape,
  gatherBindings,
  gatherCost,
  gatherInputs,
  gatherParameters,
} from '../lib/gather/gather.js';

export const gatherRows = defineOperation<GatherShape>({
  id: 'gather-rows',
  title: 'Gather',
  summary: 'y[o][j][i] = x[o][index[j]][i], where negative indices count from the end.',
  parameters: gatherParameters,
  bindings: gatherBindings(({ indices }) => indices),
  inputs: (shape, random) => gatherInputs(shape, shape.indices, random),
  reference: ({ x, index }, shape, pick) => {
    const { outer, axis, inner, indices } = shape;
    return answerByRow('y', inner, pick(outer * indices), (row, values) => {
      const from = (Math.floor(row / indices) * axis + chosenBy(index![row % indices]!, shape)) * inner;
      values.set(x!.subarray(from, from + inner));
    });
  },
  cost: (shape) => gatherCost(shape, shape.indices),
  cases: [
    { outer: 1, axis: 1, inner: 1, indices: 1 },
    { outer: 3, axis: 7, inner: 5, indices: 11 },
    { outer: 1, axis: 100, inner: 64, indices: 17 },
    { outer: 65, axis: 3, inner: 1, indices: 2 },
  ],
  presets: [
    { title: 'Embeddings (512 tokens of 30522 × 768)', shape: { outer: 1, axis: 30522, inner: 768, indices: 512 } },
  ],
  sweep: [16, 64, 256, 1024, 4096].map((indices) => ({ outer: 1, axis: 8192, inner: 256, indices })),
});
