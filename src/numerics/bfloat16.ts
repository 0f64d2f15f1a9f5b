/** bfloat16 codes, the upper half of binary32, to numbers and back. */

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);

export function decodeBfloat16(code: number): number {
  word[0] = code << 16;
  return single[0]!;
}

/**
 * Nearest code of an f32 value, ties to even; overflow to infinity, NaN to a quiet NaN.
 * A double given is first rounded to f32.
 */
export function encodeBfloat16(value: number): number {
  single[0] = value;
  const bits = word[0]!;
  if ((bits & 0x7fff_ffff) > 0x7f80_0000) return ((bits >>> 16) | 0x40) & 0xffff;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

export function roundToBfloat16(value: number): number {
  return decodeBfloat16(encodeBfloat16(value));
}
