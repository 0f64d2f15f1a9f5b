/** `tilewatt tune KERNEL`: searches a kernel's tunables on this device, and says what the search is worth. */
import { describeEnvironment } from '../../bench/export.js';
import {
  formatRatio,
  formatRatioInterval,
  formatShape,
  formatTime,
  none,
  plain,
  significant,
} from '../../bench/format.js';
import { heatMap, keyOf, mostTelling, type TunePoint, valuesOf } from '../../bench/tune/points.js';
import { qualityWords } from '../../bench/tune/predictor-words.js';
import { verdictWords } from '../../bench/tune/verdict-words.js';
import type { Kernel, Tunables } from '../../kernel/kernel.js';
import type { Tuning } from '../../worker/api.js';
import type { Command } from '../command.js';
import { extrasFor } from '../extras.js';
import { joulesText, predict } from '../forecast.js';
import { withJobs } from '../job.js';
import type { Parsed, Settings } from '../options.js';
import { takesStdout } from '../output.js';
import { RuntimeFailure } from '../runtime.js';
import { kernelNamed, shapesFor } from '../select.js';
import { renderTable } from '../text-table.js';
import { addWinner, readIfThere } from '../tuned-file.js';
import { suggestion, UsageError } from '../usage.js';

const defaultSeconds = 60;
/** With --exhaustive, the most time for each combination. */
const exhaustiveSeconds = 2;
const shownPoints = 8;
const shownReasons = 6;

export const tune: Command = {
  synopsis: 'tune KERNEL',
  about: 'search the tunables of a kernel on this device',
  detail: [
    'Every combination is verified before it is timed. Candidates are sampled side by side with the default, and the',
    'clearly slower leave early. The best then meets the default once more on fresh samples: it wins only where the',
    'interval of the ratio lies above 1, else the default stays. Ctrl-C keeps the best so far. --json FILE adds the',
    'winner to FILE, and what FILE knows of this kernel orders the search; "tilewatt bench --tuned FILE" uses it on the',
    'same device, runtime and source. With --energy each candidate also gets joules. --predict asks what the searches in the',
    'file of --tuned, and the results in files of --learn, let expect of a shape that was not run: times, joules, and how far',
    'off such predictions are.',
  ].join('\n'),
  options: [
    'runtime',
    'shape',
    'seconds',
    'seed',
    'distribution',
    'map',
    'exhaustive',
    'energy',
    'ceilings',
    'roofline',
    'predict',
    'tuned',
    'learn',
    'json',
  ],
  flags: {
    seconds: `time for the whole search (default ${defaultSeconds})`,
    tuned: 'with --predict: winners to learn from',
    json: 'add the winner to FILE; - writes it to stdout in place of the tables',
  },
  examples: [
    ['tilewatt tune gemm-f32/blocked --shape 512', 'a minute at one size'],
    ['tilewatt tune gemm-f32/direct --shape 1024 --seconds 30 --json tuned.json', 'keep what was found'],
    ['tilewatt bench gemm-f32 --shape 1024 --tuned tuned.json', 'and use it'],
    ['tilewatt tune gemm-f32/blocked --shape 256 --map tileM,threadM', 'choose the axes of the heat map'],
    ['tilewatt tune gemm-f32/direct --predict --shape 768 --tuned tuned.json', 'what to expect, without running it'],
  ],
  run: runTune,
};

