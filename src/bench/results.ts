/** The one schema of results: what the page shows, the command line prints, the store keeps and files hold. */

import * as v from 'valibot';
import { errorText } from '../kernel/outcome.js';

export const schemaId = 'tilewatt/results@1';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const finite = v.pipe(v.number(), v.finite());
const seconds = v.pipe(finite, v.minValue(0));
const text = v.pipe(v.string(), v.maxLength(2000));
const name = v.pipe(v.string(), v.maxLength(200));
const interval = v.tuple([finite, finite]);
const shape = v.record(name, positive);

export const adapterSchema = v.object({ vendor: text, architecture: text, description: text, software: v.boolean() });

const timer = v.object({
  /** `timestamp`: GPU timestamp queries. `wall`: submit to done by the clock of the page. */
  kind: v.picklist(['timestamp', 'wall']),
  /** Smallest step seen between two readings, ns. */
  quantumNs: seconds,
  /** Fixed time of one batch besides its dispatches, ns. Slopes cancel it. */
  overheadNs: seconds,
  /** Time of one empty dispatch within a batch, ns. */
  launchNs: v.optional(seconds),
  /** Submit, copy 4 bytes and map, ns. */
  readbackNs: v.optional(seconds),
});

const environment = v.object({
  version: name,
  /** Browser or runtime with its version. */
  runtime: text,
  adapter: adapterSchema,
  features: v.array(name),
  limits: v.record(name, finite),
  timer,
  /** ISO 8601. */
  date: v.pipe(v.string(), v.isoTimestamp()),
  seed: v.pipe(v.number(), v.integer()),
  distribution: v.optional(name),
});

const verification = v.object({
  /** How many elements were compared with the reference, and of how many. */
  elements: count,
  of: v.optional(count),
  /** Largest |error| / bound; at most 1 where it is right. */
  worst: v.pipe(v.number(), v.minValue(0)),
  /** What the first element out of bound was, in a sentence. */
  first: v.optional(text),
});

/** Distance from the f64 result of the unquantized operands; apart from correctness. */
const accuracy = v.object({
  /** Absent where the result is exact. */
  sqnrDb: v.optional(finite),
  relativeRms: seconds,
  maxAbsolute: seconds,
});

const time = v.object({
  meanNs: seconds,
  ci95Ns: interval,
  samples: positive,
  dispatchesPerSample: positive,
  /** `slope`: difference between batches of R and 2R dispatches; which clock is in the environment. */
  method: name,
  /** Every sample, ns per dispatch, in the order taken. */
  rawNs: v.optional(v.array(finite)),
  /** Why sampling ended: the noise bound was met, or time was up. */
  stopped: v.optional(v.picklist(['noise', 'time', 'cancelled'])),
  flags: v.optional(v.array(text)),
});

const cold = v.object({
  compileNs: seconds,
  uploadNs: seconds,
  firstNs: seconds,
  readbackNs: v.optional(seconds),
});

const rates = v.object({
  /** Nominal operations per second, in `unit`. */
  flopPerS: seconds,
  bytePerS: seconds,
  /** `OP/s` where most of what is counted is no floating-point work; `FLOP/s` where left out. */
  unit: v.optional(v.picklist(['FLOP/s', 'OP/s'])),
});

/** Where the time lies under the ceilings measured on the same device. */
const place = v.object({
  attainableNs: seconds,
  /** attainable / measured, with its 95 % interval. */
  fraction: seconds,
  ci95: interval,
  /** Which limit binds, and which of its kind: `fma32`, `copy of 65536 bytes`, `one dispatch`. */
  limit: v.picklist(['compute', 'memory', 'latency']),
  by: name,
  /** The interval lies above 1: a ceiling was measured too low, or the kernel uses units that no ceiling covers. */
  aboveCeiling: v.boolean(),
  /** Nominal operations per compulsory byte. */
  intensity: seconds,
  /** Operations / (α·bytes of weights + β·bytes of activations); twice the intensity where α = β = ½. */
  weightedIntensity: seconds,
  reuseWeights: v.object({ weights: finite, activations: finite }),
});

/** An estimate with a range; how it was made is the tier. */
const energy = v.object({
  /** `modelled`: from a class of GPUs. `calibrated`: from watts that were typed. `measured`: fitted to a power log. */
  tier: v.picklist(['modelled', 'calibrated', 'measured']),
  /** Class, or what was calibrated or logged. */
  source: name,
  /** Joules per run. */
  lowJ: seconds,
  midJ: seconds,
  highJ: seconds,
  /** Power limit, for the cost of energy and time. */
  limitWatts: seconds,
  /** Against the row with the least; `not certain` where it hangs on what the model does not know. */
  order: v.optional(v.picklist(['least', 'more', 'not certain'])),
});

const rowSchema = v.object({
  kernel: name,
  operation: name,
  shape,
  tunables: v.record(name, finite),
  status: v.picklist(['ok', 'unsupported', 'wrong', 'failed']),
  reason: v.optional(text),
  verification: v.optional(verification),
  accuracy: v.optional(accuracy),
  time: v.optional(time),
  cold: v.optional(cold),
  rates: v.optional(rates),
  roofline: v.optional(place),
  energy: v.optional(energy),
  /** `hot`: the same buffers every dispatch. `cold`: rotating copies larger than the caches. */
  cache: v.optional(v.picklist(['hot', 'cold'])),
  /** Place on the axis of a sweep. */
  at: v.optional(finite),
});

const comparison = v.object({
  a: name,
  b: name,
  shape,
  /** Time of b over time of a: above 1, a is faster. */
  ratio: v.pipe(finite, v.minValue(0)),
  ci95: interval,
  /** About a against b. */
  verdict: v.picklist(['faster', 'slower', 'same', 'undecided']),
  pairs: positive,
  at: v.optional(finite),
});

export const resultsSchema = v.object({
  schema: v.literal(schemaId),
  environment,
  rows: v.pipe(v.array(rowSchema), v.maxLength(10_000)),
  comparisons: v.pipe(v.array(comparison), v.maxLength(100_000)),
  /** For sweeps: what `at` counts, e.g. `m` or `density`. */
  sweep: v.optional(v.object({ axis: name })),
});

export type Results = v.InferOutput<typeof resultsSchema>;
export type ResultRow = v.InferOutput<typeof rowSchema>;
export type Environment = v.InferOutput<typeof environment>;
export type TimerFacts = v.InferOutput<typeof timer>;
export type Comparison = v.InferOutput<typeof comparison>;
export type Verdict = Comparison['verdict'];
export type Verification = v.InferOutput<typeof verification>;
export type Accuracy = v.InferOutput<typeof accuracy>;
export type Timing = v.InferOutput<typeof time>;
export type Rates = v.InferOutput<typeof rates>;
export type ColdCosts = v.InferOutput<typeof cold>;
export type RowPlace = v.InferOutput<typeof place>;
export type RowEnergy = v.InferOutput<typeof energy>;

export class ResultsError extends Error {
  override readonly name = 'ResultsError';
}

/**
 * Reads results from a file's text.
 * @throws ResultsError naming the field and the rule it breaks.
 */
export function parseResults(json: string): Results {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (error) {
    throw new ResultsError(`This is not JSON: ${errorText(error)}.`);
  }
  const id = typeof data === 'object' && data !== null && 'schema' in data ? data.schema : undefined;
  if (id !== schemaId) {
    throw new ResultsError(
      `Expected "schema": "${schemaId}", found ${JSON.stringify(id) ?? 'none'}. Is it a Tilewatt results file?`,
    );
  }
  const parsed = v.safeParse(resultsSchema, data);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new ResultsError(`${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
}
