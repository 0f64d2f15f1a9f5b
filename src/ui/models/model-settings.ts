/** The settings of a test and how they are written into the address. */
import { isSize } from '../sweep/sweep-settings.js';
import { sampleNamed } from './samples.js';
import { defaultSchemes, isName, yardstick } from './scheme-menu.js';

export interface ModelSettings {
  /** A sample that the address opens. */
  readonly sample?: string;
  /** Without the yardstick, which is always measured. */
  readonly schemes: readonly string[];
  /** How weights are rounded, e.g. `gptq`. */
  readonly method: string;
  /** How ranges of activations are found. */
  readonly calibrator: string;
  readonly calibrationItems: number;
  readonly batch: number;
  /** Items of the data that are used, from the start; all where left out. */
  readonly limit?: number;
}

export interface ReadModelSettings {
  readonly settings: ModelSettings;
  readonly problems: readonly string[];
}

export function readModelSettings(query: string): ReadModelSettings {
  const params = new URLSearchParams(query);
  const problems: string[] = [];
  const name = (key: string, otherwise: string): string => {
    const text = params.get(key);
    if (text === null || isName(text)) return text ?? otherwise;
    problems.push(`"${text}" is no name of a ${key}; ${otherwise} is used.`);
    return otherwise;
  };
  const size = <T>(key: string, otherwise: T): number | T => {
    const text = params.get(key);
    if (text === null || isSize(Number(text))) return text === null ? otherwise : Number(text);
    problems.push(`"${text}" is no ${key} that can be used: it must be a positive integer.`);
    return otherwise;
  };
  const asked = params.get('sample');
  const sample = sampleNamed(asked);
  if (asked !== null && !sample) problems.push(`There is no sample "${asked}".`);
  const names = params.get('schemes')?.split(',').filter(Boolean);
  const odd = names?.filter((each) => !isName(each)) ?? [];
  if (odd.length > 0) problems.push(`These are no names of schemes: ${odd.map((each) => `"${each}"`).join(', ')}.`);
  const schemes = names?.filter((each) => isName(each) && each !== yardstick);
  const limit = size('limit', undefined);
  const settings: ModelSettings = {
    ...(sample ? { sample: sample.id } : {}),
    schemes: schemes ? [...new Set(schemes)] : defaultSchemes,
    method: name('method', 'nearest'),
    calibrator: name('calibrator', 'min-max'),
    calibrationItems: size('calibration', 128),
    batch: size('batch', sample?.batch ?? 32),
    ...(limit ? { limit } : {}),
  };
  return { settings, problems };
}

export function writeModelSettings(settings: ModelSettings): string {
  const { sample, schemes, method, calibrator, calibrationItems, batch, limit } = settings;
  const pairs: [string, string | number | undefined][] = [
    ['sample', sample],
    ['schemes', schemes.join() === defaultSchemes.join() ? undefined : schemes.join(',')],
    ['method', method === 'nearest' ? undefined : method],
    ['calibrator', calibrator === 'min-max' ? undefined : calibrator],
    ['calibration', calibrationItems === 128 ? undefined : calibrationItems],
    ['batch', batch === (sampleNamed(sample)?.batch ?? 32) ? undefined : batch],
    ['limit', limit],
  ];
  return pairs
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value!)}`)
    .join('&')
    .replaceAll('%2C', ',');
}
