/** Runs a model on a GPU device: plans on the first run of each input form, replays the plan on the next. */
import { messageOf } from '../../gpu/device.js';
import { lossOf } from '../../gpu/errors.js';
import { createPipelines } from '../../gpu/pipelines.js';
import { failed, type Outcome, type Refusal, unsupported } from '../../kernel/outcome.js';
import type { Model } from '../graph.js';
import { optimize } from '../optimize/optimize.js';
import { ModelRunError } from './errors.js';
import type { PlanOptions } from './plan-items.js';
import { type ModelRun, Program, Refused, type SessionParts } from './program.js';
import type { HostValue } from './values.js';

export interface ModelSession {
  /**
   * @param inputs all inputs of the graph by name.
   * @param signal ends the run between two submissions; what was given to the device by then is computed, but not read.
   */
  readonly run: (
    inputs: ReadonlyMap<string, HostValue>,
    signal?: AbortSignal,
  ) => Promise<Outcome<{ readonly run: ModelRun }>>;
  /** Frees all buffers, where a run is under way when that has ended; the device stays. No run starts any more. */
  readonly destroy: () => void;
}

export interface SessionOptions extends PlanOptions {
  /** Whether the graph is rewritten into fewer kernels first; so it is where left out. */
  readonly optimize?: boolean;
}

export function createModelSession(given: Model, parts: SessionParts, options: SessionOptions = {}): ModelSession {
  const pipelines = parts.pipelines ?? createPipelines(parts.device, parts.facts);
  let program: Program | undefined;
  let optimized: Model | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let closed = false;

  async function run(
    inputs: ReadonlyMap<string, HostValue>,
    signal: AbortSignal | undefined,
  ): Promise<Outcome<{ readonly run: ModelRun }>> {
    if (closed) return failed('internal', 'The session was closed before the model was run. Open another.');
    if (signal?.aborted) return failed('cancelled', 'Cancelled before the model was run.');
    try {
      optimized ??= options.optimize === false ? given : optimize(given, options);
      const model = optimized;
      if (program !== undefined && !program.fits(inputs)) release();
      program ??= new Program(model, parts, pipelines, options, inputs);
      let run = await program.run(inputs, signal);
      if (run === 'plan no longer fits') {
        program.destroy();
        program = new Program(model, parts, pipelines, options, inputs);
        run = await program.run(inputs, signal);
      }
      if (run === 'plan no longer fits') throw new TypeError('A fresh plan must fit');
      return { status: 'ok', run };
    } catch (error) {
      release();
      if (signal?.aborted) return failed('cancelled', 'Cancelled while the model was running.');
      return explain(parts.device, error);
    }
  }

  function release(): void {
    program?.destroy();
    program = undefined;
  }

  return {
    // Runs share their buffers, so one waits for the other.
    run(inputs, signal) {
      waiting++;
      const next = last
        .then(() => run(inputs, signal))
        .finally(() => {
          waiting--;
          if (closed && waiting === 0) release();
        });
      last = next;
      return next;
    },
    destroy() {
      closed = true;
      if (waiting === 0) release();
    },
  };
}

async function explain(device: GPUDevice, error: unknown): Promise<Refusal> {
  if (error instanceof Refused) return error.refusal;
  if (error instanceof ModelRunError) return unsupported(error.message);
  if (error instanceof RangeError) {
    const rule = 'there is not enough memory on the host';
    return failed('out-of-memory', `Running the model: ${rule} (${error.message}). Choose a smaller model or batch.`);
  }
  return (await lossOf(device, 'running the model')) ?? failed('internal', `Running the model: ${messageOf(error)}.`);
}
