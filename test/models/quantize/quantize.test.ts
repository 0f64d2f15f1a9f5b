/** Whole models: layers found, schemes and methods applied, reports that add up, and forms that compute what they say. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readOnnx } from '../../../src/models/onnx/read.js';
import { activationsOf, type Calibration, calibrate, interpreterRun } from '../../../src/models/quantize/calibrate.js';
import { layersOf } from '../../../src/models/quantize/layers.js';
import { quantizeModel } from '../../../src/models/quantize/quantize.js';
import { inLayout, rowsOf } from '../../../src/models/quantize/rows.js';
import { sampleRows } from '../../../src/models/quantize/samples.js';
import { parseScheme, schemes } from '../../../src/models/quantize/schemes.js';
import { interpret } from '../../../src/models/run/interpret.js';
import { type HostTensor, hostTensor } from '../../../src/models/run/values.js';
import { relativeRms } from '../../../src/numerics/quality.js';
import { seededRandom } from '../../../src/numerics/random.js';
import { builtModel, modelFile, weights } from '../../support/built-model.js';
import * as graph from '../../support/graph.js';
import { node } from '../../support/onnx-model.js';

const model = readOnnx(builtModel());
const layers = layersOf(model);
const inputs = Array.from({ length: 6 }, (_, i) => hostTensor('f32', [1, 4, 8, 8], seededRandom(i + 1).values(256)));
let calibration: Calibration;

beforeAll(async () => {
  calibration = await calibrate(
    activationsOf(layers),
    inputs.map((x) => new Map([['x', x]])),
    interpreterRun(model),
  );
});

function outputs(of: typeof model, given = inputs): Float64Array {
  return Float64Array.from(given.flatMap((x) => [...(interpret(of, new Map([['x', x]])).get('y') as HostTensor).data]));
}

const error = (id: string, method?: string): number =>
  relativeRms(
    outputs(model),
    outputs(quantizeModel(model, parseScheme(id), { calibration, ...(method ? { method } : {}) }).model),
  );

describe('layers', () => {
  it('are those with constant weights, as matrices of channels and reduction', () => {
    expect(
      layers.map(({ name, op, rows, reduction, groups, bias }) => [name, op, rows, reduction, groups, bias]),
    ).toEqual([
      ['first', 'Conv', 8, 36, 1, 'b1'],
      ['grouped', 'Conv', 8, 36, 2, undefined],
      ['dense', 'Gemm', 64, 512, 1, 'b3'],
      ['product', 'MatMul', 96, 64, 1, undefined],
      ['last', 'MatMul', 10, 96, 1, undefined],
    ]);
  });

  it('lie in matrices and back', () => {
    for (const layer of layers) {
      const matrix = rowsOf(layer);
      const bytes = new Uint8Array(inLayout(layer, matrix.data).buffer);
      expect(bytes).toEqual(Uint8Array.from(layer.weight.bytes));
    }
  });

  it('meet the rows of inputs that make their outputs', () => {
    const values = new Map<string, HostTensor>();
    interpret(model, new Map([['x', inputs[0]!]]), {
      watch: (name, value) => void values.set(name, value as HostTensor),
    });
    for (const layer of layers) {
      const samples = sampleRows(layer, [values.get(layer.input) ?? inputs[0]!], 1e6)!;
      const matrix = rowsOf(layer);
      const perGroup = layer.rows / layer.groups;
      const made = values.get(layer.node.outputs[0]!)!;
      const area = samples[0]!.rows;
      const bias = layer.bias
        ? new Float32Array(Uint8Array.from(model.graph.initializers.get(layer.bias)!.bytes).buffer)
        : undefined;
      for (let row = 0; row < layer.rows; row++) {
        const { data } = samples[Math.floor(row / perGroup)]!;
        let sum = bias?.[row] ?? 0;
        for (let i = 0; i < layer.reduction; i++)
          sum += data[(area - 1) * layer.reduction + i]! * matrix.data[row * layer.reduction + i]!;
        const at = layer.op === 'Conv' ? row * area + area - 1 : row;
        expect(Math.abs(made.data[at]! - sum)).toBeLessThan(1e-4);
      }
    }
  });

  it('are seen through reshaped and transposed constants', () => {
    const file = modelFile(
      [node('Transpose', ['w'], ['turned'], 'turn'), node('MatMul', ['x', 'turned'], ['y'], 'product')],
      [weights('w', [10, 16], 16, 1)],
      [1, 16],
      [1, 10],
    );
    const wrapped = readOnnx(file);
    const quantized = quantizeModel(wrapped, parseScheme('int8-weights'));
    expect(quantized.layers[0]).toMatchObject({ name: 'product', before: 640, after: 160 + 40 });
    expect(quantized.model.graph.nodes.map(({ op }) => op)).toEqual(['QuantizedMatMul']);
    expect([...quantized.model.graph.initializers.keys()]).not.toContain('w');
  });

  it('include embeddings, which stay unless asked for', () => {
    const file = modelFile(
      [node('Gather', ['table', 'x'], ['y'], 'embed')],
      [weights('table', [100, 32], 32, 1)],
      [1],
      [1, 32],
    );
    const embedding = readOnnx(file);
    expect(quantizeModel(embedding, parseScheme('int8-weights')).layers[0]).toMatchObject({
      place: 'float',
      after: 12800,
    });
    const quantized = quantizeModel(embedding, parseScheme('int8-weights'), { embeddings: true });
    expect(quantized.layers[0]).toMatchObject({ place: 'simulated', after: 3200 + 400 });
  });
});

describe('quantized models', () => {
  it.each(schemes.map(({ id }) => id))('%s runs, and its report adds up', (id) => {
    const quantized = quantizeModel(model, parseScheme(id), { calibration });
    expect(outputs(quantized.model, inputs.slice(0, 1)).every(Number.isFinite)).toBe(true);
    const saved = quantized.layers.reduce((sum, { before, after }) => sum + before - after, 0);
    expect(quantized.bytes.after).toBe(quantized.bytes.before - saved);
    for (const { why } of quantized.layers) expect(why).toMatch(/\.$/);
    if (id === 'f32') expect(quantized.model.graph).toEqual(model.graph);
  });

  it('are the nearer to the float model the more bits they have', () => {
    const errors = ['int2-g32', 'int3-g32', 'int4-g32', 'int6', 'int8-weights', 'f16'].map((id) => error(id));
    for (const [i, each] of errors.entries()) if (i > 0) expect(each).toBeLessThan(errors[i - 1]!);
    expect(error('int8')).toBeLessThan(0.03);
    expect(error('int8-dynamic')).toBeLessThan(0.03);
    expect(error('int4-g32')).toBeLessThan(0.2);
  });

  it('gain by error feedback on the data that was seen', () => {
    for (const method of ['gptq', 'gpfq', 'adaround'])
      expect(error('int3-g32', method)).toBeLessThan(error('int3-g32'));
  });

  it('leave the float result as it is by preparations alone', () => {
    for (const method of ['smooth', 'hadamard', 'smooth+bias']) expect(error('f16', method)).toBeLessThan(2e-3);
    const rotated = quantizeModel(model, parseScheme('int8'), { calibration, method: 'hadamard' });
    expect(rotated.layers.find(({ name }) => name === 'first')!.why).toMatch(/Not rotated/);
    expect(error('int8', 'hadamard')).toBeLessThan(0.03);
    expect(error('int8-dynamic', 'hadamard')).toBeLessThan(0.03);
  });

  it('gain by smoothing where some channels are large', async () => {
    const file = modelFile(
      [node('Mul', ['x', 'gain'], ['large'], 'gain'), node('MatMul', ['large', 'w'], ['y'], 'product')],
      [weights('gain', [64], 1, 9), weights('w', [64, 32], 64, 1)],
      [16, 64],
      [16, 32],
    );
    const outlying = readOnnx(file);
    const gain = new Float32Array(Uint8Array.from(outlying.graph.initializers.get('gain')!.bytes).buffer).map((_, i) =>
      i % 16 === 3 ? 50 : 1,
    );
    const changed = { ...outlying, graph: { ...outlying.graph, initializers: new Map(outlying.graph.initializers) } };
    changed.graph.initializers.set('gain', {
      ...outlying.graph.initializers.get('gain')!,
      bytes: new Uint8Array(gain.buffer),
    });
    const x = [hostTensor('f32', [16, 64], seededRandom(4).values(1024))];
    const seen = await calibrate(
      ['large'],
      x.map((each) => new Map([['x', each]])),
      interpreterRun(changed),
    );
    const of = (method: string): number => {
      const quantized = quantizeModel(changed, parseScheme('int8'), { calibration: seen, method });
      return relativeRms(outputs(changed, x), outputs(quantized.model, x));
    };
    expect(of('smooth')).toBeLessThan(of('nearest') / 1.5);
    expect(of('hadamard')).toBeLessThan(of('nearest'));
  });

  it('follow schemes and methods of single layers, and leave out what is excluded', () => {
    const quantized = quantizeModel(model, parseScheme('int4-g32'), {
      calibration,
      exclude: ['first'],
      perLayer: new Map([['last', parseScheme('int8-weights')]]),
      methods: new Map([['dense', 'gptq+bias']]),
    });
    expect(quantized.layers.map(({ scheme }) => scheme)).toEqual([
      'f32',
      'int4-g32',
      'int4-g32',
      'int4-g32',
      'int8-weights',
    ]);
    expect(quantized.layers[2]!.method).toBe('gptq+bias');
    expect(quantized.layers[0]).toMatchObject({ place: 'float', why: 'Left as it is: it is excluded.' });
  });

  it('say what is missing or wrong', () => {
    expect(() => quantizeModel(model, parseScheme('int8'))).toThrow(/no calibration data saw/);
    expect(() => quantizeModel(model, parseScheme('int4-g32'), { method: 'gptq' })).toThrow(/no calibration data saw/);
    expect(() => quantizeModel(model, parseScheme('int8-weights'), { exclude: ['nowhere'] })).toThrow(
      /there are first, grouped/,
    );
  });

  it.each(['prune-2-4', 'prune-block', 'int8-weights', 'bf16'])(
    'name the layer with weights that are no number: %s',
    (id) => {
      const values = seededRandom(1).values(16 * 8);
      values[19] = Number.NaN;
      const broken = graph.modelOf({
        inputs: { x: [1, 16] },
        outputs: ['y'],
        nodes: [graph.node('MatMul', ['x', 'w'], ['y'])],
        initializers: [graph.f32('w', [16, 8], values)],
      });
      expect(() => quantizeModel(broken, parseScheme(id))).toThrow(/Layer "MatMul_y".*NaN in channel 3, position 2/);
    },
  );
});
