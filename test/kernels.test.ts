/** Every kernel but those of `kernels-quantized.test.ts`, on real WebGPU. */
import { describe, expect, it } from 'vitest';
import { kernels } from '../src/kernel/catalog.js';
import { testDevice } from './support/dawn.js';
import { isQuantized } from './support/families.js';
import { coveringVariants, describeKernels } from './support/verify-kernels.js';

await describeKernels((operation) => !isQuantized(operation));

describe('the variants of a kernel', async () => {
  const { facts } = await testDevice();

  it.each([...kernels.keys()])('have every value of every tunable: %s', (id) => {
    const kernel = kernels.get(id)!;
    const variants = coveringVariants(kernel, kernel.computes.cases[1] ?? kernel.computes.cases[0]!, facts);
    for (const [name, { values, default: usual }] of Object.entries(kernel.tunables)) {
      const tried = new Set([usual, ...variants.map((tunables) => tunables[name]!)]);
      expect([...tried].sort((a, b) => a - b)).toEqual(values);
    }
  });
});
