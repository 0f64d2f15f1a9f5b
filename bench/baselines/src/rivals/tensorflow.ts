/** TensorFlow.js on its WebGPU backend. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { entrantOf, once, type Rival, timed } from '../entrant.js';

const load = once(async () => {
  const tf = await import('@tensorflow/tfjs-core');
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  if (!(await tf.setBackend('webgpu'))) throw new Error('its WebGPU backend found no adapter');
  await tf.ready();
  const backend = tf.backend();
  if (!(backend instanceof WebGPUBackend)) throw new Error('it chose another backend than WebGPU');
  return { tf, backend };
});

export const tensorflow: Rival = {
  nameFor: ({ b }) => (b instanceof Float32Array ? 'tfjs-backend-webgpu/matMul' : undefined),
  async enter(task) {
    const { library, note } = await load();
    const { tf, backend } = library;
    const { m, n, k } = task.work.sizes;
    const a = tf.tensor2d(task.a, [m, k]);
    const b = tf.tensor2d(task.b as Float32Array, [k, n]);
    const { ns: uploadNs } = await timed(async () => {
      backend.uploadToGPU(a.dataId);
      backend.uploadToGPU(b.dataId);
      await backend.device.queue.onSubmittedWorkDone();
    });
    let last: Tensor | undefined;
    return entrantOf(
      {
        kernel: this.nameFor(task)!,
        compileNs: 0,
        uploadNs,
        notes: [note, 'It compiles within its first run.'],
        step() {
          last?.dispose();
          last = tf.matMul(a, b);
        },
        async finish() {
          // Submitting with the pass still open would submit an invalid command buffer, and time nothing at all.
          backend.endComputePassEncoder();
          // There is no encoder where its own batching has just submitted; its types keep that to themselves.
          if ((backend as unknown as { readonly commandEncoder: unknown }).commandEncoder) backend.submitQueue();
          await backend.device.queue.onSubmittedWorkDone();
        },
        output: async () => last!.data(),
        destroy() {
          for (const tensor of [a, b, last]) tensor?.dispose();
        },
      },
      task,
    );
  },
};
