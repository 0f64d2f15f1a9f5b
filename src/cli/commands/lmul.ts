/** `tilewatt lmul`: how far approximate multiplication by integer addition is from the product. */
import { significant } from '../../bench/format.js';
import { tabulateDots, tabulateLmul } from '../../worker/lmul-lab.js';
import type { Command } from '../command.js';
import type { Parsed } from '../options.js';
import { takesStdout, write } from '../output.js';
import { renderTable } from '../text-table.js';
import { UsageError } from '../usage.js';

const pairs = 2 ** 19;
const lengths = [64, 256, 1024, 4096];
const dots = 256;

export const lmul: Command = {
  synopsis: 'lmul [normal|uniform-mantissa|every-pair]',
  about: 'error of L-Mul at each number of mantissa bits, mode and rounding',
  detail: [
    'Relative error, its root mean square and the normalised mean squared error against exact products, beside e4m3, e5m2 and',
    'bf16; then the error of dot products. every-pair counts all pairs of 7-bit mantissas. Computed on the CPU, bit by bit as',
    'the kernels do. On a GPU L-Mul is an emulation and slower than the native multiply: see',
    '"tilewatt compare gemm-lmul/direct gemm-f32/direct". What it saves in energy belongs to hardware that does not exist here.',
  ].join('\n'),
  options: ['seed', 'json'],
  examples: [['tilewatt lmul every-pair', 'exact over all 7-bit mantissas']],
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
  const dotRows = tabulateDots({ lengths, dots, seed });
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
