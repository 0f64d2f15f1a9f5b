import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { wgsl } from './build/wgsl-plugin.js';

/** Tests that time something, drive a browser or build: other work on the cores would spoil what they see, or they each other's. */
const alone = [
  'test/browser/*.test.ts',
  'test/cli*.test.ts',
  'test/{device,package,page-size,roofline-session,scripts,session,tune,worker-models}.test.ts',
  'test/bench/roofline.test.ts',
  'test/models/onnx*.test.ts',
];

export default defineConfig({
  plugins: [wgsl(import.meta.dirname)],
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two rounds, one after the other.
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: alone,
          maxWorkers: Math.min(4, availableParallelism()),
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: alone, fileParallelism: false, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
