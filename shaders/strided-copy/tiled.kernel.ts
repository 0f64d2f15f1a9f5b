/** Transposing through workgroup memory: both the reads and the writes of neighbours are neighbours. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { countOf, walkSource } from '../lib/strided/strided.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { stridedCopy } from './operation.js';
import tiled from './tiled.wgsl';

export default defineKernel({
  id: 'strided-copy/tiled',
  title: 'Tiled transpose',
  summary: 'A workgroup reads a square tile along x and writes it along y, turned in workgroup memory.',
  computes: stridedCopy,
  rung: 2,
  wgsl: [walkSource(['x', 'y']), tiled],
  tunables: {
    tile: { values: [16, 32], default: 32, about: 'rows and columns of a tile' },
    rows: { values: [4, 8], default: 8, about: 'rows of a tile that are moved at once' },
  },
  valid: ({ shape, tunables: { tile, rows } }, facts) => {
    if (shape.x4 !== 1 || shape.y5 !== 1) return 'the last two dimensions are not exchanged';
    return workgroupFits(tile * rows, facts, 4 * tile * (tile + 1));
  },
  dispatch: ({ shape, tunables: { tile } }) => [
    {
      workgroups: [Math.ceil(shape.d5! / tile), Math.ceil(shape.d4! / tile), countOf(shape) / (shape.d4! * shape.d5!)],
    },
  ],
});
