/** Reads little-endian values one after another from the start of a file, of which only a part may be at hand. */
import { ModelFileError, type ModelFileFault } from '../errors.js';

/** Thrown where the part at hand ends but the file goes on: the caller comes back with more. */
export class NeedsMore extends Error {
  override readonly name = 'NeedsMore';
}

export class Cursor {
  readonly file: string;
  /** Bytes of the whole file. */
  readonly size: number;
  at = 0;
  private readonly bytes: Uint8Array<ArrayBuffer>;
  private readonly view: DataView;
  private readonly strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private readonly lenient = new TextDecoder('utf-8', { ignoreBOM: true });

  /** @param bytes the first bytes of the file. */
  constructor(file: string, bytes: Uint8Array<ArrayBuffer>, size: number) {
    this.file = file;
    this.size = size;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  fail(code: ModelFileFault, field: string, rule: string): never {
    throw new ModelFileError(code, this.file, field, rule);
  }

  /** Refuses a count of records, each of at least so many bytes, that the rest of the file cannot hold. */
  expect(count: number, leastBytes: number, field: string): void {
    const left = this.size - this.at;
    if (count * leastBytes <= left) return;
    this.fail('truncated', field, `announces ${count} entries, but only ${left} bytes follow; is the file cut off?`);
  }

  u8(field: string): number {
    return this.view.getUint8(this.step(1, field));
  }

  i8(field: string): number {
    return this.view.getInt8(this.step(1, field));
  }

  u16(field: string): number {
    return this.view.getUint16(this.step(2, field), true);
  }

  i16(field: string): number {
    return this.view.getInt16(this.step(2, field), true);
  }

  u32(field: string): number {
    return this.view.getUint32(this.step(4, field), true);
  }

  i32(field: string): number {
    return this.view.getInt32(this.step(4, field), true);
  }

  f32(field: string): number {
    return this.view.getFloat32(this.step(4, field), true);
  }

  f64(field: string): number {
    return this.view.getFloat64(this.step(8, field), true);
  }

  /** A number where it is exact, else a bigint. */
  u64(field: string): number | bigint {
    return exact(this.view.getBigUint64(this.step(8, field), true));
  }

  i64(field: string): number | bigint {
    return exact(this.view.getBigInt64(this.step(8, field), true));
  }

  /** A count, length or offset. */
  index(field: string): number {
    const value = this.u64(field);
    return typeof value === 'number' ? value : this.fail('out-of-range', field, `is ${value}, which is beyond 2⁵³`);
  }

  /** Text that names something, so its bytes must be UTF-8. */
  name(field: string, most: number): string {
    const length = this.index(field);
    if (length > most) this.fail('too-large', field, `has ${length} bytes; at most ${most} are read`);
    const bytes = this.take(length, field);
    try {
      return this.strict.decode(bytes);
    } catch {
      return this.fail('malformed', field, 'is not UTF-8');
    }
  }

  /** Text of a value. Tokens may be halves of characters, so what is no UTF-8 is replaced. */
  text(field: string): string {
    return this.lenient.decode(this.take(this.index(field), field));
  }

  private take(length: number, field: string): Uint8Array<ArrayBuffer> {
    const at = this.step(length, field);
    return this.bytes.subarray(at, at + length);
  }

  private step(length: number, field: string): number {
    const at = this.at;
    if (length > this.size - at) {
      this.fail('truncated', field, `needs ${length} bytes at byte ${at}, but the file ends at byte ${this.size}`);
    }
    if (at + length > this.bytes.length) throw new NeedsMore();
    this.at += length;
    return at;
  }
}

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
