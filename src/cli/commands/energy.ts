/** `tilewatt energy`: classes of GPUs, calibration by watts read from a meter, recording of runs, import of power logs. */
import { calibrate } from '../../bench/energy/calibrate.js';
import { chooseClass, gpuClasses, picojoulesPerBit } from '../../bench/energy/classes.js';
import { fitToLog } from '../../bench/energy/fit.js';
import type { EnergyModel } from '../../bench/energy/model.js';
import { type PowerLog, PowerLogError, parsePowerLog } from '../../bench/energy/power-log.js';
import { type LoadRun, parseRuns, RunsError, type RunsFile, recordedKernels } from '../../bench/energy/runs.js';
import { formatRange, plain, significant } from '../../bench/format.js';
import { shuffled } from '../../bench/sample.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Shape } from '../../kernel/operation.js';
import { seededRandom } from '../../numerics/random.js';
import type { LoadRequest } from '../../worker/api.js';
import type { Command } from '../command.js';
import { parsed } from '../extras.js';
import { type Jobs, withJobs } from '../job.js';
import { type Sampled, samplePower } from '../nvidia-smi.js';
import type { Parsed, Settings } from '../options.js';
import { print, takesStdout, write } from '../output.js';
import { RuntimeFailure } from '../runtime.js';
import { select } from '../select.js';
import { renderTable } from '../text-table.js';
import { suggestion, UsageError } from '../usage.js';

const parts: Readonly<Record<string, (parsed: Parsed) => Promise<number> | number>> = {
  classes: () => showClasses(),
  calibrate: ({ settings }) => runCalibrate(settings),
  record: ({ positionals, settings }) => runRecord(positionals.slice(1), settings),
  import: ({ positionals, settings }) => runImport(positionals[1], settings),
};

export const energy: Command = {
  synopsis: 'energy classes|calibrate|record|import',
  about: 'what joules are estimated by: a class, watts you read, or a power log',
  detail: [
    'classes: the GPU classes of --energy CLASS, with their sources. calibrate: runs the two loads and solves for the energy of',
    'a multiply-add and of a byte from --watts. record: runs kernels one by one in random order, for a power log; samples',
    'nvidia-smi itself where that exists. import LOG --runs FILE: fits a model to the log. Each writes its model with --json.',
  ].join('\n'),
  options: ['runtime', 'seconds', 'seed', 'watts', 'runs', 'energy', 'json'],
  flags: { seconds: 'time of each load of calibrate (default 20) or kernel of record (default 10)' },
  examples: [
    ['tilewatt energy classes', 'which classes there are'],
    ['tilewatt energy calibrate --watts 14,92,71 --json model.json', 'watts from any meter'],
    ['tilewatt energy record --seconds 10 --json runs.json', 'twelve kernels and more, 10 s each'],
    ['tilewatt energy import power.csv --runs runs.json --json model.json', 'then: tilewatt bench --energy model.json'],
  ],
  run(given) {
    const [name = ''] = given.positionals;
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (part) {
      const [, extra, more] = given.positionals;
      const surplus = name === 'classes' || name === 'calibrate' ? extra : name === 'import' ? more : undefined;
      if (surplus !== undefined) throw new UsageError(`energy ${name} does not take ${surplus}.`);
      return part(given);
    }
    const names = Object.keys(parts);
    throw new UsageError(
      `energy takes one of ${names.join(', ')}${name ? `, not ${name}` : ''}.${suggestion(name, names)}`,
    );
  },
};

function showClasses(): number {
  const columns = ['class', 'power limit, W', 'memory', 'FMA/s', 'source'].map((title) => ({
    title,
    align: 'left' as const,
  }));
  const rows = gpuClasses.map(({ id, limitWatts: { low, high }, memory, peakFma32, source }) => [
    id,
    low === high ? String(low) : `${low} to ${high}`,
    `${memory}, ${picojoulesPerBit[memory]} pJ/bit`,
    peakFma32 === undefined ? 'as measured' : `${significant(peakFma32 / 1e12)} T`,
    source,
  ]);
  print(renderTable({ columns, rows }));
  return 0;
}

const loadSeconds = 20;

async function runCalibrate(settings: Settings): Promise<number> {
  const { watts } = settings;
  if (watts === undefined) {
    throw new UsageError(
      'calibrate needs --watts IDLE,FMA,COPY. Run it once with guesses to see and read each load on a meter, then again with what you read.',
    );
  }
  const [idleWatts = 0, fmaWatts = 0, copyWatts = 0] = watts;
  const { loads, adapter } = await withJobs(settings, async (jobs) => {
    const device = await jobs.api.device();
    if (device.status !== 'ok') throw new RuntimeFailure(device.reason);
    refuseSoftware(device.card.adapter.software);
    const seconds = settings.seconds ?? loadSeconds;
    jobs.say(`The FMA load runs for ${seconds} s, then the copy load: read the meter near the end of each.`);
    const fma = await load(jobs, { load: 'fma', seconds, seed: settings.seed });
    const copy = await load(jobs, { load: 'copy', seconds, seed: settings.seed });
    return { loads: { fma, copy }, adapter: device.card.adapter };
  });
  const choice = chooseClass(settings.energy ?? 'auto', adapter);
  const gpuClass = 'gpuClass' in choice ? choice.gpuClass : undefined;
  const outcome = calibrate({ idleWatts, fmaWatts, copyWatts }, loads, gpuClass);
  if ('refusal' in outcome) throw new UsageError(outcome.refusal);
  return report(outcome.model, settings, []);
}

