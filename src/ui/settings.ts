/** The settings of a comparison and how they are written into the address, so that a link reproduces the view. */
import type { Shape } from '../kernel/operation.js';
import type { BenchRequest, KernelCard, OperationCard, Thoroughness } from '../worker/api.js';

type Distribution = BenchRequest['distribution'];

/** What each distribution of input values is, for the form. */
export const distributionTitles: Readonly<Record<Distribution, string>> = {
  normal: 'normal, σ = 1',
  uniform: 'uniform in −1 … 1',
  laplace: 'Laplace',
  'student-t3': 'Student t, 3 degrees of freedom',
  outliers: 'normal, 1 % outliers × 20',
};
const distributions = Object.keys(distributionTitles) as Distribution[];
export const thoroughnesses = ['quick', 'careful', 'thorough'] as const satisfies readonly Thoroughness[];
export const caches = ['hot', 'cold'] as const;

export interface Settings {
  readonly operation: string;
  /** Left out until a size that suits the device is known. */
  readonly shape?: Shape;
  /** Ids of the kernels to include; all of the operation where left out. */
  readonly kernels?: readonly string[];
  /** By kernel id, only what differs from the defaults. */
  readonly tunables: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly seed: number;
  readonly distribution: Distribution;
  readonly thoroughness: Thoroughness;
  readonly cache: 'hot' | 'cold';
  readonly baseline?: string;
  /** Whether kernels without tunables of their own run with those that were tuned here. */
  readonly tuned: boolean;
}

export interface ReadSettings {
  readonly settings: Settings;
  /** One sentence for each part of the address that could not be followed. */
  readonly problems: readonly string[];
}

const defaults = {
  tunables: {},
  seed: 1,
  distribution: 'normal',
  thoroughness: 'quick',
  cache: 'hot',
  tuned: true,
} as const;

/** Last part of a kernel's id: `tiled` of `gemm-f32/tiled`. */
export function shortName(id: string): string {
  return id.slice(id.indexOf('/') + 1);
}

export function defaultSettings(catalog: readonly OperationCard[], operation?: string): Settings {
  const first = catalog.find((card) => card.id === (operation ?? 'gemm-f32')) ?? catalog[0];
  return { ...defaults, operation: first?.id ?? 'gemm-f32' };
}

/** Reads the query of an address. What cannot be followed is said in a sentence and left at its default. */
export function readSettings(query: string, catalog: readonly OperationCard[]): ReadSettings {
  const params = new URLSearchParams(query);
  const problems: string[] = [];
  const card = readOperation(params, catalog, problems);
  if (!card) return { settings: defaultSettings(catalog), problems };
  const kernels = readKernels(params, card, problems);
  const baseline = readBaseline(params, card, problems);
  const shape = readShape(params, card, problems);
  const settings: Settings = {
    operation: card.id,
    ...(shape && { shape }),
    ...(kernels && { kernels }),
    ...(baseline && { baseline }),
    tunables: readTunables(params, card, problems),
    seed: readSeed(params, problems),
    distribution: readChoice(params, 'distribution', distributions, defaults.distribution, problems),
    thoroughness: readChoice(params, 'thoroughness', thoroughnesses, defaults.thoroughness, problems),
    cache: readChoice(params, 'cache', caches, defaults.cache, problems),
    tuned: readChoice(params, 'tuned', ['on', 'off'], 'on', problems) === 'on',
  };
  for (const name of unknownNames(params, card))
    problems.push(`The address has a setting "${name}" that ${card.id} does not know; it is ignored.`);
  return { settings, problems };
}

function readOperation(params: URLSearchParams, catalog: readonly OperationCard[], problems: string[]) {
  const asked = params.get('op');
  const fallback = catalog.find((card) => card.id === defaultSettings(catalog).operation);
  if (asked === null) return fallback;
  const card = catalog.find((candidate) => candidate.id === asked);
  if (card) return card;
  const known = catalog.map((candidate) => candidate.id).join(', ');
  problems.push(
    `The address asks for the operation "${asked}", which is not in the catalogue (${known}). Showing ${fallback?.id ?? 'none'}.`,
  );
  return fallback;
}

function findKernel(card: OperationCard, name: string): KernelCard | undefined {
  return card.kernels.find((kernel) => kernel.id === name || shortName(kernel.id) === name);
}

function readKernels(params: URLSearchParams, card: OperationCard, problems: string[]): string[] | undefined {
  const asked = params.get('kernels');
  if (asked === null) return undefined;
  const names = asked.split(',').filter((name) => name !== '');
  const unknown = names.filter((name) => !findKernel(card, name));
  if (unknown.length > 0) {
    const list = unknown.map((name) => `"${name}"`).join(', ');
    problems.push(
      `${card.id} has no kernel ${list}. Its kernels: ${card.kernels.map((kernel) => shortName(kernel.id)).join(', ')}.`,
    );
  }
  const known = names.flatMap((name) => findKernel(card, name)?.id ?? []);
  return known.length > 0 ? [...new Set(known)] : undefined;
}

function readBaseline(params: URLSearchParams, card: OperationCard, problems: string[]): string | undefined {
  const asked = params.get('baseline');
  if (asked === null) return undefined;
  const kernel = findKernel(card, asked);
  if (!kernel)
    problems.push(`The baseline "${asked}" is not a kernel of ${card.id}; the first correct kernel is used.`);
  return kernel?.id;
}

