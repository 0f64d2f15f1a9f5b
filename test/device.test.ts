/** Bad luck on a real device: loss, shader errors, memory. */
import { describe, expect, it } from 'vitest';
import naive from '../shaders/gemm-f32/naive.kernel.js';
import { gemmF32 } from '../shaders/gemm-f32/operation.js';
import { dawnGpu } from '../src/cli/dawn.js';
import { openDevice } from '../src/gpu/device.js';
import { scoped } from '../src/gpu/errors.js';
import { createPipelines } from '../src/gpu/pipelines.js';
import { selfTest } from '../src/index.js';
import { createSession } from '../src/worker/session.js';
import { testDevice } from './support/dawn.js';

const { gpu, facts, pipelines } = await testDevice();

/** The sources of the naive kernel, one of which holds the text. */
function rewritten(text: string, by: string) {
  const sources = naive.wgsl as readonly { path: string; text: string }[];
  expect(sources.filter((source) => source.text.includes(text))).toHaveLength(1);
  return sources.map((source) => ({ ...source, text: source.text.replace(text, by) }));
}

describe('a shader that does not compile', () => {
  it('is placed in its file', async () => {
    const broken = { ...naive, wgsl: rewritten('var sum = 0.0;', 'var sum = 0.0') };
    const outcome = await pipelines.compile(broken, {
      shape: { m: 1, n: 1, k: 1 },
      tunables: { groupX: 8, groupY: 8 },
    });
    expect(outcome).toMatchObject({ status: 'failed', cause: 'shader' });
    expect('reason' in outcome && outcome.reason).toMatch(/shaders\/gemm-f32\/naive\.wgsl:1[2-4]:\d+: .*;/);
  });
});

describe('a variant the device cannot run', () => {
  it('names the missing feature', async () => {
    const demanding = { ...naive, requires: { features: ['shader-f128'] } };
    const variant = { shape: { m: 1, n: 1, k: 1 }, tunables: { groupX: 8, groupY: 8 } };
    expect(await pipelines.compile(demanding, variant)).toEqual({
      status: 'unsupported',
      reason: 'shader-f128 is missing on this device.',
    });
  });

  it('refuses more workgroups than a dimension allows', async () => {
    const variant = { shape: { m: 1, n: 1_000_000, k: 1 }, tunables: { groupX: 8, groupY: 8 } };
    const outcome = await pipelines.compile(naive, variant);
    expect(outcome).toMatchObject({ status: 'unsupported', reason: expect.stringMatching(/125000 workgroups/) });
  });
});

describe('memory that is not there', () => {
  it('is said in a sentence, and the device goes on', async ({ skip }) => {
    const size = Math.floor(facts.limits.maxBufferSize! / 4) * 4;
    const buffers: GPUBuffer[] = [];
    const take = () => {
      for (let i = 0; i < 64; i++) buffers.push(gpu.createBuffer({ size, usage: 0x80 | 0x8 }));
      return { buffers };
    };
    const outcome = await scoped(gpu, 'making buffers', take);
    for (const buffer of buffers) buffer.destroy();
    if (outcome.status === 'ok') skip('this adapter gave 64 buffers of its largest size');
    expect(outcome).toMatchObject({ status: 'failed', cause: 'out-of-memory' });
    expect('reason' in outcome && outcome.reason).toContain('Choose a smaller shape');
    expect((await selfTest(gpu, naive, gemmF32, 1, facts)).every(({ status }) => status === 'ok')).toBe(true);
  });
});

describe('a lost device', () => {
  it('ends the job with its results kept, and the next job opens a new one', async () => {
    const { spied, devices } = spyOnDevices(await dawnGpu());
    const session = createSession({ gpu: spied, runtime: 'Dawn in Node' });
    const request = {
      job: 'lost',
      operation: 'gemm-f32',
      shape: { m: 32, n: 32, k: 32 },
      kernels: [{ id: 'gemm-f32/naive' }],
      seed: 1,
      distribution: 'normal',
      thoroughness: 'quick',
      cache: 'hot',
      budgetSeconds: 20,
    } as const;
    const outcome = await session.bench(request, ({ phase }) => {
      if (phase === 'time') devices[0]?.destroy();
    });
    expect(outcome).toMatchObject({
      status: 'failed',
      cause: 'device-lost',
      results: { rows: [{ status: 'failed' }] },
    });
    const again = await session.bench({ ...request, budgetSeconds: 0.5 }, () => {});
    expect(again).toMatchObject({ status: 'ok', results: { rows: [{ status: 'ok' }] } });
    expect(devices).toHaveLength(2);
    session.close();
  });
});

/** The same implementation, remembering the devices it hands out so that a test can take one away. */
function spyOnDevices(dawn: GPU): { readonly spied: GPU; readonly devices: GPUDevice[] } {
  const devices: GPUDevice[] = [];
  const requestAdapter: GPU['requestAdapter'] = async (options) => {
    const adapter = await dawn.requestAdapter(options);
    if (!adapter) return null;
    const requestDevice = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = async (descriptor) => {
      const device = await requestDevice(descriptor);
      devices.push(device);
      return device;
    };
    return adapter;
  };
  return { spied: { requestAdapter, wgslLanguageFeatures: dawn.wgslLanguageFeatures } as unknown as GPU, devices };
}

describe('a consumed adapter', () => {
  it('does not stop a device from being opened again', async () => {
    const dawn = await dawnGpu();
    const first = await openDevice(dawn);
    const second = await openDevice(dawn);
    expect([first.status, second.status]).toEqual(['ok', 'ok']);
    if (second.status === 'ok') expect(createPipelines(second.device.gpu, second.device.facts)).toBeDefined();
  });
});
