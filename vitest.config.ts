import { defineConfig } from 'vitest/config';
import { wgsl } from './build/wgsl-plugin.js';

export default defineConfig({
  plugins: [wgsl(import.meta.dirname)],
  test: {
    include: ['test/**/*.test.ts'],
    // Kernels on a software adapter keep one core busy, pages and processes mostly wait: more at once would only fight.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
