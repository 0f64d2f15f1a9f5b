/** The caller's buffers for a kernel: found, measured against what the kernel needs, and refused in a sentence. */
import type { RunnableKernel, Variant } from '../kernel/kernel.js';
import type { Binding, Shape } from '../kernel/operation.js';
import { byteLength } from './pipelines.js';
import { BufferUsage } from './usage.js';

/** A storage buffer, or a part of one: `{ buffer, offset, size }`, in bytes. */
export type StorageSource = GPUBuffer | GPUBufferBinding;

/** By name of the binding. */
export type StorageSources = Readonly<Record<string, StorageSource>>;

/** A part of a buffer, in bytes. */
interface Range {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/** @param slack bytes beyond the needed ones that are bound as well where the buffer has them. */
export function rangeOf(source: StorageSource, needed: number, slack = 0): Range {
  const { buffer, offset, size } = wholeOf(source);
  return { buffer, offset, size: Math.min(size, needed + slack) };
}

/**
 * What is wrong with the buffers given, or undefined where they can be bound. WebGPU would bind a short buffer without
 * complaint, and clamp every access past its end.
 */
export function complaintAboutBuffers<S extends Shape>(
  { limits }: GPUDevice,
  { id, computes }: RunnableKernel<S>,
  { shape }: Variant<S>,
  sources: StorageSources,
): string | undefined {
  for (const binding of computes.bindings) {
    const complaint = complaintAboutOne(binding, shape, sources[binding.name], limits);
    if (complaint !== undefined) return `${id}: ${complaint}`;
  }
  const clash = sharedBuffer(computes.bindings, sources);
  return clash && `${id}: ${clash}`;
}

function complaintAboutOne<S extends Shape>(
  { name, element, length, about }: Binding<S>,
  shape: S,
  source: StorageSource | undefined,
  { minStorageBufferOffsetAlignment: alignment }: GPUSupportedLimits,
): string | undefined {
  const elements = length(shape);
  const needed = byteLength(element, elements);
  if (source === undefined || source === null) {
    return `there is no buffer for ${name}. Give one of ${needed} bytes or more: ${elements} of ${element}, ${about}.`;
  }
  if (!isBuffer(source) && !isBuffer((source as GPUBufferBinding).buffer)) {
    return `${name} must be a GPUBuffer or { buffer, offset, size }. Write your data to a buffer first, with device.queue.writeBuffer.`;
  }
  const { buffer, offset, size } = wholeOf(source);
  if ((buffer.usage & BufferUsage.STORAGE) === 0) {
    return `the buffer for ${name} lacks GPUBufferUsage.STORAGE. Create it with that usage.`;
  }
  if (offset % alignment !== 0) {
    return `the offset of ${name} is ${offset}, and this device wants a multiple of ${alignment}.`;
  }
  if (size >= needed) return undefined;
  return `${name} has ${Math.max(0, size)} bytes, and this shape needs ${needed}: ${elements} of ${element}, ${about}.`;
}

/** Within one dispatch a buffer is either read, or written through one binding. */
function sharedBuffer(bindings: readonly Binding<any>[], sources: StorageSources): string | undefined {
  for (const [i, one] of bindings.entries()) {
    for (const other of bindings.slice(i + 1)) {
      if (one.access === 'read' && other.access === 'read') continue;
      const [a, b] = [wholeOf(sources[one.name]!), wholeOf(sources[other.name]!)];
      if (a.buffer !== b.buffer) continue;
      // Two written parts of one buffer may lie side by side; what is read may not share it at all.
      const apart = a.offset + a.size <= b.offset || b.offset + b.size <= a.offset;
      if (apart && one.access === other.access) continue;
      const written = [one, other].find(({ access }) => access !== 'read')!;
      return `${one.name} and ${other.name} share a buffer, and ${written.name} is written. Give ${written.name} a buffer of its own.`;
    }
  }
  return undefined;
}

function wholeOf(source: StorageSource): Range {
  if (isBuffer(source)) return { buffer: source, offset: 0, size: source.size };
  const { buffer, offset = 0, size = buffer.size - offset } = source;
  return { buffer, offset, size: Math.min(size, buffer.size - offset) };
}

function isBuffer(source: unknown): source is GPUBuffer {
  return typeof source === 'object' && source !== null && 'usage' in source && 'size' in source;
}
