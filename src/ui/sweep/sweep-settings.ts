/** The settings of a sweep, how they are written into the address and read back, and the request they make. */
import { sweepPoints } from '../../bench/sweeps.js';
import type { Shape } from '../../kernel/operation.js';
import type { BenchRequest, KernelCard, OperationCard, SweepRequest } from '../../worker/api.js';
import { caches, distributionTitles } from '../settings.js';

export interface SweepSettings {
  /** Ids, in the order of the lines. */
  readonly kernels: readonly string[];
  /** Sizes that take the varying value together. */
  readonly vary: readonly string[];
  readonly values: readonly number[];
  /** Sizes that stay, by name; each kernel takes those it has. */
  readonly shape: Shape;
  /** Kernel the others are compared with, or `fastest:OPERATION` for the fastest rung of one, found first. */
  readonly baseline: string;
  /** Seconds for timing one kernel at one value. */
  readonly seconds: number;
  readonly seed: number;
  readonly distribution: BenchRequest['distribution'];
  readonly cache: BenchRequest['cache'];
  /** Whether kernels run with the tunables that won a search here, at each value where there are any. */
  readonly tuned: boolean;
}

export interface ReadSweep {
  readonly settings: SweepSettings;
  /** One sentence for each part of the address that could not be followed. */
  readonly problems: readonly string[];
}

/** More lines than this are no longer told apart; more values would take an hour. */
export const limits = { kernels: 12, values: 24, seconds: 60 } as const;

const fastest = 'fastest:';

/** The operation whose fastest rung is the baseline; undefined where the baseline is a kernel. */
export function fastestOf(baseline: string): string | undefined {
  return baseline.startsWith(fastest) ? baseline.slice(fastest.length) : undefined;
}

export function fastestChoice(operation: string): string {
  return `${fastest}${operation}`;
}

export interface Found {
  readonly operation: OperationCard;
  readonly kernel: KernelCard;
}

export function findKernel(catalog: readonly OperationCard[], id: string): Found | undefined {
  for (const operation of catalog) {
    const kernel = operation.kernels.find((candidate) => candidate.id === id);
    if (kernel) return { operation, kernel };
  }
  return undefined;
}

/** Names of the sizes that at least one of the kernels has, in the order of their operations. */
export function sizeNames(catalog: readonly OperationCard[], kernels: readonly string[]): readonly string[] {
  const names = kernels.flatMap((id) => findKernel(catalog, id)?.operation.parameters.map(({ name }) => name) ?? []);
  return [...new Set(names)];
}

/** Operations that the settings measure, the one whose fastest rung is asked for included. */
export function operationsOf(catalog: readonly OperationCard[], { kernels, baseline }: SweepSettings) {
  const rival = fastestOf(baseline);
  const ids = new Set([...kernels.map((id) => findKernel(catalog, id)?.operation.id), rival]);
  return catalog.filter(({ id }) => ids.has(id));
}

