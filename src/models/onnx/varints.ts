/** Runs of protobuf integers to packed little-endian elements. */
import type { ElementType } from '../tensor.js';
import { byteLengthOf } from '../tensor.js';
import type { Place } from './place.js';

/** What a 32-bit integer may be for types that are stored in one: floats of 8 and 16 bits as their codes. */
const ranges: Readonly<Partial<Record<ElementType, readonly [least: number, most: number]>>> = {
  bool: [0, 1],
  i8: [-128, 127],
  u8: [0, 255],
  i16: [-32768, 32767],
  u16: [0, 65535],
  f16: [0, 65535],
  bf16: [0, 65535],
  e4m3: [0, 255],
  e4m3fnuz: [0, 255],
  e5m2: [0, 255],
  e5m2fnuz: [0, 255],
  e8m0: [0, 255],
  u32: [0, 2 ** 32 - 1],
};

/**
 * Decodes exactly `count` integers.
 * @param type of 1, 2, 4 or 8 whole bytes per element.
 * @throws ModelFileError `size-mismatch` for another number of them, `malformed`, or `bad-value` beyond the type's range.
 */
export function integersOf(run: Uint8Array, type: ElementType, count: number, place: Place): Uint8Array<ArrayBuffer> {
  const found = run.reduce((sum, byte) => (byte < 0x80 ? sum + 1 : sum), 0);
  // Counted before anything is allocated, so that a shape in a small file cannot ask for much.
  if (found !== count) place.fail('size-mismatch', `has ${found} integers, but type and shape need ${count}`);
  const view = new DataView(new ArrayBuffer(byteLengthOf(type, count)));
  const size = byteLengthOf(type, 1);
  const [least, most] = ranges[type] ?? [-(2 ** 31), 2 ** 31 - 1];
  const cursor = { at: 0, low: 0, high: 0 };
  for (let i = 0; i < count; i++) {
    next(run, cursor, place);
    if (size === 8) {
      view.setUint32(8 * i, cursor.low, true);
      view.setUint32(8 * i + 4, cursor.high, true);
      continue;
    }
    const value = type === 'u32' ? cursor.low >>> 0 : cursor.low | 0;
    const extension = type === 'u32' ? 0 : value >> 31;
    // A negative int32 is written sign-extended to 64 bits, or by some as 32 bits only.
    const wide = (cursor.high | 0) !== extension && !(cursor.high === 0 && size === 4);
    if (wide || value < least || value > most) {
      place.fail('bad-value', `has an integer at ${i} that is no ${type}`);
    }
    if (size === 4) view.setInt32(4 * i, value, true);
    else if (size === 2) view.setInt16(2 * i, value, true);
    else view.setInt8(i, value);
  }
  if (cursor.at !== run.length) place.fail('malformed', 'ends in the middle of an integer');
  return new Uint8Array(view.buffer);
}

/** One varint as two 32-bit halves. */
function next(run: Uint8Array, cursor: { at: number; low: number; high: number }, place: Place): void {
  let low = 0;
  let high = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = run[cursor.at++];
    if (byte === undefined) break;
    const bits = byte & 0x7f;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high |= bits >>> 4;
    } else high |= bits << (shift - 32);
    if (byte < 0x80) {
      cursor.low = low;
      cursor.high = high;
      return;
    }
  }
  place.fail('malformed', 'has an integer of more than 10 bytes');
}
