/** C = A·B for matrices of signed 8-bit codes with a scale per block of 128 along k. */

import { type Binding, defineOperation } from '../../src/kernel/operation.js';
import { packCodes, quantizeInt8, rowWords } from '../../src/numerics/int8.js';
import { gamma } from '../../src/numerics/matmul.js';
import { transpose } from '../../src/numerics/transpose.js';
import { unquantizedProduct } from '../lib/answer.js';
import { gemmSweep } from '../lib/gemm-cases.js';
import type { GemmShape } from '../lib/gemm-shape.js';
import { gemmParameters, productBinding } from '../lib/gemm-shape.js';
import { drawOperands, f32Ulp, unpackSigned } from '../lib/int8-gemm/reference.js';
import { cases, codes, presets } from '../lib/int8-gemm/shapes.js';

const block = 128;
const blocks = (k: number): number => Math.ceil(k / block);

function scales(operand: 'A' | 'B'): Binding<GemmShape> {
  const [size, line] = operand === 'A' ? (['m', 'row'] as const) : (['n', 'column'] as const);
  return {
    name: `scales${operand}`,
    access: 'read',
    element: 'f32',
    length: (shape) => shape[size] * blocks(shape.k),
    about: `⌈k/128⌉ per ${line} of ${operand}`,
  };
}

interface Codes {
  readonly codes: Int8Array;
  readonly scales: ArrayLike<number>;
}

/** Adds row i of A times column j of B, block by block, and the absolute values of the terms. */
function scaledDot(a: Codes, i: number, b: Codes, j: number, k: number): readonly [value: number, size: number] {
  let [value, size] = [0, 0];
  for (let at = 0; at < blocks(k); at++) {
    let sum = 0;
    for (let p = at * block; p < Math.min((at + 1) * block, k); p++) sum += a.codes[i * k + p]! * b.codes[j * k + p]!;
    const term = sum * a.scales[i * blocks(k) + at]! * b.scales[j * blocks(k) + at]!;
    value += term;
    size += Math.abs(term);
  }
  return [value, size];
}

export const gemmInt8Block = defineOperation<GemmShape>({
  id: 'gemm-int8-block',
  title: 'GEMM int8, scales per block of 128',
  summary: 'C[i][j] = Σ_g sA[i][g]·sB[g][j]·Σ_{p in block g} qA[i][p]·qB[p][j], blocks of 128 along k.',
  parameters: gemmParameters,
  bindings: [codes('A', block), scales('A'), codes('B', block), scales('B'), productBinding],
  inputs: (shape, random) => {
    const { m, n, k } = shape;
    const { a, b } = drawOperands(shape, random);
    const quantizedA = quantizeInt8(a, { rows: m, columns: k }, { block });
    const quantizedB = quantizeInt8(transpose(b, k, n), { rows: n, columns: k }, { block });
    return {
      codesA: packCodes(quantizedA.codes, quantizedA, block),
      scalesA: quantizedA.scales,
      codesB: packCodes(quantizedB.codes, quantizedB, block),
      scalesB: quantizedB.scales,
    };
  },
  reference: ({ codesA, scalesA, codesB, scalesB }, { m, n, k }, pick) => {
    const rows = pick(m);
    const a = { codes: unpackSigned(codesA, { rows: m, columns: k }, block), scales: scalesA! };
    const b = { codes: unpackSigned(codesB, { rows: n, columns: k }, block), scales: scalesB! };
    const values = new Float64Array(rows.length * n);
    const bounds = new Float64Array(rows.length * n);
    // A block's sum is below 2²⁴ and exact; two products round, and so does each addition.
    const factor = gamma(blocks(k) + 2, f32Ulp);
    for (let at = 0; at < values.length; at++) {
      const [value, size] = scaledDot(a, rows[Math.floor(at / n)]!, b, at % n, k);
      values[at] = value;
      bounds[at] = factor * size;
    }
    return [{ output: 'C', columns: n, rows, values, bounds }];
  },
  unquantized: (shape, random, pick) => unquantizedProduct(drawOperands(shape, random), shape, pick),
  cost: ({ m, n, k }) => ({
    operations: { dot4: m * n * Math.ceil(k / 4), mul32: m * n * blocks(k), fma32: m * n * blocks(k) },
    nominal: 2 * m * n * k,
    bytesRead: 4 * (m + n) * (rowWords(k, block) + blocks(k)),
    bytesWritten: 4 * m * n,
  }),
  cases,
  presets,
  sweep: gemmSweep,
});
