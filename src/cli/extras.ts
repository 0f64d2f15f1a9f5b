/** What a bench gets beside times: ceilings to place rows under, a model of energy, and lines on what joules stand for. */

import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { version } from '../../package.json';
import { chooseClass, gpuClasses } from '../bench/energy/classes.js';
import { carbonGrams, rankByCost, sharedBy, waterLitres } from '../bench/energy/cost.js';
import { type EnergyModel, energyModelSchema } from '../bench/energy/model.js';
import { modelOfClass } from '../bench/energy/modelled.js';
import { formatRange, formatShape, plain } from '../bench/format.js';
import type { ResultRow, Results } from '../bench/results.js';
import { type Ceilings, CeilingsError, ceilingsKey, parseCeilings } from '../bench/roofline/ceilings.js';
import { errorText } from '../kernel/outcome.js';
import type { BenchRequest } from '../worker/api.js';
import type { Jobs } from './job.js';
import type { Settings } from './options.js';
import { RuntimeFailure } from './runtime.js';
import { suggestion, UsageError } from './usage.js';

export type Extras = Pick<BenchRequest, 'ceilings' | 'energy'>;

/**
 * Asked before anything is started.
 * @throws UsageError where --energy is neither a class nor a model in a file, or --ceilings no file of ceilings.
 */
export function checkExtras({ energy, ceilings }: Pick<Settings, 'energy' | 'ceilings'>): void {
  if (ceilings !== undefined) parsed(ceilings, parseCeilings, CeilingsError);
  if (energy === undefined || energy === 'auto') return;
  if (isFile(energy)) {
    savedModel(energy);
    return;
  }
  const ids = gpuClasses.map(({ id }) => id);
  if (ids.includes(energy)) return;
  throw new UsageError(
    `--energy ${energy} is neither a GPU class nor a .json file.${suggestion(energy, ids)} "tilewatt energy classes" lists the classes.`,
  );
}

/** Classes have no such names. */
function isFile(wanted: string): boolean {
  return wanted.endsWith('.json');
}

export async function extrasFor(jobs: Jobs, settings: Settings): Promise<Extras> {
  const ceilings = await ceilingsFor(jobs, settings);
  const energy = settings.energy === undefined ? undefined : await energyFor(jobs, settings.energy, ceilings);
  return { ...(ceilings ? { ceilings } : {}), ...(energy ? { energy } : {}) };
}

async function ceilingsFor(jobs: Jobs, settings: Settings): Promise<Ceilings | undefined> {
  if (settings.ceilings !== undefined) return savedCeilings(jobs, settings.ceilings);
  if (!settings.roofline) return undefined;
  return measuredCeilings(jobs, settings);
}

export async function measuredCeilings(jobs: Jobs, { seed }: Settings, seconds?: number): Promise<Ceilings> {
  const request = { seed, ...(seconds === undefined ? {} : { seconds }) };
  const outcome = await jobs.follow((job, onProgress) => jobs.api.roofline({ ...request, job }, onProgress));
  if (outcome.status !== 'ok') throw new RuntimeFailure(outcome.reason);
  return outcome.ceilings;
}

/** @throws UsageError where the file holds no ceilings, or those of another device. */
async function savedCeilings({ api }: Jobs, file: string): Promise<Ceilings> {
  const ceilings = parsed(file, parseCeilings, CeilingsError);
  const outcome = await api.device();
  if (outcome.status !== 'ok') throw new RuntimeFailure(outcome.reason);
  const { adapter, runtime } = outcome.card;
  if (ceilings.key === ceilingsKey({ adapter, runtime, version })) return ceilings;
  throw new UsageError(
    `The ceilings in ${file} belong to ${ceilings.key}, not to this adapter and browser. Measure again: tilewatt roofline --json ${file}.`,
  );
}

/** @throws UsageError where the file cannot be read or its content is refused. */
export function parsed<T>(file: string, parse: (text: string) => T, refusal: new (message: string) => Error): T {
  try {
    return parse(readText(file));
  } catch (error) {
    if (error instanceof refusal) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`Cannot read ${file}: ${errorText(error)}`);
  }
}

