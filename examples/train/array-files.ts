/** Writes arrays as IDX and .npy files. */

/** IDX with unsigned bytes: sizes and elements, big-endian. */
export function idxFile(dims: readonly number[], data: Uint8Array): Uint8Array {
  const file = new Uint8Array(4 + 4 * dims.length + data.length);
  const view = new DataView(file.buffer);
  file[2] = 0x08;
  file[3] = dims.length;
  for (const [i, dim] of dims.entries()) view.setUint32(4 + 4 * i, dim);
  file.set(data, 4 + 4 * dims.length);
  return file;
}

/** .npy version 1.0 with 64-bit integers, as token ids are given to exported models. */
export function npyFile(dims: readonly number[], data: ArrayLike<number>): Uint8Array {
  const shape = dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(', ')})`;
  const text = `{'descr': '<i8', 'fortran_order': False, 'shape': ${shape}, }`;
  const padded = `${text.padEnd(Math.ceil((10 + text.length + 1) / 64) * 64 - 11)}\n`;
  const head = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length & 255, padded.length >> 8);
  const body = new Uint8Array(BigInt64Array.from(Array.from(data), BigInt).buffer);
  return Uint8Array.from([...head, ...new TextEncoder().encode(padded), ...body]);
}
