/** Every flag of the command line: what it takes, what it says about itself, and how its text becomes a setting. */
import { parseArgs } from 'node:util';
import type { Shape } from '../kernel/operation.js';
import { type Distribution, distributions } from '../numerics/random.js';
import type { BenchRequest, Thoroughness } from '../worker/api.js';
import { suggestion, UsageError } from './usage.js';

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for the value in the help text. */
  readonly value?: string;
  readonly about: string;
}

export const runtimes = ['chromium', 'dawn'] as const;
const thoroughnesses = ['quick', 'careful', 'thorough'] as const satisfies readonly Thoroughness[];
const caches = ['hot', 'cold'] as const satisfies readonly BenchRequest['cache'][];

export const options = {
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
  thoroughness: {
    type: 'string',
    value: thoroughnesses.join('|'),
    about: 'how long to measure: about 3, 15 or 60 s per kernel (default quick)',
  },
  seconds: { type: 'string', value: 'N', about: 'time for measuring all kernels of a table together, in its place' },
  cache: {
    type: 'string',
    value: caches.join('|'),
    about: 'hot: the same buffers every time (default); cold: rotating ones',
  },
  baseline: {
    type: 'string',
    value: 'KERNEL',
    about: 'kernel the others are compared with, of another operation too (default: the first that is right)',
  },
  roofline: { type: 'boolean', about: 'measure the ceilings first: rows then say their share of the attainable' },
  ceilings: {
    type: 'string',
    value: 'FILE',
    about: 'ceilings from "tilewatt roofline --json FILE", not measured again',
  },
  energy: {
    type: 'string',
    value: 'CLASS|auto|FILE',
    about: 'joules by a class of GPUs, the one that fits, or a model from a file',
  },
  watts: {
    type: 'string',
    value: 'IDLE,FMA,COPY',
    about: 'watts read at idle, during the FMA load, during the copy load',
  },
  runs: { type: 'string', value: 'FILE', about: 'what "tilewatt energy record" wrote' },
  carbon: { type: 'string', value: 'G', about: 'grams of CO₂e per kWh where you are: adds a line on carbon' },
  water: { type: 'string', value: 'L', about: 'litres of water per kWh where you are: adds a line on water' },
  eta: {
    type: 'string',
    value: 'N',
    about: 'rank by η·energy + (1−η)·power limit·time; 1 is energy alone, 0 time alone',
  },
  'every-tunable': { type: 'boolean', about: 'also verify each value of each tunable on one case' },
  data: {
    type: 'string',
    value: 'FILE',
    about: 'items to feed: .npy, .npz, IDX, CSV, or a zip of images by class; gzipped or not',
  },
  labels: { type: 'string', value: 'FILE', about: 'one class number per item: .npy, IDX or CSV' },
  batch: { type: 'string', value: 'N', about: 'items per run, where the model takes several' },
  sizes: { type: 'string', value: 'sequence=128', about: 'values of the named dimensions of the inputs' },
  repeats: { type: 'string', value: 'N', about: 'runs after the first, for the time' },
  limit: { type: 'string', value: 'N', about: 'use only so many items, from the start' },
  schemes: {
    type: 'string',
    value: 'f32,int8,int4-g32',
    about: 'what to quantize to; a list, compared on the same items',
  },
  method: { type: 'string', value: 'NAME', about: 'how weights are rounded (default nearest)' },
  calibrator: { type: 'string', value: 'NAME', about: 'how ranges of activations are found (default min-max)' },
  'calibration-items': {
    type: 'string',
    value: 'N',
    about: 'items that ranges are found on, from the start of the data',
  },
  exclude: { type: 'string', value: 'LAYER', multiple: true, about: 'a layer to leave as it is; may be repeated' },
  scale: {
    type: 'string',
    value: '0-255|0-1|MEAN:STD',
    about: 'bytes as they are (default), divided by 255, or also normalized',
  },
  form: { type: 'string', value: 'qdq|matmulnbits|safetensors', about: 'how the quantized model is written' },
  out: { type: 'string', value: 'FILE', about: 'where the quantized model goes' },
  filter: { type: 'string', value: 'TEXT', about: 'only cases whose name contains it' },
  tuned: { type: 'string', value: 'FILE', about: 'use the tunables that "tilewatt tune --json FILE" found here' },
  map: {
    type: 'string',
    value: 'tileM,tileN',
    about: 'the two tunables of the heat map (default: those that tell most)',
  },
  exhaustive: { type: 'boolean', about: 'afterwards measure every combination, to see what the search missed' },
  predict: {
    type: 'boolean',
    about: 'measure nothing: what the searches in the file of --tuned let expect of --shape',
  },
  learn: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    about: 'results of bench or sweep that --predict learns from too; may be repeated',
  },
  json: { type: 'string', value: 'FILE|-', about: 'write JSON to a file, or to stdout in place of the table' },
  csv: { type: 'string', value: 'FILE|-', about: 'the same as CSV' },
  md: { type: 'string', value: 'FILE|-', about: 'the same as Markdown' },
  help: { type: 'boolean', short: 'h', about: 'show this help' },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof options;
