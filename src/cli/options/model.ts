/** Flags of commands that run a model: what is fed to it, and how often. */
import { given, type Options, parseCount, parseNumbers, type Typed } from './typed.js';

export const modelOptions = {
  data: {
    type: 'string',
    value: 'FILE',
    about: 'items to feed: .npy, .npz, IDX, CSV, gzipped or not; or images in a folder or zip, a folder per class',
  },
  labels: { type: 'string', value: 'FILE', about: 'one class number per item: .npy, IDX or CSV' },
  batch: { type: 'string', value: 'N', about: 'items per run, where the model takes several' },
  sizes: { type: 'string', value: 'sequence=128', about: 'values of the named dimensions of the inputs' },
  repeats: { type: 'string', value: 'N', about: 'runs after the first, for the time' },
  limit: { type: 'string', value: 'N', about: 'use only so many items, from the start' },
  scale: {
    type: 'string',
    value: '0-255|0-1|MEAN:STD',
    about: 'bytes as they are (default), divided by 255, or also normalized',
  },
  filter: { type: 'string', value: 'TEXT', about: 'only cases whose name contains it' },
} as const satisfies Options;

export interface ModelSettings {
  readonly data?: string;
  readonly labels?: string;
  readonly batch?: number;
  readonly sizes?: Readonly<Record<string, number>>;
  readonly repeats?: number;
  readonly limit?: number;
  readonly scale?: string;
  readonly filter?: string;
}

export function modelSettings({ text }: Typed<keyof typeof modelOptions>): ModelSettings {
  const sizes = text('sizes');
  return {
    ...given('data', text('data')),
    ...given('labels', text('labels')),
    ...given('batch', parseCount('batch', text('batch'))),
    ...given('sizes', sizes === undefined ? undefined : parseNumbers('sizes', sizes, modelOptions.sizes.value)),
    ...given('repeats', parseCount('repeats', text('repeats'))),
    ...given('limit', parseCount('limit', text('limit'))),
    ...given('scale', text('scale')),
    ...given('filter', text('filter')),
  };
}
