/** From what was typed to what is meant: kernels by prefix, shapes by the sizes of the operation, tunables by kernel. */
import { kernels, type Ladder, ladders } from '../kernel/catalog.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Operation, Shape } from '../kernel/operation.js';
import { checkShape, completeTunables, ShapeError, UnknownTunableError } from '../kernel/tunables.js';
import type { KernelChoice } from '../worker/api.js';
import type { Settings } from './options.js';
import { nearest, suggestion, UsageError } from './usage.js';

/** The rungs chosen of one operation, in the order of its ladder. */
export interface Selection {
  readonly operation: Operation;
  readonly kernels: readonly Kernel[];
}

/**
 * Kernels whose id is a filter or starts with one; a whole name means just that one, `name*` everything that starts so.
 * @throws UsageError for a filter that matches nothing.
 */
export function select(filters: readonly string[]): readonly Selection[] {
  const wanted = new Set(filters.flatMap(matches));
  return [...ladders.values()].flatMap(({ operation, kernels: rungs }: Ladder) => {
    const chosen = rungs.filter(({ id }) => wanted.has(id));
    return chosen.length === 0 ? [] : [{ operation, kernels: chosen }];
  });
}

function matches(filter: string): readonly string[] {
  const ids = [...kernels.keys()];
  if (filter === 'all') return ids;
  if (kernels.has(filter)) return [filter];
  const ladder = ladders.get(filter);
  if (ladder !== undefined) return ladder.kernels.map(({ id }) => id);
  const prefix = filter.replace(/\*$/, '');
  const found = ids.filter((id) => id.startsWith(prefix));
  if (found.length > 0) return found;
  throw new UsageError(`No kernel is called ${filter}.${suggestKernel(filter)} "tilewatt list" shows them all.`);
}

function suggestKernel(typed: string): string {
  const whole = suggestion(typed, [...kernels.keys(), ...ladders.keys()]);
  if (whole !== '') return whole;
  // A whole name may be far away though one half of it is near: gem-f32/naiv.
  const [operation = '', rung = ''] = typed.split('/');
  const ladder = ladders.get(nearest(operation, ladders.keys()) ?? '');
  const near =
    ladder &&
    nearest(
      `${ladder.operation.id}/${rung}`,
      ladder.kernels.map(({ id }) => id),
    );
  return near === undefined ? '' : ` Did you mean ${near}?`;
}

/** @throws UsageError where it is no kernel's whole name. */
export function kernelNamed(id: string): Kernel {
  const kernel = kernels.get(id);
  if (kernel !== undefined) return kernel;
  const ladder = ladders.get(id);
  const rungs = ladder?.kernels.map((rung) => rung.id).join(', ');
  const whole = ladder && `${id} is an operation; name one of its kernels: ${rungs}.`;
  throw new UsageError(whole ?? `No kernel is called ${id}.${suggestKernel(id)} "tilewatt list" shows them all.`);
}

/**
 * The typed shapes that fit an operation: those with its sizes, and single numbers, which stand for all of them.
 * @throws UsageError for a size that is unknown to every selected operation or out of range.
 */
export function shapesFor(
  operation: Operation,
  settings: Settings,
  selections: readonly Selection[],
): readonly Shape[] {
  return settings.shapes.flatMap((given) => {
    if (typeof given === 'number') return [check(operation, cube(operation, given))];
    if (fits(operation, given)) return [check(operation, given)];
    if (selections.some((other) => fits(other.operation, given))) return [];
    return [check(operation, given)];
  });
}

/** Sizes that have to be named: m, n and k, or the first where there are none. The others have usual values. */
function sides({ parameters }: Operation): readonly string[] {
  const names = parameters.map(({ name }) => name);
  const found = names.filter((name) => ['m', 'n', 'k'].includes(name));
  return found.length > 0 ? found : names.slice(0, 1);
}

/** One number stands for all of them. */
function cube(operation: Operation, size: number): Shape {
  return Object.fromEntries(sides(operation).map((name) => [name, size]));
}

function fits(operation: Operation, given: Shape): boolean {
  const known = operation.parameters.map(({ name }) => name);
  return Object.keys(given).every((name) => known.includes(name)) && sides(operation).every((name) => name in given);
}

/** With what was not named, such as a group size, as in the first preset. */
function completed(operation: Operation, given: Shape): Shape {
  const usual = Object.entries<number>(operation.presets[0]?.shape ?? {}).filter(
    ([name]) => !sides(operation).includes(name),
  );
  return { ...Object.fromEntries(usual), ...given };
}

function check(operation: Operation, given: Shape): Shape {
  try {
    return checkShape(operation, completed(operation, given));
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    const names = operation.parameters.map(({ name }) => name);
    const missing = sides(operation).filter((name) => !(name in given));
    if (missing.length > 0 && Object.keys(given).every((name) => names.includes(name))) {
      const all = { ...operation.presets[0]?.shape, ...given };
      const typed = sides(operation).map((name) => `${name}=${all[name] ?? 512}`);
      throw new UsageError(
        `${operation.id} needs a value for ${missing.join(' and ')} too: --shape ${typed.join(',')}.`,
      );
    }
    const unknown = Object.keys(given).find((name) => !names.includes(name));
    throw new UsageError(`${error.message}${unknown === undefined ? '' : suggestion(unknown, names)}`);
  }
}

/** @throws UsageError for a tunable that none of the chosen kernels has, or a value that one of them does not take. */
export function checkTunables(chosen: readonly Kernel[], given: Settings['tunables']): void {
  const known = new Set(chosen.flatMap(({ tunables }) => Object.keys(tunables)));
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown === undefined) {
    for (const { id, tunables = {} } of choicesOf(chosen, given))
      refusing(() => completeTunables(kernels.get(id)!, tunables));
    return;
  }
  const whose = chosen.length === 1 ? chosen[0]!.id : 'the chosen kernels';
  const names = [...known].join(', ') || 'none';
  throw new UsageError(
    `No tunable of ${whose} is called ${unknown}.${suggestion(unknown, known)} There are: ${names}.`,
  );
}

function refusing(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    throw error instanceof UnknownTunableError ? new UsageError(error.message) : error;
  }
}

/** Each kernel with those of the `--set` tunables that it has. */
export function choicesOf(chosen: readonly Kernel[], given: Settings['tunables']): readonly KernelChoice[] {
  return chosen.map((kernel) => {
    const own = Object.entries(given).filter(([name]) => name in kernel.tunables);
    return own.length === 0 ? { id: kernel.id } : { id: kernel.id, tunables: Object.fromEntries(own) };
  });
}
