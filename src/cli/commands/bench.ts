/** `tilewatt bench`: verify, then time, then compare the kernels of an operation. */
import type { Results } from '../../bench/results.js';
import type { Winners } from '../../bench/tune/winners-schema.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Shape } from '../../kernel/operation.js';
import type { BenchRequest } from '../../worker/api.js';
import type { Command } from '../command.js';
import { type Extras, energyLines, extrasFor } from '../extras.js';
import { type Jobs, withJobs } from '../job.js';
import type { Parsed, Settings } from '../options.js';
import { exitCodeOf, mergeResults, renderResults, writeResults } from '../output.js';
import { RuntimeFailure } from '../runtime.js';
import { checkTunables, choicesOf, kernelNamed, type Selection, select, shapesFor } from '../select.js';
import { readTuned, withTuned } from '../tuned-file.js';
import { UsageError } from '../usage.js';
import { runSelfcheck } from './selfcheck.js';

/** What the page opens with, too. */
const defaultFilter = 'gemm-f32';

export const bench: Command = {
  synopsis: 'bench [FILTER…]',
  about: 'verify, time and compare the kernels of an operation',
  detail: [
    'A kernel that misses its error bound gets no time. Times are means with a 95 % interval; kernels are measured in',
    'interleaved pairs, and a verdict is given only where the interval of the ratio allows it. Without a filter it is',
    `${defaultFilter}; "all" is every operation. Without --shape the size fits this device.`,
    '',
    'In the table: "✓ 1.7 % of bound" is right, its worst element at that share of the error bound; "97 ms ± 3" is the mean of',
    'one dispatch; the rate is nominal work over time (2·m·n·k for a product), bandwidth compulsory bytes over time; "▲ faster',
    '2.1× ± 0.1" is the speed over that of the baseline: ▼ slower, = same, ? undecided. A skip says what the device lacks.',
  ].join('\n'),
  options: [
    'runtime',
    'shape',
    'set',
    'tuned',
    'baseline',
    'seed',
    'distribution',
    'thoroughness',
    'seconds',
    'cache',
    'roofline',
    'ceilings',
    'energy',
    'carbon',
    'water',
    'eta',
    'json',
    'csv',
    'md',
  ],
  examples: [
    ['tilewatt bench', `the ladder of ${defaultFilter}, at a size that fits this device`],
    ['tilewatt bench gemm-f32 --shape 512 --shape m=1,n=4096,k=4096', 'two sizes'],
    ['tilewatt bench gemm-f32/blocked --set tileM=64 --thoroughness careful', 'one kernel, tuned'],
    ['tilewatt bench gemm-int8 --baseline gemm-f32/subgroup --shape 512', 'a family against a yardstick of another'],
    ['tilewatt bench --json results.json --md results.md', 'keep the numbers'],
    ['tilewatt bench gemm-f32 --roofline --energy auto', 'with the share of the attainable, and joules as a range'],
    ['tilewatt selfcheck', 'does the engine find differences where there are none?'],
  ],
  run: runBench,
};

async function runBench(parsed: Parsed): Promise<number> {
  const { positionals, settings } = parsed;
  if (positionals[0] === 'selfcheck') return runSelfcheck(positionals.slice(1), settings);
  const selections = select(positionals.length > 0 ? positionals : [defaultFilter]);
  const { results, complete } = await benchSelections(selections, settings);
  if (results === undefined) return 1;
  const about = energyLines(results, settings);
  writeResults(results, settings.outputs, [renderResults(results), ...about].join('\n'));
  return complete ? exitCodeOf(results.rows) : 1;
}

export interface Benched {
  /** Undefined where nothing was begun. */
  readonly results: Results | undefined;
  /** Whether every job ran to its end. */
  readonly complete: boolean;
}

