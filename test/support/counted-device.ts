/** A device that knows which of its buffers have not been freed. */

export interface CountedDevice {
  readonly gpu: GPUDevice;
  /** Labels of the buffers that live. */
  readonly live: () => readonly string[];
}

export function countedDevice(device: GPUDevice): CountedDevice {
  const live = new Set<GPUBuffer>();
  const createBuffer = (descriptor: GPUBufferDescriptor): GPUBuffer => {
    const buffer = device.createBuffer(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    live.add(buffer);
    Object.defineProperty(buffer, 'destroy', {
      value: () => {
        live.delete(buffer);
        destroy();
      },
    });
    return buffer;
  };
  const gpu = new Proxy(device, {
    get(target, key) {
      if (key === 'createBuffer') return createBuffer;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { gpu, live: () => [...live].map(({ label }) => label) };
}
