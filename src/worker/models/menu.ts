/** What the page can choose from when it quantizes. */
import { methodMenu } from '../../models/quantize/methods/method.js';
import { observerKinds } from '../../models/quantize/observers.js';
import { namePatterns, schemes } from '../../models/quantize/schemes.js';
import type { QuantizeMenu } from '../models-api.js';
import { mixedMenu } from './mixed-scheme.js';

const calibratorTitles = {
  'min-max': 'Least and greatest value',
  percentile: 'Percentiles',
  entropy: 'Least Kullback–Leibler divergence',
  mse: 'Least squared error',
} as const satisfies Readonly<Record<(typeof observerKinds)[number], string>>;

export const quantizeMenu: QuantizeMenu = {
  schemes: [...schemes.map(({ id, title }) => ({ id, title })), ...mixedMenu],
  patterns: [...namePatterns, 'mixed-P (P = 1 … 100)'],
  methods: methodMenu.map(([id, title]) => ({ id, title })),
  calibrators: observerKinds.map((id) => ({ id, title: calibratorTitles[id] })),
};
