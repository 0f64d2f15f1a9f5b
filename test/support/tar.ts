/** Files of a .tar.gz (ustar), as views of the unpacked archive. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface TarFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const block = 512;

/** @param path of the archive. Names longer than a header holds come from the entry before it, as pax or GNU tar write them. */
export function* filesOfTar(path: string): Generator<TarFile> {
  const archive = Uint8Array.from(gunzipSync(readFileSync(path)));
  const text = (from: number, length: number): string =>
    new TextDecoder().decode(archive.subarray(from, from + length)).replace(/\0.*$/s, '');
  let longName: string | undefined;
  for (let at = 0; at + block <= archive.length && archive[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const kind = text(at + 156, 1);
    const start = at + block;
    const prefix = text(at + 345, 155);
    const name = longName ?? (prefix === '' ? text(at, 100) : `${prefix}/${text(at, 100)}`);
    at = start + Math.ceil(size / block) * block;
    if (kind === 'L') longName = text(start, size);
    else if (kind === 'x') longName = paxPath(archive.subarray(start, start + size)) ?? longName;
    else {
      longName = undefined;
      // Old archives mark a file with a zero byte.
      if (kind === '0' || kind === '') yield { name, bytes: archive.subarray(start, start + size) };
    }
  }
}

/** The `path` among records of the form `LENGTH KEY=VALUE\n`, where LENGTH counts the bytes of the whole record. */
function paxPath(records: Uint8Array): string | undefined {
  for (let at = 0; at < records.length; ) {
    const space = records.indexOf(0x20, at);
    const length = Number(new TextDecoder().decode(records.subarray(at, space)));
    if (space < 0 || !(length > 0)) return undefined;
    const [key, ...value] = new TextDecoder().decode(records.subarray(space + 1, at + length - 1)).split('=');
    if (key === 'path') return value.join('=');
    at += length;
  }
  return undefined;
}
