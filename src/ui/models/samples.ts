/** Models of this project's own making, with data, to start with at one click. How they were made: public/models/README.md. */
import type { Scaling } from '../../worker/models-api.js';

export interface Sample {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  /** Paths from the page. */
  readonly model: string;
  readonly data: string;
  readonly labels?: string;
  readonly scaling: Scaling;
  readonly batch: number;
}

export const samples: readonly Sample[] = [
  {
    id: 'digits',
    title: 'Digits',
    about: 'Convolutional network, 20,666 parameters, with 1,000 drawn digits and their labels: accuracy.',
    model: 'models/digits.onnx',
    data: 'models/digits-images.idx',
    labels: 'models/digits-labels.idx',
    scaling: { kind: '0…1' },
    batch: 100,
  },
  {
    id: 'grammar',
    title: 'Grammar',
    about: 'Two-layer transformer, 74,522 parameters, with 8,192 letters of a generated language: perplexity.',
    model: 'models/grammar.onnx',
    data: 'models/grammar-tokens.npy',
    scaling: { kind: '0…255' },
    batch: 16,
  },
];

export function sampleNamed(id: string | null | undefined): Sample | undefined {
  return samples.find((sample) => sample.id === id);
}
