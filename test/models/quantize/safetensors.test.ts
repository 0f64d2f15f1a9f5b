/** Quantized safetensors: written by splicing, read back as the values that the codes stand for. */
import { describe, expect, it } from 'vitest';
import { readOnnx } from '../../../src/models/onnx/read.js';
import { dequantized, roundToNearest } from '../../../src/models/quantize/matrix.js';
import { quantizeModel } from '../../../src/models/quantize/quantize.js';
import { inLayout } from '../../../src/models/quantize/rows.js';
import { parseScheme } from '../../../src/models/quantize/schemes.js';
import { joined } from '../../../src/models/quantize/write.js';
import {
  noteKey,
  quantizedTensors,
  readQuantizedSafetensors,
  writeQuantizedSafetensors,
} from '../../../src/models/quantize/write-safetensors.js';
import { readSafetensors } from '../../../src/models/safetensors/read.js';
import { writeSafetensors } from '../../../src/models/safetensors/write.js';
import { numbersOf } from '../../../src/models/values.js';
import { relativeRms } from '../../../src/numerics/quality.js';
import { seededRandom } from '../../../src/numerics/random.js';
import { builtModel } from '../../support/built-model.js';

type Bytes = Uint8Array<ArrayBuffer>;
const sizes = {
  'layer.weight': [24, 70],
  'conv.weight': [6, 4, 3, 3],
  'layer.bias': [24],
  'model.embed_tokens.weight': [50, 16],
};
const tensors = Object.entries(sizes).map(([name, dims], i) => {
  const data = seededRandom(i + 1).values(dims.reduce((product, size) => product * size, 1));
  return { name, type: 'f32' as const, dims, bytes: new Uint8Array(data.buffer) };
});
const file = {
  name: 'm.safetensors',
  bytes: joined(writeSafetensors('m', tensors, new Map([['made by', 'a test']])) as Bytes[]),
};

describe('the weights of a model with a graph', () => {
  const model = readOnnx(builtModel());

  it.each(['int8-weights', 'int4-g32-asym', 'nf4-g64', 'fp8-e4m3', 'f16', 'prune-2-4', 'int3-g32'])(
    'as %s come back as the values that were quantized',
    (id) => {
      const quantized = quantizeModel(model, parseScheme(id));
      const { tensors: made, metadata } = quantizedTensors(quantized);
      const bytes = joined(writeSafetensors('m', made, metadata) as Bytes[]);
      const back = readQuantizedSafetensors({ name: 'm.safetensors', bytes });
      expect(back.tensors.map(({ name }) => name).sort()).toEqual([...model.graph.initializers.keys()].sort());
      for (const { layer, weights } of quantized.quantized) {
        const found = back.tensors.find(({ name }) => name === layer.weightName)!;
        expect(found.dims).toEqual(layer.dims);
        expect(Array.from(numbersOf(found))).toEqual(Array.from(inLayout(layer, weights!.data)));
      }
      const bits = quantized.quantized[0]!.matrix?.weights.bits ?? 32;
      expect(bytes.length).toBeLessThan((bits / 32 + 0.12) * builtModel().bytes.length);
    },
  );

  it('are refused where they mean nothing alone', () => {
    expect(() => quantizedTensors(quantizeModel(model, parseScheme('lmul-m4')))).toThrow(/about products/);
    const rotated = quantizeModel(model, parseScheme('int4-g32'), { method: 'hadamard' });
    expect(() => quantizedTensors(rotated)).toThrow(/scaled or rotated inputs alone; write ONNX/);
  });
});

describe('quantized safetensors', () => {
  it.each([
    'int8-weights',
    'int4-g32',
    'int4-g64-asym',
    'nf4-g32',
    'int3-g32',
    'int5-g32-asym',
    'fp8-e4m3',
    'fp4-e2m1',
    'binary',
    'ternary',
    'f16',
    'bf16',
  ])('of %s come back as what the codes stand for', (id) => {
    const written = writeQuantizedSafetensors(file, parseScheme(id));
    const bytes = joined(written.parts as Bytes[]);
    expect(written.bytes).toBe(bytes.length);
    const back = readQuantizedSafetensors({ name: 'q.safetensors', bytes });
    expect(back.metadata.get('made by')).toBe('a test');
    expect(new Set(back.tensors.map(({ name }) => name))).toEqual(new Set(Object.keys(sizes)));
    for (const { name, dims, bytes: old } of tensors) {
      const found = back.tensors.find((tensor) => tensor.name === name)!;
      expect(found.dims).toEqual(dims);
      const report = written.tensors.find((tensor) => tensor.name === name)!;
      if (report.kept !== undefined) expect(Uint8Array.from(found.bytes)).toEqual(old);
      else {
        const data = new Float32Array(old.buffer);
        const expected = dequantized(
          roundToNearest({ rows: dims[0]!, columns: data.length / dims[0]!, data }, parseScheme(id).weights!),
        );
        expect(relativeRms(expected.data, Float32Array.from(numbersOf(found)))).toBeLessThan(1e-9);
      }
    }
    expect(written.tensors.filter(({ kept }) => kept === undefined)).toHaveLength(2);
  });

  it('leave out what is named, and take embeddings where asked', () => {
    const written = writeQuantizedSafetensors(file, parseScheme('int8-weights'), {
      exclude: ['conv.weight'],
      embeddings: true,
    });
    expect(written.tensors.map(({ kept }) => kept === undefined).sort()).toEqual([false, false, true, true]);
    const names = readSafetensors({ name: 'q', bytes: joined(written.parts as Bytes[]) }).tensors.map(
      ({ name }) => name,
    );
    expect(names).toContain('model.embed_tokens.weight.codes');
    expect(names).toContain('conv.weight');
  });

  it('refuse schemes that are not about weights, and notes that do not fit', () => {
    expect(() => writeQuantizedSafetensors(file, parseScheme('int8'))).toThrow(/not about weights alone/);
    expect(() => writeQuantizedSafetensors(file, parseScheme('lmul-m4'))).toThrow(/not about weights alone/);
    const noted = (note: string) => ({
      name: 'bad',
      bytes: joined(writeSafetensors('m', tensors, new Map([[noteKey, note]])) as Bytes[]),
    });
    expect(() => readQuantizedSafetensors(noted('{'))).toThrow(/a note under/);
    const missing = JSON.stringify({ version: 1, scheme: 'int4-g32', tensors: { 'layer.weight': { dims: [24, 70] } } });
    expect(() => readQuantizedSafetensors(noted(missing))).toThrow(/Tensor "layer.weight" of bad: does not fit/);
  });
});