function refuseSoftware(software: boolean): void {
  if (software) throw new RuntimeFailure('A software adapter has no GPU power model: it computes on the CPU.');
}

async function load(jobs: Jobs, request: Omit<LoadRequest, 'job'>): Promise<LoadRun> {
  const outcome = await jobs.follow((job, onProgress) => jobs.api.load({ ...request, job }, onProgress));
  if (outcome.status !== 'ok') throw new RuntimeFailure(outcome.reason);
  return outcome.run;
}

async function runRecord(filters: readonly string[], settings: Settings): Promise<number> {
  const kernels = select(filters.length > 0 ? filters : recordedKernels).flatMap((selection) => selection.kernels);
  const { json } = settings.outputs;
  if (json === undefined) throw new UsageError('record needs --json FILE, to write the runs to.');
  const file = await withJobs(settings, async (jobs): Promise<RunsFile> => {
    const device = await jobs.api.device();
    if (device.status !== 'ok') throw new RuntimeFailure(device.reason);
    const { runs, log } = await sampledRuns(jobs, kernels, settings);
    const { adapter } = device.card;
    return { schema: 'tilewatt/energy-runs@1', adapter, runs, ...(log ? { log: [...log] } : {}) };
  });
  write(json, `${JSON.stringify(file, null, 2)}\n`);
  return file.runs.length > 0 ? 0 : 1;
}

/** The kernels one by one, with the power sampled meanwhile where that can be done here. */
async function sampledRuns(jobs: Jobs, kernels: readonly Kernel[], settings: Settings) {
  const shapes = await suggestedShapes(jobs, kernels);
  const sampling = await samplePower();
  if (sampling.status !== 'ok') jobs.say(`${sampling.reason} Log the power with another tool meanwhile.`);
  const runs: LoadRun[] = [];
  let sampled: Sampled | undefined;
  try {
    for (const { id, computes } of shuffled(kernels, seededRandom(settings.seed))) {
      if (!jobs.complete()) break;
      const shape = shapes.get(computes.id)!;
      const request = { load: { kernel: { id }, shape }, seconds: settings.seconds ?? 10, seed: settings.seed };
      const outcome = await jobs.follow((job, onProgress) => jobs.api.load({ ...request, job }, onProgress));
      if (outcome.status === 'ok') runs.push(outcome.run);
      else jobs.say(`${id}: ${outcome.reason}`);
    }
  } finally {
    if (sampling.status === 'ok') sampled = await sampling.stop();
  }
  if (sampled?.reason !== undefined) jobs.say(sampled.reason);
  return { runs, log: sampled?.samples };
}

async function suggestedShapes({ api }: Jobs, kernels: readonly Kernel[]): Promise<ReadonlyMap<string, Shape>> {
  const shapes = new Map<string, Shape>();
  for (const operation of new Set(kernels.map(({ computes }) => computes.id))) {
    const suggested = await api.suggest(operation);
    if (suggested.status !== 'ok') throw new RuntimeFailure(suggested.reason);
    shapes.set(operation, suggested.shape);
  }
  return shapes;
}

function runImport(log: string | undefined, settings: Settings): number {
  if (settings.runs === undefined) {
    throw new UsageError('import needs --runs FILE: what "tilewatt energy record" wrote while the log was taken.');
  }
  const file = parsed(settings.runs, parseRuns, RunsError);
  refuseSoftware(file.adapter.software);
  const power = log === undefined ? ownLog(file) : parsed(log, parsePowerLog, PowerLogError);
  const outcome = fitToLog(file.runs, power);
  if (outcome.status === 'refused') throw new UsageError(outcome.refusal);
  const { leaveOneOut, pairwiseOrder, runs, notes } = outcome;
  const percent = (share: number): string => `${significant(100 * share)} %`;
  return report(outcome.model, settings, [
    `Fitted to ${runs} runs. Left out one by one they are predicted within ${percent(leaveOneOut.median)} (median), ${percent(leaveOneOut.mean)} (mean), ${percent(leaveOneOut.worst)} (worst).`,
    `Of pairs more than 15 % apart, ${percent(pairwiseOrder)} are in the right order.`,
    ...notes,
  ]);
}

function ownLog({ log }: RunsFile): PowerLog {
  if (log && log.length > 1) return { format: 'nvidia-smi', samples: log };
  throw new UsageError('The runs hold no power log of their own: name one, tilewatt energy import LOG --runs FILE.');
}

function report(model: EnergyModel, { outputs }: Settings, lines: readonly string[]): number {
  if (outputs.json !== undefined) write(outputs.json, `${JSON.stringify(model, null, 2)}\n`);
  if (takesStdout(outputs)) return 0;
  const range = ({ low, high }: { readonly low: number; readonly high: number }, unit: string) =>
    plain(formatRange(low, high, unit));
  print(
    [
      `Tier: ${model.tier} (${model.source})`,
      `idle              ${range(model.idleWatts, 'W')}`,
      `f32 multiply-add  ${range(model.perOperation.fma32, 'J')}`,
      `byte of memory    ${range(model.perMemoryByte, 'J')}`,
      ...lines,
    ].join('\n'),
  );
  return 0;
}
