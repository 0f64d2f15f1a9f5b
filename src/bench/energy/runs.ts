/** One kernel run on its own for a while, between two moments of the clock that power logs use. */
import * as v from 'valibot';

const finite = v.pipe(v.number(), v.finite());
const atLeastZero = v.pipe(finite, v.minValue(0));
const name = v.pipe(v.string(), v.maxLength(200));

const runSchema = v.object({
  kernel: name,
  shape: v.record(name, finite),
  /** Milliseconds since 1970. */
  startMs: atLeastZero,
  endMs: atLeastZero,
  dispatches: v.pipe(finite, v.minValue(1)),
  /** Of one dispatch of the kernel, as its record says. */
  cost: v.object({
    operations: v.record(name, atLeastZero),
    nominal: atLeastZero,
    bytesRead: atLeastZero,
    bytesWritten: atLeastZero,
  }),
});

/** Kernels worth recording for a fit, by the start of their ids: arithmetic of each kind, memory, and products between them. */
export const recordedKernels = ['peak-', 'copy', 'gemm-f32', 'gemv-f32', 'gemm-int8/', 'gemm-lmul'] as const;

export type LoadRun = v.InferOutput<typeof runSchema>;

const runsFileSchema = v.object({
  schema: v.literal('tilewatt/energy-runs@1'),
  adapter: v.object({ vendor: name, architecture: name, description: name, software: v.boolean() }),
  runs: v.pipe(v.array(runSchema), v.maxLength(10_000)),
  /** Watts sampled while the runs took place, where a tool for it was at hand. */
  log: v.optional(v.array(v.object({ ms: atLeastZero, watts: finite }))),
});

export type RunsFile = v.InferOutput<typeof runsFileSchema>;

export class RunsError extends Error {
  override readonly name = 'RunsError';
}

/** @throws RunsError naming the field and the rule it breaks. */
export function parseRuns(json: string): RunsFile {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch {
    throw new RunsError('The runs are not JSON. Give the file that "tilewatt energy record" or the device page wrote.');
  }
  const parsed = v.safeParse(runsFileSchema, data);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new RunsError(
    `These are no runs: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}. Record with "tilewatt energy record" or on the device page.`,
  );
}

export function secondsOf({ startMs, endMs }: Pick<LoadRun, 'startMs' | 'endMs'>): number {
  return (endMs - startMs) / 1000;
}
