/** Real files to try, which are not part of the project: tests that need one skip, with this reason, where it is missing. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = process.env.TILEWATT_FIXTURES ?? resolve(import.meta.dirname, '../../../shared/fixtures');

/** Path of a fixture, which may not exist. */
export function fixture(name: string): string {
  return join(folder, name);
}

/** Why a test on that fixture cannot run, or undefined where it can. */
export function missing(name: string): string | undefined {
  return existsSync(fixture(name)) ? undefined : `${name} is not in the fixtures; TILEWATT_FIXTURES names their folder`;
}
