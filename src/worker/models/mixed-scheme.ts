/** Mixed precision: a scheme for each layer by how much it suffers alone, within a budget of bytes. */
import type { Outcome } from '../../kernel/outcome.js';
import { type Batched, evaluate, type Feed } from '../../models/evaluate.js';
import type { Model } from '../../models/graph.js';
import { agreementOf } from '../../models/quantize/accuracy.js';
import { QuantizeError } from '../../models/quantize/errors.js';
import { layersOf, weightBytes } from '../../models/quantize/layers.js';
import { allocate, measureChoices, quantizeMixed } from '../../models/quantize/mixed.js';
import type { Quantized } from '../../models/quantize/quantize.js';
import { parseScheme } from '../../models/quantize/schemes.js';
import type { SessionParts } from '../../models/run/program.js';
import { createModelSession } from '../../models/run/session.js';
import type { MenuEntry, QuantizeSettings } from '../models-api.js';
import { refusalOf } from './open.js';
import type { Made } from './quantizer.js';
import { scoresOf } from './scores.js';

/** What layers choose from, besides staying float. */
const choices = ['int8-weights', 'int6', 'int4-g32', 'int3-g32', 'int2-g32'];
/** Items on which single layers are measured: a run over them for every layer and choice. */
const mostItems = 128;

export const mixedMenu: readonly MenuEntry[] = [25, 15].map((percent) => ({
  id: `mixed-${percent}`,
  title: titleOfMixed(`mixed-${percent}`),
}));

export function isMixed(scheme: string): boolean {
  return /^mixed-\d+$/.test(scheme);
}

export function titleOfMixed(scheme: string): string {
  return `Mixed widths, weights in ${percentOf(scheme)} % of their bytes`;
}

function percentOf(scheme: string): number {
  return Number(scheme.slice('mixed-'.length));
}

/**
 * A method of rounding and a calibrator do not apply: widths are chosen for weights rounded to nearest.
 * @param of the model that is quantized, with the layers of the one that is fed.
 */
export async function mixedModel(
  { model, batch }: Pick<Batched, 'model' | 'batch'>,
  settings: QuantizeSettings,
  whole: Feed,
  parts: SessionParts,
  signal: AbortSignal,
  say: (text: string) => void,
  of: Model,
): Promise<Outcome<Made>> {
  try {
    const percent = percentOf(settings.scheme);
    if (percent < 1 || percent > 100)
      throw new QuantizeError('bad-value', 'The budget', `is ${percent} %; it can be 1 to 100`);
    const feed: Feed = { ...whole, count: Math.min(whole.count, mostItems) };
    const scored = scorer(parts, feed, batch, signal);
    const float = await scored(model);
    const layers = layersOf(model).filter(({ kept }) => kept === undefined);
    const runs = choices.length * layers.length;
    let done = 0;
    const loss = async (quantized: Quantized): Promise<number> => {
      say(`one layer at a time, run ${++done} of ${runs}`);
      return agreementOf(float, await scored(quantized.model), { rounds: 1 }).divergence.value;
    };
    const { exclude = [] } = settings;
    const measured = await measureChoices(model, choices.map(parseScheme), loss, { exclude, signal });
    const free = layers
      .filter(({ name }) => !exclude.includes(name))
      .reduce((sum, layer) => sum + weightBytes(layer), 0);
    const allocation = allocate(measured, (free * percent) / 100);
    const options = { exclude, perLayer: allocation.schemes };
    return { status: 'ok', quantized: quantizeMixed(of, allocation, { exclude }), settings, options };
  } catch (error) {
    return refusalOf(`quantizing to ${settings.scheme}`, error);
  }
}

function scorer(parts: SessionParts, feed: Feed, batch: number, signal: AbortSignal) {
  return async (model: Model) => {
    const session = createModelSession(model, parts);
    try {
      const outcome = await evaluate({ session, batch }, feed, { signal });
      if (outcome.status !== 'ok')
        throw new QuantizeError('needs-calibration', 'Measuring single layers', outcome.reason);
      return scoresOf(outcome.evaluation);
    } finally {
      session.destroy();
    }
  };
}
