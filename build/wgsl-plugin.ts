/** Vite plugin: `import source from './x.wgsl'` yields `{ path, text }`, the text verbatim. */
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { Plugin } from 'vite';

export function wgsl(root: string): Plugin {
  return {
    name: 'tilewatt:wgsl',
    enforce: 'pre',
    load(id) {
      const [file = ''] = id.split('?');
      if (!file.endsWith('.wgsl') || id.includes('?raw')) return null;
      this.addWatchFile(file);
      const path = relative(root, file).split(sep).join('/');
      const source = { path, text: readFileSync(file, 'utf8') };
      return { code: `export default ${JSON.stringify(source)};`, map: null, moduleType: 'js' };
    },
  };
}
