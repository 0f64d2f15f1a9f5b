/** C = L-Mul(A, B) element by element on f32 bit patterns: what every other L-Mul kernel is built of. */
import { defineOperation } from '../../src/kernel/operation.js';
import { bitsOf, lmulBitsArray } from '../../src/numerics/lmul.js';
import type { Random } from '../../src/numerics/random.js';
import {
  closedF32,
  exact4Bits,
  exactF32,
  fastF32,
  type LmulShape,
  lmulFormatOf,
  lmulParameters,
  lmulWork,
  variedFormats,
} from '../lib/lmul-format.js';

export interface ElementwiseLmulShape extends LmulShape {
  readonly count: number;
}

/**
 * ±0, subnormals, the ends of the normal range, ±1, the ends of the fast clamp, ±infinity and NaNs; and the last four,
 * which with l = 4 bring 2⁻¹²⁶ and 2¹²⁷ to either side of underflow and overflow.
 */
export const edgePatterns = [
  0x0000_0000, 0x0000_0001, 0x007f_ffff, 0x0080_0000, 0x0080_0001, 0x2180_0000, 0x217f_ffff, 0x3f7f_ffff, 0x3f80_0000,
  0x5d80_0000, 0x5d80_0001, 0x7f00_0000, 0x7f7f_ffff, 0x7f80_0000, 0x7f80_0001, 0x7fc0_0000, 0x7fff_ffff, 0x3f77_ffff,
  0x3f78_0000, 0x3ff7_ffff, 0x3ff8_0000,
].flatMap((bits) => [bits, (bits | 0x8000_0000) >>> 0]);

export const elementwiseLmul = defineOperation<ElementwiseLmulShape>({
  id: 'elementwise-lmul',
  title: 'Element-wise L-Mul',
  summary: 'C = L-Mul(A, B) on f32 bit patterns, e.g. |A| + |B| − (127·2²³ − 2²³⁻ˡ) with the signs’ exclusive or.',
  parameters: [{ name: 'count', about: 'elements of A, B and C' }, ...lmulParameters],
  bindings: [
    { name: 'A', access: 'read', element: 'u32', length: ({ count }) => count, about: 'f32 bit patterns' },
    { name: 'B', access: 'read', element: 'u32', length: ({ count }) => count, about: 'f32 bit patterns' },
    { name: 'C', access: 'read_write', element: 'u32', length: ({ count }) => count, about: 'f32 bit patterns' },
  ],
  inputs: ({ count }, random) => ({ A: draw(count, random).patterns, B: draw(count, random).patterns }),
  reference: ({ A, B }, shape, pick) => {
    const rows = pick(shape.count);
    const [a, b] = [A, B].map((codes) => Uint32Array.from(rows, (row) => codes![row]!));
    const values = Float64Array.from(lmulBitsArray(a!, b!, lmulFormatOf(shape)));
    return [{ output: 'C', columns: 1, rows, values, bounds: new Float64Array(rows.length) }];
  },
  // Edge cases and random patterns are for correctness: one product near 2^127 would drown the error of all others.
  unquantized: ({ count }, random, pick) => {
    const [a, b] = [draw(count, random), draw(count, random)];
    const rows = pick(count).filter((row) => a.isValue(row) && b.isValue(row));
    return [
      { output: 'C', columns: 1, rows, values: Float64Array.from(rows, (row) => a.values[row]! * b.values[row]!) },
    ];
  },
  decode: ({ C }) => ({ C: new Float32Array(Uint32Array.from(C!).buffer) }),
  cost: (shape) => ({
    operations: lmulWork(shape, shape.count, 2 * shape.count),
    nominal: shape.count,
    bytesRead: 8 * shape.count,
    bytesWritten: 4 * shape.count,
  }),
  cases: [
    ...variedFormats.map((format) => ({ count: 4096, ...format })),
    { count: 1, ...exactF32 },
    { count: 1027, ...exactF32 },
    { count: 257, ...fastF32 },
    { count: 1000, ...exactF32, mantissaBits: 2, offsetBits: 2, rounding: 2 },
  ],
  presets: [
    { title: 'Adder exact', shape: { count: 2 ** 20, ...exactF32 } },
    { title: 'Adder fast', shape: { count: 2 ** 20, ...fastF32 } },
    { title: 'Closed form', shape: { count: 2 ** 20, ...closedF32 } },
    { title: 'Adder exact, 4 bits', shape: { count: 2 ** 20, ...exact4Bits } },
  ],
  sweep: [2 ** 16, 2 ** 18, 2 ** 20, 2 ** 22, 2 ** 24].map((count) => ({ count, ...exactF32 })),
});

/** Values of the chosen distribution, with one in eight an edge case and one in eight any pattern of 32 bits. */
function draw(count: number, random: Random) {
  const values = random.values(count);
  const bits = bitsOf(values);
  const patterns = Uint32Array.from(bits, (own) => {
    const choice = random.below(8);
    if (choice === 0) return edgePatterns[random.below(edgePatterns.length)]!;
    return choice === 1 ? random.below(2 ** 32) : own;
  });
  return { values, patterns, isValue: (row: number) => patterns[row] === bits[row] };
}