/** Undefined, with a sentence on stderr, where this device has no model; the bench goes on without joules. */
async function energyFor(
  { api, say }: Jobs,
  wanted: string,
  ceilings: Ceilings | undefined,
): Promise<EnergyModel | undefined> {
  const outcome = await api.device();
  if (outcome.status !== 'ok') throw new RuntimeFailure(outcome.reason);
  const { adapter } = outcome.card;
  if (isFile(wanted) && !adapter.software) return savedModel(wanted);
  const choice = chooseClass(wanted, adapter);
  if ('refusal' in choice) {
    if (wanted !== 'auto' && !adapter.software) throw new UsageError(choice.refusal);
    say(choice.refusal);
    return undefined;
  }
  const made = modelOfClass(choice.gpuClass, ceilings);
  if ('model' in made) return made.model;
  say(made.refusal);
  return undefined;
}

function savedModel(file: string): EnergyModel {
  const text = readText(file);
  try {
    return v.parse(energyModelSchema, JSON.parse(text));
  } catch {
    throw new UsageError(`${file} holds no energy model. "tilewatt energy calibrate --json FILE" writes one.`);
  }
}

/** Lines below the table: the ranking by energy and time, carbon and water; nothing where there are no joules. */
export function energyLines(results: Results, { carbon, water, eta }: Settings): readonly string[] {
  const rows = results.rows.filter((row) => row.energy && row.time);
  if (rows.length === 0) return [];
  return [
    '',
    ...(eta === undefined ? [] : rankingLines(rows, eta)),
    ...rows.flatMap((row) => [
      shareLine(row),
      ...(carbon === undefined
        ? []
        : [lineOn(row, (joules) => carbonGrams(joules, carbon), 'g', 'CO₂e', carbon, 'g/kWh')]),
      ...(water === undefined
        ? []
        : [lineOn(row, (joules) => waterLitres(joules, water), 'L', 'water', water, 'L/kWh')]),
    ]),
    'Joules are an estimate: modelled from a class of GPUs, calibrated by watts you typed, or measured by a power log.',
  ];
}

/** Joules of one operation, one compulsory byte and one element of the result. */
function shareLine({ kernel, energy, rates, time, verification }: ResultRow): string {
  const seconds = time!.meanNs * 1e-9;
  const parts = [
    ['operation', (rates?.flopPerS ?? 0) * seconds],
    ['byte', (rates?.bytePerS ?? 0) * seconds],
    ['result', verification?.of ?? verification?.elements ?? 0],
  ] as const;
  const texts = parts.flatMap(([what, count]) => {
    if (count === 0) return [];
    const { lowJ, highJ } = sharedBy(energy!, count);
    return [`${formatRange(lowJ, highJ, 'J')} per ${what}`];
  });
  return plain(`${kernel}: ${texts.join(', ')} (${energy!.tier})`);
}

function lineOn(
  { kernel, energy }: ResultRow,
  of: (joules: number) => number,
  unit: string,
  what: string,
  given: number,
  per: string,
): string {
  const { lowJ, highJ, tier } = energy!;
  return plain(
    `${kernel}: ${formatRange(of(lowJ), of(highJ), unit)} ${what} per run at your ${given} ${per} (${tier})`,
  );
}

function rankingLines(rows: readonly ResultRow[], eta: number): readonly string[] {
  const items = rows.map((row) => ({ row, energy: row.energy!, seconds: row.time!.meanNs * 1e-9 }));
  return [
    `By η·E + (1−η)·P_max·t with η = ${eta}, least first:`,
    ...rankByCost(items, eta).map(({ item: { row }, low, high, certain }, i) =>
      plain(
        `${String(i + 1).padStart(3)}  ${row.kernel} ${formatShape(row.shape)}  ${formatRange(low, high, 'J')}${certain ? '' : '  order not certain'}`,
      ),
    ),
    '',
  ];
}
