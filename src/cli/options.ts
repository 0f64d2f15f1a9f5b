/** Every flag of the command line, gathered from the files by subject in `options/`, and the reading of arguments. */
import { parseArgs } from 'node:util';
import { type DeviceSettings, deviceOptions, deviceSettings } from './options/device.js';
import { type MeasuringSettings, measuringOptions, measuringSettings } from './options/measuring.js';
import { type ModelSettings, modelOptions, modelSettings } from './options/model.js';
import { type OutputSettings, outputOptions, outputSettings } from './options/output.js';
import { type ProblemSettings, problemOptions, problemSettings } from './options/problem.js';
import { type QuantizeSettings, quantizeOptions, quantizeSettings } from './options/quantize.js';
import type { Option, Typed } from './options/typed.js';
import { suggestion, UsageError } from './usage.js';

export const options = {
  ...problemOptions,
  ...measuringOptions,
  ...deviceOptions,
  ...modelOptions,
  ...quantizeOptions,
  ...outputOptions,
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof options;

export interface Settings
  extends ProblemSettings,
    MeasuringSettings,
    DeviceSettings,
    ModelSettings,
    QuantizeSettings,
    OutputSettings {}

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
  const given = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    checkFlag(token.rawName, token.name, token.value, known);
    const { type, multiple = false }: Option = options[token.name as OptionName];
    if (type === 'string' && !multiple && given.has(token.name))
      throw new UsageError(`${token.rawName} is given twice, and takes one value.`);
    given.add(token.name);
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
  const typed: Typed<OptionName> = {
    text: (name) => {
      const value = values[name];
      return typeof value === 'string' ? value : undefined;
    },
    texts: (name) => [values[name] ?? []].flat().map(String),
    has: (name) => values[name] === true,
  };
  return {
    ...problemSettings(typed),
    ...measuringSettings(typed),
    ...deviceSettings(typed),
    ...modelSettings(typed),
    ...quantizeSettings(typed),
    ...outputSettings(typed),
  };
}
