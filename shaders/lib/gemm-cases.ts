/** Shapes of matrix products worth checking and timing. */
import type { Preset } from '../../src/kernel/operation.js';
import type { GemmShape } from './gemm-shape.js';

export function square(size: number): GemmShape {
  return { m: size, n: size, k: size };
}

/** For products of floats: one over and on tiles, one row, one column, one step, a long sum, a part of a tile. */
export const floatCases: readonly GemmShape[] = [
  square(1),
  { m: 17, n: 19, k: 23 },
  { m: 65, n: 65, k: 65 },
  { m: 64, n: 64, k: 64 },
  { m: 1, n: 131, k: 67 },
  { m: 129, n: 1, k: 33 },
  { m: 33, n: 47, k: 1 },
  { m: 5, n: 7, k: 5000 },
  { m: 128, n: 132, k: 36 },
];

export const squares: readonly Preset<GemmShape>[] = [512, 1024, 2048].map((size) => ({
  title: `Square ${size}`,
  shape: square(size),
}));

export const prefill: Preset<GemmShape> = { title: 'LLM prefill (128 tokens)', shape: { m: 128, n: 4096, k: 4096 } };
export const decode: Preset<GemmShape> = { title: 'LLM decode (1 token)', shape: { m: 1, n: 4096, k: 4096 } };
export const tallAndSkinny: Preset<GemmShape> = { title: 'Tall and skinny', shape: { m: 4096, n: 64, k: 512 } };

export const gemmSweep: readonly GemmShape[] = [64, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 4096].map(square);
