/** How much work a device is given at once, so that none of it runs long; learned from how long earlier work took. */
import type { DeviceFacts } from '../kernel/facts.js';
import type { Cost } from '../kernel/operation.js';

/** What a submission may take at most, in seconds: the page is drawn between two, and drivers reset a device after two seconds. */
const submissionSeconds = 0.05;

/** What may lie before the device at most, in seconds: a run that is cancelled ends after that. */
const aheadSeconds = 0.2;

/** Operations of a submission on a device that nothing is known of, and the most on any: slow kernels run on fast devices too. */
const mostOperations = 4e9;

/** A software adapter computes a hundredth of what a small GPU does. */
const mostInSoftware = 5e8;

/** Fewer cost more to submit than they take. */
const leastOperations = 1e8;

/** Submissions that lie before the device: enough to keep it busy, and never so many that a wrong time is dear. */
const leastAhead = 4;
const mostAhead = 16;

/** Operations that take about as long as moving a byte, on small and large devices alike. */
const operationsPerByte = 8;

/** Parts that a dispatch is cut into at most; each has an entry in a uniform buffer. */
const mostParts = 4096;

/** What a kernel costs, in operations: of arithmetic, or those that could be done while its bytes are moved. */
export function effortOf({ nominal, bytesRead, bytesWritten }: Cost): number {
  return Math.max(nominal, operationsPerByte * (bytesRead + bytesWritten));
}

export class Pace {
  readonly #most: number;
  readonly #first: number;
  /** Seconds that an operation takes. */
  #seconds: number | undefined;

  /**
   * @param most operations of a submission at most, whatever is learned.
   * @param first operations of a submission as long as nothing is learned.
   */
  constructor(most = mostOperations, first = most) {
    this.#most = most;
    this.#first = first;
  }

  /** Operations after which a command buffer is submitted. */
  get submission(): number {
    if (this.#seconds === undefined) return this.#first;
    const least = Math.min(leastOperations, this.#first);
    return Math.min(this.#most, Math.max(least, submissionSeconds / this.#seconds));
  }

  /** Operations that may be submitted before the first of them are done. */
  get ahead(): number {
    const { submission } = this;
    const wanted = this.#seconds === undefined ? 0 : aheadSeconds / this.#seconds;
    return Math.min(mostAhead * submission, Math.max(leastAhead * submission, wanted));
  }

  /** Into how many parts the dispatches of a kernel are cut that costs so many operations. */
  partsOf(effort: number): number {
    return Math.min(mostParts, Math.max(1, Math.ceil(effort / this.submission)));
  }

  /** Takes note of work that the device did without a pause. */
  learn(operations: number, seconds: number): void {
    const each = seconds / operations;
    // Browsers may tell of two submissions at once: the mean of the times bears that, a mean of the speeds would not.
    this.#seconds = this.#seconds === undefined ? each : (this.#seconds + each) / 2;
  }
}

const paces = new WeakMap<GPUDevice, Pace>();

/** The pace of a device, which all that run on it share. */
export function paceOf(device: GPUDevice, { software }: DeviceFacts): Pace {
  const pace = paces.get(device) ?? new Pace(software ? mostInSoftware : mostOperations);
  paces.set(device, pace);
  return pace;
}
