/** What outputs are worth on a data set: accuracy, agreement with the float model, perplexity, each with its interval. */
import type { Evaluation } from '../../models/evaluate.js';
import { accuracyOf, agreementOf, type Estimate, perplexityOf, type Scores } from '../../models/quantize/accuracy.js';
import type { DataSet } from '../../models/quantize/data.js';
import { elementCount } from '../../models/tensor.js';
import { numbersOf } from '../../models/values.js';
import type { DataCard, Interval, SchemeRow } from '../models-api.js';

export type Figures = Pick<SchemeRow, 'top1' | 'top5' | 'agreement' | 'divergence' | 'perplexity'>;

/** @param float of the model as given, on the same items; absent for itself. */
export function figuresOf(
  evaluation: Evaluation,
  float: Evaluation | undefined,
  set: DataSet,
  kind: DataCard['kind'],
  seed: number,
): Figures {
  const scores = scoresOf(evaluation);
  const options = { seed };
  const figures: { -readonly [Name in keyof Figures]: Figures[Name] } = {};
  if (kind === 'tokens') figures.perplexity = intervalOf(perplexity(evaluation, set, seed));
  else if (set.labels) {
    const { top1, topK, k } = accuracyOf(scores, set.labels, 5, options);
    figures.top1 = intervalOf(top1);
    if (k < scores.classes) figures.top5 = intervalOf(topK);
  }
  if (float !== undefined) {
    const { agreement, divergence } = agreementOf(scoresOf(float), scores, options);
    figures.agreement = intervalOf(agreement);
    figures.divergence = intervalOf(divergence);
  }
  return figures;
}

/** One row per item, or per token where the model answers for each. */
export function scoresOf({ outputs, width, dims }: Evaluation): Scores {
  return { classes: Math.max(1, dims.at(-1) ?? width), data: outputs };
}

function perplexity({ outputs, width, dims }: Evaluation, set: DataSet, seed: number): Estimate {
  const length = elementCount(set.dims);
  const tokens = numbersOf(set.tensor);
  const sequences = Array.from({ length: set.count }, (_, i) => ({
    logits: { classes: dims.at(-1) ?? 1, data: outputs.subarray(i * width, (i + 1) * width) },
    tokens: Array.from({ length }, (_, t) => tokens[i * length + t]!),
  }));
  return perplexityOf(sequences, { seed }).perplexity;
}

function intervalOf({ value, low, high }: Estimate): Interval {
  return { value, ci95: [low, high] };
}
