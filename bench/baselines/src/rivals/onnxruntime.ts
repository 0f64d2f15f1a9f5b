/** onnxruntime-web on WebGPU: MatMul and MatMulNBits, inputs and output bound to GPU buffers. */
import { readBack } from '../../../../src/gpu/buffers.js';
import { entrantOf, once, type Rival, timed } from '../entrant.js';
import { modelOf, operatorNotes, operatorOf } from '../models.js';

export const loadWebgpu = once(async () => {
  const ort = await import('onnxruntime-web/webgpu');
  ort.env.wasm.wasmPaths = new URL('ort/', document.baseURI).href;
  ort.env.wasm.numThreads = 1;
  return ort;
});

const usage = 0x80 | 0x4 | 0x8; // STORAGE | COPY_SRC | COPY_DST

export const onnxruntime: Rival = {
  nameFor: (task) => `onnxruntime-web/${operatorOf(task)}`,
  async enter(task) {
    const { library: ort, note } = await loadWebgpu();
    const { a, b, work } = task;
    const { m, n, k } = work.sizes;
    const { value: session, ns: compileNs } = await timed(() =>
      ort.InferenceSession.create(modelOf(task, false), { executionProviders: ['webgpu'] }),
    );
    const device: GPUDevice = await ort.env.webgpu.device;
    const owned: GPUBuffer[] = [];
    const tensor = (dims: readonly number[], data?: Float32Array<ArrayBuffer>) => {
      const buffer = device.createBuffer({ size: 4 * dims[0]! * dims[1]!, usage });
      if (data) device.queue.writeBuffer(buffer, 0, data);
      owned.push(buffer);
      return ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims });
    };
    const { value: feeds, ns: uploadNs } = await timed(async () => {
      const inputs = { A: tensor([m, k], a), ...(b instanceof Float32Array ? { B: tensor([k, n], b) } : {}) };
      await device.queue.onSubmittedWorkDone();
      return inputs;
    });
    const output = tensor([m, n]);
    return entrantOf(
      {
        kernel: this.nameFor(task)!,
        compileNs,
        uploadNs,
        notes: [note, ...operatorNotes(task)],
        step: async () => {
          await session.run(feeds, { C: output });
        },
        finish: async () => {
          await device.queue.onSubmittedWorkDone();
        },
        output: async () => new Float32Array(await readBack(device, output.gpuBuffer as GPUBuffer)),
        destroy() {
          void session.release();
          for (const buffer of owned) buffer.destroy();
        },
      },
      task,
    );
  },
};
