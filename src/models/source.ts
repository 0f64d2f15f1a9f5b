/** Bytes that are read piece by piece, so that a large file is never held twice. */
import { ModelFileError } from './errors.js';

export interface ByteSource {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /**
   * Exactly `length` bytes; the caller stays within `size`.
   * @throws ModelFileError `truncated` where the file has changed since it was opened.
   */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** A file the user picked; only the pieces asked for are read into memory. */
export function blobSource(name: string, blob: Blob): ByteSource {
  return {
    name,
    size: blob.size,
    async read(offset, length) {
      // A file that is changed or removed after it was picked makes the read fail.
      const buffer = await blob
        .slice(offset, offset + length)
        .arrayBuffer()
        .catch(() => undefined);
      if (buffer?.byteLength === length) return new Uint8Array(buffer);
      const rule = `could not be read at bytes ${offset} to ${offset + length}; open the file again`;
      throw new ModelFileError('truncated', name, 'the file', rule);
    },
  };
}
