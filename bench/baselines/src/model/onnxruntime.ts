/** onnxruntime-web's WebGPU and WASM backends as contestants. */
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import type { HostTensor, HostValue } from '../../../../src/models/run/values.js';
import { encodeFloat16 } from '../../../../src/numerics/float16.js';
import { loadWebgpu } from '../rivals/onnxruntime.js';
import { loadWasm } from '../rivals/onnxruntime-wasm.js';
import type { Backend, Contestant } from './contestant.js';

/** @param adapter what our own device runs on, in words: the library opens its device itself. */
export function webgpuBackend(adapter: string): Backend {
  const name = 'onnxruntime-web/webgpu';
  return {
    name,
    async open(model) {
      const { library: ort } = await loadWebgpu();
      ort.env.logLevel = 'error';
      const session = await ort.InferenceSession.create(model, { executionProviders: ['webgpu'] });
      const device: GPUDevice = await ort.env.webgpu.device;
      const theirs = adapterText(device.adapterInfo);
      const notes = theirs === adapter ? [] : [`Its adapter is ${theirs}, ours ${adapter}.`];
      return contestantOf(name, session, ort.Tensor, notes);
    },
  };
}

/** @param threads fixed by the first session; more than one need a page that is isolated across origins. */
export function wasmBackend(threads: number): Backend {
  const name = `onnxruntime-web/wasm-${threads}-thread${threads === 1 ? '' : 's'}`;
  return {
    name,
    async open(model) {
      const { library: ort } = await loadWasm();
      ort.env.wasm.numThreads = threads;
      ort.env.logLevel = 'error';
      const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
      return contestantOf(name, session, ort.Tensor, []);
    },
  };
}

export function adapterText({ vendor, architecture, description }: GPUAdapterInfo): string {
  return [vendor, architecture, description].filter((part) => part !== '').join(' ') || 'unnamed';
}

function contestantOf(
  name: string,
  session: InferenceSession,
  tensorClass: typeof Tensor,
  notes: readonly string[],
): Contestant {
  const output = session.outputNames[0]!;
  return {
    name,
    prepare(inputs) {
      const feeds = Object.fromEntries([...inputs].map(([key, value]) => [key, tensorOf(tensorClass, key, value)]));
      return async () => {
        const { dims, data } = (await session.run(feeds))[output]!;
        return { dims, data: typeof data[0] === 'bigint' ? Array.from(data, Number) : (data as ArrayLike<number>) };
      };
    },
    notes: () => notes,
    destroy: () => void session.release(),
  };
}

/** A tensor in the library's own form. @throws TypeError for element types that data is not given as. */
function tensorOf(tensorClass: typeof Tensor, name: string, value: HostValue): Tensor {
  if (value.kind !== 'tensor') throw new TypeError(`Input "${name}" is no tensor`);
  const { type, dims, data }: HostTensor = value;
  switch (type) {
    case 'f32':
      return new tensorClass('float32', Float32Array.from(data), dims);
    case 'f16':
      return new tensorClass('float16', Uint16Array.from(data, encodeFloat16), dims);
    case 'u8':
      return new tensorClass('uint8', Uint8Array.from(data), dims);
    case 'i8':
      return new tensorClass('int8', Int8Array.from(data), dims);
    case 'i32':
      return new tensorClass('int32', Int32Array.from(data), dims);
    case 'i64':
      return new tensorClass('int64', BigInt64Array.from(data as unknown as number[], BigInt), dims);
    default:
      throw new TypeError(`Input "${name}" is ${type}, which is not given to onnxruntime-web here`);
  }
}
