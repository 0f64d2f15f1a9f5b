/** A device whose submissions are counted. */

export interface WatchedQueue {
  readonly gpu: GPUDevice;
  readonly submissions: () => number;
}

/** @param onSubmit told of each submission, how many there were before it. */
export function watchedQueue(device: GPUDevice, onSubmit: (before: number) => void = () => {}): WatchedQueue {
  let submissions = 0;
  const queue = forwarding(device.queue, {
    submit: (commands: Iterable<GPUCommandBuffer>) => {
      onSubmit(submissions++);
      device.queue.submit(commands);
    },
  });
  return { gpu: forwarding(device, { queue }), submissions: () => submissions };
}

/** The object with some of its properties replaced. */
function forwarding<T extends object>(object: T, instead: Readonly<Record<string, unknown>>): T {
  return new Proxy(object, {
    get(target, key) {
      if (typeof key === 'string' && key in instead) return instead[key];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
