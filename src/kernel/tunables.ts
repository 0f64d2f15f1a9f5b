/** Filling in and checking the tunables and shapes that people type. */
import type { RunnableKernel, Tunable, Tunables } from './kernel.js';
import type { Shape, Signature } from './operation.js';

export class UnknownTunableError extends Error {
  override readonly name = 'UnknownTunableError';
}

export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** Defaults of a kernel's tunables. */
export function defaultTunables<Name extends string>(kernel: RunnableKernel<any, Name>): Tunables<Name> {
  const entries = Object.entries<{ default: number }>(kernel.tunables).map(([name, tunable]) => [
    name,
    tunable.default,
  ]);
  return Object.fromEntries(entries) as Tunables<Name>;
}

/**
 * Defaults overlaid with what was given. Only the values that the kernel names are tested, and some others would compute
 * something else without complaint: a tile that is no multiple of the vectors it is made of.
 * @throws UnknownTunableError for a name the kernel does not have, or a value it does not name.
 */
export function completeTunables<Name extends string>(
  kernel: RunnableKernel<any, Name>,
  given: Readonly<Record<string, number>> = {},
): Tunables<Name> {
  for (const [name, value] of Object.entries(given)) {
    if (!(name in kernel.tunables)) {
      const known = Object.keys(kernel.tunables).join(', ') || 'none';
      throw new UnknownTunableError(`${kernel.id} has no tunable "${name}". Its tunables: ${known}.`);
    }
    const { values } = kernel.tunables[name as Name] as Tunable;
    if (!values.includes(value)) {
      const wanted = values.length > 1 ? `one of ${values.join(', ')}` : String(values[0]);
      throw new UnknownTunableError(`Tunable ${name} of ${kernel.id} must be ${wanted}, not ${shown(value)}.`);
    }
  }
  return { ...defaultTunables(kernel), ...given };
}

/**
 * The shape with exactly the operation's parameters, in their order; those left out that have a usual value get it.
 * @throws ShapeError where one is missing, unknown, or no integer from its least value (1 unless it says so) to 2³²−1.
 */
export function checkShape<S extends Shape>(operation: Signature<S>, given: Readonly<Record<string, number>>): S {
  const names = operation.parameters.map((parameter) => parameter.name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new ShapeError(`${operation.id} has no size "${unknown}". Its sizes: ${names.join(', ')}.`);
  }
  const shape: Record<string, number> = {};
  for (const { name, min = 1, usual } of operation.parameters) {
    const value = given[name] ?? usual;
    if (value === undefined) throw new ShapeError(`${operation.id} needs a value for ${name}, e.g. ${name}=512.`);
    if (!Number.isInteger(value) || value < min || value > 0xffff_ffff) {
      const wanted = min === 1 ? 'a positive integer' : `an integer of at least ${min}`;
      throw new ShapeError(`${name} must be ${wanted}, not ${shown(value)}.`);
    }
    shape[name] = value;
  }
  return shape as S;
}

/** A value as it would be typed, so that a string is told from the number it spells. */
function shown(value: unknown): string {
  return typeof value === 'string' ? `the string ${JSON.stringify(value)}` : String(value);
}

/** The given tunables with one of them changed, for every other candidate of every tunable. */
export function variations<Name extends string>(
  kernel: RunnableKernel<any, Name>,
  from: Tunables<Name>,
): readonly Tunables<Name>[] {
  const tunables = Object.entries<Tunable>(kernel.tunables) as [Name, Tunable][];
  return tunables.flatMap(([name, { values }]) =>
    values.filter((value) => value !== from[name]).map((value) => ({ ...from, [name]: value })),
  );
}
