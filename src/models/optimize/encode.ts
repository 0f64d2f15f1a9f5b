/** Computed values as tensors of a graph. */
import type { HostTensor } from '../run/values.js';
import type { Tensor } from '../tensor.js';

/** @returns undefined for types that constants are seldom of. */
export function toTensor(name: string, { type, dims, data }: HostTensor): Tensor | undefined {
  const view = elementsOf(type, data);
  return view && { name, type, dims, bytes: new Uint8Array(view.buffer) };
}

function elementsOf(type: HostTensor['type'], data: Float64Array): { readonly buffer: ArrayBuffer } | undefined {
  switch (type) {
    case 'f32':
      return Float32Array.from(data);
    case 'f64':
      return Float64Array.from(data);
    case 'i32':
      return Int32Array.from(data);
    case 'i64':
      // BigInt() refuses what is no integer, which no settled value of this type is.
      return BigInt64Array.from(Array.from(data, BigInt));
    case 'u8':
    case 'bool':
      return Uint8Array.from(data);
    case 'i8':
      return Int8Array.from(data);
    default:
      return undefined;
  }
}
