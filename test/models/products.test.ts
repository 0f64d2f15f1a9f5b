/** Products of quantized weights and codes on the device, against sums in doubles. */
import { describe, expect, it } from 'vitest';
import type { Model } from '../../src/models/graph.js';
import { createModelSession } from '../../src/models/run/session.js';
import { type HostTensor, hostTensor } from '../../src/models/run/values.js';
import type { Tensor } from '../../src/models/tensor.js';
import { seededRandom } from '../../src/numerics/random.js';
import { testDevice } from '../support/dawn.js';
import { f32, modelOf, node } from '../support/graph.js';

const u8 = (name: string, dims: readonly number[], bytes: Uint8Array<ArrayBuffer>): Tensor => ({
  name,
  type: 'u8',
  dims,
  bytes,
});
const bytesLike = (count: number, seed: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(seededRandom(seed, 'uniform').values(count), (value) => Math.floor(Math.abs(value) * 1e6) & 255);

interface Packed {
  readonly bits: number;
  readonly block: number;
  readonly k: number;
  readonly m: number;
  readonly zeros: boolean;
}

const packed: readonly Packed[] = [
  { bits: 4, block: 32, k: 64, m: 1, zeros: false },
  { bits: 4, block: 128, k: 256, m: 3, zeros: true },
  { bits: 4, block: 256, k: 512, m: 1, zeros: true },
  { bits: 4, block: 16, k: 40, m: 2, zeros: true },
  { bits: 8, block: 32, k: 64, m: 3, zeros: true },
  { bits: 2, block: 32, k: 64, m: 1, zeros: false },
];

describe('MatMulNBits', () => {
  it.each(packed)('multiplies $bits bits in blocks of $block along $k, $m rows, zero points $zeros', async (sizes) => {
    const { bits, block, k, m, zeros } = sizes;
    const n = 5;
    const blocks = Math.ceil(k / block);
    const [codeBytes, zeroBytes] = [(block * bits) / 8, Math.ceil((blocks * bits) / 8)];
    const codes = bytesLike(n * blocks * codeBytes, 3);
    const zero = bytesLike(n * zeroBytes, 4);
    const scales = seededRandom(5).values(n * blocks);
    const x = seededRandom(6).values(m * k);
    const attributes = { K: k, N: n, bits, block_size: block };
    const inputs = ['x', 'b', 's', ...(zeros ? ['z'] : [])];
    const model = modelOf({
      inputs: { x: [m, k] },
      outputs: ['y'],
      initializers: [
        u8('b', [n, blocks, codeBytes], codes),
        f32('s', [n * blocks], scales),
        u8('z', [n * zeroBytes], zero),
      ],
      nodes: [{ ...node('MatMulNBits', inputs, ['y'], attributes), domain: 'com.microsoft' }],
    });
    const field = (from: Uint8Array, start: number, i: number): number =>
      (from[start + ((i * bits) >> 3)]! >> ((i * bits) & 7)) & (2 ** bits - 1);
    const { data } = await run(model, new Map([['x', hostTensor('f32', [m, k], x)]]));
    for (let i = 0; i < m * n; i++) {
      const [row, column] = [Math.floor(i / n), i % n];
      let [sum, size] = [0, 0];
      for (let p = 0; p < k; p++) {
        const at = column * blocks + Math.floor(p / block);
        const offset = zeros ? field(zero, column * zeroBytes, at % blocks) : 2 ** (bits - 1);
        const term = x[row * k + p]! * (field(codes, at * codeBytes, p % block) - offset) * scales[at]!;
        sum += term;
        size += Math.abs(term);
      }
      expect(Math.abs(data[i]! - sum)).toBeLessThanOrEqual((k + 4) * 2 ** -24 * size);
    }
  });

  it('names tensors of another length', async () => {
    const model = modelOf({
      inputs: { x: [1, 64] },
      outputs: ['y'],
      initializers: [u8('b', [3], Uint8Array.of(1, 2, 3)), f32('s', [1], [1])],
      nodes: [
        { ...node('MatMulNBits', ['x', 'b', 's'], ['y'], { K: 64, N: 5, block_size: 32 }), domain: 'com.microsoft' },
      ],
    });
    await expect(run(model, new Map([['x', hostTensor('f32', [1, 64], new Float64Array(64))]]))).rejects.toThrow(
      /weights of \[3\]/,
    );
  });
});

describe('MatMulInteger', () => {
  it('is exact with zero points for rows and columns, and batches that broadcast', async () => {
    const [m, n, k] = [3, 4, 70];
    const a = Float64Array.from(bytesLike(2 * m * k, 1));
    const b = Float64Array.from(bytesLike(k * n, 2), (value) => value - 128);
    const model = modelOf({
      inputs: { a: [], b: [], za: [], zb: [] },
      outputs: ['y'],
      nodes: [node('MatMulInteger', ['a', 'b', 'za', 'zb'], ['y'])],
    });
    const inputs = new Map([
      ['a', hostTensor('u8', [2, m, k], a)],
      ['b', hostTensor('i8', [k, n], b)],
      ['za', hostTensor('u8', [], [7])],
      ['zb', hostTensor('i8', [n], [1, -2, 3, -4])],
    ]);
    const { data, type } = await run(model, inputs);
    expect(type).toBe('i32');
    const expected = Array.from({ length: 2 * m * n }, (_, i) => {
      const [row, column] = [Math.floor(i / n), i % n];
      return Array.from(
        { length: k },
        (_, p) => (a[row * k + p]! - 7) * (b[p * n + column]! - [1, -2, 3, -4][column]!),
      ).reduce((x, y) => x + y);
    });
    expect([...data]).toEqual(expected);
  });
});

/** Runs a model whose single node must be computed by kernels. */
async function run(model: Model, inputs: ReadonlyMap<string, HostTensor>): Promise<HostTensor> {
  const { gpu: device, facts, pipelines } = await testDevice();
  const session = createModelSession(model, { device, facts, pipelines });
  try {
    const outcome = await session.run(inputs);
    if (outcome.status !== 'ok') throw new Error(outcome.reason);
    expect(outcome.run.facts.hostNodes).toEqual([]);
    return outcome.run.outputs.get('y') as HostTensor;
  } finally {
    session.destroy();
  }
}
