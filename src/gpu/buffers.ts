/** Uploading, poisoning and reading back buffers. */
import type { Buffers, ElementType } from '../kernel/operation.js';
import { BufferUsage, MapMode } from './usage.js';

/** NaN as f32, NaN in each f16 half, and no value a test is likely to expect as an integer. */
export const poisonWord = 0xfffe_fffe;

export function storageBuffer(device: GPUDevice, label: string, bytes: number): GPUBuffer {
  return device.createBuffer({
    label,
    size: bytes,
    usage: BufferUsage.STORAGE | BufferUsage.COPY_SRC | BufferUsage.COPY_DST,
  });
}

/** Writes data padded to whole words. */
export function upload(device: GPUDevice, buffer: GPUBuffer, data: Buffers[string]): void {
  const whole = data.byteLength & ~3;
  device.queue.writeBuffer(buffer, 0, data.buffer, data.byteOffset, whole);
  if (whole === data.byteLength) return;
  const tail = new Uint8Array(4);
  tail.set(new Uint8Array(data.buffer, data.byteOffset + whole, data.byteLength - whole));
  device.queue.writeBuffer(buffer, whole, tail);
}

/** Fills a buffer with the poison from `start` (bytes) to its end, so that an element nobody wrote is seen. */
export function poison(device: GPUDevice, buffer: GPUBuffer, start = 0): void {
  const chunk = new Uint32Array(Math.min(buffer.size - start, 1 << 22) / 4).fill(poisonWord);
  for (let offset = start; offset < buffer.size; offset += chunk.byteLength) {
    device.queue.writeBuffer(buffer, offset, chunk, 0, Math.min(chunk.byteLength, buffer.size - offset) / 4);
  }
}

/** Copies a buffer to the CPU. Rejects where the device is lost meanwhile. */
export async function readBack(device: GPUDevice, buffer: GPUBuffer, bytes = buffer.size): Promise<ArrayBuffer> {
  const staging = device.createBuffer({
    label: 'readback',
    size: bytes,
    usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
  });
  try {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(MapMode.READ);
    return staging.getMappedRange().slice(0);
  } finally {
    staging.destroy();
  }
}

/** Views raw bytes as the element type; f16 as codes. */
export function viewAs(element: ElementType, bytes: ArrayBuffer): Buffers[string] {
  switch (element) {
    case 'f32':
      return new Float32Array(bytes);
    case 'f16':
      return new Uint16Array(bytes);
    case 'u32':
      return new Uint32Array(bytes);
    case 'i32':
      return new Int32Array(bytes);
    default:
      return element satisfies never;
  }
}
