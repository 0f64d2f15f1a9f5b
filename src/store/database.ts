/** Opens the databases of this page, once each, and says in a sentence where the browser keeps nothing. */

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { errorText } from '../kernel/outcome.js';

class StoreError extends Error {
  override readonly name = 'StoreError';
}

/**
 * @returns a function that opens the database when it is first called, and again after a failure.
 * It rejects with StoreError where the browser keeps no data for this page (private window, blocked, an older tab holding it).
 */
export function opener<S extends DBSchema>(
  name: string,
  version: number,
  upgrade: (db: IDBPDatabase<S>) => void,
): () => Promise<IDBPDatabase<S>> {
  let opening: Promise<IDBPDatabase<S>> | undefined;
  return () => {
    opening ??= new Promise<IDBPDatabase<S>>((resolve, reject) => {
      const blocked = () => reject(new StoreError('another tab holds an older version of the store; close it'));
      openDB<S>(name, version, {
        upgrade,
        blocked,
        blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
      }).then(resolve, reject);
    }).catch((error: unknown) => {
      opening = undefined;
      throw error instanceof StoreError ? error : new StoreError(errorText(error));
    });
    return opening;
  };
}
