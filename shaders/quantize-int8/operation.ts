/** f32 rows to signed 8-bit codes with a scale per row. */
import { defineOperation } from '../../src/kernel/operation.js';
import { avoidTies, packCodes, quantizeInt8, rowWords } from '../../src/numerics/int8.js';
import type { Random } from '../../src/numerics/random.js';
import { f32Ulp, unpackSigned } from '../lib/int8-gemm/reference.js';
import { quad } from '../lib/int8-gemm/shapes.js';

export interface RowsShape {
  readonly [name: string]: number;
  readonly m: number;
  readonly k: number;
}

export const quantizeInt8Rows = defineOperation<RowsShape>({
  id: 'quantize-int8',
  title: 'Quantize to int8',
  summary: 's[i] = max|A[i]|/127, q[i][p] = round(A[i][p]/s[i]), four codes to a word.',
  parameters: [
    { name: 'm', about: 'rows' },
    { name: 'k', about: 'columns' },
  ],
  bindings: [
    { name: 'A', access: 'read', element: 'f32', length: ({ m, k }) => m * k, about: 'm × k, row-major' },
    {
      name: 'codes',
      access: 'read_write',
      element: 'u32',
      length: ({ m, k }) => m * rowWords(k, quad),
      about: 'm rows of k codes, four to a word, padded with 0 to a multiple of 16',
    },
    { name: 'scales', access: 'read_write', element: 'f32', length: ({ m }) => m, about: 'one per row' },
  ],
  inputs: (shape, random) => ({ A: draw(shape, random) }),
  reference: ({ A }, { m, k }, pick) => {
    const rows = pick(m);
    const quantized = quantizeInt8(A!, { rows: m, columns: k }, 'row');
    const words = packCodes(quantized.codes, quantized, quad);
    const columns = rowWords(k, quad);
    const values = new Float64Array(rows.length * columns);
    rows.forEach((row, i) => {
      values.set(words.subarray(row * columns, (row + 1) * columns), i * columns);
    });
    const scales = Float64Array.from(rows, (row) => quantized.scales[row]!);
    return [
      { output: 'codes', columns, rows, values, bounds: new Float64Array(values.length) },
      { output: 'scales', columns: 1, rows, values: scales, bounds: scales.map((scale) => scale * f32Ulp) },
    ];
  },
  unquantized: (shape, random, pick) => {
    const rows = pick(shape.m);
    const all = draw(shape, random);
    const values = new Float64Array(rows.length * shape.k);
    rows.forEach((row, i) => {
      values.set(all.subarray(row * shape.k, (row + 1) * shape.k), i * shape.k);
    });
    return [{ output: 'codes', columns: shape.k, rows, values }];
  },
  decode: ({ codes, scales }, { m, k }) => {
    const all = unpackSigned(codes, { rows: m, columns: k });
    return { codes: Float64Array.from(all, (code, i) => code * scales![Math.floor(i / k)]!) };
  },
  cost: ({ m, k }) => ({
    operations: { add32: m * k, mul32: m * k + m, sfu: m, bit: 2 * m * k },
    nominal: 2 * m * k,
    bytesRead: 4 * m * k,
    bytesWritten: 4 * m * (rowWords(k, quad) + 1),
  }),
  cases: [
    { m: 1, k: 1 },
    { m: 17, k: 23 },
    { m: 65, k: 64 },
    { m: 3, k: 5003 },
    { m: 300, k: 16 },
  ],
  presets: [
    { title: 'LLM activations (128 tokens)', shape: { m: 128, k: 4096 } },
    { title: 'Square 1024', shape: { m: 1024, k: 1024 } },
    { title: 'Square 4096', shape: { m: 4096, k: 4096 } },
  ],
  sweep: [128, 256, 512, 1024, 2048, 4096].map((size) => ({ m: size, k: size })),
});

function draw({ m, k }: RowsShape, random: Random): Float32Array<ArrayBuffer> {
  const values = random.values(m * k);
  // A row of zeros, where there is more than one row.
  if (m > 1) values.fill(0, k, 2 * k);
  return avoidTies(values, { rows: m, columns: k });
}
