/** What a plan knows of a value: its form always, itself where the host has it, and its words for the device. */
import type { ElementType, Tensor } from '../tensor.js';
import { typedArrayOf } from '../values.js';
import { ModelRunError } from './errors.js';
import { deviceElementOf } from './lowering.js';
import { fromTensor, type HostTensor, type HostValue } from './values.js';

/** A buffer of the plan: one of the pool, which values share in turn, or one with data of its own, by its key. */
export type PlannedBuffer = { readonly slot: number } | { readonly own: string };

/** What a dispatch binds: a buffer, from word `first` on. */
export interface PlannedBinding {
  readonly buffer: PlannedBuffer;
  readonly first: number;
}

/** What is known of a value while planning. */
export interface Known {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly constant: boolean;
  /** The value itself, decoded when first asked for. */
  host?: () => HostValue;
  buffer?: PlannedBuffer;
  /** The file's own elements, where these are what lies on the device. */
  readonly words?: () => ArrayBufferView<ArrayBuffer>;
}

/** Constants up to so many elements are decoded once; larger ones each time, which is seldom more than once. */
const elementsDecodedOnce = 2 ** 16;

/** What the file holds. */
export function constantOf(tensor: Tensor): Known {
  const { type, dims } = tensor;
  let decoded: HostTensor | undefined;
  const host = (): HostTensor => {
    const value = decoded ?? fromTensor(tensor);
    if (value.data.length <= elementsDecodedOnce) decoded = value;
    return value;
  };
  if (type !== 'f32') return { type, dims, constant: true, host };
  return {
    type,
    dims,
    constant: true,
    host,
    words: () => typedArrayOf({ ...tensor, type }) as Float32Array<ArrayBuffer>,
  };
}

/** Elements as they lie on the device. @throws ModelRunError for integers that need more than 32 bits. */
export function deviceWords(
  name: string,
  { type, data }: HostTensor,
): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> {
  if (deviceElementOf(type) === 'f32') return Float32Array.from(data);
  const wide = data.find((value) => value !== (value | 0));
  // "To the end" of a slice is asked for on the host; an index this large is out of any range.
  if (wide !== undefined)
    throw new ModelRunError('bad-value', `"${name}"`, `holds ${wide}, which needs more than 32 bits`);
  return Int32Array.from(data);
}
