/** Three builds: the page (default mode) into site/, the library (`--mode lib`) into dist/, the command line (`--mode cli`). */
import { join } from 'node:path';
import { defineConfig, type UserConfig } from 'vite';
import { libraryEntries, libraryFiles } from './build/library.js';
import { markdown } from './build/markdown-plugin.js';
import { signatures } from './build/signature-plugin.js';
import { wgsl } from './build/wgsl-plugin.js';

const root = import.meta.dirname;

const page: UserConfig = {
  base: './',
  plugins: [wgsl(root), markdown()],
  resolve: { alias: { crypto: join(root, 'build/no-crypto.ts') } },
  build: {
    outDir: 'site',
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions: { input: ['index.html', 'bench.html'], checks: { pluginTimings: false } },
  },
  worker: { format: 'es', plugins: () => [wgsl(root)] },
};

/** `tiled.wgsl` becomes `tiled.wgsl.js`, so that it never meets a `tiled.ts`; likewise the two forms of an operation. */
function moduleFile({ facadeModuleId }: { readonly facadeModuleId?: string | null }): string {
  if (facadeModuleId?.endsWith('?signature')) return '[name].signature.js';
  return facadeModuleId?.endsWith('.wgsl') ? '[name].wgsl.js' : '[name].js';
}

/** One module per source file and nothing minified, so that a bundler takes what is imported and a person can read it. */
const library: UserConfig = {
  publicDir: false,
  plugins: [wgsl(root, { comments: false }), signatures(), libraryFiles(root)],
  build: {
    outDir: 'dist',
    // dist/cli is the command line's.
    emptyOutDir: false,
    target: 'es2022',
    minify: false,
    lib: { entry: libraryEntries(root), formats: ['es'] },
    rolldownOptions: {
      output: { preserveModules: true, preserveModulesRoot: root, entryFileNames: moduleFile },
    },
  },
};

const commandLine: UserConfig = {
  publicDir: false,
  plugins: [wgsl(root)],
  ssr: { noExternal: true, external: ['puppeteer-core', 'webgpu'] },
  build: {
    outDir: 'dist/cli',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    ssr: 'src/cli/main.ts',
    // One file, so that its place tells where the built page lies.
    rolldownOptions: { output: { codeSplitting: false } },
  },
};

const builds: Readonly<Record<string, UserConfig>> = { lib: library, cli: commandLine };

export default defineConfig(({ mode }) => ({ root, ...(builds[mode] ?? page) }));
