/** What the comparison with other libraries is made of, without the libraries: models, weights, works, entrants. */
import { describe, expect, it } from 'vitest';
import { type Entrant, entrantOf, type Rival } from '../bench/baselines/src/entrant.js';
import { matMulModel, matMulNBitsModel, operatorOf } from '../bench/baselines/src/models.js';
import { encodeModel } from '../bench/baselines/src/onnx.js';
import { enterRival } from '../bench/baselines/src/run-work.js';
import { createTask, type Task } from '../bench/baselines/src/task.js';
import { toMatMulNBits } from '../bench/baselines/src/weights.js';
import { shapeOf, titleOf, works } from '../bench/baselines/src/works.js';
import { kernels, ladders } from '../src/kernel/catalog.js';
import { checkShape, completeTunables } from '../src/kernel/tunables.js';
import { dequantizeInt4, quantizeInt4 } from '../src/numerics/int4.js';
import { fromMatMulNBits, type MatMulNBitsWeights } from '../src/numerics/int4-layout.js';
import { seededRandom } from '../src/numerics/random.js';
import { testDevice } from './support/dawn.js';

describe('ONNX models', () => {
  it('hold a product with both operands as inputs', () => {
    const model = read(matMulModel({ m: 2, n: 300, k: 4 }));
    expect(numbers(model, 1)).toEqual([8]);
    expect(messages(model, 8).map((opset) => [strings(opset, 1)[0], numbers(opset, 2)[0]])).toEqual([
      ['', 17],
      ['com.microsoft', 1],
    ]);
    const graph = messages(model, 7)[0]!;
    const node = messages(graph, 1)[0]!;
    expect([strings(node, 1), strings(node, 2), strings(node, 4)]).toEqual([['A', 'B'], ['C'], ['MatMul']]);
    expect(messages(graph, 11).map(dimsOf)).toEqual([
      ['A', 1, [2, 4]],
      ['B', 1, [4, 300]],
    ]);
    expect(messages(graph, 12).map(dimsOf)).toEqual([['C', 1, [2, 300]]]);
    expect(messages(graph, 5)).toEqual([]);
  });

  it('hold weights as constants, byte for byte', () => {
    const b = Float32Array.from({ length: 100 }, (_, i) => i / 7);
    const graph = messages(read(matMulModel({ m: 1, n: 20, k: 5 }, b)), 7)[0]!;
    const [constant] = messages(graph, 5);
    expect([numbers(constant!, 1), numbers(constant!, 2), strings(constant!, 8)]).toEqual([[5, 20], [1], ['B']]);
    const raw = Uint8Array.from(bytes(constant!, 9)[0]!);
    expect(new Float32Array(raw.buffer)).toEqual(b);
    expect(messages(graph, 11).map(dimsOf)).toEqual([['A', 1, [1, 5]]]);
  });

  it('hold MatMulNBits with its attributes', () => {
    const weights = toMatMulNBits(matrixOf(3, 64));
    const graph = messages(read(matMulNBitsModel({ m: 1 }, weights)), 7)[0]!;
    const node = messages(graph, 1)[0]!;
    expect([strings(node, 4), strings(node, 7)]).toEqual([['MatMulNBits'], ['com.microsoft']]);
    const attributes = messages(node, 5).map((field) => [strings(field, 1)[0], numbers(field, 3)[0]]);
    expect(Object.fromEntries(attributes)).toEqual({ K: 64, N: 3, bits: 4, block_size: 32, accuracy_level: 0 });
    expect(messages(graph, 5).map((constant) => numbers(constant, 1))).toEqual([[3, 2, 16], [6]]);
  });

  it('refuse a constant of another length than its dims say', () => {
    const constant = { name: 'B', type: 'float', dims: [2, 2], data: new Uint8Array(15) } as const;
    const output = { name: 'C', type: 'float', dims: [2, 2] } as const;
    const model = { operator: 'MatMul', domain: '', attributes: {}, inputs: [], constants: [constant], output };
    expect(() => encodeModel(model)).toThrow('B holds 15 bytes, and its dims say 16.');
  });
});

describe('weights', () => {
  it('come back from MatMulNBits as they went', () => {
    const matrix = matrixOf(5, 96);
    const back = fromMatMulNBits(toMatMulNBits(matrix));
    expect(back.codes).toEqual(matrix.codes);
    expect(dequantizeInt4(back)).toEqual(dequantizeInt4(matrix));
  });
});

describe('works', () => {
  it.each(works.map((work) => [titleOf(work), work] as const))(
    '%s names kernels and tunables that exist',
    (_, work) => {
      expect(() => checkShape(ladders.get(work.operation)!.operation, shapeOf(work))).not.toThrow();
      for (const { kernel, settings } of work.contenders) {
        expect(kernels.has(kernel), kernel).toBe(true);
        for (const setting of settings) expect(() => completeTunables(kernels.get(kernel)!, setting)).not.toThrow();
      }
    },
  );
});