/** Reads `#/sweep?…`; what cannot be followed is said and taken from `fallback`, a preset that suits the device. */
export function readSweep(query: string, catalog: readonly OperationCard[], fallback: SweepSettings): ReadSweep {
  const params = new URLSearchParams(query);
  if ([...params.keys()].length === 0) return { settings: fallback, problems: [] };
  const problems: string[] = [];
  const asked = list(params.get('kernels'));
  const known = asked.filter((id) => findKernel(catalog, id));
  for (const id of asked.filter((one) => !known.includes(one))) problems.push(`There is no kernel "${id}".`);
  const kernels = known.length > 0 ? [...new Set(known)].slice(0, limits.kernels) : fallback.kernels;
  const names = sizeNames(catalog, kernels);
  const vary = list(params.get('vary')).filter((name) => names.includes(name));
  const values = readValues(params.get('values') ?? '');
  if (vary.length === 0) problems.push(`The address varies none of the sizes these kernels have: ${names.join(', ')}.`);
  if (values === undefined) problems.push(valuesProblem);
  const whole = vary.length > 0 && values !== undefined;
  const baseline = readBaseline(params.get('baseline'), catalog, kernels);
  if (params.has('baseline') && baseline !== params.get('baseline'))
    problems.push(`The baseline "${params.get('baseline')}" is not among the kernels; ${baseline} is used.`);
  const settings: SweepSettings = {
    kernels,
    vary: whole ? vary : fallback.vary.filter((name) => names.includes(name)),
    values: whole ? values : fallback.values,
    shape: readSizes(params, names, problems),
    baseline,
    seconds: readNumber(params, 'seconds', fallback.seconds, (value) => value > 0 && value <= limits.seconds, problems),
    seed: readNumber(params, 'seed', 1, (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32, problems),
    distribution: pick(params, 'distribution', Object.keys(distributionTitles), 'normal', problems),
    cache: pick(params, 'cache', caches, 'hot', problems),
    tuned: pick(params, 'tuned', ['on', 'off'], 'on', problems) === 'on',
  };
  for (const name of new Set(params.keys()))
    if (!ownNames.includes(name) && !names.includes(name))
      problems.push(`The address sets "${name}", which these kernels do not know.`);
  return { settings: settings.vary.length > 0 ? settings : fallback, problems };
}

const ownNames = [
  'kernels',
  'vary',
  'values',
  'baseline',
  'seconds',
  'seed',
  'distribution',
  'cache',
  'tuned',
] as readonly string[];

function list(text: string | null): readonly string[] {
  return (text ?? '').split(',').filter((part) => part !== '');
}

export const valuesProblem = `Values must be 1 to ${limits.values} positive integers, parted by commas or spaces.`;

/** Ascending and each once; undefined where the text is no list of positive integers. */
export function readValues(text: string): readonly number[] | undefined {
  const values = text
    .split(/[\s,;]+/)
    .filter((part) => part !== '')
    .map(Number);
  const fine = values.length > 0 && values.length <= limits.values && values.every(isSize);
  return fine ? [...new Set(values)].sort((a, b) => a - b) : undefined;
}

export function isSize(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 0xffff_ffff;
}

function readBaseline(asked: string | null, catalog: readonly OperationCard[], kernels: readonly string[]): string {
  const rival = asked === null ? undefined : fastestOf(asked);
  if (asked !== null && (kernels.includes(asked) || catalog.some(({ id }) => id === rival))) return asked;
  return kernels[0]!;
}

function readSizes(params: URLSearchParams, names: readonly string[], problems: string[]): Shape {
  const sizes: Record<string, number> = {};
  for (const name of names) {
    const text = params.get(name);
    if (text === null) continue;
    if (text !== '' && isSize(Number(text))) sizes[name] = Number(text);
    else problems.push(`${name} must be a positive integer, not "${text}".`);
  }
  return sizes;
}

function readNumber(
  params: URLSearchParams,
  name: string,
  fallback: number,
  isFine: (value: number) => boolean,
  problems: string[],
): number {
  const text = params.get(name);
  if (text === null) return fallback;
  if (text.trim() !== '' && isFine(Number(text))) return Number(text);
  problems.push(`"${text}" is no ${name} for a sweep; ${fallback} is used.`);
  return fallback;
}

function pick<T extends string>(
  params: URLSearchParams,
  name: string,
  values: readonly string[],
  fallback: T,
  problems: string[],
): T {
  const text = params.get(name);
  if (text === null) return fallback;
  if (values.includes(text)) return text as T;
  problems.push(`"${text}" is no ${name}. It can be ${values.join(', ')}; ${fallback} is used.`);
  return fallback;
}

/** The query that `readSweep` reads back. */
export function writeSweep(settings: SweepSettings): string {
  const { kernels, vary, values, shape, baseline, seconds, seed, distribution, cache, tuned } = settings;
  const pairs: (readonly [string, string | number])[] = [
    ['kernels', kernels.join(',')],
    ['vary', vary.join(',')],
    ['values', values.join(',')],
    ...Object.entries(shape)
      .filter(([name]) => !vary.includes(name))
      .sort(([one], [other]) => (one < other ? -1 : 1)),
    ['baseline', baseline],
    ['seconds', seconds],
    ...(seed === 1 ? [] : [['seed', seed] as const]),
    ...(distribution === 'normal' ? [] : [['distribution', distribution] as const]),
    ...(cache === 'hot' ? [] : [['cache', cache] as const]),
    ...(tuned ? [] : [['tuned', 'off'] as const]),
  ];
  return pairs
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&')
    .replaceAll('%2C', ',')
    .replaceAll('%2F', '/')
    .replaceAll('%3A', ':');
}

/**
 * The request that the settings make, once the baseline is a kernel. It comes first, and is added where it is not among
 * the kernels.
 * @throws TypeError for a kernel that the catalogue lacks.
 */
export function sweepRequest(
  settings: SweepSettings,
  catalog: readonly OperationCard[],
  baseline: string,
): Omit<SweepRequest, 'job'> {
  const kernels = [...new Set([baseline, ...settings.kernels])].map((id) => {
    const found = findKernel(catalog, id);
    if (!found) throw new TypeError(`There is no kernel "${id}".`);
    const { operation } = found;
    return {
      id,
      parameters: operation.parameters.map(({ name }) => name),
      example: operation.presets[0]?.shape ?? {},
    };
  });
  const { vary, values, shape, seconds, seed, distribution, cache } = settings;
  return {
    operation: findKernel(catalog, baseline)!.operation.id,
    axis: vary.join(','),
    points: sweepPoints({ vary, values, shape, kernels }),
    baseline,
    secondsPerPoint: seconds * kernels.length,
    thoroughness: 'quick',
    seed,
    distribution,
    cache,
  };
}
