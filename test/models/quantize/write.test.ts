/** Quantized files: read back here they give what the quantized model gives, and ONNX Runtime agrees. */
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeModel, readOnnx } from '../../../src/models/onnx/read.js';
import { agreementOf } from '../../../src/models/quantize/accuracy.js';
import { activationsOf, type Calibration, calibrate, interpreterRun } from '../../../src/models/quantize/calibrate.js';
import { batchesOf, feedOf } from '../../../src/models/quantize/data.js';
import { layersOf } from '../../../src/models/quantize/layers.js';
import { quantizeModel } from '../../../src/models/quantize/quantize.js';
import { parseScheme } from '../../../src/models/quantize/schemes.js';
import { recordsOf } from '../../../src/models/quantize/wire.js';
import { joined, writeQuantizedOnnx } from '../../../src/models/quantize/write.js';
import { interpret } from '../../../src/models/run/interpret.js';
import { type HostTensor, hostTensor } from '../../../src/models/run/values.js';
import { relativeRms } from '../../../src/numerics/quality.js';
import { seededRandom } from '../../../src/numerics/random.js';
import { builtModel } from '../../support/built-model.js';
import { openInOrt, ortMissing } from '../../support/ort.js';
import { mnist, mnistMissing, scoresOf } from './mnist.js';

const file = builtModel();
const model = readOnnx(file);
const inputs = [1, 2, 3, 4].map((seed) => hostTensor('f32', [1, 4, 8, 8], seededRandom(seed).values(256)));
let calibration: Calibration;

beforeAll(async () => {
  const runs = inputs.map((x) => new Map([['x', x]]));
  calibration = await calibrate(activationsOf(layersOf(model)), runs, interpreterRun(model));
});

function outputs(of: typeof model): Float64Array {
  return Float64Array.from(
    inputs.flatMap((x) => [...(interpret(of, new Map([['x', x]])).get('y') as HostTensor).data]),
  );
}

const ids = [
  'f16',
  'bf16',
  'int8',
  'int8-dynamic',
  'int8-weights',
  'int8-weights-tensor',
  'int8-g32',
  'int6',
  'int4',
  'int4-g32',
  'int4-g64-asym',
  'nf4-g64',
  'fp8-e4m3',
  'fp8-e5m2',
  'fp4-e2m1',
  'int3-g32',
  'int5-g32-asym',
  'ternary',
  'binary',
  'prune-2-4',
] as const;

