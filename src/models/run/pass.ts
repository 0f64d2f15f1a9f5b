/** Collects dispatches into one command buffer until it is submitted. */
import type { Bound } from '../../gpu/runner.js';

/** Operations after which a command buffer is submitted, so that none keeps the device long from drawing the page. */
const mostOperations = 4e9;

export class Pass {
  #encoder: GPUCommandEncoder | undefined;
  #cost = 0;
  #pass: GPUComputePassEncoder | undefined;

  readonly device: GPUDevice;

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /** @param cost nominal operations of the dispatches. */
  encode(bound: Bound, cost: number): void {
    this.#encoder ??= this.device.createCommandEncoder();
    this.#pass ??= this.#encoder.beginComputePass();
    bound.encode(this.#pass);
    this.#cost += cost;
    if (this.#cost >= mostOperations) this.submit();
  }

  submit(): void {
    if (this.#encoder === undefined) return;
    this.#pass?.end();
    this.device.queue.submit([this.#encoder.finish()]);
    this.#encoder = undefined;
    this.#pass = undefined;
    this.#cost = 0;
  }
}
