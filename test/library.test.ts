/** The library on a device and buffers of the caller's: what it computes, and what it says to wrong use. */
import { describe, expect, it } from 'vitest';
import naive from '../shaders/gemm-f32/naive.kernel.js';
import { gemmF32 } from '../shaders/gemm-f32/operation.js';
import { gemvF32 } from '../shaders/gemv-f32/operation.js';
import { dawnGpu } from '../src/cli/dawn.js';
import { readBack, storageBuffer, upload } from '../src/gpu/buffers.js';
import { openDevice } from '../src/gpu/device.js';
import { createRunner, defineKernel, selfTest } from '../src/index.js';
import { testDevice } from './support/dawn.js';

const { gpu, facts } = await testDevice();
const runner = createRunner(gpu, naive, facts);
const shape = { m: 2, n: 2, k: 3 };

function operands() {
  const buffers = { A: storageBuffer(gpu, 'A', 24), B: storageBuffer(gpu, 'B', 24), C: storageBuffer(gpu, 'C', 16) };
  upload(gpu, buffers.A, Float32Array.of(1, 2, 3, 4, 5, 6));
  upload(gpu, buffers.B, Float32Array.of(1, 0, 0, 1, 1, 1));
  return buffers;
}

async function run(buffers: Parameters<typeof runner.bind>[0]['buffers']): Promise<void> {
  const outcome = await runner.bind({ shape, buffers, tunables: { groupX: 8 } });
  if (outcome.status !== 'ok') throw new Error(outcome.reason);
  const encoder = gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  outcome.bound.encode(pass);
  pass.end();
  gpu.queue.submit([encoder.finish()]);
}

describe('createRunner', () => {
  it("runs a kernel on the caller's device and buffers, encoding into the caller's pass", async () => {
    const buffers = operands();
    await run(buffers);
    expect([...new Float32Array(await readBack(gpu, buffers.C))]).toEqual([4, 5, 10, 11]);
  });

  it('takes parts of buffers', async () => {
    const { B } = operands();
    const alignment = gpu.limits.minStorageBufferOffsetAlignment;
    const A = storageBuffer(gpu, 'A', alignment + 24);
    const C = storageBuffer(gpu, 'C', 2 * alignment);
    gpu.queue.writeBuffer(A, alignment, Float32Array.of(1, 2, 3, 4, 5, 6));
    await run({ A: { buffer: A, offset: alignment }, B, C: { buffer: C, offset: alignment, size: 16 } });
    const written = new Float32Array(await readBack(gpu, C));
    expect([...written.subarray(alignment / 4, alignment / 4 + 4)]).toEqual([4, 5, 10, 11]);
    expect(written.subarray(0, alignment / 4).every((value) => value === 0)).toBe(true);
  });

  it.each([
    [
      'too short',
      () => ({ A: storageBuffer(gpu, 'A', 20) }),
      'A has 20 bytes, and this shape needs 24: 6 of f32, m × k',
    ],
    ['too short a part', () => ({ A: { buffer: storageBuffer(gpu, 'A', 64), size: 20 } }), 'A has 20 bytes'],
    ['beyond its end', () => ({ A: { buffer: storageBuffer(gpu, 'A', 24), offset: 256 } }), 'A has 0 bytes'],
    ['at an odd offset', () => ({ A: { buffer: storageBuffer(gpu, 'A', 64), offset: 4 } }), 'the offset of A is 4'],
    ['not for storage', () => ({ B: gpu.createBuffer({ size: 24, usage: 0x8 }) }), 'lacks GPUBufferUsage.STORAGE'],
    ['missing', () => ({ C: undefined }), 'there is no buffer for C. Give one of 16 bytes or more'],
    ['an array', () => ({ A: new Float32Array(6) }), 'A must be a GPUBuffer'],
  ])('refuses a buffer that is %s', async (_, wrong, sentence) => {
    const outcome = await runner.bind({ shape, buffers: { ...operands(), ...wrong() } as never });
    expect(outcome).toMatchObject({ status: 'failed', cause: 'validation', reason: expect.stringContaining(sentence) });
  });

  it('refuses to write into a buffer that is read', async () => {
    const buffers = operands();
    const outcome = await runner.bind({ shape, buffers: { ...buffers, C: buffers.A } });
    expect(outcome).toMatchObject({ status: 'failed', reason: expect.stringContaining('A and C share a buffer') });
  });

  it('says what WebGPU says of a buffer of another device', async () => {
    const other = await openDevice(await dawnGpu());
    if (other.status !== 'ok') throw new Error(other.reason);
    const stranger = storageBuffer(other.device.gpu, 'stranger', 24);
    const outcome = await runner.bind({ shape, buffers: { ...operands(), A: stranger } });
    expect(outcome).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/^binding gemm-f32\/naive: .*"stranger".*\.$/),
    });
    other.device.gpu.destroy();
  });

  it('tells that the device is lost', async () => {
    const other = await openDevice(await dawnGpu());
    if (other.status !== 'ok') throw new Error(other.reason);
    const device = other.device.gpu;
    const buffers = {
      A: storageBuffer(device, 'A', 24),
      B: storageBuffer(device, 'B', 24),
      C: storageBuffer(device, 'C', 16),
    };
    const lost = createRunner(device, naive, other.device.facts);
    device.destroy();
    const reason = expect.stringContaining('Get an adapter and a device again');
    expect(await lost.bind({ shape, buffers })).toMatchObject({ status: 'failed', cause: 'device-lost', reason });
    expect(await selfTest(device, naive, gemmF32, 1, other.device.facts)).toMatchObject([{ status: 'failed', reason }]);
  });

  it('tells a string from a number', async () => {
    const wrong = { shape: { ...shape, m: '2' }, buffers: operands() } as never;
    await expect(runner.bind(wrong)).rejects.toThrow('m must be a positive integer, not the string "2".');
  });

  it('wants a device and a kernel', () => {
    expect(() => createRunner(undefined as never, naive)).toThrow('This is no GPUDevice');
    expect(() => createRunner(gpu, { default: naive } as never)).toThrow('Give the default export');
  });
});

describe('selfTest', () => {
  /** The naive kernel with another text in place of one in its sources. */
  function rewritten(text: string, by: string) {
    const sources = naive.wgsl as readonly { path: string; text: string }[];
    expect(sources.filter((source) => source.text.includes(text))).toHaveLength(1);
    return sources.map((source) => ({ ...source, text: source.text.replace(text, by) }));
  }

  it('tests a kernel on the device, and a broken one fails', async () => {
    const cases = await selfTest(gpu, naive, gemmF32, 1, facts);
    expect(new Set(cases.map(({ status }) => status))).toEqual(new Set(['ok']));
    const broken = defineKernel({ ...naive, wgsl: rewritten('p < shape.k', 'p + 1u < shape.k') });
    expect((await selfTest(gpu, broken, gemmF32, 1, facts)).some(({ status }) => status === 'wrong')).toBe(true);
  });

  it('holds no kernel against the operation of another, nor against the part a kernel comes with', async () => {
    await expect(selfTest(gpu, naive, gemvF32 as never)).rejects.toThrow('computes gemm-f32, so it cannot');
    const { inputs, reference, cases, ...signature } = gemmF32;
    await expect(selfTest(gpu, naive, signature as never)).rejects.toThrow('from tilewatt/operations/gemm-f32');
  });
});
