/** Vite plugin: `import html from './README.md'` yields the page's HTML, made when the site is built. */
import { readFileSync } from 'node:fs';
import { marked } from 'marked';
import type { Plugin } from 'vite';

/** Only this project's own files pass through it, so their HTML is trusted as the code around it is. */
export function markdown(): Plugin {
  return {
    name: 'tilewatt:markdown',
    enforce: 'pre',
    load(id) {
      const [file = ''] = id.split('?');
      if (!file.endsWith('.md') || id.includes('?raw')) return null;
      this.addWatchFile(file);
      const html = marked.parse(readFileSync(file, 'utf8'), { async: false });
      return { code: `export default ${JSON.stringify(html)};`, map: null, moduleType: 'js' };
    },
  };
}
