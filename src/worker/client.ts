/** The page's side of the boundary: starts the worker, starts it anew after a crash, and turns every failure into an outcome. */
import { proxy, transfer, wrap } from 'comlink';
import { errorText, type Failed, failed } from '../kernel/outcome.js';
import { type OperationCard, passOn, type WorkerApi } from './api.js';

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
      return failed('internal', `The worker failed: ${errorText(error)}`);
    }
  }

  document.addEventListener('visibilitychange', () => {
    void running?.remote.setHidden(document.hidden);
  });

  const all = passOn((method, args) => answered((remote) => send(remote, method, args)));
  return {
    ...all,
    catalog: async () => {
      const answer = (await all.catalog()) as readonly OperationCard[] | Failed;
      if ('reason' in answer) throw new Error(answer.reason);
      return answer;
    },
    // Neither is worth starting a worker for.
    setHidden: async (hidden) => {
      await running?.remote.setHidden(hidden);
    },
    cancel: async (job) => {
      await running?.remote.cancel(job);
    },
    restart: (reason) => {
      // Forgotten at once, so that the next call does not meet the one that ends.
      const ended = running;
      running = undefined;
      ended?.end(reason);
    },
  };
}

/** Callbacks stay on this side and are called from the other. */
function send(remote: WorkerApi, method: keyof WorkerApi, args: readonly unknown[]): Promise<object> {
  const given = args.map((arg) =>
    typeof arg === 'function' ? proxy(arg) : takesFiles.has(method) ? handedOver(arg) : arg,
  );
  return (remote[method] as (...given: unknown[]) => Promise<object>)(...given);
}

const takesFiles: ReadonlySet<keyof WorkerApi> = new Set(['openModel', 'openData']);

/** Files go to the worker without a copy: a model of hundreds of megabytes is in memory once. Views of a part stay copies. */
function handedOver(request: unknown): unknown {
  const buffers = new Set<ArrayBuffer>();
  const visit = (value: unknown): void => {
    if (value instanceof Uint8Array) {
      if (value.buffer instanceof ArrayBuffer && value.byteLength === value.buffer.byteLength)
        buffers.add(value.buffer);
    } else if (typeof value === 'object' && value !== null) {
      for (const inner of Object.values(value)) visit(inner);
    }
  };
  visit(request);
  return transfer(request as object, [...buffers]);
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
