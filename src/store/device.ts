/** What is known of devices, kept in this browser: ceilings, energy models, recorded runs, tuned values. */
import type { DBSchema } from 'idb';
import * as v from 'valibot';
import { type EnergyModel, energyModelSchema } from '../bench/energy/model.js';
import { parseRuns, type RunsFile } from '../bench/energy/runs.js';
import { type Ceilings, parseCeilings } from '../bench/roofline/ceilings.js';
import type { Winner } from '../bench/tune/winners-schema.js';
import { parseWinners, winnersSchemaId } from '../bench/tune/winners-schema.js';
import { opener } from './database.js';

/** The adapter alone: energy is no matter of the browser. */
export type AdapterKey = Pick<Winner['adapter'], 'vendor' | 'architecture' | 'description'>;

type Points = NonNullable<Winner['points']>;

/** Texts are JSON, checked by their schemas when they are read: an older version may have written them. */
interface Schema extends DBSchema {
  ceilings: { key: string; value: string };
  energy: { key: string; value: string };
  runs: { key: string; value: string };
  winners: { key: string; value: string };
  /** What the search for a winner saw, by the same key: large, and needed only for the next search. */
  points: { key: string; value: Points };
}

type Name = 'ceilings' | 'energy' | 'runs' | 'winners';

const database = opener<Schema>('tilewatt-devices', 1, (db) => {
  for (const name of ['ceilings', 'energy', 'runs', 'winners', 'points'] as const) db.createObjectStore(name);
});

/** Undefined where nothing is kept, or what is kept cannot be read any more. */
async function recall<T>(store: Name, key: string, parse: (text: string) => T): Promise<T | undefined> {
  const text = await (await database()).get(store, key);
  return text === undefined ? undefined : readable(text, parse);
}

function readable<T>(text: string, parse: (text: string) => T): T | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** Undefined forgets it. */
async function keep(store: Name, key: string, value: unknown): Promise<void> {
  const db = await database();
  if (value === undefined) await db.delete(store, key);
  else await db.put(store, JSON.stringify(value), key);
}

/** @param key as `ceilingsKey` writes it: adapter, browser and version. */
export function keptCeilings(key: string): Promise<Ceilings | undefined> {
  return recall('ceilings', key, parseCeilings);
}

export function keepCeilings(ceilings: Ceilings): Promise<void> {
  return keep('ceilings', ceilings.key, ceilings);
}

export function keptEnergy(adapter: AdapterKey): Promise<EnergyModel | undefined> {
  return recall('energy', adapterKey(adapter), (text) => v.parse(energyModelSchema, JSON.parse(text)));
}

export function keepEnergy(adapter: AdapterKey, model: EnergyModel | undefined): Promise<void> {
  return keep('energy', adapterKey(adapter), model);
}

export function keptRuns(adapter: AdapterKey): Promise<RunsFile | undefined> {
  return recall('runs', adapterKey(adapter), parseRuns);
}

export function keepRuns(adapter: AdapterKey, runs: RunsFile | undefined): Promise<void> {
  return keep('runs', adapterKey(adapter), runs);
}

/** Those of every device and browser, without their points: what belongs elsewhere is said to be stale. */
export async function keptWinners(): Promise<readonly Winner[]> {
  const texts = await (await database()).getAll('winners');
  return texts.flatMap(
    (text) =>
      readable(text, (one) => parseWinners(`{"schema":"${winnersSchemaId}","winners":[${one}]}`))?.winners ?? [],
  );
}

/** A winner of the same device, browser, kernel and class of shapes is replaced, whatever its source was. */
export async function keepWinner({ points, ...winner }: Winner): Promise<void> {
  const db = await database();
  const key = winnerKey(winner);
  await db.put('winners', JSON.stringify(winner), key);
  if (points) await db.put('points', points, key);
}

export async function forgetWinner(winner: Winner): Promise<void> {
  const db = await database();
  await Promise.all([db.delete('winners', winnerKey(winner)), db.delete('points', winnerKey(winner))]);
}

/** Winners with what their searches saw, for a predictor to learn from. */
export async function withPoints(winners: readonly Winner[]): Promise<readonly Winner[]> {
  const db = await database();
  return Promise.all(
    winners.map(async (winner) => {
      const points = await db.get('points', winnerKey(winner));
      return points ? { ...winner, points } : winner;
    }),
  );
}

function adapterKey({ vendor, architecture, description }: AdapterKey): string {
  return JSON.stringify([vendor, architecture, description]);
}

function winnerKey({ kernel, shapeClass, runtime, adapter }: Winner): string {
  return JSON.stringify([kernel, shapeClass, runtime, adapterKey(adapter)]);
}
