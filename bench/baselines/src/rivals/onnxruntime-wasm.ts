/** onnxruntime-web on one CPU thread: what a GPU has to beat. */
import { entrantOf, once, type Rival, timed } from '../entrant.js';
import { matMulModel, matMulNBitsModel } from '../models.js';

export const loadWasm = once(async () => {
  const ort = await import('onnxruntime-web/wasm');
  ort.env.wasm.wasmPaths = new URL('ort/', document.baseURI).href;
  ort.env.wasm.numThreads = 1;
  return ort;
});

/** Weights are a constant of the model, as in real ones: the runtime packs them once, and only A is copied in each run. */
export const onnxruntimeWasm: Rival = {
  nameFor: ({ b }) => `onnxruntime-web/wasm-${b instanceof Float32Array ? 'MatMul' : 'MatMulNBits'}`,
  async enter(task) {
    const { library: ort, note } = await loadWasm();
    const { a, b, work } = task;
    const { m, k } = work.sizes;
    const model = b instanceof Float32Array ? matMulModel(work.sizes, b) : matMulNBitsModel(work.sizes, b);
    const { value: session, ns: compileNs } = await timed(() =>
      ort.InferenceSession.create(model, { executionProviders: ['wasm'] }),
    );
    const feeds = { A: new ort.Tensor('float32', a, [m, k]) };
    let last: ArrayLike<number> = [];
    return entrantOf(
      {
        kernel: this.nameFor(task)!,
        compileNs,
        uploadNs: 0,
        notes: [note, 'One CPU thread; its results are in memory already.'],
        step: async () => {
          last = (await session.run(feeds)).C!.data as Float32Array;
        },
        finish() {},
        output: async () => last,
        destroy: () => void session.release(),
      },
      task,
    );
  },
};