export type RuntimeName = (typeof runtimes)[number];

export interface Settings {
  readonly runtime: RuntimeName;
  /** As typed and parsed; which operation they fit is seen later. A single number stands for every size. */
  readonly shapes: readonly (Shape | number)[];
  /** Sizes that a sweep varies together, and their values. */
  readonly vary?: { readonly names: readonly string[]; readonly values: readonly number[] };
  readonly tunables: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly distribution: Distribution;
  /** Undefined where not typed: then the device says what a first comparison can afford. */
  readonly thoroughness?: Thoroughness;
  readonly seconds?: number;
  readonly cache: BenchRequest['cache'];
  readonly baseline?: string;
  readonly everyTunable: boolean;
  readonly roofline: boolean;
  readonly ceilings?: string;
  readonly energy?: string;
  readonly runs?: string;
  readonly watts?: readonly number[];
  readonly carbon?: number;
  readonly water?: number;
  readonly eta?: number;
  /** File of tuned values to use. */
  readonly tuned?: string;
  readonly data?: string;
  readonly labels?: string;
  readonly batch?: number;
  readonly sizes?: Readonly<Record<string, number>>;
  readonly repeats?: number;
  readonly limit?: number;
  readonly schemes?: readonly string[];
  readonly method?: string;
  readonly calibrator?: string;
  readonly calibrationItems?: number;
  readonly exclude: readonly string[];
  readonly scale?: string;
  readonly form?: string;
  readonly out?: string;
  readonly filter?: string;
  readonly map?: readonly string[];
  readonly exhaustive: boolean;
  /** Ask the predictor instead of measuring. */
  readonly predict: boolean;
  /** Files of results that it learns from beside tuned values. */
  readonly learn: readonly string[];
  /** Where to write, by format; `-` is stdout. */
  readonly outputs: Readonly<Partial<Record<OutputFormat, string>>>;
  readonly help: boolean;
}

export type OutputFormat = 'json' | 'csv' | 'md';

export interface Parsed {
  readonly positionals: readonly string[];
  readonly settings: Settings;
}

/**
 * Reads the arguments of one command.
 * @throws UsageError for a flag the command does not have, or a value it cannot use.
 */
export function parseOptions(args: readonly string[], allowed: readonly OptionName[]): Parsed {
  const known: readonly OptionName[] = [...allowed, 'help'];
  const { tokens, positionals, values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(known.map((name) => [name, parserOption(options[name])])),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'option') checkFlag(token.rawName, token.name, token.value, known);
  }
  return { positionals, settings: settingsOf(values) };
}

function parserOption({ type, short, multiple = false }: Option) {
  return short === undefined ? { type, multiple } : { type, multiple, short };
}

