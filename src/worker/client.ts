/** The page's side of the boundary: starts the worker, starts it anew after a crash, and turns every failure into an outcome. */
import { proxy, wrap } from 'comlink';
import { type Failed, failed } from '../kernel/outcome.js';
import type { WorkerApi } from './api.js';

/** The worker's functions as seen from the page; none of them ever rejects where it can answer with an outcome. */
export interface Client extends WorkerApi {
  /** Ends the worker; the next call starts another. Jobs that run end as failed. */
  readonly restart: (reason: string) => void;
}

interface Running {
  readonly worker: Worker;
  readonly remote: WorkerApi;
  /** Resolves when the worker fails to load, throws outside a call, or is ended. */
  readonly gone: Promise<Failed>;
  readonly end: (reason: string) => void;
}

export function createClient(): Client {
  let running: Running | undefined;

  function current(): Running {
    if (running) return running;
    const started = start();
    running = started;
    void started.gone.then(() => {
      if (running === started) running = undefined;
    });
    void started.remote.setHidden(document.hidden);
    return started;
  }

  /** A call that must end in an outcome: what the worker answers, or the way the worker went. */
  async function answered<T extends object>(call: (remote: WorkerApi) => Promise<T>): Promise<T | Failed> {
    try {
      const { remote, gone } = current();
      return await Promise.race([call(remote), gone]);
    } catch (error) {
      return failed('internal', `The worker failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  document.addEventListener('visibilitychange', () => {
    void running?.remote.setHidden(document.hidden);
  });

  return {
    catalog: async () => {
      const { remote, gone } = current();
      const cards = await Promise.race([remote.catalog(), gone]);
      if ('status' in cards) throw new Error(cards.reason);
      return cards;
    },
    device: () => answered((remote) => remote.device()),
    suggest: (operation) => answered((remote) => remote.suggest(operation)),
    bench: (request, onProgress) => answered((remote) => remote.bench(request, proxy(onProgress))),
    sweep: (request, onProgress) => answered((remote) => remote.sweep(request, proxy(onProgress))),
    verify: (request, onProgress) => answered((remote) => remote.verify(request, proxy(onProgress))),
    selfcheck: (request, onProgress) => answered((remote) => remote.selfcheck(request, proxy(onProgress))),
    roofline: (request, onProgress) => answered((remote) => remote.roofline(request, proxy(onProgress))),
    load: (request, onProgress) => answered((remote) => remote.load(request, proxy(onProgress))),
    source: (choice, shape) => answered((remote) => remote.source(choice, shape)),
    setHidden: async (hidden) => {
      await running?.remote.setHidden(hidden);
    },
    cancel: async (job) => {
      await running?.remote.cancel(job);
    },
    restart: (reason) => running?.end(reason),
  };
}

function start(): Running {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'tilewatt' });
  let settle: (failure: Failed) => void = () => {};
  const gone = new Promise<Failed>((resolve) => {
    settle = resolve;
  });
  const end = (reason: string): void => {
    worker.terminate();
    settle(failed('internal', reason));
  };
  worker.addEventListener('error', (event) => {
    const detail = event.message ? ` (${event.message})` : '';
    end(
      `The worker that runs the kernels failed${detail}. Reload the page; if it happens again, check that its files load.`,
    );
  });
  worker.addEventListener('messageerror', () =>
    end('A message between page and worker could not be read. Run it again.'),
  );
  // Every function of the api is asynchronous already, so the remote has the api's own type; Comlink's splits unions apart.
  const remote = wrap<WorkerApi>(worker) as unknown as WorkerApi;
  return { worker, remote, gone, end };
}