async function runTune({ positionals, settings }: Parsed): Promise<number> {
  const [id, ...more] = positionals;
  if (id === undefined || more.length > 0)
    throw new UsageError('tune takes one kernel: tilewatt tune gemm-f32/blocked.');
  const kernel = kernelNamed(id);
  if (Object.keys(kernel.tunables).length === 0) throw new UsageError(`${id} has no tunables to search.`);
  checkMap(kernel, settings.map);
  const [typed, ...others] = shapesFor(kernel.computes, settings, [{ operation: kernel.computes, kernels: [kernel] }]);
  if (others.length > 0) throw new UsageError('tune takes one --shape.');
  if (settings.predict) return predict(kernel, typed, settings);
  if (settings.tuned !== undefined || settings.learn.length > 0)
    throw new UsageError('--tuned and --learn go with --predict; a search learns from --json FILE.');
  const before = readIfThere(settings.outputs.json);
  const outcome = await withJobs(settings, async (jobs) => {
    const { api, follow } = jobs;
    const { energy } = await extrasFor(jobs, settings);
    const suggested = typed ? { status: 'ok' as const, shape: typed } : await api.suggest(kernel.computes.id);
    if (suggested.status !== 'ok') return suggested;
    const { seed, distribution, seconds = defaultSeconds, exhaustive } = settings;
    const known = before?.winners ?? [];
    const model = energy ? { energy } : {};
    const request = { kernel: id, shape: suggested.shape, seed, distribution, seconds, known, ...model };
    const check = exhaustive ? { exhaustiveSeconds } : {};
    return follow((job, onProgress) => api.tune({ ...request, ...check, job }, onProgress));
  });
  if (outcome.status !== 'ok') throw new RuntimeFailure(outcome.reason);
  return report(outcome.tuning, settings, before);
}

function checkMap(kernel: Kernel, map: Settings['map']): void {
  if (map === undefined) return;
  const names = Object.keys(kernel.tunables);
  const unknown = map.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `No tunable of ${kernel.id} is called ${unknown}.${suggestion(unknown, names)} There are: ${names.join(', ')}.`,
    );
  }
  if (map.length !== 2 || map[0] === map[1]) throw new UsageError('--map takes two tunables: --map tileM,tileN.');
}

function report(tuning: Tuning, { outputs, map }: Settings, before: ReturnType<typeof readIfThere>): number {
  if (outputs.json !== undefined) keep(outputs.json, before, tuning);
  const text = takesStdout(outputs) ? verdictOf(tuning) : renderTuning(tuning, map);
  (takesStdout(outputs) ? process.stderr : process.stdout).write(`${text}\n`);
  return tuning.best && tuning.confirmed ? 0 : 1;
}

function keep(file: string, before: ReturnType<typeof readIfThere>, { winner, confirmed, best }: Tuning): void {
  if (winner) {
    addWinner(file, before, winner);
    return;
  }
  const why = !best
    ? 'nothing could be timed'
    : confirmed
      ? 'its time cannot be told from noise; give it more --seconds or a larger --shape'
      : 'the search was not finished';
  process.stderr.write(`Nothing was written to ${file}: ${why}.\n`);
}

function renderTuning(tuning: Tuning, map: Settings['map']): string {
  const { kernel, shape, points, environment } = tuning;
  const axes = map ?? mostTelling(points);
  return [
    `${kernel}, ${formatShape(shape)}`,
    '',
    renderBest(tuning),
    '',
    ...(axes.length === 2 ? [renderHeatMap(points, axes[0]!, axes[1]!), ''] : []),
    ...rejected(tuning),
    verdictOf(tuning),
    ...exhaustiveLine(tuning),
    plain(`Predictor: ${qualityWords(tuning.predictor, tuning.energy !== undefined)}`),
    ...tuning.flags,
    describeEnvironment(environment),
  ].join('\n');
}

/** The best few by what the race saw; the verdict comes from the duel below. */
function renderBest({ points, reference: first, default: usually, energy }: Tuning): string {
  const reference = keyOf(first ?? usually);
  const timed = points.flatMap((point) => (point.ratio === undefined ? [] : [{ ...point, ratio: point.ratio }]));
  const best = timed.sort((a, b) => b.ratio - a.ratio).slice(0, shownPoints);
  const usual = timed.find(({ tunables }) => keyOf(tunables) === reference);
  if (usual && !best.includes(usual)) best.push(usual);
  return renderTable({
    columns: [
      { title: 'tunables', align: 'left' },
      { title: 'time', align: 'right' },
      { title: 'default / it', align: 'right' },
      { title: 'samples', align: 'right' },
      ...(energy ? [{ title: `energy, ${energy.tier}`, align: 'right' as const }] : []),
      { title: '', align: 'left' },
    ],
    rows: best.map(({ tunables, ns, ratio, ci95, samples = 0, state }) => [
      keyOf(tunables),
      ns === undefined ? none : plain(formatTime(ns)),
      ci95 ? formatRatioInterval({ ratio, ci95 }) : formatRatio(ratio),
      String(samples),
      ...(energy ? [joulesText(energy.joules[keyOf(tunables)])] : []),
      keyOf(tunables) === reference ? 'default' : state === 'slower' ? 'dropped' : '',
    ]),
  });
}

