/** Convolution and pooling over three dimensions on the device against the host. */
import { describe, expect, it } from 'vitest';
import type { HostTensor } from '../../src/models/run/values.js';
import { expectSame, reasonsForHost } from '../support/both-places.js';
import { noise, tensor } from '../support/host-operator.js';

const random = (dims: readonly number[], seed = 1): HostTensor => tensor(dims, noise(dims, seed).data.map(Math.fround));

const x = random([2, 4, 5, 6, 7]);

describe('a window over three dimensions', () => {
  it('is convolved, with strides, dilation, uneven padding and groups', async () => {
    const bias = random([6], 3);
    await expectSame({ op: 'Conv', inputs: [x, random([6, 4, 2, 3, 3], 2), bias] });
    const attributes = { strides: [2, 1, 2], dilations: [2, 1, 1], pads: [1, 0, 1, 2, 1, 0], group: 2 };
    await expectSame({ op: 'Conv', inputs: [x, random([6, 2, 3, 2, 3], 2), bias], attributes });
    await expectSame({ op: 'Conv', inputs: [x, random([3, 4, 1, 1, 1], 2)] });
    await expectSame({
      op: 'Conv',
      inputs: [x, random([4, 1, 3, 3, 3], 2)],
      attributes: { group: 4, auto_pad: 'SAME_UPPER' },
    });
  });

  it('is pooled, padding counted or not, with a last window that is not full', async () => {
    const window = { kernel_shape: [2, 3, 2], strides: [2, 2, 3], pads: [1, 1, 0, 0, 1, 1], ceil_mode: 1 };
    await expectSame({ op: 'MaxPool', inputs: [x], attributes: { ...window, dilations: [1, 1, 2] } });
    for (const count_include_pad of [0, 1])
      await expectSame({ op: 'AveragePool', inputs: [x], attributes: { ...window, count_include_pad } });
    for (const p of [1, 2]) await expectSame({ op: 'LpPool', inputs: [x], attributes: { ...window, p } });
  });

  it('may be the whole field', async () => {
    for (const op of ['GlobalMaxPool', 'GlobalAveragePool', 'GlobalLpPool']) await expectSame({ op, inputs: [x] });
  });

  it('is slid on the host where it is transposed', async () => {
    const inputs = [random([1, 2, 2, 2, 2]), random([2, 3, 2, 2, 2], 2)];
    expect(await reasonsForHost({ op: 'ConvTranspose', inputs })).toEqual([
      'windows of three dimensions are slid on the host',
    ]);
  });
});
