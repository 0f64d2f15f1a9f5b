/** The buffers of a plan that no values share: weights and made tables, filled once, and values of the host, filled on every run. */
import { byteLength } from '../../gpu/pipelines.js';
import type { BufferData } from '../../kernel/operation.js';
import { elementCount } from '../tensor.js';
import { ModelRunError } from './errors.js';
import { deviceWords, type Known, type PlannedBuffer } from './known.js';
import { deviceElementOf } from './lowering.js';
import type { HostTensor } from './values.js';

/** Data that is uploaded into a buffer of its own: weights once, the rest on every run. */
export interface OwnBuffer {
  readonly bytes: number;
  /** The value that it holds, for those that change from run to run. */
  readonly value?: string;
  /** The data, for those that stay. */
  readonly made?: () => ArrayBufferView<ArrayBuffer>;
}

export class OwnBuffers {
  readonly #all = new Map<string, OwnBuffer>();
  readonly #shapesOnly: boolean;

  /** @param shapesOnly the plan is never run, so no data is made. */
  constructor(shapesOnly: boolean) {
    this.#shapesOnly = shapesOnly;
  }

  get(key: string): OwnBuffer {
    return this.#all.get(key)!;
  }

  /** Data that a lowering makes, e.g. weights repacked. */
  made(key: string, data: () => BufferData): PlannedBuffer {
    if (!this.#all.has(key)) {
      let content: ArrayBufferView<ArrayBuffer> | undefined = this.#shapesOnly ? new Uint32Array(1) : data();
      const bytes = Math.max(4, Math.ceil(content.byteLength / 4) * 4);
      const made = (): ArrayBufferView<ArrayBuffer> => {
        const first = content ?? data();
        // Asked for once, when it is uploaded; the host need not hold it any longer.
        content = undefined;
        return first;
      };
      this.#all.set(key, { bytes, made });
    }
    return { own: key };
  }

  /** A value that the host has. @throws ModelRunError for types that cannot lie on the device. */
  value(name: string, known: Known): PlannedBuffer {
    const element = deviceElementOf(known.type);
    if (element === undefined)
      throw new ModelRunError('unsupported-type', `"${name}"`, `${known.type} cannot lie on the device`);
    const bytes = byteLength(element, elementCount(known.dims));
    const made = known.words ?? (() => deviceWords(name, known.host!() as HostTensor));
    const key = `value ${name}`;
    this.#all.set(key, known.constant ? { bytes, made } : { bytes, value: name });
    return { own: key };
  }

  /** What stays from run to run, and what each run uploads. */
  bytes(): { readonly weights: number; readonly uploads: number } {
    let [weights, uploads] = [0, 0];
    for (const { bytes, made } of this.#all.values()) {
      if (made) weights += bytes;
      else uploads += bytes;
    }
    return { weights, uploads };
  }
}
