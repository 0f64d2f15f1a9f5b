/** The one error of the quantization engine: what about a scheme, model, layer or data set cannot be done, and what can. */

const quantizeFaults = {
  'unknown-scheme': 'no such scheme is known here',
  'unknown-layer': 'the model has no layer of that name',
  'unknown-method': 'the method cannot be used here',
  'bad-value': 'a number is outside of what is allowed',
  'bad-shape': 'shapes do not fit each other',
  'needs-calibration': 'the scheme or method needs activations of sample data',
  'non-finite': 'weights or activations hold NaN or infinities',
  'bad-data': 'a data set does not fit its labels or the model',
  'not-writable': 'the file cannot be written in that form',
  'bad-report': 'a run report does not follow its schema',
  'over-budget': 'no choice keeps to the budget',
} as const;

export type QuantizeFault = keyof typeof quantizeFaults;

export class QuantizeError extends Error {
  override readonly name = 'QuantizeError';

  readonly code: QuantizeFault;
  /** What the sentence is about: a layer, a scheme, a file. */
  readonly place: string;

  /** @param rule what was found and what is asked, without a full stop. */
  constructor(code: QuantizeFault, place: string, rule: string) {
    super(`${place}: ${rule}.`);
    this.code = code;
    this.place = place;
  }
}
