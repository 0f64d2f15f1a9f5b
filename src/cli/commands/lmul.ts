/** `tilewatt lmul`: how far approximate multiplication by integer addition is from the product. */
import { significant } from '../../bench/format.js';
import { type LmulDotRow, tabulateDots, tabulateLmul } from '../../worker/lmul-lab.js';
import type { Command } from '../command.js';
import type { Parsed, Settings } from '../options.js';
import { takesStdout, write } from '../output.js';
import { renderTable } from '../text-table.js';
import { UsageError } from '../usage.js';

const pairs = 2 ** 19;
const usualLengths = [64, 256, 1024, 4096];
const dots = 256;

export const lmul: Command = {
  synopsis: 'lmul [normal|uniform-mantissa|every-pair]',
  about: 'error of L-Mul at each number of mantissa bits, mode and rounding',
  detail: [
    'Relative error, its root mean square and the normalised mean squared error against exact products, beside e4m3, e5m2 and',
    'bf16; then the error of dot products. every-pair counts all pairs of 7-bit mantissas. Computed on the CPU, bit by bit as',
    'the kernels do. Dot products have 64 to 4096 terms, or those of --shape k=…. On a GPU L-Mul is an emulation and slower',
    'than the native multiply; the modes beside it (4 is native within the same kernel) are timed by',
    '"tilewatt sweep gemm-lmul/direct gemm-f32/direct --baseline gemm-f32/direct --vary mode=1,2,3,4 --shape m=512,n=512,k=512".',
    'What L-Mul saves in energy belongs to hardware that does not exist here.',
  ].join('\n'),
  options: ['shape', 'seed', 'json'],
  flags: { shape: 'k=768: how many terms the dot products have; may be repeated' },
  examples: [
    ['tilewatt lmul every-pair', 'exact over all 7-bit mantissas'],
    ['tilewatt lmul --shape k=768 --shape k=3072', 'dot products as long as those of a layer'],
  ],
  run: runLmul,
};

function runLmul({ positionals, settings }: Parsed): number {
  const [operands = 'normal', more] = positionals;
  if (more !== undefined || !['normal', 'uniform-mantissa', 'every-pair'].includes(operands)) {
    throw new UsageError('lmul takes one of normal, uniform-mantissa, every-pair.');
  }
  const { seed } = settings;
  const table =
    operands === 'every-pair'
      ? tabulateLmul({ operands: 'every pair', count: 7, seed })
      : tabulateLmul({ operands: operands as 'normal' | 'uniform-mantissa', count: pairs, seed });
  const dotRows = dotErrors(lengthsOf(settings), seed);
  const { json } = settings.outputs;
  if (json !== undefined)
    write(json, `${JSON.stringify({ operands, seed, products: table, dots: dotRows }, null, 2)}\n`);
  if (takesStdout(settings.outputs)) return 0;
  const percent = (share: number): string => `${significant(100 * share)} %`;
  const number = { align: 'right' } as const;
  const products = renderTable({
    columns: [
      { title: 'product', align: 'left' },
      ...['mean', 'rms', 'min', 'max', 'NMSE'].map((title) => ({ title, ...number })),
    ],
    rows: table.map(({ title, mean, rms, min, max, nmse }) => [
      title,
      ...[mean, rms, min, max].map(percent),
      nmse.toExponential(3),
    ]),
  });
  const sums = renderTable({
    columns: [
      { title: 'dot product', align: 'left' },
      ...['k', 'relative rms', 'rms / √k', 'gain'].map((title) => ({ title, ...number })),
    ],
    rows: dotRows.map(({ title, k, relativeRms, rmsPerRootK, gain }) => [
      title,
      String(k),
      percent(relativeRms),
      significant(rmsPerRootK),
      significant(gain),
    ]),
  });
  const operandsLine =
    operands === 'every-pair' ? 'every pair of 7-bit mantissas' : `${pairs} pairs, ${operands}, seed ${seed}`;
  process.stdout.write(
    `Products: ${operandsLine}\n\n${products}\n\nDot products: ${dots} each, N(0,1), seed ${seed}\n\n${sums}\n`,
  );
  return 0;
}

/** Lengths named as `k=768` or plainly as 768. */
function lengthsOf({ shapes }: Settings): readonly number[] {
  if (shapes.length === 0) return usualLengths;
  return shapes.map((shape) => {
    const k = typeof shape === 'number' ? shape : shape.k;
    const others = typeof shape === 'number' ? [] : Object.keys(shape).filter((name) => name !== 'k');
    if (k === undefined || others.length > 0)
      throw new UsageError('lmul takes only k, the terms of a dot product: --shape k=768.');
    return k;
  });
}

function dotErrors(lengths: readonly number[], seed: number): readonly LmulDotRow[] {
  try {
    return tabulateDots({ lengths, dots, seed });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}
