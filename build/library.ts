/** What the library build adds to its modules: entries by folder, type declarations, raw WGSL and the results schema. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Plugin } from 'vite';
import { resultsJsonSchemaText } from './results-schema.js';

/** The library's entry, every kernel, so that one can be imported alone, and every whole operation. */
export function libraryEntries(root: string): string[] {
  const operations = filesBelow(root, 'shaders', '/operation.ts').filter((file) => !file.startsWith('shaders/lib/'));
  const kernels = filesBelow(root, 'shaders', '.kernel.ts');
  return ['src/index.ts', ...kernels, ...operations].map((file) => join(root, file));
}

export function libraryFiles(root: string): Plugin {
  return {
    name: 'tilewatt:library-files',
    apply: 'build',
    buildStart() {
      for (const folder of ['src', 'shaders']) rmSync(join(root, 'dist', folder), { recursive: true, force: true });
    },
    generateBundle() {
      for (const fileName of filesBelow(root, 'shaders', '.wgsl')) {
        this.emitFile({ type: 'asset', fileName, source: readFileSync(join(root, fileName)) });
      }
      this.emitFile({ type: 'asset', fileName: 'results.schema.json', source: resultsJsonSchemaText() });
    },
    writeBundle() {
      const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
      const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.dts.json'], { cwd: root, stdio: 'inherit' });
      if (status !== 0) this.error('Type declarations could not be written; the messages of tsc are above.');
    },
  };
}

/** Paths from the root, with `/` on every system, in a stable order. */
function filesBelow(root: string, folder: string, ending: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => `${folder}/${path.split(sep).join('/')}`)
    .sort();
}
