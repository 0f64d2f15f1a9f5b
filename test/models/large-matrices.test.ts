/** Products whose matrices are larger than what a device binds at once, though not than its buffers. */
import { describe, expect, it } from 'vitest';
import type { Model } from '../../src/models/graph.js';
import { quantizeModel } from '../../src/models/quantize/quantize.js';
import { parseScheme } from '../../src/models/quantize/schemes.js';
import { interpret } from '../../src/models/run/interpret.js';
import { createModelSession } from '../../src/models/run/session.js';
import type { HostTensor, HostValue } from '../../src/models/run/values.js';
import { relativeRms } from '../../src/numerics/quality.js';
import { testDevice } from '../support/dawn.js';
import { i64, inputsOf, modelOf, node, weights } from '../support/graph.js';

const numbers = (value: HostValue | undefined): Float64Array => (value as HostTensor).data;

describe('matrices larger than a binding, in a buffer that is not', () => {
  // 200 × 603 results of 482,400 bytes; stretches of 64 rows begin at multiples of 256 bytes.
  const most = 200_000;
  const logits = (k: number, nodes: Model['graph']['nodes']): Model =>
    modelOf({
      inputs: { x: [1, 200, k] },
      outputs: ['y'],
      nodes,
      initializers: [
        weights('w', [k, 603], 1),
        weights('row', [603], 2),
        weights('all', [200, 603], 3),
        i64('flat', [2], [200, k]),
      ],
    });
  const matMul = node('MatMul', ['x', 'w'], ['y']);
  const flat = node('Reshape', ['x', 'flat'], ['f']);
  const gemm = (bias: string) => [flat, node('Gemm', ['f', 'w', bias], ['y'])];

  /** Runs with every binding watched, and held against the host. */
  async function run(model: Model, limits: { readonly binding: number; readonly buffer: number }) {
    const { gpu, facts: own, pipelines } = await testDevice();
    const [bytes, offsets]: [number[], number[]] = [[], []];
    const device = new Proxy(gpu, {
      get: (target, name) => {
        const value = Reflect.get(target, name, target) as unknown;
        if (name !== 'createBindGroup') return typeof value === 'function' ? value.bind(target) : value;
        return (descriptor: GPUBindGroupDescriptor) => {
          for (const { resource } of descriptor.entries) {
            const { size, offset = 0 } = resource as GPUBufferBinding;
            bytes.push(size ?? 0);
            offsets.push(offset);
          }
          return target.createBindGroup(descriptor);
        };
      },
    });
    const sizes = { maxStorageBufferBindingSize: limits.binding, maxBufferSize: limits.buffer };
    const facts = { ...own, limits: { ...own.limits, ...sizes } };
    const session = createModelSession(model, { device, facts, pipelines });
    const outcome = await session.run(inputsOf(model));
    session.destroy();
    if (outcome.status !== 'ok') throw new Error(outcome.reason);
    expect(outcome.run.facts.hostNodes.filter(({ node: name }) => !name.startsWith('Reshape'))).toEqual([]);
    const exact = numbers(interpret(model, inputsOf(model)).get('y'));
    expect(relativeRms(exact, numbers(outcome.run.outputs.get('y')))).toBeLessThan(1e-6);
    expect(Math.max(...bytes)).toBeLessThanOrEqual(limits.binding);
    expect(offsets.every((offset) => offset % 256 === 0)).toBe(true);
    expect(offsets.some((offset) => offset > 0)).toBe(true);
    return outcome.run.facts.dispatches;
  }

  it.each([
    ['MatMul', 32, [matMul], 4],
    ['Gemm with a bias for each column', 32, gemm('row'), 4],
    ['Gemm with a bias for each result', 32, gemm('all'), 4],
    // The weight in four parts too, each product moved to its columns.
    ['MatMul with a weight that is too large as well', 256, [matMul], 4 * 4 * 2],
  ])('are bound by stretches of rows: %s', async (_, k, nodes, dispatches) => {
    expect(await run(logits(k, nodes), { binding: most, buffer: 2 ** 20 })).toBe(dispatches);
  });

  it('of packed weights too', async () => {
    const quantized = quantizeModel(logits(40, [matMul]), parseScheme('int4-g32')).model;
    // Rows of 40 inputs are filled up to 64 first.
    expect(await run(quantized, { binding: most, buffer: 2 ** 20 })).toBe(5);
  });

  it('are computed on the host where a buffer holds them neither', async () => {
    const { gpu: device, facts, pipelines } = await testDevice();
    const limits = { ...facts.limits, maxStorageBufferBindingSize: most, maxBufferSize: 400_000 };
    const model = logits(32, [matMul]);
    const session = createModelSession(model, { device, facts: { ...facts, limits }, pipelines });
    const outcome = await session.run(inputsOf(model));
    session.destroy();
    if (outcome.status !== 'ok') throw new Error(outcome.reason);
    const reason = /^no kernel can run it here: C needs 482,400 bytes, and this device allows 200,000 in one buffer$/;
    expect(outcome.run.facts.hostNodes).toEqual([{ node: 'MatMul', reason: expect.stringMatching(reason) }]);
  });
});