function readShape(params: URLSearchParams, card: OperationCard, problems: string[]): Shape | undefined {
  const asked = card.parameters.filter((parameter) => params.has(parameter.name));
  if (asked.length === 0) return undefined;
  const shape: Record<string, number> = {};
  for (const { name, min, usual } of card.parameters) {
    const text = params.get(name) ?? usual?.toString() ?? null;
    const problem = text === null ? `The address gives no ${name}` : sizeProblem(name, text, min);
    if (problem) {
      problems.push(`${problem.replace(/\.$/, '')}. A size that suits this device is used.`);
      return undefined;
    }
    shape[name] = Number(text);
  }
  return shape;
}

/** What is wrong with a typed size, in a sentence; undefined where it is fine. */
export function sizeProblem(name: string, text: string, min = 1): string | undefined {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= 0xffff_ffff) return undefined;
  return `${name} must be ${min === 1 ? 'a positive integer' : `an integer of at least ${min}`}, not "${text}".`;
}

function readTunables(params: URLSearchParams, card: OperationCard, problems: string[]) {
  const tunables: Record<string, Record<string, number>> = {};
  for (const [key, text] of params) {
    const dot = key.lastIndexOf('.');
    if (dot < 0) continue;
    const kernel = findKernel(card, key.slice(0, dot));
    const name = key.slice(dot + 1);
    if (!kernel) problems.push(`The address sets ${key}, but ${card.id} has no kernel "${key.slice(0, dot)}".`);
    else if (!Object.hasOwn(kernel.tunables, name)) {
      const known = Object.keys(kernel.tunables).join(', ') || 'none';
      problems.push(`${kernel.id} has no tunable "${name}". Its tunables: ${known}.`);
    } else {
      const problem = sizeProblem(`${kernel.id} ${name}`, text);
      if (problem) problems.push(`${problem} Its default is used.`);
      else if (Number(text) !== kernel.tunables[name]?.default) {
        tunables[kernel.id] = { ...tunables[kernel.id], [name]: Number(text) };
      }
    }
  }
  return tunables;
}

function readSeed(params: URLSearchParams, problems: string[]): number {
  const text = params.get('seed');
  if (text === null) return defaults.seed;
  const seed = Number(text);
  if (text !== '' && Number.isInteger(seed) && seed >= 0 && seed <= 0xffff_ffff) return seed;
  problems.push(`The seed must be an integer from 0 to 4294967295, not "${text}"; ${defaults.seed} is used.`);
  return defaults.seed;
}

function readChoice<T extends string>(
  params: URLSearchParams,
  name: string,
  values: readonly T[],
  fallback: T,
  problems: string[],
): T {
  const text = params.get(name);
  if (text === null) return fallback;
  const value = values.find((candidate) => candidate === text);
  if (value === undefined)
    problems.push(`"${text}" is no ${name}. It can be ${values.join(', ')}; ${fallback} is used.`);
  return value ?? fallback;
}

function unknownNames(params: URLSearchParams, card: OperationCard): string[] {
  const known = new Set(['op', 'kernels', 'baseline', 'seed', 'distribution', 'thoroughness', 'cache', 'tuned']);
  for (const parameter of card.parameters) known.add(parameter.name);
  return [...new Set(params.keys())].filter((name) => !known.has(name) && !name.includes('.'));
}

/** The query that `readSettings` reads back; what is at its default is left out. */
export function writeSettings(settings: Settings): string {
  const pairs: [string, string | number][] = [['op', settings.operation]];
  pairs.push(...Object.entries(settings.shape ?? {}));
  if (settings.kernels) pairs.push(['kernels', settings.kernels.map(shortName).join(',')]);
  for (const [kernel, values] of Object.entries(settings.tunables)) {
    for (const [name, value] of Object.entries(values)) pairs.push([`${shortName(kernel)}.${name}`, value]);
  }
  if (settings.baseline) pairs.push(['baseline', shortName(settings.baseline)]);
  for (const name of ['seed', 'distribution', 'thoroughness', 'cache'] as const) {
    if (settings[name] !== defaults[name]) pairs.push([name, settings[name]]);
  }
  if (!settings.tuned) pairs.push(['tuned', 'off']);
  const query = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  return `?${query.replaceAll('%2C', ',')}`;
}

/** Kernels of the operation that the settings include, in the order of the ladder. */
function includedKernels(settings: Settings, card: OperationCard): readonly KernelCard[] {
  return settings.kernels ? card.kernels.filter((kernel) => settings.kernels?.includes(kernel.id)) : card.kernels;
}

export function requestOf(settings: Settings, card: OperationCard, shape: Shape, job: string): BenchRequest {
  return {
    job,
    operation: card.id,
    shape,
    kernels: includedKernels(settings, card).map(({ id }) => {
      const tunables = settings.tunables[id];
      return tunables ? { id, tunables } : { id };
    }),
    seed: settings.seed,
    distribution: settings.distribution,
    thoroughness: settings.thoroughness,
    cache: settings.cache,
    ...(settings.baseline && { baseline: settings.baseline }),
  };
}
