/** Flags on the ceilings of a device and the energy it takes. */
import { UsageError } from '../usage.js';
import { given, type Options, parseAmount, type Typed } from './typed.js';

export const deviceOptions = {
  roofline: { type: 'boolean', about: 'measure the ceilings first: rows then say their share of the attainable' },
  ceilings: {
    type: 'string',
    value: 'FILE',
    about: 'ceilings from "tilewatt roofline --json FILE", not measured again',
  },
  energy: {
    type: 'string',
    value: 'CLASS|auto|FILE',
    about: 'joules by a class of GPUs, the one that fits, or a model from a file',
  },
  watts: {
    type: 'string',
    value: 'IDLE,FMA,COPY',
    about: 'watts read at idle, during the FMA load, during the copy load',
  },
  runs: { type: 'string', value: 'FILE', about: 'what "tilewatt energy record" wrote' },
  carbon: { type: 'string', value: 'G', about: 'grams of CO₂e per kWh where you are: adds a line on carbon' },
  water: { type: 'string', value: 'L', about: 'litres of water per kWh where you are: adds a line on water' },
  eta: {
    type: 'string',
    value: 'N',
    about: 'rank by η·energy + (1−η)·power limit·time; 1 is energy alone, 0 time alone',
  },
} as const satisfies Options;

export interface DeviceSettings {
  readonly roofline: boolean;
  readonly ceilings?: string;
  readonly energy?: string;
  readonly runs?: string;
  readonly watts?: readonly number[];
  readonly carbon?: number;
  readonly water?: number;
  readonly eta?: number;
}

export function deviceSettings({ text, has }: Typed<keyof typeof deviceOptions>): DeviceSettings {
  return {
    roofline: has('roofline'),
    ...given('ceilings', text('ceilings')),
    ...given('energy', text('energy')),
    ...given('runs', text('runs')),
    ...given('watts', parseWatts(text('watts'))),
    ...given('carbon', parseAmount('carbon', text('carbon'), 10_000)),
    ...given('water', parseAmount('water', text('water'), 10_000)),
    ...given('eta', parseAmount('eta', text('eta'), 1)),
  };
}

function parseWatts(text: string | undefined): readonly number[] | undefined {
  if (text === undefined) return undefined;
  const watts = text.split(',').map(Number);
  if (watts.length === 3 && watts.every(Number.isFinite)) return watts;
  throw new UsageError(`--watts takes three numbers, ${deviceOptions.watts.value}, not ${text}.`);
}
