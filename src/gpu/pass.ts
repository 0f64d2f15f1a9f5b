/** Collects dispatches into command buffers, and submits no more at once than the pace of the device allows. */
import type { Pace } from './pace.js';

/** Work that was submitted and is perhaps not done. */
interface Submitted {
  readonly operations: number;
  readonly done: Promise<undefined>;
}

export class Pass {
  #encoder: GPUCommandEncoder | undefined;
  #operations = 0;
  #pass: GPUComputePassEncoder | undefined;
  #ahead: Submitted[] = [];
  /** When the device finished what it was last waited for, with more to do. */
  #doneAt: number | undefined;

  readonly device: GPUDevice;
  readonly pace: Pace;

  constructor(device: GPUDevice, pace: Pace) {
    this.device = device;
    this.pace = pace;
  }

  /** @returns whether so much is collected that the caller should wait for `room`. */
  encode(dispatch: (pass: GPUComputePassEncoder) => void, operations: number): boolean {
    this.#encoder ??= this.device.createCommandEncoder();
    this.#pass ??= this.#encoder.beginComputePass();
    dispatch(this.#pass);
    this.#operations += operations;
    return this.#operations >= this.pace.submission;
  }

  submit(): void {
    if (this.#encoder === undefined) return;
    this.#pass?.end();
    this.device.queue.submit([this.#encoder.finish()]);
    this.#encoder = undefined;
    this.#pass = undefined;
    this.#operations = 0;
  }

  /**
   * Submits what is collected, and waits until little enough lies before the device that more may come.
   * @throws the reason of the signal where it is aborted: nothing more is submitted then.
   */
  async room(signal: AbortSignal | undefined): Promise<void> {
    const operations = this.#operations;
    this.submit();
    // A lost device is met where results are read back.
    const done = this.device.queue.onSubmittedWorkDone().then(undefined, () => undefined);
    this.#ahead.push({ operations, done });
    while (this.#ahead.reduce((sum, each) => sum + each.operations, 0) > this.pace.ahead) {
      await this.#first();
      signal?.throwIfAborted();
    }
  }

  async #first(): Promise<void> {
    const first = this.#ahead.shift();
    if (first === undefined) return;
    await first.done;
    const now = performance.now();
    if (this.#doneAt !== undefined) this.pace.learn(first.operations, (now - this.#doneAt) / 1000);
    // Without more to do, the time until the next is done is not only its own.
    this.#doneAt = this.#ahead.length > 0 ? now : undefined;
  }
}
