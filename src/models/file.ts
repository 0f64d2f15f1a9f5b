/** A file that the user gave: its name and its bytes, which readers view and never copy. */

export interface ModelFile {
  /** With the path inside a dropped folder, `/` between parts. */
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
