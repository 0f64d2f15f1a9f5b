/** Files that the commands about models read. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Refusal } from '../kernel/outcome.js';
import { ModelFileError } from '../models/errors.js';
import type { ModelFile } from '../models/file.js';
import { neededBy } from '../models/read.js';
import type { ModelCard } from '../worker/models-api.js';
import type { Jobs } from './job.js';
import { RuntimeFailure } from './runtime.js';
import { UsageError } from './usage.js';

/** Asked before anything is started; what is left out is not asked for. @throws UsageError where one is not there. */
export function checkThere(...paths: readonly (string | undefined)[]): void {
  const missing = paths.find((path) => path !== undefined && !existsSync(path));
  if (missing !== undefined) throw new UsageError(`There is no file ${missing}.`);
}

/** @throws UsageError where there is no such file. */
export function loadFile(path: string): ModelFile {
  if (!existsSync(path)) throw new UsageError(`There is no file ${path}.`);
  if (!statSync(path).isFile()) throw new UsageError(`${path} is no file.`);
  return { name: path, bytes: bytesOf(path) };
}

/** A view of what was read where it has a buffer of its own; small files share one, of which the rest must not travel. */
function bytesOf(path: string): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = readFileSync(path);
  const view = new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
  return buffer.byteLength === length ? view : view.slice();
}

/** The files beside a model that hold its weights, named as it names them. @throws RuntimeFailure saying what is wrong with it. */
export function companionsOf(file: ModelFile): readonly ModelFile[] {
  return refusing(() =>
    neededBy(file).flatMap((name) => {
      const path = join(dirname(file.name), name);
      return existsSync(path) ? [{ name, bytes: bytesOf(path) }] : [];
    }),
  );
}

/** Turns what a reader says of a file into the command's failure. */
export function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ModelFileError) throw new RuntimeFailure(error.message);
    throw error;
  }
}

/** All files below a folder, named by their path in it. @throws UsageError where there is no such folder. */
export function loadFolder(path: string, wanted: RegExp): readonly ModelFile[] {
  if (!existsSync(path)) throw new UsageError(`There is no folder ${path}.`);
  if (!statSync(path).isDirectory()) throw new UsageError(`${path} is no folder.`);
  const names = namesIn(path).filter((name) => wanted.test(name));
  return names.map((name) => ({ name, bytes: bytesOf(join(path, name)) }));
}

/** Everything below a folder by its path in it, with `/` between parts. */
export function namesIn(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
}

/** The positional argument that a command takes alone. @throws UsageError where it is missing or there are more. */
export function only(command: string, what: string, positionals: readonly string[]): string {
  const [path, extra] = positionals;
  if (path === undefined)
    throw new UsageError(`${command} needs ${what}: tilewatt ${command} ${what.split(' ').at(-1)}.`);
  if (extra !== undefined)
    throw new UsageError(`${command} takes one ${what.split(' ')[1]}, but was given ${extra} too.`);
  return path;
}

/** Opens a model in the runtime, after saying what of it cannot be run. @throws RuntimeFailure */
export async function openInRuntime({ api, say }: Jobs, path: string): Promise<ModelCard> {
  const file = loadFile(path);
  const { card } = okOr(await api.openModel({ file, companions: companionsOf(file) }));
  for (const sentence of card.unsupported) say(sentence);
  return card;
}

/** @throws RuntimeFailure with the reason of a refusal. */
export function okOr<T extends { readonly status: 'ok' }>(outcome: T | Refusal): T {
  if (outcome.status !== 'ok') throw new RuntimeFailure((outcome as Refusal).reason);
  return outcome;
}
