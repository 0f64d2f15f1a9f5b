/** Records kernels one by one in random order, each alone on the device for a while, for a power log taken meanwhile. */
import { type LoadRun, recordedKernels } from '../../bench/energy/runs.js';
import { shuffled } from '../../bench/sample.js';
import type { Shape } from '../../kernel/operation.js';
import { failed, type Refusal } from '../../kernel/outcome.js';
import { seededRandom } from '../../numerics/random.js';
import type { OperationCard } from '../../worker/api.js';
import type { Work } from '../side-jobs.js';

interface Wanted {
  readonly operation: string;
  readonly id: string;
}

export interface Recording {
  readonly status: 'ok';
  /** Kernels this device cannot run, a sentence each. */
  readonly notes: readonly string[];
}

export function kernelsToRecord(catalog: readonly OperationCard[]): readonly Wanted[] {
  return catalog.flatMap(({ id: operation, kernels }) =>
    kernels
      .filter(({ id }) => recordedKernels.some((start) => id.startsWith(start)))
      .map(({ id }) => ({ operation, id })),
  );
}

/** @param onRun is told of every run as soon as it ends, so that a recording that is cancelled keeps what it has. */
export async function recordRuns(
  { client, job, onProgress, isCancelled }: Work,
  catalog: readonly OperationCard[],
  { seconds, seed }: { readonly seconds: number; readonly seed: number },
  onRun: (run: LoadRun) => void,
): Promise<Recording | Refusal> {
  const wanted = shuffled(kernelsToRecord(catalog), seededRandom(seed));
  const shapes = new Map<string, Shape>();
  const notes: string[] = [];
  for (const [i, { operation, id }] of wanted.entries()) {
    if (isCancelled()) return failed('cancelled', 'Cancelled. What was recorded so far is kept.');
    const shape = shapes.get(operation) ?? (await suggestedShape(client, operation));
    if ('status' in shape) return shape as Refusal;
    shapes.set(operation, shape);
    const request = { job, load: { kernel: { id }, shape }, seconds, seed };
    const outcome = await client.load(request, (progress) => {
      const fraction = (i + progress.fraction) / wanted.length;
      onProgress({
        ...progress,
        text: `${i + 1} of ${wanted.length}: ${id}`,
        fraction,
        secondsLeft: (1 - fraction) * wanted.length * seconds,
      });
    });
    if (outcome.status === 'ok') onRun(outcome.run);
    else if (outcome.status === 'failed' && outcome.cause === 'device-lost') return outcome;
    else if (!isCancelled()) notes.push(`${id}: ${outcome.reason}`);
  }
  return { status: 'ok', notes };
}

async function suggestedShape(client: Work['client'], operation: string): Promise<Shape | Refusal> {
  const suggested = await client.suggest(operation);
  return suggested.status === 'ok' ? suggested.shape : suggested;
}
