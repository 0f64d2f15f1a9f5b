/** Opens a model file: checks it, lists what is in it, and says what of it cannot be run. */
import { errorText, failed, type Outcome, type Refusal, unsupported } from '../../kernel/outcome.js';
import { ModelFileError } from '../../models/errors.js';
import { type InspectOptions, inspect } from '../../models/inspect.js';
import { QuantizeError } from '../../models/quantize/errors.js';
import { layersOf, weightBytes } from '../../models/quantize/layers.js';
import { neededBy, readModel } from '../../models/read.js';
import { ModelRunError } from '../../models/run/errors.js';
import { inferredShapes } from '../../models/run/infer.js';
import { unsupportedIn } from '../../models/support.js';
import { fileNamed } from '../../models/tensor-index.js';
import type { InputCard, LayerCard, ModelCard, OpenModelRequest } from '../models-api.js';
import type { Shelf, ShelvedModel } from './shelf.js';

export function openModel(
  { file, companions = [] }: OpenModelRequest,
  shelf: Shelf<ShelvedModel>,
): Outcome<{ readonly card: ModelCard }> {
  return refusing(`opening ${file.name}`, () => {
    const missing = neededBy(file).filter((name) => fileNamed(companions, name) === undefined);
    if (missing.length > 0) {
      const files = missing.length === 1 ? `the file ${missing[0]}` : `these files: ${missing.join(', ')}`;
      return unsupported(`${file.name} keeps weights in ${files}. Give them together with the model.`);
    }
    const opened = readModel(file, companions);
    const shapes: InspectOptions = 'graph' in opened ? { shapes: inferredShapes(opened) } : {};
    const inspection = inspect(opened, { name: file.name, bytes: file.bytes.length }, shapes);
    const id = shelf.put({ file, opened });
    if (!('graph' in opened)) {
      return { status: 'ok', card: { id, inspection, unsupported: [], layers: [], inputs: [] } };
    }
    const inputs = opened.graph.inputs.map(
      ({ name, type }): InputCard =>
        type?.kind === 'tensor'
          ? { name, type: type.type, dims: type.dims ?? [] }
          : { name, type: type?.kind ?? '?', dims: [] },
    );
    const layers = layersOf(opened, shapes.shapes).filter(({ kept }) => kept === undefined);
    const cards = layers.map(
      (layer): LayerCard => ({ name: layer.name, op: layer.op, dims: layer.dims, bytes: weightBytes(layer) }),
    );
    return { status: 'ok', card: { id, inspection, unsupported: unsupportedIn(opened), layers: cards, inputs } };
  });
}

/** Turns what readers and planners throw about files into outcomes. */
export function refusing<T extends object>(what: string, work: () => Outcome<T>): Outcome<T> {
  try {
    return work();
  } catch (error) {
    return refusalOf(what, error);
  }
}

/** Carries the outcome of a run through what it was run for. */
export class Ended extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.reason);
    this.refusal = refusal;
  }
}

export function refusalOf(what: string, error: unknown): Refusal {
  if (error instanceof Ended) return error.refusal;
  const ofTheFiles = [ModelFileError, ModelRunError, QuantizeError].some((kind) => error instanceof kind);
  if (ofTheFiles) return unsupported((error as Error).message);
  if (error instanceof RangeError) {
    return failed(
      'out-of-memory',
      `${what}: there is not enough memory (${error.message}). Choose a smaller model or batch.`,
    );
  }
  return failed('internal', `${what}: ${errorText(error)}.`);
}
