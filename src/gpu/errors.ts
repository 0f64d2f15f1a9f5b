/** Turns WebGPU's ways of failing (error scopes, lost devices, compile messages) into outcomes. */
import { type Failed, failed, type Outcome } from '../kernel/outcome.js';
import { messageOf } from './device.js';

/**
 * Runs work inside validation, out-of-memory and internal error scopes.
 * @param signal where the work listens to one.
 * @returns what the work returned, or the first error caught, as an outcome.
 */
export async function scoped<T extends object>(
  device: GPUDevice,
  what: string,
  work: () => Promise<T> | T,
  signal?: AbortSignal,
): Promise<Outcome<T>> {
  const filters = ['validation', 'out-of-memory', 'internal'] as const;
  for (const filter of filters) device.pushErrorScope(filter);
  let value: T | undefined;
  let thrown: unknown;
  try {
    value = await work();
  } catch (error) {
    thrown = error;
  }
  // Scopes come off in the reverse order of pushing.
  const errors = await Promise.all(filters.map(() => device.popErrorScope().catch(() => null)));
  const error = errors.find((candidate) => candidate !== null);
  if (error) return fromGpuError(what, error);
  if (value === undefined) return explain(device, what, thrown, signal);
  return { status: 'ok', ...value };
}

function fromGpuError(what: string, error: GPUError): Failed {
  const name = error.constructor.name;
  if (name === 'GPUOutOfMemoryError') {
    return failed(
      'out-of-memory',
      `${what}: the GPU is out of memory. Choose a smaller shape, or close other pages that use the GPU.`,
    );
  }
  return failed(name === 'GPUValidationError' ? 'validation' : 'internal', `${what}: ${messageOf(error)}.`);
}

/** What a job ends with that was cancelled half-way. */
export function cancelled(): Failed {
  return failed('cancelled', 'Cancelled. What was finished is kept.');
}

/**
 * What an exception on the way was: a cancelling, the loss of the device, lack of memory, or something of its own.
 * @param signal what may have cancelled it. Known by its very reason: the promises of a lost device reject with an AbortError too.
 */
export async function explain(device: GPUDevice, what: string, thrown: unknown, signal?: AbortSignal): Promise<Failed> {
  if (signal?.aborted && thrown === signal.reason) return cancelled();
  const lost = await lossOf(device, what);
  if (lost) return lost;
  const message = messageOf(thrown);
  if (thrown instanceof RangeError) {
    return failed('out-of-memory', `${what}: there is not enough memory (${message}). Choose a smaller shape.`);
  }
  return failed('internal', `${what}: ${message}.`);
}

/** How long after a promise was rejected the loss that did it may be told; a busy machine takes its time. */
const patienceMs = 1000;

/** The loss of the device as an outcome, or undefined where it is not lost. Promises of a lost device reject shortly before. */
export async function lossOf(device: GPUDevice, what: string): Promise<Failed | undefined> {
  const patience = new Promise<null>((resolve) => setTimeout(resolve, patienceMs, null));
  const info = await Promise.race([device.lost, patience]);
  return info ? deviceLost(what, info) : undefined;
}

/** Whether the device is known to be lost by now; nothing is waited for. */
export function alreadyLost({ lost }: GPUDevice): Promise<boolean> {
  // Of promises that are settled, the first in the list wins.
  return Promise.race([lost.then(() => true), Promise.resolve().then(() => false)]);
}

function deviceLost(what: string, info: GPUDeviceLostInfo): Failed {
  const detail = info.message ? ` (${info.message.replace(/\.$/, '')})` : '';
  return failed(
    'device-lost',
    `The GPU device was lost while ${what}${detail}. Finished results are kept; resume to go on with a new device.`,
  );
}
