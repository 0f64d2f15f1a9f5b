/** Real WebGPU for the tests: one device of Dawn in Node, on the best adapter there is. */
import { dawnGpu } from '../../src/cli/dawn.js';
import { type Device, openDevice } from '../../src/gpu/device.js';
import { createPipelines, type Pipelines } from '../../src/gpu/pipelines.js';

export interface TestDevice extends Device {
  readonly pipelines: Pipelines;
}

let opened: Promise<TestDevice> | undefined;

/** The device of this test file; every caller gets the same. */
export function testDevice(): Promise<TestDevice> {
  opened ??= open();
  return opened;
}

async function open(): Promise<TestDevice> {
  const outcome = await openDevice(await dawnGpu());
  if (outcome.status !== 'ok') throw new Error(outcome.reason);
  const { device } = outcome;
  console.info(
    `Adapter: ${device.adapter.description || device.adapter.vendor}; f16 ${device.facts.features.includes('shader-f16')}`,
  );
  return { ...device, pipelines: createPipelines(device.gpu, device.facts) };
}
