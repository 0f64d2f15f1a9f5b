/** Runs one variant of a kernel on the caller's buffers: binds once, encodes as often as wanted. */
import type { Dispatch, RunnableKernel, Variant } from '../kernel/kernel.js';
import type { Shape } from '../kernel/operation.js';
import type { Outcome } from '../kernel/outcome.js';
import { storageBuffer } from './buffers.js';
import { scoped } from './errors.js';
import { byteLength, type Compiled, type Pipelines } from './pipelines.js';
import { BufferUsage } from './usage.js';

/** A bound kernel; it only encodes, and submits nothing by itself. */
export interface Bound {
  /** Encodes the kernel's dispatches into a compute pass of the caller's. */
  readonly encode: (pass: GPUComputePassEncoder) => void;
  /** Frees what `bind` allocated (shape uniform, scratch); the caller's buffers are left alone. */
  readonly destroy: () => void;
}

export interface Runner<S extends Shape, Name extends string> {
  readonly kernel: RunnableKernel<S, Name>;
  /**
   * Compiles the variant if needed and binds it to buffers by binding name. Buffers may be larger than needed.
   * @param slack bytes beyond the needed ones that are bound as well where the buffer has them; verification poisons them
   * to see accesses past the end, which bounds checks would hide.
   */
  readonly bind: (
    variant: Variant<S, Name>,
    buffers: Readonly<Record<string, GPUBuffer>>,
    slack?: number,
  ) => Promise<Outcome<{ readonly bound: Bound; readonly compiled: Compiled }>>;
}

export function runnerOn<S extends Shape, Name extends string>(
  device: GPUDevice,
  pipelines: Pipelines,
  kernel: RunnableKernel<S, Name>,
): Runner<S, Name> {
  return {
    kernel,
    async bind(variant, buffers, slack = 0) {
      const compiled = await pipelines.compile(kernel, variant);
      if (compiled.status !== 'ok') return compiled;
      return scoped(device, `binding ${kernel.id}`, () => ({
        bound: bindVariant(device, kernel, variant, compiled, buffers, slack),
        compiled,
      }));
    },
  };
}

function bindVariant<S extends Shape, Name extends string>(
  device: GPUDevice,
  kernel: RunnableKernel<S, Name>,
  variant: Variant<S, Name>,
  compiled: Compiled,
  buffers: Readonly<Record<string, GPUBuffer>>,
  slack: number,
): Bound {
  const owned = [
    shapeUniform(device, kernel, variant.shape),
    ...(kernel.scratch?.(variant) ?? []).map(({ name, element, length }) =>
      storageBuffer(device, `${kernel.id} ${name}`, byteLength(element, length)),
    ),
  ];
  const [uniform, ...scratch] = owned;
  const bound = kernel.computes.bindings.map(({ name, element, length }) => {
    const buffer = buffers[name];
    if (!buffer) throw new TypeError(`${kernel.id} needs a buffer for ${name}`);
    return { buffer, size: Math.min(buffer.size, byteLength(element, length(variant.shape)) + slack) };
  });
  const resources: GPUBufferBinding[] = [{ buffer: uniform! }, ...bound, ...scratch.map((buffer) => ({ buffer }))];
  const group = device.createBindGroup({
    layout: compiled.layout,
    entries: resources.map((resource, binding) => ({ binding, resource })),
  });
  const steps = kernel.dispatch(variant).map((dispatch) => ({ dispatch, pipeline: pipelineOf(compiled, dispatch) }));
  return {
    encode(pass) {
      pass.setBindGroup(0, group);
      for (const { dispatch, pipeline } of steps) {
        const [x, y = 1, z = 1] = dispatch.workgroups;
        pass.setPipeline(pipeline);
        pass.dispatchWorkgroups(x, y, z);
      }
    },
    destroy: () => {
      for (const buffer of owned) buffer.destroy();
    },
  };
}

function pipelineOf(compiled: Compiled, dispatch: Dispatch): GPUComputePipeline {
  const pipeline = compiled.pipelines.get(dispatch.entryPoint ?? 'main');
  if (!pipeline) throw new TypeError(`No entry point ${dispatch.entryPoint ?? 'main'} was compiled`);
  return pipeline;
}

function shapeUniform<S extends Shape>(device: GPUDevice, kernel: RunnableKernel<S>, shape: S): GPUBuffer {
  const words = kernel.computes.parameters.map(({ name }) => shape[name] ?? 0);
  // A uniform struct is bound in multiples of 16 bytes.
  const data = new Uint32Array(Math.ceil(words.length / 4) * 4);
  data.set(words);
  const usage = BufferUsage.UNIFORM | BufferUsage.COPY_DST;
  const buffer = device.createBuffer({ label: `${kernel.id} shape`, size: data.byteLength, usage });
  device.queue.writeBuffer(buffer, 0, data);
  return buffer;
}
