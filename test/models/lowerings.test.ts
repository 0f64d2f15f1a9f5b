/** Single operators through a session on a device: what the kernels make of types, broadcasting, axes and attributes. */
import { describe, expect, it } from 'vitest';
import type { Attribute, Model } from '../../src/models/graph.js';
import { createModelSession } from '../../src/models/run/session.js';
import { type HostTensor, hostTensor } from '../../src/models/run/values.js';
import type { ElementType } from '../../src/models/tensor.js';
import { testDevice } from '../support/dawn.js';

const { gpu: device, facts, pipelines } = await testDevice();

interface Call {
  readonly op: string;
  readonly inputs: readonly HostTensor[];
  readonly attributes?: Readonly<Record<string, number | readonly number[] | string>>;
  readonly outputs?: number;
  readonly opset?: number;
}

const t = (type: ElementType, dims: readonly number[], data: readonly number[]) => hostTensor(type, dims, data);
const count = (dims: readonly number[], from = 0) =>
  t(
    'f32',
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i + from),
  );
const ints = (...data: number[]) => t('i64', [data.length], data);

function attributeOf(value: number | readonly number[] | string): Attribute {
  if (typeof value === 'string') return { kind: 'string', value };
  return typeof value === 'number' ? { kind: 'int', value } : { kind: 'ints', value };
}

function modelOf({ op, inputs, attributes = {}, outputs = 1, opset = 21 }: Call): Model {
  const names = inputs.map((_, i) => `x${i}`);
  const made = Array.from({ length: outputs }, (_, i) => `y${i}`);
  const node = {
    name: '',
    op,
    domain: '',
    overload: '',
    inputs: names,
    outputs: made,
    attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, attributeOf(value)])),
  };
  return {
    format: 'onnx',
    file: 'test',
    irVersion: 10,
    producer: '',
    opsets: new Map([['', opset]]),
    functions: new Map(),
    metadata: new Map(),
    remarks: [],
    graph: {
      name: '',
      inputs: names.map((name) => ({ name })),
      outputs: made.map((name) => ({ name })),
      nodes: [node],
      initializers: new Map(),
      types: new Map(),
    },
  };
}

/** Runs one operator, which must not touch the host. */
async function run(call: Call): Promise<readonly HostTensor[]> {
  const session = createModelSession(modelOf(call), { device, facts, pipelines });
  try {
    const outcome = await session.run(new Map(call.inputs.map((value, i) => [`x${i}`, value])));
    if (outcome.status !== 'ok') throw new Error(outcome.reason);
    expect(outcome.run.facts.hostNodes).toEqual([]);
    return [...outcome.run.outputs.values()] as HostTensor[];
  } finally {
    session.destroy();
  }
}

const is = async (call: Call, dims: readonly number[], data: readonly number[], type: ElementType = 'f32') => {
  const [value] = await run(call);
  expect(value).toMatchObject({ type, dims });
  expect(Array.from(value!.data, (each) => Math.round(each * 1e5) / 1e5 + 0)).toEqual(data);
};

describe('element by element', () => {
  it('broadcasts both operands', () =>
    is({ op: 'Add', inputs: [count([2, 1]), count([3], 10)] }, [2, 3], [10, 11, 12, 11, 12, 13]));

  it('wraps integers at their own width', async () => {
    await is({ op: 'Add', inputs: [t('u8', [2], [250, 1]), t('u8', [2], [10, 1])] }, [2], [4, 2], 'u8');
    await is({ op: 'Mul', inputs: [t('i8', [2], [100, -3]), t('i8', [1], [2])] }, [2], [-56, -6], 'i8');
    await is({ op: 'BitwiseNot', inputs: [t('u8', [2], [0, 250])] }, [2], [255, 5], 'u8');
  });

  it('gives the sign of the divisor or of the dividend', async () => {
    const inputs = [t('f32', [2], [-4, 5]), t('f32', [2], [3, -3])];
    await is({ op: 'Mod', inputs }, [2], [2, -1]);
    await is({ op: 'Mod', inputs, attributes: { fmod: 1 } }, [2], [-1, 2]);
  });

  it('takes exponents of another type', () =>
    is({ op: 'Pow', inputs: [t('f32', [3], [-2, 3, 4]), t('i32', [3], [3, 2, -1])] }, [3], [-8, 9, 0.25]));

  it('casts across types, bool included', async () => {
    await is({ op: 'Cast', inputs: [t('f32', [3], [-1.7, 0, 300.9])], attributes: { to: 3 } }, [3], [-1, 0, 44], 'i8');
    await is({ op: 'Cast', inputs: [t('f32', [2], [0, -0.5])], attributes: { to: 9 } }, [2], [0, 1], 'bool');
    await is({ op: 'Cast', inputs: [t('f32', [1], [1 + 2 ** -12])], attributes: { to: 10 } }, [1], [1], 'f16');
  });

  it('chooses by condition', () =>
    is({ op: 'Where', inputs: [t('bool', [2, 1], [1, 0]), count([2]), t('f32', [], [9])] }, [2, 2], [0, 1, 9, 9]));
});

