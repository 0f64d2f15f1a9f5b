/** Two builds: the page with all rivals into site/, and its driver (`--mode driver`) into dist/. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { defaultClientConditions, defineConfig, type Plugin, type UserConfig } from 'vite';
import { wgsl } from '../../build/wgsl-plugin.js';

const here = import.meta.dirname;
const root = join(here, '../..');

/** What onnxruntime-web loads by address while it runs: the build for WebGPU, and the one for the CPU. */
const wasmFiles = ['ort-wasm-simd-threaded.asyncify', 'ort-wasm-simd-threaded'].flatMap((name) => [
  `${name}.mjs`,
  `${name}.wasm`,
]);

function copyWasm(): Plugin {
  return {
    name: 'baselines:wasm',
    writeBundle() {
      mkdirSync(join(here, 'site/ort'), { recursive: true });
      for (const file of wasmFiles) {
        copyFileSync(join(here, 'node_modules/onnxruntime-web/dist', file), join(here, 'site/ort', file));
      }
    },
  };
}

const page: UserConfig = {
  base: './',
  publicDir: false,
  plugins: [wgsl(root), copyWasm()],
  // onnxruntime-web without its wasm files inlined; they come from site/ort.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
  build: {
    outDir: 'site',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 4096,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
};

const driver: UserConfig = {
  publicDir: false,
  plugins: [wgsl(root)],
  ssr: { noExternal: true, external: ['puppeteer-core'] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    ssr: 'src/drive.ts',
    rolldownOptions: { output: { codeSplitting: false } },
  },
};

export default defineConfig(({ mode }) => ({ root: here, ...(mode === 'driver' ? driver : page) }));
