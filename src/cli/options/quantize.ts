/** Flags on how a model is quantized, and where it goes. */
import { observerKinds } from '../../models/quantize/observers.js';
import { given, type Options, parseCount, parseList, type Typed } from './typed.js';

export const quantizeOptions = {
  schemes: {
    type: 'string',
    value: 'int4-g32,…',
    about: 'what to quantize to; a list, compared on the same items',
  },
  layers: {
    type: 'boolean',
    about: 'also look into each layer: errors, sensitivity, and whether kernels and host agree',
  },
  worst: {
    type: 'string',
    value: 'K',
    about: 'with --layers: score again without the 1 … K worst layers of each scheme',
  },
  method: { type: 'string', value: 'smooth+gptq+bias', about: 'how weights are rounded (default nearest)' },
  calibrator: {
    type: 'string',
    value: observerKinds.join('|'),
    about: 'how ranges of activations are found (default min-max)',
  },
  'calibration-items': {
    type: 'string',
    value: 'N',
    about: 'items that ranges are found on, from the start of the data',
  },
  exclude: { type: 'string', value: 'LAYER', multiple: true, about: 'a layer to leave as it is; may be repeated' },
  form: { type: 'string', value: 'qdq|matmulnbits|safetensors', about: 'how the quantized model is written' },
  out: { type: 'string', value: 'FILE', about: 'where the quantized model goes' },
} as const satisfies Options;

export interface QuantizeSettings {
  readonly schemes?: readonly string[];
  /** Whether to look into the layers, and how many of the worst to leave out in turn. */
  readonly layers: boolean;
  readonly worst?: number;
  readonly method?: string;
  readonly calibrator?: string;
  readonly calibrationItems?: number;
  readonly exclude: readonly string[];
  readonly form?: string;
  readonly out?: string;
}

export function quantizeSettings({ text, texts, has }: Typed<keyof typeof quantizeOptions>): QuantizeSettings {
  return {
    ...given('schemes', parseList('schemes', text('schemes'))),
    layers: has('layers'),
    ...given('worst', parseCount('worst', text('worst'))),
    ...given('method', text('method')),
    ...given('calibrator', text('calibrator')),
    ...given('calibrationItems', parseCount('calibration-items', text('calibration-items'))),
    exclude: texts('exclude'),
    ...given('form', text('form')),
    ...given('out', text('out')),
  };
}