/** One job per operation and shape. Bad usage is found before anything is started. */
export async function benchSelections(selections: readonly Selection[], settings: Settings): Promise<Benched> {
  checkTunables(
    selections.flatMap(({ kernels }) => kernels),
    settings.tunables,
  );
  checkBaseline(selections, settings.baseline);
  const plans = selections.map((selection) => ({
    selection,
    shapes: shapesFor(selection.operation, settings, selections),
  }));
  const winners = settings.tuned === undefined ? undefined : readTuned(settings.tuned);
  const parts: Results[] = [];
  const complete = await withJobs(settings, async (jobs) => {
    const extras = await extrasFor(jobs, settings);
    for (const { selection, shapes } of plans) {
      const suggested = settings.shapes.length === 0 ? [await suggest(jobs, selection)] : [];
      for (const plan of [...shapes.map((shape) => ({ shape })), ...suggested]) {
        if (!jobs.complete()) return false;
        parts.push(await benchOne(jobs, selection, settings, { ...plan, extras, winners }));
      }
    }
    return jobs.complete();
  });
  return { results: mergeResults(parts), complete };
}

interface Plan {
  readonly shape: Shape;
  readonly withinSeconds?: number;
}

async function suggest({ api }: Jobs, { operation }: Selection): Promise<Plan> {
  const outcome = await api.suggest(operation.id);
  if (outcome.status !== 'ok') throw new RuntimeFailure(outcome.reason);
  return outcome;
}

async function benchOne(
  jobs: Jobs,
  selection: Selection,
  settings: Settings,
  plan: Plan & { readonly extras: Extras; readonly winners: Winners | undefined },
): Promise<Results> {
  const { operation } = selection;
  const kernels = withYardstick(selection, settings.baseline);
  const { seed, distribution, thoroughness, seconds, cache, baseline } = settings;
  // A thoroughness that was asked for outweighs the time a first comparison should take.
  const hurry = thoroughness === undefined && plan.withinSeconds !== undefined;
  const time = seconds !== undefined ? { budgetSeconds: seconds } : hurry ? { withinSeconds: plan.withinSeconds } : {};
  const typed = choicesOf(kernels, settings.tunables);
  const choices = plan.winners ? await withTuned(jobs, typed, kernels, plan.shape, plan.winners) : typed;
  const request: Omit<BenchRequest, 'job'> = {
    operation: operation.id,
    shape: plan.shape,
    kernels: choices,
    seed,
    distribution,
    thoroughness: thoroughness ?? 'quick',
    cache,
    ...plan.extras,
    ...time,
    ...(baseline !== undefined && kernels.some(({ id }) => id === baseline) ? { baseline } : {}),
  };
  return jobs.run((job, onProgress) => jobs.api.bench({ ...request, job }, onProgress));
}

/** Kernels to run for one operation: those chosen, and the baseline as a yardstick where it is another operation's. */
function withYardstick({ operation, kernels }: Selection, baseline: string | undefined): readonly Kernel[] {
  if (baseline === undefined || kernels.some(({ id }) => id === baseline)) return kernels;
  const yardstick = kernelNamed(baseline);
  return yardstick.computes === operation ? kernels : [yardstick, ...kernels];
}

/** A baseline is one of the kernels to run, or one of another operation that shares sizes with each of theirs. */
function checkBaseline(selections: readonly Selection[], baseline: string | undefined): void {
  if (baseline === undefined) return;
  const { id, computes } = kernelNamed(baseline);
  if (selections.some(({ kernels }) => kernels.some((kernel) => kernel.id === id))) return;
  if (selections.some(({ operation }) => operation === computes)) {
    throw new UsageError(`The baseline ${id} is not among the kernels to run. Add it to the filters.`);
  }
  const names = new Set(computes.parameters.map(({ name }) => name));
  const stranger = selections.find(({ operation }) => !operation.parameters.some(({ name }) => names.has(name)));
  if (stranger === undefined) return;
  throw new UsageError(`${id} and ${stranger.operation.id} share no size, so there is nothing to compare them at.`);
}