describe('quantized files', () => {
  it.each(ids)('of %s are read back as the model that was quantized', async (id) => {
    const quantized = quantizeModel(model, parseScheme(id), { calibration });
    const written = writeQuantizedOnnx(file, quantized);
    const bytes = joined(written.parts);
    expect(written.bytes).toBe(bytes.length);
    const ours = outputs(quantized.model);
    const back = readOnnx({ name: 'back.onnx', bytes });
    expect(relativeRms(ours, outputs(back))).toBeLessThan(1e-6);
    if (!id.startsWith('prune')) expect(bytes.length).toBeLessThan(0.6 * file.bytes.length);
    expect(written.plain).toEqual([]);
  });

  it.skipIf(ortMissing !== undefined).each(ids)(
    `of %s give the same in ONNX Runtime${ortMissing ? `: ${ortMissing}` : ''}`,
    async (id) => {
      const quantized = quantizeModel(model, parseScheme(id), { calibration });
      const run = await openInOrt(joined(writeQuantizedOnnx(file, quantized).parts));
      const theirs: number[] = [];
      for (const { data, dims } of inputs) theirs.push(...(await run(data, dims)));
      // A value at a tie may fall to the next code of 255 where activations are rounded.
      expect(relativeRms(outputs(quantized.model), theirs)).toBeLessThan(quantized.scheme.activations ? 5e-3 : 1e-5);
    },
  );

  it.skipIf(ortMissing !== undefined).each([
    ['int4-g32', 'MatMulNBits'],
    ['int4-g32-asym', 'MatMulNBits'],
    ['int4-g128', 'MatMulNBits'],
    ['nf4-g64', 'MatMulBnb4'],
    ['nf4', 'MatMulBnb4'],
  ])(`of %s with %s give the same in ONNX Runtime${ortMissing ? `: ${ortMissing}` : ''}`, async (id, operator) => {
    const quantized = quantizeModel(model, parseScheme(id));
    const { parts } = writeQuantizedOnnx(file, quantized, 'nbits');
    const back = readOnnx({ name: 'back.onnx', bytes: joined(parts) });
    expect(back.graph.nodes.filter(({ op }) => op === operator)).toHaveLength(3);
    const run = await openInOrt(joined(parts));
    const theirs: number[] = [];
    for (const { data, dims } of inputs) theirs.push(...(await run(data, dims)));
    expect(relativeRms(outputs(quantized.model), theirs)).toBeLessThan(1e-5);
    expect(relativeRms(outputs(back), theirs)).toBeLessThan(1e-5);
  });

  it('keep the bytes of what did not change', () => {
    const quantized = quantizeModel(model, parseScheme('int8-weights'), { exclude: ['last'] });
    const { parts } = writeQuantizedOnnx(file, quantized);
    const shared = parts.filter(({ buffer }) => buffer === file.bytes.buffer);
    const proto = decodeModel(file).graph!;
    // The weight that stays, three biases, and the six nodes that are no quantized layer.
    const kept = shared.flatMap((part) => [...recordsOf(part)].map(({ field }) => field));
    expect(kept.filter((field) => field === 5)).toHaveLength(4);
    expect(kept.filter((field) => field === 1)).toHaveLength(proto.node.length - 4);
  });

  it('are refused where an operator would change its meaning, or no other program could run them', () => {
    const old = builtModel(9);
    const spoiled = readOnnx(old);
    const node = { ...spoiled.graph.nodes[1]!, op: 'Softmax' };
    const withSoftmax = {
      ...spoiled,
      graph: { ...spoiled.graph, nodes: spoiled.graph.nodes.map((each, i) => (i === 1 ? node : each)) },
    };
    const quantized = quantizeModel(withSoftmax, parseScheme('int8-weights'));
    expect(() => writeQuantizedOnnx(old, quantized)).toThrow(/Softmax "relu1" changed in opset 13/);
    expect(() => writeQuantizedOnnx(file, quantizeModel(model, parseScheme('lmul-m4')))).toThrow(/no ONNX operator/);
  });
});

describe.skipIf(mnistMissing !== undefined || ortMissing !== undefined)(
  `MNIST${mnistMissing ?? ortMissing ?? ''}`,
  () => {
    it('gives the same classes in ONNX Runtime from the file of opset 8, raised', { timeout: 120_000 }, async () => {
      const given = mnist();
      const feed = feedOf(given.model, given.set);
      const batches = [...batchesOf(given.set, feed, { kind: '0…255' }, { from: 9900, to: 9932 })].map(
        (each) => each.inputs,
      );
      const seen = await calibrate(activationsOf(layersOf(given.model)), batches, interpreterRun(given.model));
      for (const id of ['int8', 'int8-dynamic', 'int4-g32']) {
        const quantized = quantizeModel(given.model, parseScheme(id), { calibration: seen });
        const run = await openInOrt(joined(writeQuantizedOnnx(given.file, quantized).parts));
        const theirs: number[] = [];
        const images = batchesOf(given.set, feed, { kind: '0…255' }, { to: 50 });
        for (const each of images)
          theirs.push(...(await run((each.inputs.get(feed.input) as HostTensor).data, feed.dims)));
        const ours = scoresOf(quantized.model, given.set, 0, 50);
        expect(agreementOf(ours, { classes: 10, data: theirs }).agreement.value).toBe(1);
        expect(relativeRms(ours.data, theirs)).toBeLessThan(1e-3);
      }
    });
  },
);