describe('moves', () => {
  it('transposes, and only renames where sizes of 1 move', async () => {
    await is({ op: 'Transpose', inputs: [count([2, 3])] }, [3, 2], [0, 3, 1, 4, 2, 5]);
    const perm = [1, 0, 2];
    await is({ op: 'Transpose', inputs: [count([1, 2, 2])], attributes: { perm } }, [2, 1, 2], [0, 1, 2, 3]);
  });

  it('slices backwards and from the end', () =>
    is({ op: 'Slice', inputs: [count([2, 4]), ints(-1), ints(-4), ints(1), ints(-2)] }, [2, 2], [3, 1, 7, 5]));

  it('joins and parts', async () => {
    await is(
      { op: 'Concat', inputs: [count([2, 1]), count([2, 2], 5)], attributes: { axis: -1 } },
      [2, 3],
      [0, 5, 6, 1, 7, 8],
    );
    const parts = await run({ op: 'Split', inputs: [count([2, 3]), ints(1, 2)], attributes: { axis: 1 }, outputs: 2 });
    expect(parts.map(({ dims, data }) => [dims, [...data]])).toEqual([
      [
        [2, 1],
        [0, 3],
      ],
      [
        [2, 2],
        [1, 2, 4, 5],
      ],
    ]);
  });

  it('repeats four dimensions', async () => {
    const [value] = await run({ op: 'Tile', inputs: [count([1, 2, 1, 2]), ints(2, 1, 2, 2)] });
    expect(value!.dims).toEqual([2, 2, 2, 4]);
    expect([...value!.data].slice(0, 16)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3, 2, 3]);
  });

  it('pads on one side and cuts on the other', () =>
    is({ op: 'Pad', inputs: [count([1, 3], 1), ints(0, 2, 0, -1), t('f32', [], [7])] }, [1, 4], [7, 7, 1, 2]));

  it('gathers by negative indices', () =>
    is({ op: 'Gather', inputs: [count([3, 2]), ints(-1, 0)] }, [2, 2], [4, 5, 0, 1]));
});

describe('along axes', () => {
  it('reduces axes that are no neighbours', () =>
    is({ op: 'ReduceSum', inputs: [count([2, 2, 3]), ints(0, 2)], attributes: { keepdims: 0 } }, [2], [24, 42]));

  it('finds the last of equal extremes', () =>
    is(
      { op: 'ArgMax', inputs: [t('f32', [1, 4], [3, 5, 5, 1])], attributes: { axis: 1, select_last_index: 1 } },
      [1, 1],
      [2],
      'i64',
    ));

  it('takes everything from the axis on as one line before version 13', async () => {
    const [old] = await run({ op: 'Softmax', inputs: [count([1, 2, 2])], opset: 11 });
    const [young] = await run({ op: 'Softmax', inputs: [count([1, 2, 2])], opset: 13 });
    expect(old!.data.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(young!.data.reduce((a, b) => a + b)).toBeCloseTo(2, 5);
  });

  it('normalises with statistics for who wants them', async () => {
    const inputs = [count([2, 2]), t('f32', [2], [1, 1]), t('f32', [2], [0, 10])];
    const [y, mean, inverse] = await run({ op: 'LayerNormalization', inputs, outputs: 3 });
    expect([...y!.data].map((value) => Math.round(value))).toEqual([-1, 11, -1, 11]);
    expect([...mean!.data]).toEqual([0.5, 2.5]);
    expect(mean!.dims).toEqual([2, 1]);
    expect(inverse!.data[0]).toBeCloseTo(2, 3);
  });

  it('quantizes in blocks and back', async () => {
    const scale = t('f32', [1, 2], [1, 0.5]);
    const attributes = { axis: 1, block_size: 2 };
    const codes = t('i8', [1, 4], [3, 4, 10, 11]);
    await is(
      { op: 'QuantizeLinear', inputs: [count([1, 4], 3), scale, t('i8', [1, 2], [0, 0])], attributes },
      [1, 4],
      [3, 4, 10, 12],
      'i8',
    );
    await is({ op: 'DequantizeLinear', inputs: [codes, scale], attributes }, [1, 4], [3, 4, 5, 5.5]);
  });

  it('resizes by a factor', () =>
    is(
      {
        op: 'Resize',
        inputs: [count([1, 1, 1, 2]), t('f32', [0], []), t('f32', [4], [1, 1, 1, 2])],
        attributes: { mode: 'linear' },
      },
      [1, 1, 1, 4],
      [0, 0.25, 0.75, 1],
    ));
});
