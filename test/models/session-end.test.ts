/** The end of a session: no buffer is left, no run goes on, and a lost device is an outcome. */
import { describe, expect, it } from 'vitest';
import { dawnGpu } from '../../src/cli/dawn.js';
import { openDevice } from '../../src/gpu/device.js';
import { createModelSession } from '../../src/models/run/session.js';
import { type HostTensor, hostTensor } from '../../src/models/run/values.js';
import { countedDevice } from '../support/counted-device.js';
import { testDevice } from '../support/dawn.js';
import { f32, modelOf, node } from '../support/graph.js';
import { numbers, ran, sessionOf } from '../support/model-session.js';

const twice = f32('twice', [2, 2], [2, 0, 0, 2]);

describe('the end of a session', () => {
  const model = modelOf({
    inputs: { x: ['n', 'k'] },
    outputs: ['y'],
    nodes: [
      node('MatMul', ['x', 'twice'], ['a']),
      node('Softmax', ['a'], ['b']),
      node('MatMul', ['b', 'twice'], ['y']),
    ],
    initializers: [twice],
  });
  const ones = (rows: number, columns = 2): HostTensor =>
    hostTensor('f32', [rows, columns], new Float64Array(rows * columns).fill(1));

  it('leaves no buffer, whatever happened before it', async () => {
    const { gpu, facts, pipelines } = await testDevice();
    const counted = countedDevice(gpu);
    const session = createModelSession(model, { device: counted.gpu, facts, pipelines });
    await ran(session, { x: ones(1) });
    await ran(session, { x: ones(5) });
    expect(counted.live().length).toBeGreaterThan(0);
    expect(await session.run(new Map([['x', ones(2, 3)]]))).toMatchObject({ status: 'unsupported' });
    expect(counted.live()).toEqual([]);
    await ran(session, { x: ones(3) });
    session.destroy();
    expect(counted.live()).toEqual([]);
  });

  it('waits for the run that is under way, and starts no other', async () => {
    const { gpu, facts, pipelines } = await testDevice();
    const counted = countedDevice(gpu);
    const session = createModelSession(model, { device: counted.gpu, facts, pipelines });
    await ran(session, { x: ones(1) });
    const under = session.run(new Map([['x', ones(1)]]));
    session.destroy();
    expect(await under).toMatchObject({ status: 'failed', reason: expect.stringMatching(/was closed/) });
    expect(await session.run(new Map([['x', ones(1)]]))).toMatchObject({ status: 'failed' });
    expect(counted.live()).toEqual([]);
  });

  it('by a lost device is an outcome, and a session on another device goes on', async () => {
    const opened = await openDevice(await dawnGpu());
    if (opened.status !== 'ok') throw new Error(opened.reason);
    const { gpu: device, facts } = opened.device;
    const session = createModelSession(model, { device, facts });
    await ran(session, { x: ones(1) });
    const under = session.run(new Map([['x', ones(1)]]));
    device.destroy();
    expect(await under).toMatchObject({ status: 'failed', cause: 'device-lost' });
    expect(await session.run(new Map([['x', ones(4)]]))).toMatchObject({ status: 'failed', cause: 'device-lost' });
    session.destroy();
    const next = await sessionOf(model);
    expect(numbers((await ran(next, { x: ones(1) })).outputs.get('y'))).toEqual([1, 1]);
    next.destroy();
  });
});
