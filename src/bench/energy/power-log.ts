/** Reads power logs: nvidia-smi's CSV, macOS powermetrics, Firefox Profiler's JSON, or any CSV of time and watts. */

/** Watts at a moment, ms since 1970. */
export interface PowerSample {
  readonly ms: number;
  readonly watts: number;
}

export interface PowerLog {
  readonly format: 'nvidia-smi' | 'powermetrics' | 'firefox-profiler' | 'csv';
  /** In order of time. */
  readonly samples: readonly PowerSample[];
}

/** The message says what is wrong with the log and what to do. */
export class PowerLogError extends Error {
  override readonly name = 'PowerLogError';
}

/** No computer with one GPU draws more. */
const absurdWatts = 3000;

/** @throws PowerLogError */
export function parsePowerLog(text: string): PowerLog {
  const start = text.trimStart();
  const log = start.startsWith('{')
    ? readFirefox(start)
    : /GPU Power:/.test(text)
      ? readPowermetrics(text)
      : readCsv(start);
  const samples = [...log.samples].sort((a, b) => a.ms - b.ms);
  for (const { watts } of samples) {
    if (watts < 0) throw new PowerLogError(`The log holds ${watts} W: power cannot be negative. Is it another column?`);
    if (watts > absurdWatts) {
      throw new PowerLogError(`The log holds ${watts} W, more than any such computer draws. Are these milliwatts?`);
    }
  }
  if (samples.length < 2)
    throw new PowerLogError('The log holds fewer than two readings of power, and energy needs a span.');
  return { format: log.format, samples };
}

function readCsv(text: string): PowerLog {
  const [header = '', ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const names = header.split(',').map((name) => name.trim().toLowerCase());
  const time = names.findIndex((name) => /^(timestamp|time|date)\b/.test(name));
  const watts = names.findIndex((name) => /^(power\.draw|watts?\b|power\b)/.test(name));
  if (time < 0 || watts < 0) {
    const missing = time < 0 ? 'time' : 'watts';
    throw new PowerLogError(
      `The log has no column of ${missing}; its columns are ${names.join(', ')}. It needs a header with timestamp and power.draw, or time and watts.`,
    );
  }
  const format = names[watts]!.startsWith('power.draw') ? 'nvidia-smi' : 'csv';
  const milli = /\[?mw\]?/.test(names[watts]!) ? 1e-3 : 1;
  const samples = lines.flatMap((line): PowerSample[] => {
    const cells = line.split(',').map((cell) => cell.trim());
    const value = cells[watts] ?? '';
    // nvidia-smi writes [N/A], [Not Supported] or [Unknown Error] where it could not read.
    if (/^\[.*\]$|n\/a|not supported/i.test(value)) return [];
    const power = Number(value.replace(/\s*m?w$/i, ''));
    if (value === '' || !Number.isFinite(power)) {
      throw new PowerLogError(`"${value}" in the line "${line}" is no number of watts.`);
    }
    return [{ ms: momentOf(cells[time] ?? '', line), watts: power * milli }];
  });
  return { format, samples };
}

/** ISO 8601, nvidia-smi's `2026/11/21 10:00:00.123` in local time, or seconds or milliseconds since 1970. */
function momentOf(text: string, line: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    if (number > 1e11) return number;
    if (number > 1e8) return 1000 * number;
    throw new PowerLogError(
      `The time ${text} is counted from an unknown start, so it cannot be aligned to the runs. Write the time of day, or seconds since 1970.`,
    );
  }
  const ms = Date.parse(text.replace(/^(\d{4})\/(\d\d)\/(\d\d) /, '$1-$2-$3T'));
  if (Number.isFinite(ms)) return ms;
  throw new PowerLogError(`"${text}" in the line "${line}" is no time. Write it as 2026-11-21T10:00:00.`);
}

