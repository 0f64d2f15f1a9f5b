/** ONNX Runtime's WASM build as an oracle: from the baselines' workspace, whose install is its own, so it may be missing. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const entry = resolve(import.meta.dirname, '../../bench/baselines/node_modules/onnxruntime-web/dist/ort.node.min.mjs');

/** Why the oracle cannot be asked, or undefined. */
export const ortMissing: string | undefined = existsSync(entry)
  ? undefined
  : 'onnxruntime-web is not installed; run npm ci in bench/baselines';

interface OrtTensor {
  readonly data: ArrayLike<number>;
  readonly dims: readonly number[];
}

interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Readonly<Record<string, OrtTensor>>>;
}

interface Ort {
  readonly Tensor: new (type: string, data: Float32Array, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<OrtSession> };
  readonly env: { wasm: { numThreads: number }; logLevel: string };
}

/** A model opened by ONNX Runtime: f32 inputs to the numbers of its first output. */
export async function openInOrt(
  model: Uint8Array,
  options: object = {},
): Promise<(data: ArrayLike<number>, dims: readonly number[]) => Promise<Float64Array>> {
  const ort = (await import(pathToFileURL(entry).href)) as Ort;
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'], ...options });
  return async (data, dims) => {
    const results = await session.run({
      [session.inputNames[0]!]: new ort.Tensor('float32', Float32Array.from(data), dims),
    });
    return Float64Array.from(results[session.outputNames[0]!]!.data);
  };
}
