/** Shapes that the any-bit operations are checked and timed at: every width, every kind of encoding. */
import type { Preset } from '../../../src/kernel/operation.js';

const unsigned = 1;
const signed = 2;
const float = (exponentBits: number): number => 2 + exponentBits;
const widths = [8, 7, 6, 5, 4, 3, 2, 1];

/** The small floats that have a name in practice, and one for each remaining width. */
const floats = [
  { title: 'e4m3', bits: 8, encoding: float(4) },
  { title: 'e5m2', bits: 8, encoding: float(5) },
  { title: 'e3m4', bits: 8, encoding: float(3) },
  { title: 'e3m3', bits: 7, encoding: float(3) },
  { title: 'e3m2', bits: 6, encoding: float(3) },
  { title: 'e2m3', bits: 6, encoding: float(2) },
  { title: 'e2m2', bits: 5, encoding: float(2) },
  { title: 'e2m1', bits: 4, encoding: float(2) },
  { title: 'e1m1', bits: 3, encoding: float(1) },
  { title: 'e2m5', bits: 8, encoding: float(2) },
] as const;

export const gemvCases = [
  { n: 1, k: 32, bits: 5, encoding: signed, groupSize: 32 },
  { n: 13, k: 128, bits: 3, encoding: unsigned, groupSize: 64 },
  { n: 4, k: 1024, bits: 7, encoding: unsigned, groupSize: 128 },
  ...widths.map((bits) => ({ n: 10, k: 64, bits, encoding: signed, groupSize: 32 })),
  ...[1, 6, 8].map((bits) => ({ n: 8, k: 64, bits, encoding: unsigned, groupSize: 64 })),
  ...floats.map(({ bits, encoding }) => ({ n: 8, k: 128, bits, encoding, groupSize: 64 })),
];

/** Fewer than of the GEMV, which has the same decoder. */
export const gemmCases = [
  { m: 1, n: 1, k: 32, bits: 5, encoding: signed, groupSize: 32 },
  { m: 17, n: 19, k: 64, bits: 3, encoding: unsigned, groupSize: 64 },
  { m: 34, n: 68, k: 256, bits: 6, encoding: float(3), groupSize: 128 },
  { m: 3, n: 5, k: 64, bits: 1, encoding: signed, groupSize: 32 },
  { m: 3, n: 8, k: 128, bits: 7, encoding: signed, groupSize: 64 },
  { m: 9, n: 4, k: 32, bits: 8, encoding: float(4), groupSize: 32 },
  { m: 2, n: 12, k: 2048, bits: 2, encoding: signed, groupSize: 128 },
];

const formats = [
  ...widths.map((bits) => ({ title: bits === 1 ? 'binary' : `int${bits}`, bits, encoding: signed })),
  ...floats,
  { title: 'uint4 with zero point', bits: 4, encoding: unsigned },
  { title: 'uint3 with zero point', bits: 3, encoding: unsigned },
];

export const gemvPresets: readonly Preset<(typeof gemvCases)[number]>[] = formats.map(({ title, bits, encoding }) => ({
  title: `LLM decode 4096, ${title}`,
  shape: { n: 4096, k: 4096, bits, encoding, groupSize: 64 },
}));

export const gemmPresets: readonly Preset<(typeof gemmCases)[number]>[] = formats.map(({ title, bits, encoding }) => ({
  title: `Square 512, ${title}`,
  shape: { m: 512, n: 512, k: 512, bits, encoding, groupSize: 64 },
}));

/** Widths, not sizes: what this family is about. */
export const gemvSweep = widths.map((bits) => ({ n: 4096, k: 4096, bits, encoding: signed, groupSize: 64 }));
export const gemmSweep = widths.map((bits) => ({ m: 512, n: 512, k: 512, bits, encoding: signed, groupSize: 64 }));
