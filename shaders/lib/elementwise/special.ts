/** Functions in doubles that the language does not have, and bit patterns of f32. */

export function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return (x < 0 ? e : 1) / (1 + e);
}

export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

const word = new DataView(new ArrayBuffer(4));

/** The bit pattern of an f32. */
export function bitsOfF32(value: number): number {
  word.setFloat32(0, value);
  return word.getUint32(0);
}

/** The f32 of a bit pattern. */
export function f32OfBits(bits: number): number {
  word.setUint32(0, bits);
  return word.getFloat32(0);
}
