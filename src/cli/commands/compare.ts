/** `tilewatt compare A B`: is A faster than B on this device. */
import { comparisonOf } from '../../bench/export.js';
import { formatShape, significant } from '../../bench/format.js';
import type { Comparison, Results } from '../../bench/results.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Command } from '../command.js';
import type { Parsed, Settings } from '../options.js';
import { exitCodeOf, fitted, renderResults, takesStdout, writeResults } from '../output.js';
import { kernelNamed } from '../select.js';
import { UsageError } from '../usage.js';
import { type Benched, bench, benchSelections } from './bench.js';

export const compare: Command = {
  synopsis: 'compare A B',
  about: 'is kernel A faster than kernel B here?',
  detail: [
    'Both are verified, then measured in interleaved pairs in random order. The answer is faster or slower where the 99 %',
    'interval of the ratio excludes 1, same where its 95 % interval lies within ±2 %, else undecided.',
  ].join('\n'),
  options: bench.options.filter((name) => name !== 'baseline'),
  examples: [
    ['tilewatt compare gemm-f32/blocked gemm-f32/naive', 'at a size that fits this device'],
    ['tilewatt compare gemm-f32/blocked gemm-f32/naive --shape 1024 --thoroughness careful', 'longer, at 1024³'],
  ],
  run: runCompare,
};

async function runCompare({ positionals, settings }: Parsed): Promise<number> {
  const [a, b] = positionals;
  if (a === undefined || b === undefined || positionals.length > 2) {
    throw new UsageError('compare takes two kernels: tilewatt compare gemm-f32/blocked gemm-f32/naive.');
  }
  const [first, second] = [kernelNamed(a), kernelNamed(b)];
  if (first.id === second.id) {
    throw new UsageError(
      `Both kernels are ${first.id}. To measure a kernel against itself: tilewatt selfcheck ${first.id}.`,
    );
  }
  const { results, complete } = await benchPair(first, second, settings);
  if (results === undefined) return 1;
  const verdicts = verdictsOf(results, first.id);
  writeResults(
    results,
    settings.outputs,
    [renderResults(results), '', ...verdicts.map((verdict) => fitted(verdict))].join('\n'),
  );
  if (takesStdout(settings.outputs)) process.stderr.write(verdicts.map((verdict) => `${verdict}\n`).join(''));
  return verdicts.length === 0 || !complete ? 1 : exitCodeOf(results.rows);
}

/** In one job; a kernel of another operation gets the sizes it shares by name. */
function benchPair(first: Kernel, second: Kernel, settings: Settings): Promise<Benched> {
  const chosen = { ...settings, baseline: second.id };
  if (first.computes === second.computes) {
    return benchSelections([{ operation: first.computes, kernels: [first, second] }], chosen);
  }
  const shared = (kernel: Kernel) => kernel.computes.parameters.map(({ name }) => name);
  if (!shared(first).some((name) => shared(second).includes(name))) {
    throw new UsageError(`${first.id} and ${second.id} share no size, so there is nothing to compare them at.`);
  }
  return benchSelections([{ operation: second.computes, kernels: [first, second] }], chosen);
}

function verdictsOf(results: Results, id: string): readonly string[] {
  return results.rows.flatMap((row) => {
    const comparison = row.kernel === id ? comparisonOf(results, row) : undefined;
    return comparison === undefined ? [] : [sentence(comparison)];
  });
}

function sentence({ a, b, shape, ratio, ci95, verdict, pairs }: Comparison): string {
  const interval = `95 % interval ${significant(ci95[0])} to ${significant(ci95[1])}, ${pairs} pairs`;
  const at = `at ${formatShape(shape)}`;
  switch (verdict) {
    case 'faster':
      return `${a} is ${significant(ratio)} times as fast as ${b} ${at} (${interval}).`;
    case 'slower':
      return `${a} takes ${significant(1 / ratio)} times as long as ${b} ${at} (speed ratio ${significant(ratio)}, ${interval}).`;
    case 'same':
      return `${a} is as fast as ${b} ${at} (speed ratio ${significant(ratio)}, ${interval}).`;
    case 'undecided':
      return `Undecided whether ${a} or ${b} is faster ${at} (speed ratio ${significant(ratio)}, ${interval}). Try --thoroughness thorough.`;
    default:
      return verdict satisfies never;
  }
}
