/** `tilewatt bench selfcheck`: a kernel against itself, to see how often a difference is found where there is none. */

import { describeEnvironment } from '../../bench/export.js';
import { formatRatio } from '../../bench/format.js';
import type { SelfcheckReport } from '../../worker/api.js';
import { withJobs } from '../job.js';
import type { Settings } from '../options.js';
import { takesStdout, write } from '../output.js';
import { RuntimeFailure } from '../runtime.js';
import { checkTunables, choicesOf, kernelNamed, shapesFor } from '../select.js';
import { UsageError } from '../usage.js';

const defaultKernel = 'gemm-f32/naive';
const comparisons = 20;
const secondsEach = 2;
/** Verdicts are given at 99 %, so one false alarm in a hundred is chance; above this share they are no chance any more. */
const tolerated = 0.05;

export async function runSelfcheck(positionals: readonly string[], settings: Settings): Promise<number> {
  const kernel = kernelNamed(positionals[0] ?? defaultKernel);
  if (positionals.length > 1)
    throw new UsageError('bench selfcheck takes one kernel: tilewatt bench selfcheck KERNEL.');
  if (settings.outputs.csv ?? settings.outputs.md) throw new UsageError('bench selfcheck writes --json only.');
  checkTunables([kernel], settings.tunables);
  const selections = [{ operation: kernel.computes, kernels: [kernel] }];
  const [typed, ...more] = shapesFor(kernel.computes, settings, selections);
  if (more.length > 0) throw new UsageError('bench selfcheck takes one --shape.');
  const [choice] = choicesOf([kernel], settings.tunables);
  const outcome = await withJobs(settings, async ({ api, follow }) => {
    const suggested = typed ? { status: 'ok' as const, shape: typed } : await api.suggest(kernel.computes.id);
    if (suggested.status !== 'ok') return suggested;
    const { shape } = suggested;
    const request = {
      kernel: choice!,
      shape,
      comparisons,
      secondsEach: settings.seconds ?? secondsEach,
      seed: settings.seed,
    };
    return follow((job, onProgress) => api.selfcheck({ ...request, job }, onProgress));
  });
  if (outcome.status !== 'ok') throw new RuntimeFailure(outcome.reason);
  return report(kernel.id, outcome.report, settings);
}

function report(kernel: string, { verdicts, ratios, environment }: SelfcheckReport, { outputs }: Settings): number {
  const { faster, slower, same, undecided } = verdicts;
  const total = faster + slower + same + undecided;
  const wrong = faster + slower;
  const fine = total > 0 && wrong <= Math.max(1, tolerated * total);
  if (outputs.json !== undefined) {
    write(outputs.json, `${JSON.stringify({ kernel, comparisons: total, verdicts, ratios, environment }, null, 2)}\n`);
  }
  if (!takesStdout(outputs)) {
    const sorted = [...ratios].sort((a, b) => a - b);
    console.log(
      [
        `${kernel} against itself, ${total} comparisons: ${same} same, ${undecided} undecided, ${faster} faster, ${slower} slower.`,
        `Ratios from ${formatRatio(sorted[0] ?? Number.NaN)} to ${formatRatio(sorted.at(-1) ?? Number.NaN)}.`,
        fine
          ? `False alarms: ${wrong} of ${total}. Verdicts are given at 99 %, so one in a hundred is chance.`
          : `False alarms: ${wrong} of ${total}, more than chance. Is other work running on this machine?`,
        describeEnvironment(environment),
      ].join('\n'),
    );
  }
  return fine ? 0 : 1;
}
