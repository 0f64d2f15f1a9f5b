/** Recurrent layers on the device against the host, in all directions, layouts and forms of state. */
import { describe, expect, it } from 'vitest';
import type { HostTensor } from '../../src/models/run/values.js';
import { expectSame, type OperatorCall, reasonsForHost } from '../support/both-places.js';
import { noise, tensor } from '../support/host-operator.js';

const random = (dims: readonly number[], seed: number): HostTensor => ({ ...noise(dims, seed), type: 'f32' });

interface Size {
  readonly steps: number;
  readonly batch: number;
  readonly input: number;
  readonly hidden: number;
  readonly directions: number;
}

const gatesOf: Readonly<Record<string, number>> = { RNN: 1, GRU: 3, LSTM: 4 };

/** A layer with every input that it can have. */
function layer(op: string, size: Size, attributes: OperatorCall['attributes'] = {}, batchFirst = false): OperatorCall {
  const { steps, batch, input, hidden, directions } = size;
  const rows = gatesOf[op]! * hidden;
  const state = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
  const inputs = [
    random(batchFirst ? [batch, steps, input] : [steps, batch, input], 1),
    random([directions, rows, input], 2),
    random([directions, rows, hidden], 3),
    random([directions, 2 * rows], 4),
    undefined,
    random(state, 5),
    ...(op === 'LSTM' ? [random(state, 6), random([directions, 3 * hidden], 7)] : []),
  ].map((each) => each && { ...each, data: each.data.map(Math.fround) });
  const outputs = ['y', 'h', ...(op === 'LSTM' ? ['c'] : [])];
  return { op, inputs, attributes: { ...attributes, layout: batchFirst ? 1 : 0 }, outputs };
}

const size: Size = { steps: 4, batch: 3, input: 5, hidden: 7, directions: 1 };
const both: Size = { ...size, directions: 2 };

describe('a recurrent layer on the device', () => {
  for (const op of ['RNN', 'GRU', 'LSTM']) {
    it(`${op} goes forward, backward and both ways`, async () => {
      await expectSame(layer(op, size));
      await expectSame(layer(op, size, { direction: 'reverse' }));
      await expectSame(layer(op, both, { direction: 'bidirectional' }));
    });

    it(`${op} takes the batch first`, async () => {
      await expectSame(layer(op, both, { direction: 'bidirectional' }, true));
      await expectSame(layer(op, { ...size, batch: 1 }, {}, true));
    });

    it(`${op} starts from zeros, without biases, for its last state alone`, async () => {
      const { inputs, ...call } = layer(op, size);
      await expectSame({ ...call, inputs: inputs.slice(0, 3), outputs: ['', 'h'] });
      await expectSame({ ...call, inputs: inputs.slice(0, 3), outputs: ['y'] });
    });
  }

  it('scales what the state brings to the candidate', () =>
    expectSame(
      layer('GRU', both, {
        direction: 'bidirectional',
        linear_before_reset: 1,
      }),
    ));

  it('takes the positive part where that is asked for', () =>
    expectSame(layer('RNN', size, { activations: ['Relu'] })));

  it('says why the host computes what no kernel does', async () => {
    const reasons = async (op: string, attributes: OperatorCall['attributes']) =>
      reasonsForHost(layer(op, size, attributes));
    expect(await reasons('LSTM', { activations: ['HardSigmoid', 'Tanh', 'Tanh'] })).toEqual([
      'its activations are computed on the host',
    ]);
    expect(await reasons('GRU', { clip: { float: 0.5 } })).toEqual(['clipped states are computed on the host']);
    const { inputs, ...call } = layer('LSTM', size);
    const lengths = tensor([3], [4, 2, 1], 'i32');
    expect(await reasonsForHost({ ...call, inputs: inputs.with(4, lengths) })).toEqual([
      'sequences of their own lengths are computed on the host',
    ]);
  });
});