function checkFlag(raw: string, name: string, value: string | undefined, known: readonly OptionName[]): void {
  const option: Option | undefined = known.includes(name as OptionName) ? options[name as OptionName] : undefined;
  if (option === undefined) {
    const elsewhere = name in options ? ' Other commands have it, this one does not.' : '';
    const near = suggestion(
      raw,
      known.map((flag) => `--${flag}`),
    );
    throw new UsageError(`Unknown flag ${raw}.${elsewhere || near} --help lists the flags.`);
  }
  if (option.type === 'string' && (value === undefined || value === '' || /^--?[a-z]/.test(value))) {
    throw new UsageError(`${raw} needs a value: ${raw} ${option.value}.`);
  }
  if (option.type === 'boolean' && value !== undefined) throw new UsageError(`${raw} takes no value.`);
}

type Values = Readonly<Record<string, string | boolean | undefined | (string | boolean)[]>>;

function settingsOf(values: Values): Settings {
  const text = (name: OptionName): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const texts = (name: OptionName): readonly string[] => [values[name] ?? []].flat().map(String);
  const baseline = text('baseline');
  const tuned = text('tuned');
  const map = text('map');
  const thoroughness = choice('thoroughness', text('thoroughness'), thoroughnesses);
  const seconds = parseSeconds(text('seconds'));
  const vary = parseVary(text('vary'));
  return {
    runtime: choice('runtime', text('runtime'), runtimes) ?? 'chromium',
    shapes: texts('shape').map(parseShape),
    ...(vary === undefined ? {} : { vary }),
    tunables: Object.assign({}, ...texts('set').map((given) => parseNumbers('set', given))),
    seed: parseSeed(text('seed')),
    distribution: choice('distribution', text('distribution'), distributions) ?? 'normal',
    ...(thoroughness === undefined ? {} : { thoroughness }),
    ...(seconds === undefined ? {} : { seconds }),
    cache: choice('cache', text('cache'), caches) ?? 'hot',
    ...(baseline === undefined ? {} : { baseline }),
    everyTunable: values['every-tunable'] === true,
    roofline: values.roofline === true,
    ...given('ceilings', text('ceilings')),
    ...given('energy', text('energy')),
    ...given('runs', text('runs')),
    ...given('watts', parseWatts(text('watts'))),
    ...given('carbon', parseAmount('carbon', text('carbon'), 10_000)),
    ...given('water', parseAmount('water', text('water'), 10_000)),
    ...given('eta', parseAmount('eta', text('eta'), 1)),
    ...(tuned === undefined ? {} : { tuned }),
    ...(map === undefined ? {} : { map: map.split(',').map((name) => name.trim()) }),
    ...given('data', text('data')),
    ...given('labels', text('labels')),
    ...given('batch', parseCount('batch', text('batch'))),
    ...given('sizes', text('sizes') === undefined ? undefined : parseNumbers('sizes', text('sizes')!)),
    ...given('repeats', parseCount('repeats', text('repeats'))),
    ...given('limit', parseCount('limit', text('limit'))),
    ...given(
      'schemes',
      text('schemes')
        ?.split(',')
        .map((name) => name.trim()),
    ),
    ...given('method', text('method')),
    ...given('calibrator', text('calibrator')),
    ...given('calibrationItems', parseCount('calibration-items', text('calibration-items'))),
    exclude: texts('exclude'),
    ...given('scale', text('scale')),
    ...given('form', text('form')),
    ...given('out', text('out')),
    ...given('filter', text('filter')),
    exhaustive: values.exhaustive === true,
    predict: values.predict === true,
    learn: texts('learn'),
    outputs: outputsOf(text),
    help: values.help === true,
  };
}

/** The setting, or nothing where it was not typed. */
function given<Name extends string, T>(name: Name, value: T | undefined): { readonly [key in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [key in Name]: T });
}

