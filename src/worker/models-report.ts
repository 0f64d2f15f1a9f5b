/** The report of a test as a file: written whole, and checked when it is read again. */

import * as v from 'valibot';
import { errorText } from '../kernel/outcome.js';
import type { SchemeRow, SchemesReport, XrayReport } from './models-api.js';

const schemaId = 'tilewatt-models/1';

export interface ReportFile {
  readonly report: SchemesReport;
  /** By scheme. */
  readonly xrays: Readonly<Record<string, XrayReport>>;
  readonly exclusions?: readonly Exclusion[];
}

/** A scheme scored again with so many of its worst layers left as they are. */
export interface Exclusion {
  readonly scheme: string;
  readonly count: number;
  readonly row: SchemeRow;
}

const number = v.pipe(v.number(), v.finite());
const interval = v.object({ value: number, ci95: v.tuple([number, number]) });
const text = v.pipe(v.string(), v.maxLength(4000));
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'a hash is 64 hexadecimal digits'));

const row = v.looseObject({
  scheme: text,
  title: text,
  status: v.picklist(['ok', 'unsupported', 'wrong', 'failed']),
  reason: v.optional(text),
  settings: v.looseObject({ scheme: text }),
  bytes: v.optional(number),
  native: v.optional(number),
  simulated: v.optional(number),
  top1: v.optional(interval),
  top5: v.optional(interval),
  agreement: v.optional(interval),
  divergence: v.optional(interval),
  perplexity: v.optional(interval),
  time: v.optional(
    v.looseObject({ meanMs: number, ci95Ms: v.tuple([number, number]), samples: number, batch: number }),
  ),
  speed: v.optional(
    v.looseObject({
      ratio: number,
      ci95: v.tuple([number, number]),
      verdict: v.picklist(['faster', 'slower', 'same', 'undecided']),
      pairs: number,
    }),
  ),
  joules: v.optional(v.looseObject({ low: number, mid: number, high: number, tier: text })),
  layers: v.optional(v.array(v.looseObject({ name: text, computed: v.picklist(['native', 'simulated', 'float']) }))),
});

const figures = v.looseObject({ sqnr: v.nullable(v.number()), cosine: v.number(), maxError: v.number() });
const histograms = v.looseObject({ float: v.array(number), quantized: v.array(number) });

const xray = v.looseObject({
  kernelError: text,
  parted: v.boolean(),
  rows: v.array(
    v.looseObject({
      layer: text,
      op: text,
      weights: v.optional(figures),
      activations: v.optional(figures),
      both: figures,
      weightHistogram: histograms,
      outputHistogram: histograms,
    }),
  ),
});

const exclusion = v.looseObject({ scheme: text, count: v.pipe(v.number(), v.integer(), v.minValue(0)), row });

const schema = v.object({
  schema: v.literal(schemaId),
  rows: v.pipe(v.array(row), v.maxLength(1000)),
  recommendation: text,
  front: v.array(v.pipe(v.number(), v.integer(), v.minValue(0))),
  environment: v.looseObject({ date: text, runtime: text }),
  model: v.looseObject({ name: text, bytes: number, hash }),
  data: v.looseObject({ items: number, hash, kind: v.picklist(['items', 'tokens']) }),
  xrays: v.optional(v.record(text, xray), {}),
  exclusions: v.optional(v.pipe(v.array(exclusion), v.maxLength(10_000)), []),
});

/** One document: what was measured stands at the top, as programs want it, layers below. */
export function writeReport({ report, xrays, exclusions = [] }: ReportFile): string {
  return `${JSON.stringify({ schema: schemaId, ...report, xrays, exclusions }, null, 2)}\n`;
}

const mostCharacters = 2 ** 26;

/** @throws Error naming file, field and rule. */
export function readReport(name: string, json: string): ReportFile {
  if (json.length > mostCharacters)
    throw new Error(`${name}: the file has ${json.length} characters; reports of at most ${mostCharacters} are read.`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    throw new Error(`${name}: the file is no JSON (${errorText(error)}).`);
  }
  const outcome = v.safeParse(schema, parsed);
  if (outcome.success) {
    const { schema: _, xrays, exclusions, ...report } = outcome.output;
    return { report, xrays, exclusions } as unknown as ReportFile;
  }
  const [issue] = outcome.issues;
  throw new Error(
    `${name}: ${v.getDotPath(issue) ?? 'the file'} is not as a report of models has it: ${issue.message}.`,
  );
}
