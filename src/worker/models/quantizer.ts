/** Quantizes a model as settings ask; ranges and sensitivities are found on data, ranges once for all settings that share them. */
import type { Outcome } from '../../kernel/outcome.js';
import type { Batched, Feed } from '../../models/evaluate.js';
import type { Model } from '../../models/graph.js';
import { activationsOf, type Calibration, calibrate } from '../../models/quantize/calibrate.js';
import { QuantizeError } from '../../models/quantize/errors.js';
import { layersOf } from '../../models/quantize/layers.js';
import { type ObserverKind, observerKinds } from '../../models/quantize/observers.js';
import { type Quantized, type QuantizeOptions, quantizeModel } from '../../models/quantize/quantize.js';
import { parseScheme } from '../../models/quantize/schemes.js';
import type { SessionParts } from '../../models/run/program.js';
import { createModelSession } from '../../models/run/session.js';
import type { HostValue } from '../../models/run/values.js';
import type { QuantizeSettings } from '../models-api.js';
import { isMixed, mixedModel } from './mixed-scheme.js';
import { Ended, refusalOf } from './open.js';

/** Items that ranges are found on where the caller names no number. */
const defaultCalibrationItems = 128;
export interface Made {
  readonly quantized: Quantized;
  readonly settings: QuantizeSettings;
  /** What it was quantized by, to quantize parts of it in the same way. */
  readonly options: QuantizeOptions;
}

/** @param of the model that is quantized, where it is not the one that data is fed to: the same before it took batches. */
export type Quantizer = (settings: QuantizeSettings, say: (text: string) => void, of?: Model) => Promise<Outcome<Made>>;

/** @param batched the model in a form that takes the data in batches. */
export function quantizerOf(
  batched: Pick<Batched, 'model' | 'batch'>,
  parts: SessionParts,
  feed: Feed,
  signal: AbortSignal,
): Quantizer {
  const calibration = calibrator(batched, parts, feed, signal);
  return (settings, say, of = batched.model) =>
    isMixed(settings.scheme)
      ? mixedModel(batched, settings, feed, parts, signal, say, of)
      : uniformModel(of, settings, calibration);
}

/** For schemes that need no data. */
export function quantizedWithout(model: Model, settings: QuantizeSettings): Promise<Outcome<Made>> {
  return uniformModel(model, settings, undefined);
}

/** Activations of the first items, watched once for the largest number of items that was asked for so far. */
function calibrator(
  batched: Pick<Batched, 'model' | 'batch'>,
  parts: SessionParts,
  feed: Feed,
  signal?: AbortSignal,
): (settings: QuantizeSettings) => Promise<Calibration> {
  const known = new Map<string, Promise<Calibration>>();
  return (settings) => {
    const items = Math.min(feed.count, settings.calibrationItems ?? defaultCalibrationItems);
    const kind = observerOf(settings.calibrator);
    const key = `${kind} ${items}`;
    const made = known.get(key) ?? watch(batched, parts, feed, items, kind, signal);
    known.set(key, made);
    return made;
  };
}

async function watch(
  { model, batch }: Pick<Batched, 'model' | 'batch'>,
  parts: SessionParts,
  feed: Feed,
  items: number,
  kind: ObserverKind,
  signal?: AbortSignal,
): Promise<Calibration> {
  const names = activationsOf(layersOf(model));
  const session = createModelSession(model, parts, { keep: new Set(names) });
  // Small batches: every activation of a batch is read back.
  const step = feed.whole ?? Math.min(16, batch, items);
  const inputs = Array.from({ length: Math.ceil(items / step) }, (_, i) =>
    feed.batch(i * step, Math.min(step, items - i * step)),
  );
  try {
    const run = async (given: ReadonlyMap<string, HostValue>): Promise<ReadonlyMap<string, HostValue>> => {
      const outcome = await session.run(given, signal);
      if (outcome.status === 'failed') throw new Ended(outcome);
      if (outcome.status !== 'ok')
        throw new QuantizeError('needs-calibration', 'Calibration', `did not run: ${outcome.reason}`);
      return new Map([...given, ...outcome.run.kept]);
    };
    return await calibrate(names, inputs, run, { observer: { kind }, ...(signal ? { signal } : {}) });
  } finally {
    session.destroy();
  }
}

function observerOf(name = 'min-max'): ObserverKind {
  const found = observerKinds.find((kind) => kind === name);
  if (found !== undefined) return found;
  throw new QuantizeError(
    'bad-value',
    'The calibrator',
    `cannot be "${name}"; it is one of ${observerKinds.join(', ')}`,
  );
}

/** Whether a scheme or method looks at activations of sample data. @throws QuantizeError for unknown schemes. */
export function needsCalibration({ scheme, method = 'nearest' }: QuantizeSettings): boolean {
  return isMixed(scheme) || parseScheme(scheme).activations?.kind === 'static' || method !== 'nearest';
}

/** @param calibration asked only where the scheme or method needs it. */
async function uniformModel(
  model: Model,
  settings: QuantizeSettings,
  calibration: ((settings: QuantizeSettings) => Promise<Calibration>) | undefined,
): Promise<Outcome<Made>> {
  try {
    const { scheme, method = 'nearest', exclude = [] } = settings;
    const watched = needsCalibration(settings) ? await calibration?.(settings) : undefined;
    const options = { method, exclude, ...(watched ? { calibration: watched } : {}) };
    return { status: 'ok', quantized: quantizeModel(model, parseScheme(scheme), options), settings, options };
  } catch (error) {
    return refusalOf(`quantizing to ${settings.scheme}`, error);
  }
}
