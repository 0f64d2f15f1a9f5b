import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { wgsl } from './build/wgsl-plugin.js';

/** Tests that time something on the device or drive a browser: other work on the cores would spoil what they see. */
const alone = [
  'test/browser/*.test.ts',
  'test/cli*.test.ts',
  'test/device.test.ts',
  'test/roofline-session.test.ts',
  'test/session.test.ts',
  'test/tune.test.ts',
  'test/worker-models.test.ts',
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
