/** Finished runs, kept in this browser's IndexedDB: newest first, with a note of the visitor's own. */
import type { DBSchema } from 'idb';
import type { Results } from '../bench/results.js';
import { opener } from './database.js';

export interface StoredRun {
  readonly id: number;
  /** When it was kept, ms since 1970. */
  readonly keptAt: number;
  /** Name of the file it was read from; absent for a run of this page. */
  readonly file?: string;
  readonly note: string;
  readonly results: Results;
}

interface Schema extends DBSchema {
  runs: { key: number; value: StoredRun };
}

/** Older runs go when there are more. */
const mostRuns = 200;

/** @throws StoreError */
const database = opener<Schema>('tilewatt', 1, (db) => {
  db.createObjectStore('runs', { keyPath: 'id', autoIncrement: true });
});

/** Keeps a run and returns its number. */
export async function saveRun(results: Results, file?: string): Promise<number> {
  const db = await database();
  const run = { keptAt: Date.now(), note: '', results, ...(file === undefined ? {} : { file }) };
  const id = await db.add('runs', run as StoredRun);
  const keys = await db.getAllKeys('runs');
  const surplus = keys.slice(0, Math.max(0, keys.length - mostRuns));
  await Promise.all(surplus.map((key) => db.delete('runs', key)));
  return id;
}

/** Newest first. */
export async function listRuns(): Promise<readonly StoredRun[]> {
  const runs = await (await database()).getAll('runs');
  return runs.reverse();
}

export async function writeNote(id: number, note: string): Promise<void> {
  const db = await database();
  const run = await db.get('runs', id);
  if (run) await db.put('runs', { ...run, note });
}

export async function deleteRun(id: number): Promise<void> {
  await (await database()).delete('runs', id);
}
