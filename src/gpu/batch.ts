/** Submits passes, and times batches of dispatches on a real device: by GPU timestamps where there are some, else by the clock outside. */
import type { Bound } from './runner.js';
import { BufferUsage, MapMode } from './usage.js';

/** Encodes work into one compute pass and says how long the pass took, in ns. */
export interface PassTimer {
  readonly kind: 'timestamp' | 'wall';
  /** Rejects where the device is lost. May be negative where the device's counter was reset within the pass. */
  readonly time: (encode: (pass: GPUComputePassEncoder) => void) => Promise<number>;
  readonly destroy: () => void;
}

/** @param nowMs the clock for `wall`, in milliseconds. */
export function createPassTimer(device: GPUDevice, nowMs: () => number, kind?: PassTimer['kind']): PassTimer {
  const canQuery = device.features.has('timestamp-query');
  return (kind ?? (canQuery ? 'timestamp' : 'wall')) === 'timestamp' && canQuery
    ? timestampTimer(device)
    : wallTimer(device, nowMs);
}

/** Submits one compute pass of its own. */
export function submitPass(device: GPUDevice, encode: (pass: GPUComputePassEncoder) => void): void {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  encode(pass);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

function timestampTimer(device: GPUDevice): PassTimer {
  const querySet = device.createQuerySet({ label: 'pass times', type: 'timestamp', count: 2 });
  const resolved = device.createBuffer({ size: 16, usage: BufferUsage.QUERY_RESOLVE | BufferUsage.COPY_SRC });
  const staging = device.createBuffer({ size: 16, usage: BufferUsage.COPY_DST | BufferUsage.MAP_READ });
  return {
    kind: 'timestamp',
    async time(encode) {
      const encoder = device.createCommandEncoder();
      const timestampWrites = { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 };
      const pass = encoder.beginComputePass({ timestampWrites });
      encode(pass);
      pass.end();
      encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, 16);
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(MapMode.READ);
      const [begin = 0n, end = 0n] = new BigInt64Array(staging.getMappedRange());
      staging.unmap();
      return Number(end - begin);
    },
    destroy() {
      querySet.destroy();
      resolved.destroy();
      staging.destroy();
    },
  };
}

function wallTimer(device: GPUDevice, nowMs: () => number): PassTimer {
  return {
    kind: 'wall',
    async time(encode) {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      encode(pass);
      pass.end();
      const commands = encoder.finish();
      const begin = nowMs();
      device.queue.submit([commands]);
      await device.queue.onSubmittedWorkDone();
      return (nowMs() - begin) * 1e6;
    },
    destroy() {},
  };
}

/**
 * A subject for the measuring engine.
 * @param copies the kernel bound to one set of buffers, or to several that it goes through in turn so that caches stay cold.
 */
export function batchSubject(
  timer: PassTimer,
  id: string,
  copies: readonly Bound[],
): { readonly id: string; readonly run: (dispatches: number) => Promise<number> } {
  let turn = 0;
  return {
    id,
    run: (dispatches) =>
      timer.time((pass) => {
        for (let i = 0; i < dispatches; i++) copies[turn++ % copies.length]!.encode(pass);
      }),
  };
}