/** Ratio to the default by two tunables, each cell with the best of the rest. */
function renderHeatMap(points: readonly TunePoint[], x: string, y: string): string {
  const cells = heatMap(points, x, y);
  const columns = valuesOf(points, x);
  const best = Math.max(...cells.flatMap(({ ratio }) => ratio ?? []));
  const rows = valuesOf(points, y).map((value) => [
    `${y}=${value}`,
    ...cells
      .filter((cell) => cell.y === value)
      .map(({ ratio }) => (ratio === undefined ? '·' : `${shade(ratio / best)} ${significant(ratio)}`)),
  ]);
  const head = [
    { title: '', align: 'left' as const },
    ...columns.map((value) => ({ title: `${x}=${value}`, align: 'right' as const })),
  ];
  return `How many times as fast as the default, with the best of the other tunables (· not timed):\n${renderTable({ columns: head, rows })}`;
}

/** Share of the best: a full block within 5 %, then lighter for each step down. */
function shade(share: number): string {
  if (share >= 0.95) return '█';
  if (share >= 0.8) return '▓';
  return share >= 0.6 ? '▒' : '░';
}

/** How many were looked at, and why some were given no time, with one line per reason. */
function rejected({ points, refused }: Tuning): readonly string[] {
  const count = (...states: readonly TunePoint['state'][]) =>
    points.filter(({ state }) => states.includes(state)).length;
  const parts = [
    `${count('racing', 'set-aside')} raced to the end`,
    `${count('slower')} dropped as slower`,
    `${count('untried')} not tried`,
    `${count('wrong')} wrong`,
    `${count('failed', 'unsupported')} failed`,
    `${refused.length} ruled out`,
  ];
  const grouped = new Map<string, Tunables[]>();
  for (const { state, reason, tunables } of [...points, ...refused.map((one) => ({ ...one, state: 'ruled out' }))]) {
    if (reason === undefined || !['wrong', 'failed', 'unsupported', 'ruled out'].includes(state)) continue;
    const text = `${state}: ${reason}`;
    grouped.set(text, [...(grouped.get(text) ?? []), tunables]);
  }
  const lines = [...grouped].map(([text, [first, ...more]]) => {
    const others = more.length > 0 ? ` and ${more.length} more` : '';
    return `  ${keyOf(first!)}${others} ${text}`;
  });
  const hidden = lines.length - shownReasons;
  return [
    `${parts.join(', ')}.`,
    ...lines.slice(0, shownReasons),
    ...(hidden > 0 ? [`  and ${hidden} other reasons`] : []),
    '',
  ];
}

/** What was found, in a sentence. */
function verdictOf(tuning: Tuning): string {
  const stays = (best: string): string => `${tuning.kernel} stays with ${best}`;
  return plain(verdictWords(tuning, { stays, cancelled: 'Cancelled: the best so far.' }));
}

function exhaustiveLine({ exhaustive, spentSeconds }: Tuning): readonly string[] {
  if (!exhaustive) return [];
  const { best, share, ci95, seconds, timed } = exhaustive;
  const margin = formatRatioInterval({ ratio: 100 * share, ci95: [100 * ci95[0], 100 * ci95[1]] }).replace('×', ' %');
  return [
    `Exhaustive: ${timed.length} combinations in ${significant(seconds)} s; the best is ${keyOf(best)}. The search reached ${margin} of its speed in ${significant((100 * spentSeconds) / seconds, 2)} % of that time.`,
  ];
}
