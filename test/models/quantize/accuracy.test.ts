/** Accuracy, agreement, perplexity and their intervals on results that can be counted by hand. */
import { describe, expect, it } from 'vitest';
import {
  accuracyOf,
  agreementOf,
  bestClasses,
  bootstrapMean,
  pairedDifference,
  perplexityOf,
} from '../../../src/models/quantize/accuracy.js';
import { seededRandom } from '../../../src/numerics/random.js';

const scores = { classes: 3, data: [0.1, 0.7, 0.2, 5, 4, 3, 1, 1, 1, Number.NaN, 0, 1] };

describe('accuracy', () => {
  it('counts the best and the k best', () => {
    expect([...bestClasses(scores)]).toEqual([1, 0, 0, 2]);
    const { top1, topK, k } = accuracyOf(scores, [1, 1, 0, 2], 2);
    expect([top1.value, topK.value, k]).toEqual([0.75, 1, 2]);
    // Of equal scores the first counts as the higher.
    expect(accuracyOf({ classes: 3, data: [1, 1, 1] }, [2], 2).topK.value).toBe(0);
  });

  it('refuses labels that do not fit', () => {
    expect(() => accuracyOf(scores, [1, 2])).toThrow(/are 2, but there are scores of 4/);
    expect(() => accuracyOf(scores, [1, 2, 3, 0])).toThrow(/class 3 at 2/);
    expect(() => accuracyOf({ classes: 5, data: scores.data }, [])).toThrow(/no rows of 5/);
  });

  it('agrees wholly with itself', () => {
    const finite = { classes: 3, data: scores.data.slice(0, 9) };
    expect(agreementOf(finite, finite)).toMatchObject({
      agreement: { value: 1, low: 1 },
      divergence: { value: 0 },
      loyalty: 1,
    });
    const { agreement, divergence, loyalty } = agreementOf(
      { classes: 2, data: [0, Math.log(3)] },
      { classes: 2, data: [Math.log(3), 0] },
    );
    expect(agreement.value).toBe(0);
    // KL of (¼, ¾) from (¾, ¼): ½ · ln 3.
    expect(divergence.value).toBeCloseTo(Math.log(3) / 2, 12);
    const mixed = 0.25 * Math.log2(0.5) + 0.75 * Math.log2(1.5);
    expect(loyalty).toBeCloseTo(1 - Math.sqrt(mixed), 12);
  });
});

describe('the bootstrap', () => {
  it('is the same for a seed, and as wide as the deviation of the mean says', () => {
    const values = Float64Array.from(seededRandom(3, 'uniform').values(400), (value) => (value < 0.6 ? 1 : 0));
    const once = bootstrapMean(values);
    expect(bootstrapMean(values)).toEqual(once);
    expect(bootstrapMean(values, { seed: 2 }).low).not.toBe(once.low);
    const deviation = Math.sqrt((once.value * (1 - once.value)) / 400);
    expect((once.high - once.low) / (2 * 1.96 * deviation)).toBeGreaterThan(0.85);
    expect((once.high - once.low) / (2 * 1.96 * deviation)).toBeLessThan(1.15);
  });

  it('holds the truth in 95 of 100 cases, more or less', () => {
    let held = 0;
    for (let i = 0; i < 200; i++) {
      const values = Float64Array.from(seededRandom(1000 + i).values(60));
      const { low, high } = bootstrapMean(values, { rounds: 300, seed: i });
      if (low <= 0 && high >= 0) held++;
    }
    expect(held).toBeGreaterThan(178);
    expect(held).toBeLessThan(199);
  });

  it('compares pairs', () => {
    expect(pairedDifference([1, 1, 0, 1], [1, 0, 0, 1]).value).toBe(-0.25);
    expect(() => pairedDifference([1], [1, 2])).toThrow(/no pairs/);
  });
});

describe('perplexity', () => {
  it('is the vocabulary where nothing is known, and 1 where all is', () => {
    const flat = { classes: 7, data: new Float64Array(7 * 5) };
    expect(perplexityOf([{ logits: flat, tokens: [1, 2, 3, 4, 5] }]).perplexity.value).toBeCloseTo(7, 10);
    const sure = { classes: 4, data: Float64Array.from({ length: 12 }, (_, i) => (i % 4 === 2 ? 1000 : 0)) };
    expect(perplexityOf([{ logits: sure, tokens: [0, 2, 2] }])).toMatchObject({ tokens: 2, perplexity: { value: 1 } });
    expect(() => perplexityOf([{ logits: flat, tokens: [1, 2] }])).toThrow(/5 rows for 2 tokens/);
  });
});
