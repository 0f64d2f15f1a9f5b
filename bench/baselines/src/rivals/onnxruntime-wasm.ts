/** onnxruntime-web on one CPU thread: what a GPU has to beat. */
import { entrantOf, once, type Rival, timed } from '../entrant.js';
import { modelOf, operatorNotes, operatorOf } from '../models.js';

export const loadWasm = once(async () => {
  const ort = await import('onnxruntime-web/wasm');
  ort.env.wasm.wasmPaths = new URL('ort/', document.baseURI).href;
  ort.env.wasm.numThreads = 1;
  return ort;
});

/** Weights are a constant of the model, as in real ones: the runtime packs them once, and only A is copied in each run. */
export const onnxruntimeWasm: Rival = {
  nameFor: (task) => `onnxruntime-web/wasm-${operatorOf(task)}`,
  async enter(task) {
    const { library: ort, note } = await loadWasm();
    const { a, work } = task;
    const { m, k } = work.sizes;
    const { value: session, ns: compileNs } = await timed(() =>
      ort.InferenceSession.create(modelOf(task, true), { executionProviders: ['wasm'] }),
    );
    const feeds = { A: new ort.Tensor('float32', a, [m, k]) };
    let last: ArrayLike<number> = [];
    return entrantOf(
      {
        kernel: this.nameFor(task)!,
        compileNs,
        uploadNs: 0,
        notes: [note, 'One CPU thread; its results are in memory already.', ...operatorNotes(task)],
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
