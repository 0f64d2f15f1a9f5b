/** Flags on how a model is quantized, and where it goes. */
import { given, type Options, parseCount, parseList, type Typed } from './typed.js';

export const quantizeOptions = {
  schemes: {
    type: 'string',
    value: 'f32,int8,int4-g32',
    about: 'what to quantize to; a list, compared on the same items',
  },
  method: { type: 'string', value: 'NAME', about: 'how weights are rounded (default nearest)' },
  calibrator: { type: 'string', value: 'NAME', about: 'how ranges of activations are found (default min-max)' },
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
  readonly method?: string;
  readonly calibrator?: string;
  readonly calibrationItems?: number;
  readonly exclude: readonly string[];
  readonly form?: string;
  readonly out?: string;
}

export function quantizeSettings({ text, texts }: Typed<keyof typeof quantizeOptions>): QuantizeSettings {
  return {
    ...given('schemes', parseList(text('schemes'))),
    ...given('method', text('method')),
    ...given('calibrator', text('calibrator')),
    ...given('calibrationItems', parseCount('calibration-items', text('calibration-items'))),
    exclude: texts('exclude'),
    ...given('form', text('form')),
    ...given('out', text('out')),
  };
}
