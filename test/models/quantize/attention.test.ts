/** A small attention block: weights shared by input, products of two activations, preparations on three dimensions. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readOnnx } from '../../../src/models/onnx/read.js';
import { activationsOf, type Calibration, calibrate, interpreterRun } from '../../../src/models/quantize/calibrate.js';
import { layersOf } from '../../../src/models/quantize/layers.js';
import { firstParting } from '../../../src/models/quantize/parting.js';
import { quantizeModel } from '../../../src/models/quantize/quantize.js';
import { parseScheme } from '../../../src/models/quantize/schemes.js';
import { joined, writeQuantizedOnnx } from '../../../src/models/quantize/write.js';
import { interpret } from '../../../src/models/run/interpret.js';
import { type HostTensor, hostTensor } from '../../../src/models/run/values.js';
import { relativeRms } from '../../../src/numerics/quality.js';
import { seededRandom } from '../../../src/numerics/random.js';
import { attentionModel } from '../../support/built-model.js';
import { openInOrt, ortMissing } from '../../support/ort.js';

const file = attentionModel();
const model = readOnnx(file);
/** One of 64 channels is large, as in transformers. */
const inputs = [1, 2, 3].map((seed) => {
  const data = seededRandom(seed)
    .values(12 * 64)
    .map((value, i) => (i % 64 === 7 ? 40 * value : value));
  return hostTensor('f32', [1, 12, 64], data);
});
let calibration: Calibration;

beforeAll(async () => {
  calibration = await calibrate(
    activationsOf(layersOf(model)),
    inputs.map((x) => new Map([['x', x]])),
    interpreterRun(model),
  );
});

/** Of the branch alone: x itself would hide it. */
function branch(of: typeof model): Float64Array {
  return Float64Array.from(
    inputs.flatMap((x) => [
      ...(interpret(of, new Map([['x', x]])).get('y') as HostTensor).data.map((value, i) => value - x.data[i]!),
    ]),
  );
}

describe('an attention block', () => {
  it('shares the rounded input among queries, keys and values', () => {
    const { graph } = quantizeModel(model, parseScheme('int8'), { calibration }).model;
    expect(graph.nodes.filter(({ op, inputs: [first] }) => op === 'QuantizeLinear' && first === 'x')).toHaveLength(1);
  });

  it('is spared by smoothing and rotation where a channel is large', () => {
    const error = (method: string): number =>
      relativeRms(branch(model), branch(quantizeModel(model, parseScheme('int8'), { calibration, method }).model));
    expect(error('smooth')).toBeLessThan(error('nearest'));
    expect(error('hadamard')).toBeLessThan(error('nearest'));
  });

  it.skipIf(ortMissing !== undefined).each([
    ['int8', 'nearest'],
    ['int8', 'smooth+bias'],
    ['int8', 'hadamard'],
    ['int8-dynamic', 'nearest'],
    ['int8-dynamic', 'hadamard'],
    ['int4-g32', 'gptq'],
    ['int4-g32-asym', 'hadamard+gpfq'],
  ])(`of %s by %s gives the same in ONNX Runtime${ortMissing ? `: ${ortMissing}` : ''}`, async (id, method) => {
    const quantized = quantizeModel(model, parseScheme(id), { calibration, method });
    for (const form of ['qdq', 'nbits'] as const) {
      const run = await openInOrt(joined(writeQuantizedOnnx(file, quantized, form).parts));
      const theirs: number[] = [];
      for (const { data, dims } of inputs) theirs.push(...(await run(data, dims)).map((value, i) => value - data[i]!));
      expect(relativeRms(branch(quantized.model), theirs)).toBeLessThan(id.startsWith('int8') ? 0.02 : 1e-4);
    }
  });

  it('multiplies activations alone by L-Mul under the scope of attention', async () => {
    const { model: quantized, layers } = quantizeModel(model, parseScheme('lmul-m4-attention'));
    expect(quantized.graph.nodes.filter(({ op }) => op === 'LmulMatMul').map(({ name }) => name)).toEqual(['qk', 'o']);
    expect(layers.every(({ place }) => place === 'float')).toBe(true);
    expect(relativeRms(branch(model), branch(quantized))).toBeLessThan(0.5);
    const values = await interpreterRun(quantized)(new Map([['x', inputs[0]!]]));
    expect((await firstParting(quantized, values)).parting?.sentence).toBeUndefined();
    const perLayer = new Map([['up', parseScheme('lmul-m4')]]);
    expect(() => quantizeModel(model, parseScheme('f32'), { perLayer })).toThrow(/chosen for a whole model/);
  });
});
