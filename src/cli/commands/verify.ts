/** `tilewatt verify`: are the kernels right on this device, element by element. */
import { describeEnvironment } from '../../bench/export.js';
import { formatCount, formatShape, none, plain, significant } from '../../bench/format.js';
import type { ResultRow, Results } from '../../bench/results.js';
import { ladders } from '../../kernel/catalog.js';
import type { Command } from '../command.js';
import { tally, withJobs } from '../job.js';
import type { Parsed } from '../options.js';
import { exitCodeOf, fitted, mergeResults, writeResults } from '../output.js';
import { checkTunables, choicesOf, select, shapesFor } from '../select.js';
import { renderTable } from '../text-table.js';

export const verify: Command = {
  synopsis: 'verify [FILTER…]',
  about: 'compare every element with an exact reference',
  detail: [
    'Each output starts as NaN and is compared element by element with a reference in f64; the bound follows from the',
    'arithmetic of the operation. Without --shape the cases of each operation are run: 1, primes, one over a tile, long K.',
  ].join('\n'),
  options: ['runtime', 'shape', 'set', 'seed', 'every-tunable', 'json', 'csv', 'md'],
  examples: [
    ['tilewatt verify', 'everything that this device can run'],
    ['tilewatt verify gemm-f32/naive --shape m=1,n=7,k=5000', 'one kernel at one size'],
    ['tilewatt verify gemm-f32 --every-tunable --runtime dawn', 'every value of every tunable, without a browser'],
  ],
  run: runVerify,
};

async function runVerify({ positionals, settings }: Parsed): Promise<number> {
  const selections = select(positionals.length > 0 ? positionals : [...ladders.keys()]);
  checkTunables(
    selections.flatMap(({ kernels }) => kernels),
    settings.tunables,
  );
  const plans = selections.flatMap(({ operation, kernels }) => {
    const shapes = settings.shapes.length === 0 ? [undefined] : shapesFor(operation, settings, selections);
    return shapes.map((shape) => ({ kernels: choicesOf(kernels, settings.tunables), shape }));
  });
  const parts: Results[] = [];
  const complete = await withJobs(settings, async ({ api, run, complete }) => {
    for (const { kernels, shape } of plans) {
      if (!complete()) break;
      const request = { kernels, seed: settings.seed, everyTunable: settings.everyTunable };
      parts.push(
        await run((job, onProgress) =>
          api.verify(shape === undefined ? { ...request, job } : { ...request, job, shape }, onProgress),
        ),
      );
    }
    return complete();
  });
  const results = mergeResults(parts);
  if (results === undefined) return 1;
  writeResults(results, settings.outputs, renderVerified(results));
  return complete ? exitCodeOf(results.rows) : 1;
}

/** One line per kernel over all its cases, then every case that was not right, with its reason. */
function renderVerified({ rows, environment }: Results): string {
  const ids = [...new Set(rows.map(({ kernel }) => kernel))];
  const table = renderTable({
    columns: [
      { title: 'kernel', align: 'left' },
      { title: 'cases', align: 'left' },
      { title: 'elements', align: 'right' },
      { title: 'worst error', align: 'right' },
    ],
    rows: ids.map((id) => lineOf(rows.filter(({ kernel }) => kernel === id))),
  });
  const exceptions = exceptionsOf(rows.filter(({ status }) => status !== 'ok'));
  const parts = [table, exceptions.join('\n'), describeEnvironment(environment), tally(rows)];
  return parts.filter((part) => part !== '').join('\n\n');
}

function lineOf(rows: readonly ResultRow[]): readonly string[] {
  const checked = rows.flatMap(({ verification }) => verification ?? []);
  const elements = checked.reduce((sum, verification) => sum + verification.elements, 0);
  const worst = Math.max(...checked.map((verification) => verification.worst));
  const mark = rows.some(({ status }) => status === 'wrong' || status === 'failed') ? '✕' : '✓';
  return [
    rows[0]!.kernel,
    checked.length === 0 ? tally(rows) : `${mark} ${tally(rows)}`,
    formatCount(elements),
    checked.length === 0 ? none : plain(`${significant(worst * 100, 2)} % of bound`),
  ];
}

/** A line for each kernel and reason, which names the first case that had it and says how many others did. */
function exceptionsOf(rows: readonly ResultRow[]): readonly string[] {
  const alike = new Map<string, ResultRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.status, row.kernel, row.reason]);
    alike.set(key, [...(alike.get(key) ?? []), row]);
  }
  return [...alike.values()].map(([first, ...others]) => {
    const { kernel, shape, tunables, status, reason = 'no reason given' } = first!;
    const settings = [formatShape(shape), formatShape(tunables)].filter(Boolean).join(', ');
    const more = others.length > 0 ? ` and in ${others.length} more case${others.length > 1 ? 's' : ''}` : '';
    return fitted(`${status}: ${kernel} at ${settings}${more}: ${reason}`, '  ');
  });
}
