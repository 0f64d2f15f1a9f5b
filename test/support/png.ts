/** Images made in code, for those who read images from files. */
import { deflateSync } from 'node:zlib';
import { crc32 } from '../../src/models/data/inflate.js';

/** A grey PNG without filters. Source: PNG specification, third edition. */
export function greyPng(width: number, height: number, pixels: Uint8Array): Uint8Array {
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(data.length, 0);
    body.copy(framed, 4);
    framed.writeUInt32BE(crc32(body), body.length + 4);
    return framed;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 0, 0, 0, 0], 8);
  const rows = Array.from({ length: height }, (_, y) => [0, ...pixels.subarray(y * width, (y + 1) * width)]);
  const data = deflateSync(Uint8Array.from(rows.flat()));
  const magic = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return Buffer.concat([magic, chunk('IHDR', head), chunk('IDAT', data), chunk('IEND', new Uint8Array())]);
}
