/** `tilewatt tune KERNEL --predict`: what stored searches let expect of a shape, without running it. */
import { formatRange, formatRatio, formatShape, formatTime, none, plain } from '../bench/format.js';
import { parseResults, ResultsError } from '../bench/results.js';
import type { Expected, Forecast } from '../bench/tune/forecast.js';
import type { Joules } from '../bench/tune/learned.js';
import { keyOf } from '../bench/tune/points.js';
import { basisWords, qualityWords } from '../bench/tune/predictor-words.js';
import { timesOf } from '../bench/tune/stored.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Shape } from '../kernel/operation.js';
import { extrasFor, parsed } from './extras.js';
import { withJobs } from './job.js';
import type { Settings } from './options.js';
import { takesStdout, write } from './output.js';
import { RuntimeFailure } from './runtime.js';
import { renderTable } from './text-table.js';
import { readTuned } from './tuned-file.js';
import { UsageError } from './usage.js';

/** @throws UsageError where the shape or the file to learn from is missing; RuntimeFailure where nothing can be predicted. */
export async function predict(kernel: Kernel, shape: Shape | undefined, settings: Settings): Promise<number> {
  if (shape === undefined) throw new UsageError('--predict needs the shape to predict: --shape m=768,n=768,k=768.');
  const { tuned, learn } = settings;
  if (tuned === undefined && learn.length === 0) {
    throw new UsageError(
      '--predict needs something to learn from: --tuned FILE, which "tilewatt tune --json FILE" wrote, or --learn FILE with results.',
    );
  }
  const winners = tuned === undefined ? [] : readTuned(tuned).winners;
  const times = learn.flatMap((file) => timesOf(parsed(file, parseResults, ResultsError), kernel.id));
  const { outcome, hasModel } = await withJobs(settings, async (jobs) => {
    const { energy } = await extrasFor(jobs, settings);
    const request = { kernel: kernel.id, shape, known: winners, times, ...(energy ? { energy } : {}) };
    return { outcome: await jobs.api.forecast(request), hasModel: energy !== undefined };
  });
  if (outcome.status !== 'ok') throw new RuntimeFailure(outcome.reason);
  const { json } = settings.outputs;
  if (json !== undefined) write(json, `${JSON.stringify(outcome.forecast, null, 2)}\n`);
  if (!takesStdout(settings.outputs)) process.stdout.write(`${render(outcome.forecast, hasModel)}\n`);
  return 0;
}

function render(forecast: Forecast, hasModel: boolean): string {
  const { kernel, shape, best, default: usual, quality } = forecast;
  const rows = [...best, ...(best.some(({ tunables }) => keyOf(tunables) === keyOf(usual.tunables)) ? [] : [usual])];
  const columns = ['tunables', 'expected time', 'default / it', ...(usual.joules ? ['expected energy'] : []), ''];
  return [
    `${kernel}, ${formatShape(shape)}`,
    '',
    renderTable({
      columns: columns.map((title) => ({ title, align: title.startsWith('expected') ? 'right' : 'left' })),
      rows: rows.map((expected) => cellsOf(expected, usual)),
    }),
    '',
    basisWords(forecast),
    plain(qualityWords(quality, hasModel)),
  ].join('\n');
}

function cellsOf({ tunables, ns, joules }: Expected, usual: Expected): readonly string[] {
  return [
    keyOf(tunables),
    plain(formatTime(ns)),
    formatRatio(usual.ns / ns),
    ...(usual.joules ? [joulesText(joules)] : []),
    keyOf(tunables) === keyOf(usual.tunables) ? 'default' : '',
  ];
}

/** A range, as joules always are. */
export function joulesText(joules: Joules | undefined): string {
  return joules ? plain(formatRange(joules.lowJ, joules.highJ, 'J')) : none;
}
