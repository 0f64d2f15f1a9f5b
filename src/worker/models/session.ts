/** The functions of the boundary that are about models, on the session's device. */
import { version } from '../../../package.json';
import { type Refusal, unsupported } from '../../kernel/outcome.js';
import type { Model } from '../../models/graph.js';
import { type Context, environmentOf } from '../context.js';
import type { ModelsApi, QuantizeApi } from '../models-api.js';
import { runConformance } from './conformance-job.js';
import { openData, type ShelvedData } from './data.js';
import { exportModel, exportTensors } from './export-job.js';
import { quantizeMenu } from './menu.js';
import { openModel } from './open.js';
import { planMemory, runModel } from './run-job.js';
import { compareSchemes, type Subject } from './schemes-job.js';
import { runnable, Shelf, type ShelvedModel } from './shelf.js';
import { runXray } from './xray-job.js';

/** Runs one job on an open context, cancellable by name, and turns what it throws into an outcome. */
export type Alone = <R extends object>(
  name: string,
  what: string,
  work: (context: Context, signal: AbortSignal) => Promise<R> | R,
) => Promise<R | Refusal>;

export function modelsSession(alone: Alone): ModelsApi & QuantizeApi {
  const models = new Shelf<ShelvedModel>('model');
  const sets = new Shelf<ShelvedData>('data');

  /** The graph of an opened model. */
  function graphOf(id: string): Refusal | { readonly shelved: ShelvedModel; readonly model: Model } {
    const shelved = models.find(id);
    if ('status' in shelved) return shelved;
    const model = runnable(shelved);
    return typeof model === 'string' ? unsupported(model) : { shelved, model };
  }

  /** Finds the model, then does the work on the device. */
  async function withModel<R extends object>(
    job: string,
    id: string,
    what: string,
    work: (context: Context, model: Model, signal: AbortSignal) => Promise<R> | R,
  ): Promise<R | Refusal> {
    const found = graphOf(id);
    if ('status' in found) return found;
    return alone(job, what, (context, signal) => work(context, found.model, signal));
  }

  /** The same for work that needs data too. */
  async function withSubject<R extends object>(
    request: { readonly job: string; readonly model: string; readonly data: string },
    what: string,
    work: (context: Context, subject: Subject, signal: AbortSignal) => Promise<R> | R,
  ): Promise<R | Refusal> {
    const found = graphOf(request.model);
    if ('status' in found) return found;
    const data = sets.find(request.data);
    if ('status' in data) return data;
    return alone(request.job, what, (context, signal) => work(context, { ...found, data }, signal));
  }

  return {
    openModel: async (request) => openModel(request, models),
    closeModel: async (id) => models.drop(id),
    planModel: ({ model: id, batch, sizes, stacked = false }) =>
      withModel(`plan ${id}`, id, 'planning the run', (context, model) =>
        planMemory(context, model, { batch, ...(sizes ? { named: sizes } : {}) }, stacked),
      ),
    runModel: (request, onProgress) =>
      withModel(request.job, request.model, 'running the model', (context, model, signal) =>
        runModel(context, model, request, onProgress, signal),
      ),
    conformance: (request, onProgress) =>
      alone(request.job, 'running the operator tests', async (context, signal) => {
        const outcome = await runConformance(context, request, onProgress, signal);
        return outcome.status === 'ok' ? { ...outcome, environment: environmentOf(context, version, 1) } : outcome;
      }),
    quantizeMenu: async () => quantizeMenu,
    async openData(request, onProgress) {
      const found = graphOf(request.model);
      return 'status' in found ? found : openData(request, found.model, sets, onProgress);
    },
    compareSchemes: (request, onProgress) =>
      withSubject(request, 'comparing schemes', (context, subject, signal) =>
        compareSchemes(context, subject, request, onProgress, signal),
      ),
    xray: (request, onProgress) =>
      withSubject(request, 'looking into the layers', (context, subject, signal) =>
        runXray(context, subject, request, onProgress, signal),
      ),
    async exportModel(request, onProgress) {
      const tensors = models.find(request.model);
      if (!('status' in tensors) && !('graph' in tensors.opened)) return exportTensors(tensors, request);
      const found = graphOf(request.model);
      if ('status' in found) return found;
      const data = request.data === undefined ? undefined : sets.find(request.data);
      if (data !== undefined && 'status' in data) return data;
      return alone(request.job, 'writing the model', (context, signal) =>
        exportModel(context, { ...found, ...(data ? { data } : {}) }, request, onProgress, signal),
      );
    },
  };
}
