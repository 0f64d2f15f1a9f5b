/** Flags as they were typed, and how their text becomes a number, a choice or a list. */
import { suggestion, UsageError } from '../usage.js';

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for the value in the help text. */
  readonly value?: string;
  readonly about: string;
}

export type Options = Readonly<Record<string, Option>>;

/** What was typed for the flags of these names. */
export interface Typed<Name extends string> {
  /** The value of a flag, or undefined where it was not typed. */
  readonly text: (name: Name) => string | undefined;
  /** The values of a flag that may be repeated. */
  readonly texts: (name: Name) => readonly string[];
  readonly has: (name: Name) => boolean;
}

/** The setting, or nothing where it was not typed. */
export function given<Name extends string, T>(name: Name, value: T | undefined): { readonly [key in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [key in Name]: T });
}

export function parseChoice<T extends string>(
  flag: string,
  text: string | undefined,
  known: readonly T[],
): T | undefined {
  if (text === undefined) return undefined;
  const found = known.find((name) => name === text);
  if (found !== undefined) return found;
  throw new UsageError(`--${flag} cannot be ${text}.${suggestion(text, known)} It is one of ${known.join(', ')}.`);
}

/** `a, b` → `['a', 'b']`. @throws UsageError where one is there twice, or empty. */
export function parseList(flag: string, text: string | undefined): readonly string[] | undefined {
  const names = text?.split(',').map((name) => name.trim());
  if (names?.includes('')) throw new UsageError(`--${flag} ${text} has an empty part.`);
  const twice = names?.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`--${flag} ${text} has ${twice} twice.`);
  return names;
}

/** `m=512,n=64` → `{ m: 512, n: 64 }`. @param example what the flag takes, for the message. @param least 0 or 1. */
export function parseNumbers(
  flag: string,
  text: string,
  example: string,
  least: 0 | 1 = 1,
): Readonly<Record<string, number>> {
  const entries = text.split(',').map((part): [string, number] => {
    const [, name, value] = /^\s*([A-Za-z][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined) {
      throw new UsageError(`--${flag} ${text} cannot be read at "${part}". Write ${example}.`);
    }
    // Which sizes may be 0, the operation knows.
    return [name, value === '0' && least === 0 ? 0 : parsePositive(flag, text, value, example)];
  });
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`--${flag} ${text} gives ${twice} twice.`);
  return Object.fromEntries(entries);
}

/** One number of a longer text. */
export function parsePositive(flag: string, text: string, value: string, example: string): number {
  const number = positiveInteger(value);
  if (number !== undefined) return number;
  throw new UsageError(`--${flag} ${text}: "${value}" is no positive integer. Write ${example}.`);
}

export function parseCount(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = positiveInteger(text);
  if (count !== undefined) return count;
  throw new UsageError(`--${flag} must be a positive integer, not ${text}.`);
}

function positiveInteger(text: string): number | undefined {
  const number = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/** A number from 0 to `most`. */
export function parseAmount(flag: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const amount = Number(text);
  if (/^\d*\.?\d+$/.test(text) && amount <= most) return amount;
  throw new UsageError(`--${flag} must be a number from 0 to ${most}, not ${text}.`);
}
