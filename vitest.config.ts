import { defineConfig } from 'vitest/config';
import { wgsl } from './build/wgsl-plugin.js';

export default defineConfig({
  plugins: [wgsl(import.meta.dirname)],
  test: {
    include: ['test/**/*.test.ts'],
    // Two GPU processes at once only fight for the same cores on a software adapter.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
