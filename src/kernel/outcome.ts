/** How an attempt to run a kernel can end. Outcomes are values: they cross threads, and nobody has to catch them. */

/** The device cannot run it; `reason` says what is missing and what is there. A skip, never a pass. */
export interface Unsupported {
  readonly status: 'unsupported';
  readonly reason: string;
}

/** It ran, and at least one element missed its error bound. Such a kernel is given no time. */
export interface Wrong {
  readonly status: 'wrong';
  readonly reason: string;
}

/** It did not run to the end: shader error, lost device, out of memory, cancelled. */
export interface Failed {
  readonly status: 'failed';
  readonly reason: string;
  /** What went wrong, for code that reacts to it rather than shows it. */
  readonly cause: FailureCause;
}

export type FailureCause = 'shader' | 'validation' | 'out-of-memory' | 'device-lost' | 'cancelled' | 'internal';

export type Refusal = Unsupported | Failed;

export type Outcome<T extends object> = ({ readonly status: 'ok' } & T) | Refusal;

export function unsupported(reason: string): Unsupported {
  return { status: 'unsupported', reason };
}

export function failed(cause: FailureCause, reason: string): Failed {
  return { status: 'failed', cause, reason };
}

/** What a caught error says. A `GPUError` has a message, though it is no `Error`. */
export function errorText(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}