describe('A rounded to 8 bits', () => {
  it('is another subject with a name of its own', () => {
    const b = toMatMulNBits(matrixOf(3, 64));
    const names = works.filter(({ operation }) => operation !== 'gemm-f32').map((work) => operatorOf({ work, b }));
    expect(new Set(names)).toEqual(new Set(['MatMulNBits', 'MatMulNBits-level4']));
    const node = messages(messages(read(matMulNBitsModel({ m: 1 }, b, 4)), 7)[0]!, 1)[0]!;
    const attributes = messages(node, 5).map((field) => [strings(field, 1)[0], numbers(field, 3)[0]]);
    expect(attributes).toContainEqual(['accuracy_level', 4]);
  });

  it('may be rounded by any blocks, but not to fewer bits', async () => {
    const sizes = { m: 5, n: 24, k: 256 };
    const work = { ...works.find(({ operation }) => operation === 'gemm-int4-a8')!, sizes };
    const { gpu: device } = await testDevice();
    const options = { seed: 1, distribution: 'normal', referenceBudget: 2 ** 24, nowMs: () => 0 } as const;
    const task = await createTask(device, work, options);
    const weights = dequantizeInt4(fromMatMulNBits(task.b as MatMulNBitsWeights));
    const product = (block: number, most: number) => {
      const a = Float64Array.from(task.a, (value, i) => {
        const from = Math.floor(i / block) * block;
        const step = Math.max(...task.a.subarray(from, from + block).map(Math.abs)) / most;
        return Math.round(value / step) * step;
      });
      return Float64Array.from({ length: sizes.m * sizes.n }, (_, at) => {
        const [row, column] = [Math.floor(at / sizes.n), at % sizes.n];
        let sum = 0;
        for (let p = 0; p < sizes.k; p++) sum += a[row * sizes.k + p]! * weights[column * sizes.k + p]!;
        return sum;
      });
    };
    for (const block of [32, 128, 256]) expect(task.judge(product(block, 127)).right).toBe(true);
    expect(task.judge(product(32, 3)).right).toBe(false);
    task.destroy();
  });
});

describe('entrants', () => {
  const task = {
    work: works[0]!,
    judge: (output: ArrayLike<number>) => ({
      right: output[0] === 1,
      verification: { elements: 1, worst: 0, ...(output[0] === 1 ? {} : { first: 'C[0][0] is 2, expected 1 ± 0' }) },
    }),
  } as unknown as Task;
  const library = (result: number, log: string[] = []): Rival => ({
    nameFor: () => 'jax-js/matmul',
    enter: async () =>
      entrantOf(
        {
          kernel: 'jax-js/matmul',
          compileNs: 0,
          uploadNs: 0,
          notes: [],
          step: () => void log.push('step'),
          finish: () => void log.push('finish'),
          output: async () => [result],
          destroy: () => void log.push('destroy'),
        },
        task,
      ),
  });

  it('run back to back and wait once', async () => {
    const log: string[] = [];
    const entrant: Entrant = await library(1, log).enter(task);
    expect(await entrant.run(3)).toBeGreaterThanOrEqual(0);
    expect(log).toEqual(['step', 'step', 'step', 'finish']);
  });

  it('take part where they are right', async () => {
    const { entrant, row } = await enterRival(task, library(1), 'jax-js/matmul');
    expect(row.status).toBe('ok');
    expect(entrant).toBeDefined();
  });

  it('take no part where they are wrong', async () => {
    const log: string[] = [];
    const { entrant, row } = await enterRival(task, library(2, log), 'jax-js/matmul');
    expect(entrant).toBeUndefined();
    expect(row).toMatchObject({ status: 'wrong', reason: 'C[0][0] is 2, expected 1 ± 0. It is not timed.' });
    expect(row.time).toBeUndefined();
    expect(log.at(-1)).toBe('destroy');
  });

  it('say why they do not load', async () => {
    const broken: Rival = { nameFor: () => 'jax-js/matmul', enter: () => Promise.reject(new Error('no module.')) };
    const { entrant, row } = await enterRival(task, broken, 'jax-js/matmul');
    expect(entrant).toBeUndefined();
    expect(row).toMatchObject({ status: 'failed', reason: 'It could not run here: no module. It is not timed.' });
  });
});

function matrixOf(n: number, k: number) {
  return quantizeInt4(seededRandom(3).values(n * k), { n, k, groupSize: 32, scheme: 'symmetric' });
}

/** A protocol-buffer message taken apart: field number and payload, in order. */
type Message = readonly { readonly field: number; readonly value: number | Uint8Array }[];

function read(data: Uint8Array): Message {
  const fields: { field: number; value: number | Uint8Array }[] = [];
  let at = 0;
  const varint = (): number => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = data[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < data.length) {
    const key = varint();
    const value = varint();
    if (key % 8 === 0) fields.push({ field: key >> 3, value });
    else {
      expect(key % 8).toBe(2);
      expect(at + value).toBeLessThanOrEqual(data.length);
      fields.push({ field: key >> 3, value: data.subarray(at, at + value) });
      at += value;
    }
  }
  return fields;
}

function bytes(message: Message, wanted: number): Uint8Array[] {
  return message.flatMap(({ field, value }) => (field === wanted && typeof value !== 'number' ? [value] : []));
}

function numbers(message: Message, wanted: number): number[] {
  return message.flatMap(({ field, value }) => (field === wanted && typeof value === 'number' ? [value] : []));
}

function strings(message: Message, wanted: number): string[] {
  return bytes(message, wanted).map((text) => new TextDecoder().decode(text));
}

function messages(message: Message, wanted: number): Message[] {
  return bytes(message, wanted).map(read);
}

/** Name, element type and dims of a ValueInfoProto. */
function dimsOf(info: Message): unknown[] {
  const tensor = messages(messages(info, 2)[0]!, 1)[0]!;
  const dims = messages(messages(tensor, 2)[0]!, 1).map((dim) => numbers(dim, 1)[0]);
  return [strings(info, 1)[0], numbers(tensor, 1)[0], dims];
}
