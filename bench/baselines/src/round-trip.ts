/** One of our kernels as an application on the CPU meets it: A goes up, C comes down, every time. */
import { BufferUsage, MapMode } from '../../../src/gpu/usage.js';
import { type Entrant, roundTripName } from './entrant.js';
import type { Ours } from './ours.js';
import type { Task } from './task.js';

/** B stays where it is, as weights do, and as those of the CPU's runtime do. Each run waits for its result. */
export async function withRoundTrip(
  device: GPUDevice,
  task: Task,
  { kernel, tunables, bound, compileNs }: Ours,
): Promise<Entrant> {
  const { m, n } = task.work.sizes;
  const { buffers, uploadNs } = await task.problemFor(task.work.operation);
  const bytes = 4 * m * n;
  const staging = device.createBuffer({
    label: 'round trip',
    size: bytes,
    usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
  });
  const result = new Float32Array(m * n);
  const once = async (): Promise<void> => {
    device.queue.writeBuffer(buffers.A!, 0, task.a);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    bound.encode(pass);
    pass.end();
    encoder.copyBufferToBuffer(buffers.C!, 0, staging, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(MapMode.READ);
    result.set(new Float32Array(staging.getMappedRange()));
    staging.unmap();
  };
  const run = async (times: number): Promise<number> => {
    const begin = performance.now();
    for (let i = 0; i < times; i++) await once();
    return (performance.now() - begin) * 1e6;
  };
  return {
    kernel: roundTripName(kernel),
    tunables,
    compileNs,
    uploadNs,
    notes: ['With A uploaded and C downloaded in every run; B stays on the device.'],
    run,
    async check() {
      result.fill(Number.NaN);
      await run(1);
      return task.judge(result);
    },
    destroy: () => staging.destroy(),
  };
}
