/** The functions of the boundary that are about models, on the session's device. */
import { version } from '../../../package.json';
import type { Outcome } from '../../kernel/outcome.js';
import { unsupported } from '../../kernel/outcome.js';
import type { Model } from '../../models/graph.js';
import { type Context, environmentOf } from '../context.js';
import type { ModelsApi } from '../models-api.js';
import { runConformance } from './conformance-job.js';
import { openModel } from './open.js';
import { planMemory, runModel } from './run-job.js';
import { runnable, Shelf, type ShelvedModel } from './shelf.js';

/** Runs one job on an open context, cancellable by name, and turns what it throws into an outcome. */
export type Alone = <T extends object>(
  name: string,
  what: string,
  work: (context: Context, signal: AbortSignal) => Promise<Outcome<T>> | Outcome<T>,
) => Promise<Outcome<T>>;

export function modelsSession(alone: Alone): ModelsApi {
  const models = new Shelf<ShelvedModel>('model');

  /** Finds the model, then does the work on the device. */
  async function withModel<T extends object>(
    job: string,
    id: string,
    what: string,
    work: (context: Context, model: Model, signal: AbortSignal) => Promise<Outcome<T>> | Outcome<T>,
  ): Promise<Outcome<T>> {
    const found = models.find(id);
    if ('status' in found) return found;
    const model = runnable(found);
    if (typeof model === 'string') return unsupported(model);
    return alone(job, what, (context, signal) => work(context, model, signal));
  }

  return {
    openModel: async (request) => openModel(request, models),
    closeModel: async (id) => models.drop(id),
    planModel: (id, batch, sizes) =>
      withModel(`plan ${id}`, id, 'planning the run', (context, model) =>
        planMemory(context, model, { batch, ...(sizes ? { named: sizes } : {}) }),
      ),
    runModel: (request, onProgress) =>
      withModel(request.job, request.model, 'running the model', (context, model, signal) =>
        runModel(context, model, undefined, request, onProgress, signal),
      ),
    conformance: (request, onProgress) =>
      alone(request.job, 'running the operator tests', async (context, signal) => {
        const outcome = await runConformance(context, request, onProgress, signal);
        return outcome.status === 'ok' ? { ...outcome, environment: environmentOf(context, version, 1) } : outcome;
      }),
  };
}
