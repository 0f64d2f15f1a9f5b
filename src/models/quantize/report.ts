/** Reports of quantization runs as files: settings, hashes of model and data, results; written, and read back with checks. */
import * as v from 'valibot';
import { QuantizeError } from './errors.js';

const text = v.pipe(v.string(), v.maxLength(10_000));
const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'));
/** JSON has no infinities: an SQNR without noise is null. */
const decibels = v.nullable(finite);
const estimate = v.strictObject({ value: finite, low: finite, high: finite });
const fileEntry = v.strictObject({ name: text, bytes: count, sha256: hash });

const layer = v.strictObject({
  name: text,
  op: text,
  scheme: text,
  method: text,
  place: v.picklist(['native', 'simulated', 'float']),
  why: text,
  before: count,
  after: count,
  sqnrDb: v.optional(decibels),
  cosine: v.optional(finite),
  maxError: v.optional(finite),
});

const result = v.strictObject({
  scheme: text,
  method: text,
  observer: v.optional(text),
  excluded: v.optional(v.array(text)),
  examples: count,
  bytes: count,
  top1: v.optional(estimate),
  topK: v.optional(estimate),
  k: v.optional(count),
  agreement: v.optional(estimate),
  divergence: v.optional(estimate),
  loyalty: v.optional(finite),
  perplexity: v.optional(estimate),
  secondsPerExample: v.optional(finite),
  joulesPerExample: v.optional(finite),
  layers: v.pipe(v.array(layer), v.maxLength(100_000)),
});

export const runReportSchema = v.strictObject({
  format: v.literal('tilewatt-quantization'),
  version: v.literal(1),
  /** ISO 8601, in UTC. */
  made: v.pipe(v.string(), v.isoTimestamp()),
  model: fileEntry,
  data: v.optional(
    v.strictObject({ examples: fileEntry, labels: v.optional(fileEntry), scaling: text, count, calibrated: count }),
  ),
  /** What computed it: an adapter's name, or the host. */
  device: text,
  results: v.pipe(v.array(result), v.maxLength(1000)),
  recommendation: v.optional(text),
});

export type RunReport = v.InferOutput<typeof runReportSchema>;
export type RunResult = v.InferOutput<typeof result>;

/** The report as JSON text. @throws QuantizeError `bad-report` naming the field, so that nothing is written that is not read back. */
export function exportReport(report: RunReport): string {
  return `${JSON.stringify(checked(report, 'The report'), undefined, 2)}\n`;
}

const mostBytes = 2 ** 26;

/** A report from a file. @throws QuantizeError `bad-report` naming field and rule. */
export function importReport(json: string, name = 'The report'): RunReport {
  if (json.length > mostBytes)
    throw new QuantizeError('bad-report', name, `has ${json.length} characters; at most ${mostBytes} are read`);
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch {
    throw new QuantizeError('bad-report', name, 'is no JSON');
  }
  return checked(data, name);
}

function checked(data: unknown, name: string): RunReport {
  const parsed = v.safeParse(runReportSchema, data, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = v.getDotPath(issue) ?? 'the document';
  throw new QuantizeError('bad-report', name, `at ${path}: ${issue.message.replace(/\.$/, '')}`);
}

/** SHA-256 of a file in hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A file as a report names it. */
export async function describeFile(file: {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}): Promise<v.InferOutput<typeof fileEntry>> {
  return { name: file.name, bytes: file.bytes.length, sha256: await sha256(file.bytes) };
}
