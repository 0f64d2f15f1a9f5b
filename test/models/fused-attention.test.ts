/** Attention as ONNX Runtime's tools write it: on the device against the host, and the host against ONNX Runtime. */
import { create, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { ModelProtoSchema } from '../../src/models/onnx/gen/onnx_pb.js';
import type { HostTensor } from '../../src/models/run/values.js';
import { expectSame, type OperatorCall } from '../support/both-places.js';
import { noise, refusal, run, tensor } from '../support/host-operator.js';
import { bytesOf, node, tensor as stored, value } from '../support/onnx-model.js';
import { openInOrt, ortMissing } from '../support/ort.js';

const random = (dims: readonly number[], seed = 1): HostTensor => tensor(dims, noise(dims, seed).data.map(Math.fround));
const whole = (...data: number[]): HostTensor => tensor([data.length], data, 'i32');
const op = 'com.microsoft.GroupQueryAttention';
const outputs = ['y', 'keys', 'values'];
const [cos, sin] = [random([9, 8], 8), random([9, 8], 9)];
const past = [random([2, 2, 3, 16], 6), random([2, 2, 3, 16], 7)];

/** Four heads of 16 on two, four new steps after three. */
const inputs = [
  random([2, 4, 64]),
  random([2, 4, 32], 2),
  random([2, 4, 32], 3),
  ...past,
  whole(6, 6),
  whole(7),
  cos,
  sin,
];
/** ONNX Runtime takes one batch entry where several steps go on from a cache. */
const alone = inputs.map((each) => {
  if (each.dims[0] !== 2) return each;
  return { ...each, dims: [1, ...each.dims.slice(1)], data: each.data.slice(0, each.data.length / 2) };
});
const attributes = { num_heads: 4, kv_num_heads: 2, do_rotary: 1 };

/** The first output of one operator of ONNX Runtime's own; all inputs but the first are stored in the model. */
async function asked(
  op: string,
  inputs: readonly (HostTensor | undefined)[],
  attributes: Readonly<Record<string, number>>,
) {
  const names = inputs.map((each, i) => (each === undefined ? '' : `x${i}`));
  const initializer = inputs.slice(1).flatMap((each, i) => {
    if (each === undefined) return [];
    const { type, dims, data } = each;
    const bytes = bytesOf(type === 'f32' ? Float32Array.from(data) : new Float32Array(Int32Array.from(data).buffer));
    return [stored(names[i + 1]!, type === 'f32' ? 1 : 6, dims.map(BigInt), { rawData: bytes })];
  });
  const [x] = inputs;
  const dims = x!.dims.map(BigInt);
  const attribute = Object.entries(attributes).map(([name, i]) => ({ name, type: 2, i: BigInt(i) }));
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [{ version: 17n }, { domain: 'com.microsoft', version: 1n }],
    graph: {
      name: 'one',
      input: [value(names[0]!, 1, dims)],
      output: [value('y', 1, dims)],
      initializer,
      node: [node(op, names, outputs, 'one', { domain: 'com.microsoft', attribute })],
    },
  });
  const oracle = await openInOrt(toBinary(ModelProtoSchema, model), { graphOptimizationLevel: 'disabled' });
  return oracle(x!.data, x!.dims);
}

function apart(found: HostTensor, wanted: ArrayLike<number>): number {
  return found.data.reduce((far, each, i) => Math.max(far, Math.abs(each - wanted[i]!)), 0);
}

describe('group-query attention', () => {
  it('is the same on the device, with and without a cache, turned or not, together or apart', async () => {
    const each = async (call: Partial<OperatorCall>) => expectSame({ op, inputs, outputs, attributes, ...call });
    await each({});
    await each({ attributes: { ...attributes, rotary_interleaved: 1, scale: { float: 0.5 }, softcap: { float: 3 } } });
    await each({ attributes: { num_heads: 4, kv_num_heads: 2 }, inputs: inputs.slice(0, 7) });
    const first = inputs
      .with(3, undefined as never)
      .with(4, undefined as never)
      .with(5, whole(3, 3))
      .with(6, whole(4));
    await each({ inputs: first });
    const packed: (HostTensor | undefined)[] = [random([2, 4, 128]), undefined, undefined, ...inputs.slice(3)];
    await each({ inputs: packed });
  });

  it('refuses what it does not compute', () => {
    const changed = (attribute: object, given: readonly HostTensor[] = inputs) =>
      refusal(op, given, { ...attributes, ...attribute });
    expect(changed({ local_window_size: 4 })).toBe('unsupported-form');
    expect(changed({}, inputs.with(5, whole(6, 4)))).toBe('unsupported-form');
    expect(changed({ num_heads: 5 })).toBe('bad-shape');
  });

  it.skipIf(ortMissing !== undefined)('is what ONNX Runtime computes', async () => {
    const given = alone.with(6, { ...alone[6]!, dims: [] });
    const wanted = await asked('GroupQueryAttention', given, attributes);
    expect(apart(run(op, alone, attributes, { outputs: 3 })[0]!, wanted)).toBeLessThan(1e-5);
  });
});

describe('multi-head attention', () => {
  const many = 'com.microsoft.MultiHeadAttention';
  const [q, k, v] = [random([2, 4, 32]), random([2, 5, 32], 2), random([2, 5, 32], 3)];
  const bias = random([96], 4);
  const scores = random([1, 2, 4, 8], 5);
  const cache = [random([2, 2, 3, 16], 6), random([2, 2, 3, 16], 7)];

  it('is the same on the device, with biases, a cache, and in order', async () => {
    const each = async (given: readonly (HostTensor | undefined)[], other: object = {}) =>
      expectSame({ op: many, inputs: given, outputs, attributes: { num_heads: 2, ...other } });
    await each([q, k, v]);
    await each([q, k, v, bias], { unidirectional: 1, scale: { float: 0.5 } });
    await each([q, k, v, bias, undefined, scores, ...cache]);
    await each([q, ...cache]);
  });

  it.skipIf(ortMissing !== undefined)('is what ONNX Runtime computes', async () => {
    const given = [q, k, v, bias];
    const wanted = await asked('MultiHeadAttention', given, { num_heads: 2 });
    expect(apart(run(many, given, { num_heads: 2 }, { outputs: 3 })[0]!, wanted)).toBeLessThan(1e-5);
  });

  it('refuses padding', () => {
    expect(refusal(many, [q, k, v, undefined, whole(5, 4)], { num_heads: 2 })).toBe('unsupported-form');
  });
});
