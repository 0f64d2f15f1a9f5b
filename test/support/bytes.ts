/** Builds files byte by byte for tests of readers. */

export function join(...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(text));
}

/** Little-endian, of 1 to 8 bytes; negative numbers in two's complement. */
export function le(value: number | bigint, bytes: number): Uint8Array<ArrayBuffer> {
  const bits = BigInt.asUintN(8 * bytes, BigInt(value));
  return Uint8Array.from({ length: bytes }, (_, i) => Number((bits >> BigInt(8 * i)) & 255n));
}

/** The bytes of f32 values. */
export function f32(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Float32Array.from(values).buffer);
}
