/** Big-endian elements to little-endian ones, and columns to rows. */

/** A copy with the bytes of each element reversed. */
export function swapped(bytes: Uint8Array, elementBytes: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += elementBytes) {
    for (let i = 0; i < elementBytes; i++) out[at + i] = bytes[at + elementBytes - 1 - i]!;
  }
  return out;
}

/**
 * A copy with the last dimension varying fastest, of elements whose first one does.
 * @param dims shape, the same before and after.
 */
export function rowMajor(bytes: Uint8Array, dims: readonly number[], elementBytes: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length);
  const strides = dims.map((_, d) => dims.slice(0, d).reduce((product, dim) => product * dim, elementBytes));
  const index = dims.map(() => 0);
  let from = 0;
  for (let to = 0; to < bytes.length; to += elementBytes) {
    for (let i = 0; i < elementBytes; i++) out[to + i] = bytes[from + i]!;
    for (let d = dims.length - 1; d >= 0; d--) {
      from += strides[d]!;
      if (++index[d]! < dims[d]!) break;
      from -= strides[d]! * dims[d]!;
      index[d] = 0;
    }
  }
  return out;
}