function outputsOf(text: (name: OutputFormat) => string | undefined): Settings['outputs'] {
  const formats = (['json', 'csv', 'md'] as const).flatMap((format) => {
    const target = text(format);
    return target === undefined ? [] : [[format, target] as const];
  });
  const targets = formats.map(([, target]) => target);
  const twice = targets.find((target, index) => targets.indexOf(target) !== index);
  if (twice !== undefined) {
    throw new UsageError(
      `Two formats cannot go to ${twice === '-' ? 'stdout' : twice} at once. Give one of them a file.`,
    );
  }
  return Object.fromEntries(formats);
}

function choice<T extends string>(flag: OptionName, given: string | undefined, known: readonly T[]): T | undefined {
  if (given === undefined) return undefined;
  const found = known.find((name) => name === given);
  if (found !== undefined) return found;
  throw new UsageError(`--${flag} cannot be ${given}.${suggestion(given, known)} It is one of ${known.join(', ')}.`);
}

function parseShape(given: string): Shape | number {
  if (!given.includes('=')) return parsePositive('shape', given, given);
  return parseNumbers('shape', given);
}

/** `m=512,n=64` → `{ m: 512, n: 64 }`. */
function parseNumbers(flag: 'shape' | 'set' | 'sizes', given: string): Readonly<Record<string, number>> {
  const entries = given.split(',').map((part): [string, number] => {
    const [, name, value] = /^\s*([A-Za-z][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined) {
      throw new UsageError(`--${flag} ${given} cannot be read at "${part}". Write ${options[flag].value}.`);
    }
    return [name, parsePositive(flag, given, value)];
  });
  return Object.fromEntries(entries);
}

/** `m,n,k=64,128` → those names and values. */
function parseVary(given: string | undefined): Settings['vary'] {
  if (given === undefined) return undefined;
  const [, names, values] = /^([A-Za-z][A-Za-z0-9]*(?:,[A-Za-z][A-Za-z0-9]*)*)=(.+)$/.exec(given) ?? [];
  if (names === undefined || values === undefined) {
    throw new UsageError(`--vary ${given} cannot be read. Write ${options.vary.value}.`);
  }
  return { names: names.split(','), values: values.split(',').map((value) => parsePositive('vary', given, value)) };
}

function parsePositive(flag: 'shape' | 'set' | 'vary' | 'sizes', given: string, value: string): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && Number.isSafeInteger(number) && number > 0) return number;
  throw new UsageError(`--${flag} ${given}: "${value}" is no positive integer. Write ${options[flag].value}.`);
}

function parseCount(flag: OptionName, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const count = Number(given);
  if (/^\d+$/.test(given) && Number.isSafeInteger(count) && count > 0) return count;
  throw new UsageError(`--${flag} must be a positive integer, not ${given}.`);
}

function parseSeed(given: string | undefined): number {
  if (given === undefined) return 1;
  const seed = Number(given);
  if (/^\d+$/.test(given) && seed <= 0xffff_ffff) return seed;
  throw new UsageError(`--seed must be an integer from 0 to 4294967295, not ${given}.`);
}

function parseSeconds(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const seconds = Number(given);
  if (/^\d*\.?\d+$/.test(given) && seconds > 0 && seconds <= 86_400) return seconds;
  throw new UsageError(`--seconds must be a number above 0, a day at most, not ${given}.`);
}

function parseAmount(flag: 'carbon' | 'water' | 'eta', given: string | undefined, most: number): number | undefined {
  if (given === undefined) return undefined;
  const amount = Number(given);
  if (/^\d*\.?\d+$/.test(given) && amount <= most) return amount;
  throw new UsageError(`--${flag} must be a number from 0 to ${most}, not ${given}.`);
}

function parseWatts(given: string | undefined): readonly number[] | undefined {
  if (given === undefined) return undefined;
  const watts = given.split(',').map(Number);
  if (watts.length === 3 && watts.every(Number.isFinite)) return watts;
  throw new UsageError(`--watts takes three numbers, ${options.watts.value}, not ${given}.`);
}
