/** jax-js on WebGPU. */
import { entrantOf, once, type Rival, timed } from '../entrant.js';

const load = once(async () => {
  const jax = await import('@jax-js/jax');
  if (!(await jax.init('webgpu')).includes('webgpu')) throw new Error('it found no WebGPU adapter');
  jax.defaultDevice('webgpu');
  return { jax, device: jax.getWebGPUDevice() };
});

export const jax: Rival = {
  nameFor: ({ b }) => (b instanceof Float32Array ? 'jax-js/matmul' : undefined),
  async enter(task) {
    const { library, note } = await load();
    const { numpy, blockUntilReady } = library.jax;
    const { device } = library;
    const { m, n, k } = task.work.sizes;
    const { value, ns: uploadNs } = await timed(async () => {
      const a = numpy.array(task.a).reshape([m, k]);
      const b = numpy.array(task.b as Float32Array<ArrayBuffer>).reshape([k, n]);
      await blockUntilReady([a, b]);
      return { a, b };
    });
    const { a, b } = value;
    const product = () => numpy.matmul(a.ref, b.ref);
    let last: ReturnType<typeof product> | undefined;
    return entrantOf(
      {
        kernel: this.nameFor(task)!,
        compileNs: 0,
        uploadNs,
        notes: [note, 'It compiles within its first run.'],
        step() {
          last?.dispose();
          last = product();
          // Arrays are lazy: one that nobody asks for is never computed. This submits it and waits for nothing.
          last.ref.gpuBufferSync();
        },
        finish: async () => {
          await device.queue.onSubmittedWorkDone();
        },
        async output() {
          return (await last!.ref.data()) as Float32Array;
        },
        destroy() {
          for (const array of [a, b, last]) array?.dispose();
        },
      },
      task,
    );
  },
};
