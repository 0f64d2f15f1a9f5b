/** What a device can do at most, as measured on it: plain data with a schema, kept by whoever asked for it. */
import * as v from 'valibot';

export const ceilingsSchemaId = 'tilewatt/ceilings@1';

const finite = v.pipe(v.number(), v.finite());
const atLeastZero = v.pipe(finite, v.minValue(0));
const above = v.pipe(finite, v.gtValue(0));
const interval = v.tuple([atLeastZero, atLeastZero]);
const name = v.pipe(v.string(), v.maxLength(200));
const text = v.pipe(v.string(), v.maxLength(2000));

/** `int`: additions and bit operations. `pair`: an integer and a float addition, as in L-Mul. */
export const computeKinds = ['fma32', 'fma16', 'dot4', 'int', 'pair', 'sfu'] as const;

const rate = v.object({ perSecond: above, ci95: interval });

const compute = v.object({
  ...rate.entries,
  kind: v.picklist(computeKinds),
  kernel: name,
  tunables: v.record(name, finite),
  shape: v.record(name, above),
});

const memory = v.object({
  ...rate.entries,
  /** Bytes read and written by one copy, each touched once. */
  workingSet: above,
});

export const ceilingsSchema = v.object({
  schema: v.literal(ceilingsSchemaId),
  /** Adapter and browser they belong to, as `ceilingsKey` writes it. */
  key: text,
  adapter: v.object({ vendor: text, architecture: text, description: text, software: v.boolean() }),
  runtime: text,
  version: name,
  /** ISO 8601. */
  date: v.pipe(v.string(), v.isoTimestamp()),
  compute: v.array(compute),
  /** Copies by working set, ascending, in bytes per second: cache levels show as steps. */
  memory: v.pipe(v.array(memory), v.minLength(1)),
  /** Bytes per second that invocations read from workgroup memory. */
  workgroupMemory: v.optional(rate),
  /** One empty dispatch within a batch, and a readback of four bytes, ns, from the calibration of the timer. */
  launchNs: v.optional(atLeastZero),
  readbackNs: v.optional(atLeastZero),
  /** What could not be measured and why, a sentence each. */
  notes: v.array(text),
});

export type Ceilings = v.InferOutput<typeof ceilingsSchema>;
export type ComputeCeiling = Ceilings['compute'][number];
export type MemoryCeiling = Ceilings['memory'][number];
export type ComputeKind = ComputeCeiling['kind'];

export class CeilingsError extends Error {
  override readonly name = 'CeilingsError';
}

/** Ceilings of another adapter, browser or version of the kernels say nothing here. */
export function ceilingsKey({ adapter, runtime, version }: Pick<Ceilings, 'adapter' | 'runtime' | 'version'>): string {
  return [adapter.vendor, adapter.architecture, adapter.description, runtime, version].join(' | ');
}

/**
 * Reads ceilings from a file's text.
 * @throws CeilingsError naming the field and the rule it breaks.
 */
export function parseCeilings(json: string): Ceilings {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch {
    throw new CeilingsError('This is not JSON. Give the file that "tilewatt roofline --json FILE" wrote.');
  }
  const parsed = v.safeParse(ceilingsSchema, data);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new CeilingsError(
    `These are no ceilings: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}. Measure with "tilewatt roofline --json FILE".`,
  );
}
