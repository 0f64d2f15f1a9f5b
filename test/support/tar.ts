/** Files of a .tar.gz (ustar), as views of the unpacked archive. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface TarFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const block = 512;

/** @param path of the archive; long names (pax, GNU) are not read. */
export function* filesOfTar(path: string): Generator<TarFile> {
  const archive = Uint8Array.from(gunzipSync(readFileSync(path)));
  const text = (from: number, length: number): string =>
    new TextDecoder().decode(archive.subarray(from, from + length)).replace(/\0.*$/s, '');
  for (let at = 0; at + block <= archive.length && archive[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const prefix = text(at + 345, 155);
    const name = prefix === '' ? text(at, 100) : `${prefix}/${text(at, 100)}`;
    const start = at + block;
    if (text(at + 156, 1) === '0') yield { name, bytes: archive.subarray(start, start + size) };
    at = start + Math.ceil(size / block) * block;
  }
}
