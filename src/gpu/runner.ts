/** Runs one variant of a kernel on the caller's buffers: binds once, encodes as often as wanted. */
import { cutGrid, type Grid, type GridPart, gridPartBytes } from '../kernel/grid.js';
import type { Dispatch, RunnableKernel, Variant } from '../kernel/kernel.js';
import type { Shape } from '../kernel/operation.js';
import { failed, type Outcome } from '../kernel/outcome.js';
import { complaintAboutBuffers, rangeOf, type StorageSources } from './bindings.js';
import { storageBuffer } from './buffers.js';
import { scoped } from './errors.js';
import { byteLength, type Compiled, type Pipelines } from './pipelines.js';
import { BufferUsage } from './usage.js';

/** A bound kernel; it only encodes, and submits nothing by itself. */
export interface Bound {
  /** Encodes the kernel's dispatches into a compute pass of the caller's. */
  readonly encode: (pass: GPUComputePassEncoder) => void;
  /** The same in parts, to be encoded in order, into passes of their own if need be: one where the dispatches are whole. */
  readonly parts: readonly ((pass: GPUComputePassEncoder) => void)[];
  /** Frees what `bind` allocated (shape uniform, scratch); the caller's buffers are left alone. */
  readonly destroy: () => void;
}

export interface BindOptions {
  /**
   * Bytes beyond the needed ones that are bound as well where the buffer has them; verification poisons them to see accesses
   * past the end, which bounds checks would hide.
   */
  readonly slack?: number;
  /**
   * Into how many parts each dispatch is cut, as far as it has workgroups; as many more as its grid needs that is too wide for
   * the device. Left out, dispatches stay whole, and grids that are too wide are refused. Results are the same to the bit.
   */
  readonly parts?: number;
}

export interface Runner<S extends Shape, Name extends string> {
  readonly kernel: RunnableKernel<S, Name>;
  /**
   * Compiles the variant if needed and binds it to buffers by binding name. Buffers may be larger than needed, and bound from an
   * offset on.
   */
  readonly bind: (
    variant: Variant<S, Name>,
    buffers: StorageSources,
    options?: BindOptions,
  ) => Promise<Outcome<{ readonly bound: Bound; readonly compiled: Compiled }>>;
}

export function runnerOn<S extends Shape, Name extends string>(
  device: GPUDevice,
  pipelines: Pipelines,
  kernel: RunnableKernel<S, Name>,
): Runner<S, Name> {
  return {
    kernel,
    async bind(variant, buffers, { slack = 0, parts } = {}) {
      const cuts = parts === undefined ? undefined : cutDispatches(device, kernel, variant, parts);
      const compiled = await pipelines.compile(kernel, variant, cuts !== undefined);
      if (compiled.status !== 'ok') return compiled;
      const complaint = complaintAboutBuffers(device, kernel, variant, buffers);
      if (complaint !== undefined) return failed('validation', complaint);
      return scoped(device, `binding ${kernel.id}`, () => ({
        bound: bindVariant(device, kernel, variant, compiled, buffers, slack, cuts),
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
  buffers: StorageSources,
  slack: number,
  cuts: readonly Cut[] | undefined,
): Bound {
  const owned = [
    shapeUniform(device, kernel, variant.shape),
    ...(kernel.scratch?.(variant) ?? []).map(({ name, element, length }) =>
      storageBuffer(device, `${kernel.id} ${name}`, byteLength(element, length)),
    ),
  ];
  const [uniform, ...scratch] = owned;
  const bound = kernel.computes.bindings.map(({ name, element, length }) =>
    rangeOf(buffers[name]!, byteLength(element, length(variant.shape)), slack),
  );
  const resources: GPUBufferBinding[] = [{ buffer: uniform! }, ...bound, ...scratch.map((buffer) => ({ buffer }))];
  const group = device.createBindGroup({
    layout: compiled.layout,
    entries: resources.map((resource, binding) => ({ binding, resource })),
  });
  const parts = cuts
    ? encodeCuts(device, cuts, compiled, group, owned)
    : [encodeWhole(kernel.dispatch(variant), compiled, group)];
  return {
    parts,
    encode(pass) {
      for (const part of parts) part(pass);
    },
    destroy: () => {
      for (const buffer of owned) buffer.destroy();
    },
  };
}

function encodeWhole(
  dispatches: readonly Dispatch[],
  compiled: Compiled,
  group: GPUBindGroup,
): (pass: GPUComputePassEncoder) => void {
  const steps = dispatches.map((dispatch) => ({ grid: gridOf(dispatch), pipeline: pipelineOf(compiled, dispatch) }));
  return (pass) => {
    pass.setBindGroup(0, group);
    for (const { grid, pipeline } of steps) {
      pass.setPipeline(pipeline);
      pass.dispatchWorkgroups(...grid);
    }
  };
}

/** A dispatch and the parts of its grid. */
interface Cut {
  readonly dispatch: Dispatch;
  readonly parts: readonly GridPart[];
}

/** @returns undefined where every dispatch stays whole. */
function cutDispatches<S extends Shape>(
  { limits }: GPUDevice,
  kernel: RunnableKernel<S>,
  variant: Variant<S>,
  parts: number,
): readonly Cut[] | undefined {
  const cuts = kernel.dispatch(variant).map((dispatch) => ({
    dispatch,
    parts: cutGrid(gridOf(dispatch), parts, limits.maxComputeWorkgroupsPerDimension),
  }));
  return cuts.some((cut) => cut.parts.length > 1) ? cuts : undefined;
}

/** @param owned gets the buffer with the places of all parts. */
function encodeCuts(
  device: GPUDevice,
  cuts: readonly Cut[],
  compiled: Compiled,
  group: GPUBindGroup,
  owned: GPUBuffer[],
): Bound['parts'] {
  const stride = Math.max(gridPartBytes, device.limits.minUniformBufferOffsetAlignment);
  const steps = cuts.flatMap(({ dispatch, parts }) =>
    parts.map((part) => ({ ...part, whole: gridOf(dispatch), pipeline: pipelineOf(compiled, dispatch) })),
  );
  const words = new Uint32Array((steps.length * stride) / 4);
  steps.forEach(({ base, whole }, i) => {
    words.set(base, (i * stride) / 4);
    words.set(whole, (i * stride + gridPartBytes / 2) / 4);
  });
  const buffer = uniformBuffer(device, 'parts of a grid', words);
  owned.push(buffer);
  const places = device.createBindGroup({
    layout: compiled.partLayout!,
    entries: [{ binding: 0, resource: { buffer, size: gridPartBytes } }],
  });
  return steps.map(({ size, pipeline }, i) => (pass) => {
    pass.setBindGroup(0, group);
    pass.setBindGroup(1, places, [i * stride]);
    pass.setPipeline(pipeline);
    pass.dispatchWorkgroups(...size);
  });
}

function gridOf({ workgroups: [x, y = 1, z = 1] }: Dispatch): Grid {
  return [x, y, z];
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
  return uniformBuffer(device, `${kernel.id} shape`, data);
}

function uniformBuffer(device: GPUDevice, label: string, data: Uint32Array<ArrayBuffer>): GPUBuffer {
  const usage = BufferUsage.UNIFORM | BufferUsage.COPY_DST;
  const buffer = device.createBuffer({ label, size: data.byteLength, usage });
  device.queue.writeBuffer(buffer, 0, data);
  return buffer;
}
