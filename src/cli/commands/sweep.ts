/** `tilewatt sweep`: the same kernels at growing sizes, densities or widths, and where they change places. */
import { pairSentences, pairsOf, plainAxis } from '../../bench/crossing-words.js';
import type { Results } from '../../bench/results.js';
import { sweepPoints } from '../../bench/sweeps.js';
import type { Winners } from '../../bench/tune/winners-schema.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Shape } from '../../kernel/operation.js';
import type { SweepRequest } from '../../worker/api.js';
import type { Command } from '../command.js';
import { extrasFor } from '../extras.js';
import { type Jobs, withJobs } from '../job.js';
import type { Parsed, Settings } from '../options.js';
import { exitCodeOf, renderResults, writeResults } from '../output.js';
import { checkTunables, choicesOf, kernelNamed, select } from '../select.js';
import { readTuned, withTuned } from '../tuned-file.js';
import { suggestion, UsageError } from '../usage.js';

export const sweep: Command = {
  synopsis: 'sweep FILTER… --vary SIZES=VALUES',
  about: 'kernels over growing sizes, densities or widths, and where they change places',
  detail: [
    'At each value the kernels are verified and measured in interleaved pairs against the baseline. Kernels of other',
    'operations take the sizes they share by name; sizes that nobody named are those of their first preset. Several sizes',
    'may vary together: m,n,k=64,128,256. Where the ratio to the baseline crosses 1, the place is given with the range in',
    'which either may be faster. --tuned takes the winners of each value; --ceilings and --energy add their columns.',
  ].join('\n'),
  options: [
    'runtime',
    'vary',
    'shape',
    'set',
    'baseline',
    'seed',
    'distribution',
    'seconds',
    'cache',
    'tuned',
    'roofline',
    'ceilings',
    'energy',
    'json',
    'csv',
    'md',
  ],
  flags: { seconds: 'time for all kernels at one value together (default 1.5 for each)' },
  examples: [
    ['tilewatt sweep gemm-f32/direct gemm-f32/naive --vary m,n,k=64,128,256,512', 'from which size does it pay?'],
    [
      'tilewatt sweep spmm-csr gemm-f32/direct --baseline gemm-f32/direct --vary densityPerMille=10,50,200,1000 --shape m=512,n=512,k=512',
      'break-even density of sparse against dense',
    ],
    ['tilewatt sweep gemv-anybit gemv-f32 --vary bits=1,2,3,4,5,6,7,8 --shape n=2048,k=2048', 'every width of weights'],
  ],
  run: runSweep,
};

/** Seconds for one kernel at one value where nobody says otherwise. */
const secondsPerKernel = 1.5;

async function runSweep({ positionals, settings }: Parsed): Promise<number> {
  if (positionals.length === 0)
    throw new UsageError('sweep needs kernels: tilewatt sweep gemm-f32 --vary m,n,k=64,128.');
  const kernels = select(positionals).flatMap((selection) => selection.kernels);
  checkTunables(kernels, settings.tunables);
  const request = requestOf(kernels, settings);
  const winners = settings.tuned === undefined ? undefined : readTuned(settings.tuned);
  return withJobs(settings, async (jobs) => {
    const { api, run, complete } = jobs;
    const extras = await extrasFor(jobs, settings);
    const points = winners ? await tunedPoints(jobs, request.points, kernels, winners) : request.points;
    const results = await run((job, onProgress) => api.sweep({ ...request, ...extras, points, job }, onProgress));
    const crossings = crossingLines(results);
    const text = [renderResults(results), ...(crossings.length > 0 ? ['', ...crossings] : [])].join('\n');
    writeResults(results, settings.outputs, text);
    return complete() ? exitCodeOf(results.rows) : 1;
  });
}

/** At each value the winners of its class of sizes; what was typed outweighs them. Why some do not fit is said once. */
async function tunedPoints(
  jobs: Jobs,
  points: SweepRequest['points'],
  kernels: readonly Kernel[],
  winners: Winners,
): Promise<SweepRequest['points']> {
  const said = new Set<string>();
  const say = (line: string): void => {
    if (!said.has(line)) jobs.say(line);
    said.add(line);
  };
  const tuned: SweepRequest['points'][number][] = [];
  for (const point of points) {
    const choices = await Promise.all(
      point.kernels.map((choice) =>
        withTuned({ ...jobs, say }, [choice], kernels, choice.shape ?? point.shape, winners),
      ),
    );
    tuned.push({ ...point, kernels: choices.flat() });
  }
  return tuned;
}

function requestOf(kernels: readonly Kernel[], settings: Settings): Omit<SweepRequest, 'job'> {
  const { vary } = settings;
  if (vary === undefined) throw new UsageError('sweep needs what varies: --vary m,n,k=64,128,256.');
  const known = new Set(kernels.flatMap(({ computes }) => computes.parameters.map(({ name }) => name)));
  const unknown = [...vary.names, ...Object.keys(fixedSizes(settings))].find((name) => !known.has(name));
  if (unknown !== undefined) {
    const names = [...known].join(', ');
    throw new UsageError(
      `None of these kernels has a size ${unknown}.${suggestion(unknown, known)} There are: ${names}.`,
    );
  }
  const baseline = settings.baseline === undefined ? kernels[0]! : kernelNamed(settings.baseline);
  if (!kernels.includes(baseline)) {
    throw new UsageError(`The baseline ${baseline.id} is not among the kernels to run. Add it to the filters.`);
  }
  const choices = choicesOf(kernels, settings.tunables);
  const points = sweepPoints({
    vary: vary.names,
    values: vary.values,
    shape: fixedSizes(settings),
    kernels: kernels.map(({ id, computes }, i) => ({
      id,
      ...(choices[i]!.tunables ? { tunables: choices[i]!.tunables } : {}),
      parameters: computes.parameters.map(({ name }) => name),
      example: computes.presets[0]!.shape,
    })),
  });
  const { seed, distribution, cache, seconds } = settings;
  return {
    operation: baseline.computes.id,
    axis: vary.names.join(','),
    points,
    baseline: baseline.id,
    secondsPerPoint: seconds ?? secondsPerKernel * kernels.length,
    thoroughness: 'quick',
    seed,
    distribution,
    cache,
  };
}

function fixedSizes({ shapes }: Settings): Shape {
  const named = shapes.filter((shape): shape is Shape => typeof shape !== 'number');
  if (named.length < shapes.length) throw new UsageError('sweep needs named sizes: --shape m=512,n=512.');
  return Object.assign({}, ...named);
}

function crossingLines(results: Results): readonly string[] {
  const axis = plainAxis(results.sweep?.axis ?? 'size');
  return pairsOf(results.comparisons).flatMap((pair) => pairSentences(pair, axis));
}
