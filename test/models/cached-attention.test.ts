/** Attention with caches of keys and values, and with masks of bool, on the device against the host. */
import { describe, it } from 'vitest';
import type { HostTensor } from '../../src/models/run/values.js';
import { expectSame } from '../support/both-places.js';
import { noise, tensor } from '../support/host-operator.js';

const random = (dims: readonly number[], seed = 1): HostTensor => tensor(dims, noise(dims, seed).data.map(Math.fround));
const outputs = ['y', 'keys', 'values'];

describe('attention on the device', () => {
  const [q, k, v] = [random([2, 4, 3, 8]), random([2, 2, 5, 8], 2), random([2, 2, 5, 6], 3)];
  const past = [random([2, 2, 4, 8], 4), random([2, 2, 4, 6], 5)];
  const op = 'Attention';

  it('goes on from a cache, and hands it on', async () => {
    const inputs = [q, k, v, undefined, ...past];
    await expectSame({ op, inputs, outputs, opset: 24 });
    await expectSame({ op, inputs, outputs, opset: 24, attributes: { is_causal: 1 } });
    const mask = random([3, 9], 6);
    await expectSame({ op, inputs: inputs.with(3, mask), outputs, opset: 24, attributes: { is_causal: 1 } });
    await expectSame({ op, inputs: inputs.with(3, mask), outputs: ['y'], opset: 24 });
  });

  it('hands on keys and values where nothing came before', async () => {
    await expectSame({ op, inputs: [q, k, v], outputs, opset: 24 });
    await expectSame({ op, inputs: [q, k, v], outputs: ['y', '', 'values'], opset: 24 });
  });

  it('takes all heads of a step together', async () => {
    const inputs = [random([2, 3, 32]), random([2, 5, 16], 2), random([2, 5, 12], 3), undefined, ...past];
    const attributes = { q_num_heads: 4, kv_num_heads: 2, is_causal: 1, softcap: { float: 2 } };
    await expectSame({ op, inputs, outputs, opset: 24, attributes });
  });

  it('hides keys by bool, and gives nothing to a query that sees none', async () => {
    const seen = tensor([3, 5], [1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1], 'bool');
    await expectSame({ op, inputs: [q, k, v, seen], opset: 24 });
    await expectSame({
      op,
      inputs: [q, k, v, { ...seen, dims: [1, 1, 3, 5] }],
      opset: 24,
      attributes: { is_causal: 1 },
    });
  });
});
