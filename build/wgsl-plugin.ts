/** Vite plugin: `import source from './x.wgsl'` yields `{ path, text }`, the text verbatim or without its comments. */
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { Plugin } from 'vite';

export interface WgslOptions {
  /** False takes comments out, for the library: they are half of a kernel's bytes, and the package has the raw files. */
  readonly comments?: boolean;
}

export function wgsl(root: string, { comments = true }: WgslOptions = {}): Plugin {
  return {
    name: 'tilewatt:wgsl',
    enforce: 'pre',
    load(id) {
      const [file = ''] = id.split('?');
      if (!file.endsWith('.wgsl') || id.includes('?raw')) return null;
      this.addWatchFile(file);
      const path = relative(root, file).split(sep).join('/');
      const text = readFileSync(file, 'utf8');
      const source = { path, text: comments ? text : withoutComments(text) };
      return { code: `export default ${JSON.stringify(source)};`, map: null, moduleType: 'js' };
    },
  };
}

/** Lines and columns of the code stay where they are, so that a compiler message still points into the file. */
export function withoutComments(text: string): string {
  // WGSL has no strings, so // always opens a comment, unless it lies within a block comment; texts with those stay whole.
  if (text.includes('/*')) return text;
  return text.replace(/[ \t]*\/\/.*$/gm, '').replace(/[ \t]+$/gm, '');
}