/** `*** Sampled system activity (Fri Nov 21 10:00:00 2026 +0100) (1002.35ms elapsed) ***`, later `GPU Power: 1234 mW`. */
function readPowermetrics(text: string): PowerLog {
  const samples: PowerSample[] = [];
  const blocks = text.split(/^\*\*\* Sampled system activity /m).slice(1);
  for (const block of blocks) {
    const [, when = '', elapsed = ''] = /^\(([^)]*)\)\s*\(([\d.]+)ms elapsed\)/.exec(block) ?? [];
    const [, milliwatts] = /^GPU Power:\s*(-?[\d.]+)\s*mW/m.exec(block) ?? [];
    if (milliwatts === undefined) continue;
    const end = Date.parse(when);
    if (!Number.isFinite(end)) throw new PowerLogError(`powermetrics wrote the time "${when}", which cannot be read.`);
    // The mean of the span that ends at `when`.
    samples.push({ ms: end - Number(elapsed) / 2, watts: Number(milliwatts) / 1000 });
  }
  return { format: 'powermetrics', samples };
}

interface FirefoxCounter {
  readonly name?: string;
  readonly category?: string;
  readonly description?: string;
  readonly samples?: {
    readonly time?: readonly number[];
    readonly timeDeltas?: readonly number[];
    readonly count?: readonly number[];
    readonly schema?: { readonly time: number; readonly count: number };
    readonly data?: readonly (readonly number[])[];
  };
}

/** Counters of the category `power` hold picowatt-hours used since the sample before; times are ms after `meta.startTime`. */
function readFirefox(text: string): PowerLog {
  let profile: { meta?: { startTime?: number }; counters?: readonly FirefoxCounter[] };
  try {
    profile = JSON.parse(text);
  } catch {
    throw new PowerLogError('The log opens like JSON but cannot be read. Save the profile again, uncompressed.');
  }
  const power = (profile.counters ?? []).filter(({ category }) => category?.toLowerCase() === 'power');
  const start = profile.meta?.startTime;
  if (power.length === 0 || start === undefined) {
    throw new PowerLogError('The profile has no power track. Record it with the preset "Power".');
  }
  const named = (pattern: RegExp) =>
    power.find(({ name = '', description = '' }) => pattern.test(`${name} ${description}`));
  const counter = named(/gpu/i) ?? named(/package/i) ?? power[0]!;
  const points = pointsOf(counter);
  const samples = points.slice(1).flatMap(([time, count], i) => {
    const before = points[i]![0];
    if (!(time > before)) return [];
    const joules = count * 1e-12 * 3600;
    return [{ ms: start + (before + time) / 2, watts: joules / ((time - before) / 1000) }];
  });
  return { format: 'firefox-profiler', samples };
}

/** Both shapes of the format: columns of the processed one, rows of the raw one. */
function pointsOf({ samples = {} }: FirefoxCounter): readonly (readonly [time: number, count: number])[] {
  const { schema, data, count = [], time, timeDeltas } = samples;
  if (schema && data) return data.map((row) => [row[schema.time] ?? 0, row[schema.count] ?? 0] as const);
  let sum = 0;
  const times =
    time ??
    timeDeltas?.map((delta) => {
      sum += delta;
      return sum;
    }) ??
    [];
  return times.map((moment, i) => [moment, count[i] ?? 0] as const);
}

/**
 * Joules between two moments: the trapezoid rule on readings joined by straight lines, exact for those.
 * Undefined where the readings do not reach from one moment to the other.
 */
export function joulesBetween(samples: readonly PowerSample[], startMs: number, endMs: number): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || first.ms > startMs || last.ms < endMs) return undefined;
  const inside = samples.filter(({ ms }) => ms > startMs && ms < endMs);
  const points = [
    { ms: startMs, watts: wattsAt(samples, startMs) },
    ...inside,
    { ms: endMs, watts: wattsAt(samples, endMs) },
  ];
  return points.slice(1).reduce((sum, { ms, watts }, i) => {
    const before = points[i]!;
    return sum + (((watts + before.watts) / 2) * (ms - before.ms)) / 1000;
  }, 0);
}

function wattsAt(samples: readonly PowerSample[], ms: number): number {
  const after = samples.findIndex((sample) => sample.ms >= ms);
  const high = samples[after]!;
  const low = samples[after - 1];
  if (!low || high.ms === ms) return high.watts;
  return low.watts + ((high.watts - low.watts) * (ms - low.ms)) / (high.ms - low.ms);
}
