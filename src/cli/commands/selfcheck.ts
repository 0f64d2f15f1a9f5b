/** `tilewatt selfcheck`, also `tilewatt bench selfcheck`: a kernel against itself, to see how often a difference is found where there is none. */

import { describeEnvironment } from '../../bench/export.js';
import { formatRatio } from '../../bench/format.js';
import type { SelfcheckReport } from '../../worker/api.js';
import type { Command } from '../command.js';
import { withJobs } from '../job.js';
import type { Settings } from '../options.js';
import { print, takesStdout, write } from '../output.js';
import { RuntimeFailure } from '../runtime.js';
import { checkTunables, choicesOf, kernelNamed, shapesFor } from '../select.js';
import { UsageError } from '../usage.js';

const defaultKernel = 'gemm-f32/naive';
const comparisons = 20;
const secondsEach = 2;
/** Verdicts are given at 99 %, so one false alarm in a hundred is chance; above this share they are no chance any more. */
const tolerated = 0.05;

export const selfcheck: Command = {
  synopsis: 'selfcheck [KERNEL]',
  about: 'a kernel against itself: does the engine find differences where there are none?',
  detail: [
    `The kernel is bound twice, to buffers of its own each time, and compared with itself ${comparisons} times. Any verdict but`,
    'same or undecided is a false alarm; one in a hundred is chance, as verdicts are given at 99 %. More than one in twenty, and',
    'comparisons on this machine cannot be trusted now: something else is running, or the clock is poor. Exit code 1 then.',
  ].join('\n'),
  options: ['runtime', 'shape', 'set', 'seed', 'seconds', 'json'],
  flags: { seconds: `time for each of the ${comparisons} comparisons (default ${secondsEach})` },
  examples: [
    ['tilewatt selfcheck', `${defaultKernel}, at a size that fits this device`],
    ['tilewatt selfcheck gemm-f32/direct --shape 512 --seconds 5', 'the kernel and the size that matter to you'],
  ],
  run: ({ positionals, settings }) => runSelfcheck(positionals, settings),
};

export async function runSelfcheck(positionals: readonly string[], settings: Settings): Promise<number> {
  const kernel = kernelNamed(positionals[0] ?? defaultKernel);
  if (positionals.length > 1) throw new UsageError('selfcheck takes one kernel: tilewatt selfcheck gemm-f32/naive.');
  if (settings.outputs.csv ?? settings.outputs.md) throw new UsageError('selfcheck writes --json only.');
  checkTunables([kernel], settings.tunables);
  const selections = [{ operation: kernel.computes, kernels: [kernel] }];
  const [typed, ...more] = shapesFor(kernel.computes, settings, selections);
  if (more.length > 0) throw new UsageError('selfcheck takes one --shape.');
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

function report(kernel: string, found: SelfcheckReport, { outputs }: Settings): number {
  const { verdicts, ratios, environment } = found;
  const { faster, slower, same, undecided } = verdicts;
  const total = faster + slower + same + undecided;
  const wrong = faster + slower;
  const fine = wrong <= Math.max(1, tolerated * total);
  const cancelled = total < comparisons;
  if (outputs.json !== undefined) {
    write(outputs.json, `${JSON.stringify({ kernel, comparisons: total, verdicts, ratios, environment }, null, 2)}\n`);
  }
  if (!takesStdout(outputs)) {
    const lines = [
      `${kernel} against itself, ${total}${cancelled ? ` of ${comparisons}` : ''} comparisons${cancelled ? ', cancelled' : ''}: ${same} same, ${undecided} undecided, ${faster} faster, ${slower} slower.`,
      ...(total > 0
        ? [
            `Ratios from ${formatRatio(Math.min(...ratios))} to ${formatRatio(Math.max(...ratios))}, where each should be 1.`,
          ]
        : []),
      `False alarms: ${wrong} of ${total}${fine ? '. Verdicts are given at 99 %, so one in a hundred is chance.' : ', more than chance. Is other work running on this machine?'}`,
      describeEnvironment(environment),
    ];
    print(lines.join('\n'));
  }
  return fine && !cancelled ? 0 : 1;
}
