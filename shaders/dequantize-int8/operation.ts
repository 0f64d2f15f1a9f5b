/** Signed 8-bit codes with a scale per row back to f32. */
import { defineOperation } from '../../src/kernel/operation.js';
import { packCodes, quantizeInt8, rowWords } from '../../src/numerics/int8.js';
import { f32Ulp, unpackSigned } from '../lib/int8-gemm/reference.js';
import { quad } from '../lib/int8-gemm/shapes.js';

export interface RowsShape {
  readonly [name: string]: number;
  readonly m: number;
  readonly k: number;
}

export const dequantizeInt8Rows = defineOperation<RowsShape>({
  id: 'dequantize-int8',
  title: 'Dequantize int8',
  summary: 'A[i][p] = q[i][p]·s[i], with codes packed four to a word.',
  parameters: [
    { name: 'm', about: 'rows' },
    { name: 'k', about: 'columns' },
  ],
  bindings: [
    {
      name: 'codes',
      access: 'read',
      element: 'u32',
      length: ({ m, k }) => m * rowWords(k, quad),
      about: 'm rows of k codes, four to a word, padded with 0 to a multiple of 16',
    },
    { name: 'scales', access: 'read', element: 'f32', length: ({ m }) => m, about: 'one per row' },
    { name: 'A', access: 'read_write', element: 'f32', length: ({ m, k }) => m * k, about: 'm × k, row-major' },
  ],
  inputs: ({ m, k }, random) => {
    const quantized = quantizeInt8(random.values(m * k), { rows: m, columns: k }, 'row');
    return { codes: packCodes(quantized.codes, quantized, quad), scales: quantized.scales };
  },
  reference: ({ codes, scales }, { m, k }, pick) => {
    const rows = pick(m);
    const all = unpackSigned(codes, { rows: m, columns: k });
    const values = new Float64Array(rows.length * k);
    rows.forEach((row, i) => {
      for (let p = 0; p < k; p++) values[i * k + p] = all[row * k + p]! * scales![row]!;
    });
    return [{ output: 'A', columns: k, rows, values, bounds: values.map((value) => Math.abs(value) * f32Ulp) }];
  },
  unquantized: ({ m, k }, random, pick) => {
    const rows = pick(m);
    const all = random.values(m * k);
    const values = new Float64Array(rows.length * k);
    rows.forEach((row, i) => {
      values.set(all.subarray(row * k, (row + 1) * k), i * k);
    });
    return [{ output: 'A', columns: k, rows, values }];
  },
  cost: ({ m, k }) => ({
    operations: { mul32: m * k, bit: 2 * m * k },
    nominal: m * k,
    bytesRead: 4 * m * (rowWords(k, quad) + 1),
    bytesWritten: 4 * m * k,
  }),
  cases: [
    { m: 1, k: 1 },
    { m: 17, k: 23 },
    { m: 65, k: 64 },
    { m: 3, k: 5003 },
    { m: 128, k: 36 },
  ],
  presets: [
    { title: 'Square 1024', shape: { m: 1024, k: 1024 } },
    { title: 'Square 4096', shape: { m: 4096, k: 4096 } },
    { title: 'LLM weights (4096 × 11008)', shape: { m: 11008, k: 4096 } },
  ],
  sweep: [128, 256, 512, 1024, 2048, 4096].map((size) => ({ m: size, k: size })),
});
