/** Accuracy of a real model under the main schemes, by the interpreter, on part of the MNIST test images. */
import { describe, expect, it } from 'vitest';
import { accuracyOf, agreementOf } from '../../../src/models/quantize/accuracy.js';
import { activationsOf, calibrate, interpreterRun, observedBy } from '../../../src/models/quantize/calibrate.js';
import { batchesOf, feedOf } from '../../../src/models/quantize/data.js';
import { layersOf } from '../../../src/models/quantize/layers.js';
import { observerKinds } from '../../../src/models/quantize/observers.js';
import { quantizeModel } from '../../../src/models/quantize/quantize.js';
import { parseScheme } from '../../../src/models/quantize/schemes.js';
import { mnist, mnistMissing, scoresOf } from './mnist.js';

const count = 120;

describe.skipIf(mnistMissing !== undefined)(`MNIST${mnistMissing ? `: ${mnistMissing}` : ''}`, () => {
  it('keeps its accuracy under the schemes that should keep it', { timeout: 240_000 }, async () => {
    const { model, set } = mnist();
    const feed = feedOf(model, set);
    const runs = [...batchesOf(set, feed, { kind: '0…255' }, { from: 9900, to: 9964 })].map(({ inputs }) => inputs);
    const calibration = await calibrate(activationsOf(layersOf(model)), runs, interpreterRun(model));
    const labels = set.labels!.subarray(0, count);
    const float = scoresOf(model, set, 0, count);
    const exact = accuracyOf(float, labels).top1.value;
    expect(exact).toBeGreaterThan(0.97);
    const scored = (id: string, method = 'nearest', seen = calibration) => {
      const scores = scoresOf(
        quantizeModel(model, parseScheme(id), { calibration: seen, method }).model,
        set,
        0,
        count,
      );
      return { top1: accuracyOf(scores, labels).top1.value, agreement: agreementOf(float, scores).agreement.value };
    };
    for (const id of ['int8', 'int8-dynamic', 'int8-weights', 'fp8-e4m3'])
      expect(scored(id).agreement, id).toBeGreaterThan(0.98);
    for (const kind of observerKinds) {
      const { top1 } = scored('int8', 'nearest', observedBy(calibration, { kind }));
      expect(Math.abs(top1 - exact), kind).toBeLessThan(0.0175);
    }
    for (const id of ['int4-g32', 'lmul-m3', 'lmul-m4', 'lmul-m23'])
      expect(Math.abs(scored(id).top1 - exact), id).toBeLessThan(0.0175);
    expect(scored('ternary', 'gptq+bias').top1).toBeGreaterThan(scored('ternary').top1);
  });
});
