/** Protobuf records as they lie in a file, so that a changed file can be put together from the bytes of the old one. */

export interface WireRecord {
  readonly field: number;
  readonly wire: number;
  /** The whole record, its tag included. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Content of a length-delimited record; empty for others. */
  readonly content: Uint8Array<ArrayBuffer>;
}

/** The records of a message, in order. @throws RangeError where a record reaches beyond the message or its wire type is unknown. */
export function* recordsOf(message: Uint8Array<ArrayBuffer>): Generator<WireRecord> {
  let at = 0;
  while (at < message.length) {
    const from = at;
    const tag = readVarint(message, at);
    at = tag.next;
    const wire = tag.value % 8;
    const field = Math.floor(tag.value / 8);
    let start = at;
    if (wire === 0) at = readVarint(message, at).next;
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = readVarint(message, at);
      start = length.next;
      at = start + length.value;
    } else throw new RangeError(`A record has wire type ${wire}, which is not read`);
    if (at > message.length) throw new RangeError('A record reaches beyond its message');
    const content = wire === 2 ? message.subarray(start, at) : message.subarray(at, at);
    yield { field, wire, bytes: message.subarray(from, at), content };
  }
}

function readVarint(bytes: Uint8Array, from: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) throw new RangeError('A message ends in the middle of a number');
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, next: from + i + 1 };
  }
  throw new RangeError('A number takes more than 10 bytes');
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

/** Tag and length in front of a length-delimited content. */
export function headOf(field: number, length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...varint(field * 8 + 2), ...varint(length)]);
}

/** A record of a number. */
export function numberRecord(field: number, value: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...varint(field * 8), ...varint(value)]);
}

export function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}
