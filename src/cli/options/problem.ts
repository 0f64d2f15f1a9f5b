/** Flags that say what is computed: where, at which sizes, on which inputs. */
import type { Shape } from '../../kernel/operation.js';
import { type Distribution, distributions } from '../../numerics/random.js';
import { UsageError } from '../usage.js';
import { given, type Options, parseChoice, parseList, parseNumbers, parsePositive, type Typed } from './typed.js';

const runtimes = ['chromium', 'dawn'] as const;
export type RuntimeName = (typeof runtimes)[number];

export const problemOptions = {
  runtime: {
    type: 'string',
    value: runtimes.join('|'),
    about: 'headless Chromium (default), or Dawn in Node through the package webgpu',
  },
  shape: {
    type: 'string',
    multiple: true,
    value: 'm=512,n=512,k=512',
    about: 'sizes; one number stands for m, n and k; may be repeated',
  },
  vary: {
    type: 'string',
    value: 'm,n,k=64,128,256',
    about: 'sizes that vary together, and the values they take',
  },
  set: {
    type: 'string',
    multiple: true,
    value: 'tileM=64',
    about: 'a tunable, for the kernels that have it; may be repeated',
  },
  seed: { type: 'string', value: 'N', about: 'seed of the inputs and of the order of measuring (default 1)' },
  distribution: { type: 'string', value: distributions.join('|'), about: 'how the inputs are distributed' },
  'every-tunable': { type: 'boolean', about: 'also verify each value of each tunable on one case' },
} as const satisfies Options;

export interface ProblemSettings {
  readonly runtime: RuntimeName;
  /** As typed and parsed; which operation they fit is seen later. A single number stands for every size. */
  readonly shapes: readonly (Shape | number)[];
  /** Sizes that a sweep varies together, and their values. */
  readonly vary?: { readonly names: readonly string[]; readonly values: readonly number[] };
  readonly tunables: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly distribution: Distribution;
  readonly everyTunable: boolean;
}

export function problemSettings({ text, texts, has }: Typed<keyof typeof problemOptions>): ProblemSettings {
  const tunables = texts('set').map((each) => parseNumbers('set', each, problemOptions.set.value));
  return {
    runtime: parseChoice('runtime', text('runtime'), runtimes) ?? 'chromium',
    shapes: texts('shape').map(parseShape),
    ...given('vary', parseVary(text('vary'))),
    tunables: Object.assign({}, ...tunables),
    seed: parseSeed(text('seed')),
    distribution: parseChoice('distribution', text('distribution'), distributions) ?? 'normal',
    everyTunable: has('every-tunable'),
  };
}

function parseShape(text: string): Shape | number {
  const example = problemOptions.shape.value;
  const sides = /^\d+(?:[x×*,]\d+)+$/i.test(text) ? text.split(/\D/) : [];
  if (sides.length > 0) {
    const named = sides.length === 3 ? ['m', 'n', 'k'].map((name, i) => `${name}=${sides[i]}`).join(',') : example;
    throw new UsageError(`--shape ${text}: sizes go by their names. Write ${named}.`);
  }
  return text.includes('=') ? parseNumbers('shape', text, example, 0) : parsePositive('shape', text, text, example);
}

/** `m,n,k=64,128` → those names and values. */
function parseVary(text: string | undefined): ProblemSettings['vary'] | undefined {
  if (text === undefined) return undefined;
  const example = problemOptions.vary.value;
  const [, names, values] = /^([A-Za-z][A-Za-z0-9]*(?:,[A-Za-z][A-Za-z0-9]*)*)=(.+)$/.exec(text) ?? [];
  if (names === undefined || values === undefined) {
    throw new UsageError(`--vary ${text} cannot be read. Write ${example}.`);
  }
  return {
    names: names.split(','),
    values: parseList('vary', values)!.map((value) => parsePositive('vary', text, value, example)),
  };
}

function parseSeed(text: string | undefined): number {
  if (text === undefined) return 1;
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= 0xffff_ffff) return seed;
  throw new UsageError(`--seed must be an integer from 0 to 4294967295, not ${text}.`);
}
