/** Flags of measuring: how long, against what, with which tunables. */
import type { BenchRequest, Thoroughness } from '../../worker/api.js';
import { UsageError } from '../usage.js';
import { given, type Options, parseChoice, parseList, type Typed } from './typed.js';

const thoroughnesses = ['quick', 'careful', 'thorough'] as const satisfies readonly Thoroughness[];
const caches = ['hot', 'cold'] as const satisfies readonly BenchRequest['cache'][];

export const measuringOptions = {
  thoroughness: {
    type: 'string',
    value: thoroughnesses.join('|'),
    about: 'how long to measure: about 3, 15 or 60 s per kernel (default quick)',
  },
  seconds: { type: 'string', value: 'N', about: 'time for all kernels of a table together, in its place' },
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
} as const satisfies Options;

export interface MeasuringSettings {
  /** Undefined where not typed: then the device says what a first comparison can afford. */
  readonly thoroughness?: Thoroughness;
  readonly seconds?: number;
  readonly cache: BenchRequest['cache'];
  readonly baseline?: string;
  /** File of tuned values to use. */
  readonly tuned?: string;
  readonly map?: readonly string[];
  readonly exhaustive: boolean;
  /** Ask the predictor instead of measuring. */
  readonly predict: boolean;
  /** Files of results that it learns from beside tuned values. */
  readonly learn: readonly string[];
}

export function measuringSettings({ text, texts, has }: Typed<keyof typeof measuringOptions>): MeasuringSettings {
  return {
    ...given('thoroughness', parseChoice('thoroughness', text('thoroughness'), thoroughnesses)),
    ...given('seconds', parseSeconds(text('seconds'))),
    cache: parseChoice('cache', text('cache'), caches) ?? 'hot',
    ...given('baseline', text('baseline')),
    ...given('tuned', text('tuned')),
    ...given('map', parseList('map', text('map'))),
    exhaustive: has('exhaustive'),
    predict: has('predict'),
    learn: texts('learn'),
  };
}

function parseSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (/^\d*\.?\d+$/.test(text) && seconds > 0 && seconds <= 86_400) return seconds;
  throw new UsageError(`--seconds must be a number above 0, a day at most, not ${text}.`);
}
