/** Reading archives whose names do not fit a header. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { filesOfTar } from './support/tar.js';

function entry(name: string, kind: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(Buffer.byteLength(content).toString(8).padStart(11, '0'), 124);
  header.write(kind, 156);
  const padded = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / 512) * 512);
  padded.write(content);
  return Buffer.concat([header, padded]);
}

it('takes long names from pax records and from GNU entries, for the next file alone', () => {
  const [pax, gnu] = ['p'.repeat(150), 'g'.repeat(700)];
  const record = ` path=${pax}\n`;
  const archive = Buffer.concat([
    entry('PaxHeader', 'x', `19 uid=a=b=c=12345\n${record.length + 3}${record}`),
    entry('short', '0', 'one'),
    entry('././@LongLink', 'L', `${gnu}\0`),
    entry('folder', '5', ''),
    entry('././@LongLink', 'L', `${gnu}\0`),
    entry('short', '0', 'two'),
    entry('plain', '0', 'three'),
    Buffer.alloc(1024),
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'tar-'));
  try {
    const path = join(folder, 'a.tar.gz');
    writeFileSync(path, gzipSync(archive));
    const found = [...filesOfTar(path)].map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]);
    expect(found).toEqual([
      [pax, 'one'],
      [gnu, 'two'],
      ['plain', 'three'],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
