/** X-ray, sensitivity and partings: what each layer costs, and whose fault an error is. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readOnnx } from '../../../src/models/onnx/read.js';
import { activationsOf, type Calibration, calibrate, interpreterRun } from '../../../src/models/quantize/calibrate.js';
import { layersOf } from '../../../src/models/quantize/layers.js';
import { firstParting } from '../../../src/models/quantize/parting.js';
import { quantizeModel } from '../../../src/models/quantize/quantize.js';
import { parseScheme } from '../../../src/models/quantize/schemes.js';
import { sensitivities, worstLayers, xray } from '../../../src/models/quantize/xray.js';
import { interpret } from '../../../src/models/run/interpret.js';
import { createModelSession } from '../../../src/models/run/session.js';
import { type HostTensor, type HostValue, hostTensor } from '../../../src/models/run/values.js';
import { relativeRms } from '../../../src/numerics/quality.js';
import { seededRandom } from '../../../src/numerics/random.js';
import { builtModel } from '../../support/built-model.js';
import { testDevice } from '../../support/dawn.js';

const model = readOnnx(builtModel());
const inputs = Array.from(
  { length: 4 },
  (_, i) => new Map([['x', hostTensor('f32', [1, 4, 8, 8], seededRandom(i + 1).values(256))]]),
);
let calibration: Calibration;

beforeAll(async () => {
  calibration = await calibrate(activationsOf(layersOf(model)), inputs, interpreterRun(model));
});

describe('the X-ray', () => {
  it('tells weights and activations apart', async () => {
    const rays = await xray(quantizeModel(model, parseScheme('int8'), { calibration }), inputs, interpreterRun(model));
    expect(rays.map(({ name }) => name)).toEqual(['first', 'grouped', 'dense', 'product', 'last']);
    for (const { weightsAlone, activationsAlone, both, weights, outputs } of rays) {
      // Errors of both sides are independent, so their powers add up.
      const noise = (db: number): number => 10 ** (-db / 10);
      const sum = noise(weightsAlone!.sqnrDb) + noise(activationsAlone!.sqnrDb);
      expect(noise(both.sqnrDb) / sum).toBeGreaterThan(0.6);
      expect(noise(both.sqnrDb) / sum).toBeLessThan(1.6);
      expect(both.cosine).toBeGreaterThan(0.999);
      for (const pair of [weights, outputs]) {
        const count = (bins: readonly number[]): number => bins.reduce((a, b) => a + b, 0);
        expect(count(pair.float)).toBe(count(pair.quantized));
      }
    }
  });

  it('finds the layer that was made worst', async () => {
    const perLayer = new Map([['product', parseScheme('int2-g32')]]);
    const quantized = quantizeModel(model, parseScheme('int8-weights'), { calibration, perLayer });
    const rays = await xray(quantized, inputs, interpreterRun(model));
    expect(worstLayers(rays, 1)).toEqual(['product']);
    expect(rays[3]!.weightsAlone).toBeUndefined();
    const score = async (of: typeof model): Promise<number> => {
      const result = (each: typeof model) => (interpret(each, inputs[0]!).get('y') as HostTensor).data;
      return -relativeRms(result(model), result(of));
    };
    const ranked = await sensitivities(model, parseScheme('int8-weights'), score, { perLayer });
    expect(ranked[0]!.name).toBe('product');
    expect(ranked[0]!.allButThis).toBe(Math.max(...ranked.map(({ allButThis }) => allButThis)));
  });

  it('sees prepared layers against the float ones', async () => {
    for (const method of ['smooth', 'hadamard']) {
      const quantized = quantizeModel(model, parseScheme('int8'), { calibration, method });
      for (const { both } of await xray(quantized, inputs, interpreterRun(model)))
        expect(both.sqnrDb).toBeGreaterThan(25);
    }
  });
});

describe('partings', () => {
  it('are none between the host and itself', async () => {
    const { model: quantized } = quantizeModel(model, parseScheme('int8'), { calibration });
    const values = await interpreterRun(quantized)(inputs[0]!);
    const report = await firstParting(quantized, values);
    expect(report.parting).toBeUndefined();
    expect(report.checked).toBe(quantized.graph.nodes.length);
  });

  it.each(['c2', 'g', 'y'])('name the node that made a wrong %s, and not those after it', async (name) => {
    const { model: quantized } = quantizeModel(model, parseScheme('int8-weights'));
    const spoiled = new Map<string, HostValue>();
    const values = new Map<string, HostValue>(inputs[0]);
    // A run in which one value is a little wrong, and what follows goes on from it.
    for (const node of quantized.graph.nodes) {
      const part = {
        ...quantized,
        graph: { ...quantized.graph, nodes: [node], inputs: [], outputs: node.outputs.map((each) => ({ name: each })) },
      };
      const made = interpret(part, values).get(node.outputs[0]!) as HostTensor;
      const wrong =
        node.outputs[0] === name
          ? { ...made, data: made.data.map((value, i) => (i === 3 ? value * 1.001 + 1e-3 : value)) }
          : made;
      values.set(node.outputs[0]!, wrong);
    }
    for (const [key, value] of values) spoiled.set(key, value);
    const { parting } = await firstParting(quantized, spoiled);
    expect(parting).toMatchObject({ value: name, index: 3 });
    expect(parting!.sentence).toMatch(/is the first where host and device part/);
  });

  it('are none on a device whose kernels are right', async () => {
    const { gpu: device, facts, pipelines } = await testDevice();
    for (const id of ['f32', 'int8', 'int4-g32', 'lmul-m4']) {
      const { model: quantized } = quantizeModel(model, parseScheme(id), { calibration });
      const session = createModelSession(quantized, { device, facts, pipelines }, { keep: 'all' });
      const outcome = await session.run(inputs[0]!);
      if (outcome.status !== 'ok') throw new Error(`${id}: ${JSON.stringify(outcome)}`);
      const { run } = outcome;
      const values = new Map<string, HostValue>([...inputs[0]!, ...run.kept, ...run.outputs]);
      const report = await firstParting(quantized, values);
      expect(report.parting?.sentence).toBeUndefined();
      expect(report.checked).toBeGreaterThan(8);
      session.destroy();
    }
  });
});
