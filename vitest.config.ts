import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { wgsl } from './build/wgsl-plugin.js';

/** Every kernel on every case takes as long as half of the rest: begun last, it would keep one worker waiting. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith('/test/kernels.test.ts');
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  plugins: [wgsl(import.meta.dirname)],
  test: {
    include: ['test/**/*.test.ts'],
    // Kernels on a software adapter keep one core busy, pages and processes mostly wait: more at once would only fight.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
