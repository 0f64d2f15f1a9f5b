/** Reading ONNX: what comes out of models that are right, of real ones where they are at hand, and of mutated bytes. */
import { readFileSync } from 'node:fs';
import { toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { costsOf } from '../../src/models/cost.js';
import { ModelFileError } from '../../src/models/errors.js';
import { intOf, type Model, subgraphsOf } from '../../src/models/graph.js';
import { inspect } from '../../src/models/inspect.js';
import { memoryOf } from '../../src/models/memory.js';
import { ModelProtoSchema } from '../../src/models/onnx/gen/onnx_pb.js';
import { decodeModel, externalFilesOf, readOnnx } from '../../src/models/onnx/read.js';
import { readModel } from '../../src/models/read.js';
import type { Tensor } from '../../src/models/tensor.js';
import { numbersOf } from '../../src/models/values.js';
import { seededRandom } from '../../src/numerics/random.js';
import { fixture, missing } from '../support/fixtures.js';
import { mutationCount } from '../support/mutations.js';
import { bytesOf, external, fileName, node, record, spoiled, tensor, value, whole } from '../support/onnx-model.js';
import { filesOfTar } from '../support/tar.js';

const read = (bytes: Uint8Array<ArrayBuffer>): Model => readOnnx({ name: fileName, bytes });
const weightOf = (model: Model, name: string): Tensor => model.graph.initializers.get(name)!;

describe('a small model', () => {
  const model = read(whole);

  it('has inputs, outputs, nodes and operator sets', () => {
    expect(model.graph.inputs).toEqual([{ name: 'X', type: { kind: 'tensor', type: 'f32', dims: [1, 4] } }]);
    expect(model.graph.outputs.map(({ name }) => name)).toEqual(['Z']);
    expect(model.graph.nodes.map(({ op }) => op)).toEqual(['MatMul', 'Add', 'Relu', 'If', 'Constant', 'Reshape']);
    expect(model.opsets).toEqual(new Map([['', 21]]));
    expect(intOf(model.graph.nodes[5]!, 'allowzero', 7)).toBe(0);
    expect(model.graph.nodes[4]!.attributes.get('value')).toMatchObject({ kind: 'tensor', value: { type: 'i64' } });
    expect(subgraphsOf(model.graph.nodes[3]!).map(({ name }) => name)).toEqual(['then', 'else']);
    expect(model.metadata.get('made by')).toBe('a test');
    expect(model.remarks).toEqual([]);
  });

  it('views the bytes of the file, for raw data and for packed floats', () => {
    for (const name of ['W', 'B', 'codes']) expect(weightOf(model, name).bytes.buffer).toBe(whole.buffer);
    expect([...numbersOf(weightOf(model, 'W'))]).toEqual([-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5]);
    expect([...numbersOf(weightOf(model, 'B'))]).toEqual([1, 2, 3]);
  });

  it('decodes int4 with the first element in the low bits', () => {
    expect([...numbersOf(weightOf(model, 'codes'))]).toEqual([1, 2, 3, -1, -8]);
  });

  it('counts multiply-adds, bytes and memory', () => {
    const [multiply, add] = costsOf(model.graph);
    expect(multiply).toMatchObject({ macs: 12, bytes: 16 + 48 + 12 });
    expect(add).toMatchObject({ macs: 0, bytes: 12 + 12 + 12 });
    // X and XW live at once, and so do later pairs of 12 bytes.
    expect(memoryOf(model.graph)).toEqual({ weights: 48 + 12 + 1 + 3 + 16, activations: 28, unknown: 2 });
  });

  it('survives a round trip through the library with fields that are not known here', () => {
    const extended = Uint8Array.of(...whole, ...record(999, Uint8Array.of(1, 2, 3)));
    const again = toBinary(ModelProtoSchema, decodeModel({ name: fileName, bytes: extended }));
    expect([...again].sort()).toEqual([...extended].sort());
    expect(inspect(read(again), { name: fileName, bytes: 0 })).toEqual(inspect(model, { name: fileName, bytes: 0 }));
  });
});

describe('variants that are right', () => {
  it('sorts nodes that come in another order', () => {
    const model = read(spoiled(({ graph }) => graph.node.reverse()));
    const ops = model.graph.nodes.map(({ op }) => op);
    expect(ops.indexOf('MatMul')).toBeLessThan(ops.indexOf('Add'));
    expect(ops.indexOf('Constant')).toBeLessThan(ops.indexOf('Reshape'));
    expect(ops.indexOf('Relu')).toBeLessThan(ops.indexOf('If'));
  });

  it('takes a chain of 50,000 nodes in any order', () => {
    const bytes = spoiled(({ graph }) => {
      const chain = Array.from({ length: 50_000 }, (_, i) => node('Neg', [i === 0 ? 'Z' : `n${i}`], [`n${i + 1}`]));
      graph.node.push(...chain.reverse());
    });
    expect(read(bytes).graph.nodes.at(-1)!.outputs).toEqual(['n50000']);
  });

  it('reads external data as a view, found beside the model or by its bare name', () => {
    const bytes = spoiled(({ graph }) => {
      graph.initializer.push(external({ location: 'data/weights.bin', offset: '4', length: '16' }));
    });
    const weights = bytesOf(Float32Array.of(9, 1, 2, 3, 4));
    expect(externalFilesOf({ name: fileName, bytes })).toEqual(['data/weights.bin']);
    for (const name of ['models/data/weights.bin', 'data/weights.bin', 'weights.bin']) {
      const model = readOnnx({ name: 'models/model.onnx', bytes }, [{ name, bytes: weights }]);
      expect(weightOf(model, 'E').bytes.buffer).toBe(weights.buffer);
      expect([...numbersOf(weightOf(model, 'E'))]).toEqual([1, 2, 3, 4]);
    }
  });

  it('leaves initializers out of the inputs, as old files list them', () => {
    const model = read(spoiled(({ graph }) => graph.input.push(value('W', 1, [4n, 3n]))));
    expect(model.graph.inputs.map(({ name }) => name)).toEqual(['X']);
  });

  it.each([
    [
      'i8',
      3,
      [-128, 127, -1],
      [
        0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 1,
      ],
    ],
    ['i32, negative in five bytes', 6, [-1, 300], [0xff, 0xff, 0xff, 0xff, 0x0f, 0xac, 2]],
    ['f16', 10, [1, -2], [0x80, 0x78, 0x80, 0x80, 3]],
    ['bf16', 16, [1], [0x80, 0x7f]],
    ['e4m3', 17, [1, -448], [0x38, 0xfe, 1]],
    ['e4m3fnuz', 18, [0.5, 1], [0x38, 0x40]],
    ['e5m2', 19, [1], [0x3c]],
    ['e5m2fnuz', 20, [0.5], [0x3c]],
    ['u4, two to a byte', 21, [1, 2, 15], [0x21, 0x0f]],
    ['i4, two to a byte', 22, [1, 2, -1], [0x21, 0x0f]],
    ['e2m1, two to a byte', 23, [0.5, 1, 6], [0x21, 0x07]],
    ['e8m0', 24, [1, 2], [0x7f, 0x80, 1]],
  ])('decodes %s from int32_data', (_, type, expected, run) => {
    const weight = tensor('V', type, [BigInt(expected.length)], { int32Data: [Uint8Array.from(run)] });
    const model = read(spoiled(({ graph }) => graph.initializer.push(weight)));
    expect([...numbersOf(weightOf(model, 'V'))]).toEqual(expected);
  });

  it('reads 64-bit integers to the last bit', () => {
    const run = [...new Array<number>(9).fill(0xff), 1, ...new Array<number>(9).fill(0xff), 0];
    const weight = tensor('V', 7, [2n], { int64Data: [Uint8Array.from(run)] });
    const { bytes } = weightOf(read(spoiled(({ graph }) => graph.initializer.push(weight))), 'V');
    expect([...new BigInt64Array(bytes.slice().buffer)]).toEqual([-1n, 2n ** 63n - 1n]);
  });

  it('reads text, which has no distribution', () => {
    const text = tensor('V', 8, [2n], { stringData: [Uint8Array.of(65), Uint8Array.of(0xc3, 0xa4)] });
    const model = read(spoiled(({ graph }) => graph.initializer.push(text)));
    expect(weightOf(model, 'V').strings).toEqual(['A', 'ä']);
    const row = inspect(model, { name: fileName, bytes: 0 }).tensors.find(({ name }) => name === 'V')!;
    expect(row).toEqual({ name: 'V', type: 'string', dims: [2], elements: 2, bytes: 0 });
  });

  it('reports weights that are not finite, and opens all the same', () => {
    const model = read(
      spoiled(({ graph }) => {
        graph.initializer[1]!.floatData = [bytesOf(Float32Array.of(Number.NaN, 1, -Infinity))];
      }),
    );
    expect(inspect(model, { name: fileName, bytes: 0 }).remarks).toEqual([
      'Tensor "B" holds 2 NaN or infinite elements.',
    ]);
  });

  it('remarks on operator sets that are not known, and opens all the same', () => {
    expect(read(spoiled(({ model }) => (model.opsetImport[0]!.version = 40n))).remarks).toHaveLength(1);
  });
});

describe('what is no model', () => {
  it.each([
    ['a zip', 'PK\x03\x04', 'is a zip'],
    ['a page', '<!doctype html><p>Not found', 'HTML'],
    ['text', 'hello', 'no format'],
    ['an array', '\x93NUMPY\x01', '.npy'],
    ['an IDX file', '\0\0\x08\x03\0\0', 'IDX'],
    ['JSON', '{"a": 1}', 'weight_map'],
  ])('says what %s is', (_, text, rule) => {
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    expect(() => readModel({ name: 'file', bytes })).toThrow(expect.objectContaining({ code: 'unknown-format' }));
    expect(() => readModel({ name: 'file', bytes })).toThrow(rule);
  });
});

describe('mutated bytes', () => {
  it('end in typed errors only, each within 50 ms', () => {
    const { below } = seededRandom(5);
    let [opened, refused, slowest] = [0, 0, 0];
    for (let i = 0; i < mutationCount; i++) {
      const bytes = mutate(whole, below);
      // A pause of the machine does not come twice for the same bytes.
      let [first, outcome] = timed(bytes);
      if (first > 50) [first, outcome] = timed(bytes);
      slowest = Math.max(slowest, first);
      if (outcome) opened++;
      else refused++;
    }
    expect(slowest).toBeLessThan(50);
    expect(refused).toBeGreaterThan(1000);
    expect(opened).toBeGreaterThan(100);
  });

  function timed(bytes: Uint8Array<ArrayBuffer>): [milliseconds: number, opened: boolean] {
    const start = performance.now();
    let opened = true;
    try {
      inspect(read(bytes), { name: fileName, bytes: bytes.length });
    } catch (error) {
      if (!(error instanceof ModelFileError)) throw error;
      opened = false;
    }
    return [performance.now() - start, opened];
  }
});

describe('real models', () => {
  it('reads the MNIST model', ({ skip }) => {
    const reason = missing('mnist-8/model.onnx');
    if (reason) skip(reason);
    const bytes = Uint8Array.from(readFileSync(fixture('mnist-8/model.onnx')));
    const { parameters, model } = inspect(readModel({ name: 'mnist', bytes }), { name: 'mnist', bytes: bytes.length });
    // Weights and biases counted by hand: 8·25 + 8 + 16·8·25 + 16 + 256·10 + 10.
    expect(parameters).toBe(5994);
    expect(model!.inputs).toEqual(['Input3 f32[1,1,28,28]']);
    expect(model!.macs).toBe(8 * 784 * 25 + 16 * 196 * 8 * 25 + 256 * 10);
    expect(model!.unknownCosts).toBe(0);
  });

  it('opens every operator test of the ONNX project', ({ skip }) => {
    const reason = missing('onnx-node-tests.tar.gz');
    if (reason) skip(reason);
    let opened = 0;
    for (const { name, bytes } of filesOfTar(fixture('onnx-node-tests.tar.gz'))) {
      if (!name.endsWith('model.onnx')) continue;
      expect(inspect(readModel({ name, bytes }), { name, bytes: bytes.length }).model!.nodes.length).toBeGreaterThan(0);
      opened++;
    }
    expect(opened).toBe(611);
  });
});

/** One to four edits: a byte set, one bit flipped, bytes put in, taken out or copied, or the end cut off. */
function mutate(original: Uint8Array, below: (limit: number) => number): Uint8Array<ArrayBuffer> {
  let bytes = [...original];
  for (let edits = 1 + below(4); edits > 0; edits--) {
    const at = below(bytes.length);
    const edit = below(6);
    if (edit === 0) bytes[at] = below(256);
    else if (edit === 1) bytes[at]! ^= 1 << below(8);
    else if (edit === 2) bytes.splice(at, 0, below(256));
    else if (edit === 3) bytes.splice(at, 1 + below(4));
    else if (edit === 4) bytes.splice(at, 0, ...bytes.slice(at, at + below(40)));
    else if (bytes.length > 20 && below(8) === 0) bytes = bytes.slice(0, at + 1);
  }
  return Uint8Array.from(bytes);
}
