/** Shapes that the int4 operations are checked and timed at. */
import type { Preset } from '../../../src/kernel/operation.js';
import type { Int4GemmShape, Int4Shape } from './weights.js';

const symmetric = { groupSize: 32, scheme: 1 } as const;
const zeroPoint = { groupSize: 32, scheme: 2 } as const;
const nf4 = { groupSize: 64, scheme: 3 } as const;

export const gemvCases: readonly Int4Shape[] = [
  { n: 1, k: 32, ...symmetric },
  { n: 131, k: 256, ...zeroPoint, groupSize: 64 },
  { n: 67, k: 384, ...zeroPoint, groupSize: 128 },
  { n: 19, k: 96, ...nf4, groupSize: 32 },
  { n: 64, k: 128, ...symmetric, groupSize: 64 },
  { n: 9, k: 4096, ...symmetric, groupSize: 128 },
];

export const gemvPresets: readonly Preset<Int4Shape>[] = [
  { title: 'LLM decode 4096', shape: { n: 4096, k: 4096, ...symmetric } },
  { title: 'LLM decode 4096, zero points', shape: { n: 4096, k: 4096, ...zeroPoint } },
  { title: 'LLM decode 4096, NF4', shape: { n: 4096, k: 4096, ...nf4 } },
  { title: 'LLM up-projection', shape: { n: 14336, k: 4096, ...symmetric } },
  { title: 'Square 1024', shape: { n: 1024, k: 1024, ...symmetric } },
];

export const gemvSweep: readonly Int4Shape[] = [256, 512, 1024, 2048, 4096, 8192].map((size) => ({
  n: size,
  k: size,
  ...symmetric,
}));

export const gemmCases: readonly Int4GemmShape[] = [
  { m: 1, n: 1, k: 32, ...symmetric },
  { m: 17, n: 19, k: 64, ...zeroPoint },
  { m: 65, n: 66, k: 128, ...zeroPoint, groupSize: 64 },
  { m: 5, n: 13, k: 96, ...nf4, groupSize: 32 },
  { m: 64, n: 64, k: 64, ...symmetric, groupSize: 64 },
  { m: 3, n: 7, k: 1280, ...symmetric, groupSize: 128 },
  { m: 1, n: 131, k: 32, ...symmetric },
];

export const gemmPresets: readonly Preset<Int4GemmShape>[] = [
  { title: 'Square 512', shape: { m: 512, n: 512, k: 512, ...symmetric } },
  { title: 'Square 1024', shape: { m: 1024, n: 1024, k: 1024, ...symmetric } },
  { title: 'LLM prefill (128 tokens)', shape: { m: 128, n: 4096, k: 4096, ...symmetric } },
  { title: 'LLM prefill, zero points', shape: { m: 128, n: 4096, k: 4096, ...zeroPoint } },
  { title: 'LLM prefill, NF4', shape: { m: 128, n: 4096, k: 4096, ...nf4 } },
];

export const gemmSweep: readonly Int4GemmShape[] = [128, 256, 512, 768, 1024, 1536, 2048].map((size) => ({
  m: size,
  n: size,
  k: size,
  ...symmetric,
}));

/** NF4 has no integer product, so the shapes that ask for it are left out. */
export const a8Cases = gemmCases.map((shape) => ({ ...shape, scheme: Math.min(shape.scheme, 2) }));
export const a8Presets = gemmPresets.filter(({ shape }) => shape.scheme < 3);
