/** The file of tuned values: which tunables won, where, at which sizes, and by how much; for later runs and for other programs. */

import * as v from 'valibot';
import { errorText } from '../../kernel/outcome.js';
import { adapterSchema } from '../results.js';
import { pointSchema } from './points.js';

export const winnersSchemaId = 'tilewatt/winners@1';

const finite = v.pipe(v.number(), v.finite());
const positive = v.pipe(finite, v.gtValue(0));
const size = v.pipe(v.number(), v.integer(), v.minValue(1));
const text = v.pipe(v.string(), v.maxLength(2000));
const name = v.pipe(v.string(), v.maxLength(200));
const interval = v.tuple([positive, positive]);

const winnerSchema = v.object({
  kernel: name,
  /** The sizes it was tuned at. */
  shape: v.record(name, size),
  /** The sizes it is used for: see `shapeClassOf`. */
  shapeClass: name,
  adapter: adapterSchema,
  /** Browser or runtime with its version. */
  runtime: text,
  /** Hash of the specialized WGSL with these tunables at this shape. */
  source: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  /** Of Tilewatt. */
  version: name,
  tunables: v.record(name, size),
  /** Nothing was found that is faster than the kernel's default. */
  isDefault: v.boolean(),
  meanNs: positive,
  ci95Ns: interval,
  /** Time of the default over its time, paired; 1 where it is the default. */
  ratio: positive,
  ci95: interval,
  /** Rounds in which both were sampled; 0 where it is the default. */
  pairs: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** ISO 8601. */
  date: v.pipe(v.string(), v.isoTimestamp()),
  /** Everything that was looked at on the way: what a predictor learns from. */
  points: v.optional(v.pipe(v.array(pointSchema), v.maxLength(10_000))),
});

const winnersSchema = v.object({
  schema: v.literal(winnersSchemaId),
  winners: v.pipe(v.array(winnerSchema), v.maxLength(10_000)),
});

export type Winner = v.InferOutput<typeof winnerSchema>;
export type Winners = v.InferOutput<typeof winnersSchema>;

export class WinnersError extends Error {
  override readonly name = 'WinnersError';
}

/**
 * Reads tuned values from a file's text.
 * @throws WinnersError naming the field and the rule it breaks.
 */
export function parseWinners(json: string): Winners {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (error) {
    throw new WinnersError(`This is not JSON: ${errorText(error)}.`);
  }
  const id = typeof data === 'object' && data !== null && 'schema' in data ? data.schema : undefined;
  if (id !== winnersSchemaId) {
    const found = JSON.stringify(id) ?? 'none';
    throw new WinnersError(
      `Expected "schema": "${winnersSchemaId}", found ${found}. "tilewatt tune --json" writes such a file.`,
    );
  }
  const parsed = v.safeParse(winnersSchema, data);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new WinnersError(`${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
}
