import { defineConfig } from 'vitest/config';
import { wgsl } from './build/wgsl-plugin.js';

export default defineConfig({
  plugins: [wgsl(import.meta.dirname)],
  test: {
    include: ['test/**/*.test.ts'],
    // Two GPU processes at once only fight for the same cores on a software adapter, and what is timed would not be told apart.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
