/** The settings of the laboratory and how they are written into the address. */
import { lmulModes, lmulRoundings } from '../../numerics/lmul.js';
import type { LmulTableRequest } from '../../worker/api.js';
import { isSize } from '../sweep/sweep-settings.js';

export interface LmulSettings {
  readonly operands: LmulTableRequest['operands'];
  /** Shown modes of the error table. */
  readonly mode: (typeof lmulModes)[number] | 'all';
  /** Lengths of the dot products. */
  readonly lengths: readonly number[];
  /** m = n = k of the timed products. */
  readonly size: number;
  /** Rung of `gemm-lmul` that is timed in each mode. */
  readonly rung: string;
  readonly mantissaBits: number;
  readonly rounding: (typeof lmulRoundings)[number];
}

export const operandTitles: Readonly<Record<LmulSettings['operands'], string>> = {
  normal: 'normal, x, y ~ N(0, 1)',
  'uniform-mantissa': 'uniform mantissas, x, y in [1, 2)',
  'every pair': 'every pair of 7-bit mantissas',
};

export const modeTitles: Readonly<Record<(typeof lmulModes)[number], string>> = {
  'adder-exact': 'exact adder',
  'adder-fast': 'fast adder',
  'closed-form': 'closed form',
};

/** Products in all dot products of one length together; keeps the table within a second or two. */
const lengthLimits = { count: 6, longest: 8192 } as const;

export interface ReadLmul {
  readonly settings: LmulSettings;
  readonly problems: readonly string[];
}

export function readLmul(query: string, fallback: LmulSettings): ReadLmul {
  const params = new URLSearchParams(query);
  const problems: string[] = [];
  const choice = <T extends string>(name: string, values: readonly T[], otherwise: T): T => {
    const text = params.get(name);
    if (text === null) return otherwise;
    const found = values.find((value) => value === text);
    if (found === undefined) problems.push(`"${text}" is no ${name}. It can be ${values.join(', ')}.`);
    return found ?? otherwise;
  };
  const number = (name: string, otherwise: number, isFine: (value: number) => boolean): number => {
    const text = params.get(name);
    if (text === null || (text !== '' && isFine(Number(text)))) return text === null ? otherwise : Number(text);
    problems.push(`"${text}" is no ${name} that can be used; ${otherwise} is.`);
    return otherwise;
  };
  const lengths = params.has('k') ? readLengths(params.get('k')!) : fallback.lengths;
  if (!lengths) problems.push(lengthsProblem);
  const operands = Object.keys(operandTitles) as LmulSettings['operands'][];
  const settings: LmulSettings = {
    operands: choice('operands', operands, fallback.operands),
    mode: choice('mode', ['all', ...lmulModes], fallback.mode),
    lengths: lengths ?? fallback.lengths,
    size: number('size', fallback.size, (value) => isSize(value) && value <= 8192),
    rung: choice('rung', ['naive', 'direct', 'panels', 'blocked'], fallback.rung),
    mantissaBits: number('m', fallback.mantissaBits, (value) => isSize(value) && value >= 2 && value <= 23),
    rounding: choice('rounding', lmulRoundings, fallback.rounding),
  };
  return { settings, problems };
}

export const lengthsProblem = `Lengths must be 1 to ${lengthLimits.count} positive integers up to ${lengthLimits.longest}.`;

export function readLengths(text: string): readonly number[] | undefined {
  const lengths = text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number);
  const fine = lengths.every((length) => isSize(length) && length <= lengthLimits.longest);
  if (lengths.length === 0 || lengths.length > lengthLimits.count || !fine) return undefined;
  return [...new Set(lengths)].sort((a, b) => a - b);
}

export function writeLmul({ operands, mode, lengths, size, rung, mantissaBits, rounding }: LmulSettings): string {
  const pairs = { operands, mode, k: lengths.join(','), size, rung, m: mantissaBits, rounding };
  return Object.entries(pairs)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
    .replaceAll('%2C', ',');
}
