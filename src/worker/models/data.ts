/** Data sets in the worker: read once, held against the model's input, fed in batches. */
import type { Outcome } from '../../kernel/outcome.js';
import type { Feed } from '../../models/evaluate.js';
import type { Model } from '../../models/graph.js';
import { batchesOf, type DataSet, feedOf, readDataSet, type Scaling } from '../../models/quantize/data.js';
import { assigned, describeFills } from '../../models/quantize/data-inputs.js';
import { QuantizeError } from '../../models/quantize/errors.js';
import { elementCount } from '../../models/tensor.js';
import { numbersOf } from '../../models/values.js';
import type { DataCard, OnModelProgress, OpenDataRequest } from '../models-api.js';
import { decodeImages, imagesIn } from './images.js';
import { refusalOf } from './open.js';
import type { Shelf } from './shelf.js';

export interface ShelvedData {
  readonly set: DataSet;
  readonly scaling: Scaling;
  readonly card: DataCard;
}

/** Reads the data and sees that it fits the model, so that a wrong file is told at once. */
export async function openData(
  request: OpenDataRequest,
  model: Model,
  shelf: Shelf<ShelvedData>,
  onProgress?: OnModelProgress,
): Promise<Outcome<{ readonly card: DataCard }>> {
  try {
    const { set, classes } = await readItems(request, model, onProgress);
    const { type, others = [] } = feedOf(model, set);
    const tokens = set.labels === undefined && (type === 'i64' || type === 'i32') && givesTokens(model);
    const remarks = [...describeFills(others), ...oddClasses(model, classes)];
    const card = {
      items: set.count,
      dims: set.dims,
      labelled: set.labels !== undefined,
      ...(set.labels ? { classes: classesIn(set.labels) } : {}),
      ...(classes.length > 0 ? { classNames: classes } : {}),
      ...(remarks.length > 0 ? { remarks } : {}),
      hash: await hashOf(set, request.scaling),
      kind: tokens ? ('tokens' as const) : ('items' as const),
    };
    const id = shelf.put({ set, scaling: request.scaling, card: { id: '', ...card } });
    return { status: 'ok', card: { id, ...card } };
  } catch (error) {
    return refusalOf(`opening ${request.files[0]?.name ?? 'the data'}`, error);
  }
}

/** Folders are numbered in their order, which is wrong where some of the model's classes have none. */
function oddClasses({ graph }: Model, classes: readonly string[]): readonly string[] {
  const type = graph.outputs[0]?.type;
  const told = type?.kind === 'tensor' && type.dims?.length === 2 ? type.dims[1] : undefined;
  const numbered = classes.every((name) => /^\d+$/.test(name));
  if (classes.length === 0 || numbered || typeof told !== 'number' || told === classes.length) return [];
  const what = `The model tells ${told} classes, but there are ${classes.length} folders, numbered from 0 in their order.`;
  return [`${what} Where some are missing, name the folders by the numbers of their classes.`];
}

/** One file of arrays, or images. @throws QuantizeError or ModelFileError */
async function readItems(
  request: OpenDataRequest,
  model: Model,
  onProgress: OnModelProgress = () => {},
): Promise<{ readonly set: DataSet; readonly classes: readonly string[] }> {
  const { files, labels, limit } = request;
  const images = files.length === 0 ? undefined : imagesIn(files);
  if (images) {
    const say = (done: number, of: number): void =>
      onProgress({ job: 'data', text: `${done} of ${of} images`, fraction: done / of });
    return decodeImages(images, request, model, say);
  }
  const [file, another] = files;
  if (file === undefined) throw new QuantizeError('bad-data', 'The data', 'is no file');
  if (another !== undefined)
    throw new QuantizeError(
      'bad-data',
      another.name,
      `was given together with ${file.name}; give one file, or images alone`,
    );
  return { set: limited(assigned(model, readDataSet(file, labels)).set, limit), classes: [] };
}

/** Whether the first output may be a distribution for each token: [items, tokens, vocabulary], or of a rank that is not stated. */
function givesTokens({ graph }: Model): boolean {
  const type = graph.outputs[0]?.type;
  const dims = type?.kind === 'tensor' ? type.dims : undefined;
  return dims === undefined || dims.length === 3;
}

/** The first items of a set. */
export function limited(set: DataSet, limit = set.count): DataSet {
  if (limit >= set.count) return set;
  const tensor = { ...set.tensor, dims: [limit, ...set.tensor.dims.slice(1)] };
  const others = set.others?.map((other) => ({ ...other, dims: [limit, ...other.dims.slice(1)] }));
  const labels = set.labels?.slice(0, limit);
  return { ...set, count: limit, tensor, ...(others ? { others } : {}), ...(labels ? { labels } : {}) };
}

function classesIn(labels: Int32Array): number {
  return labels.reduce((most, label) => Math.max(most, label), -1) + 1;
}

/** SHA-256 over the items as stored, further arrays, the labels, and how the items are scaled. */
async function hashOf({ tensor, others = [], count, dims, labels }: DataSet, scaling: Scaling): Promise<string> {
  const items = Float64Array.from(numbersOf(tensor, 0, count * elementCount(dims)));
  const text = new TextEncoder().encode(JSON.stringify({ dims: [count, ...dims], scaling }));
  const further = others.map(({ bytes }) => bytes);
  const parts = [new Uint8Array(items.buffer), text, ...(labels ? [new Uint8Array(labels.buffer)] : []), ...further];
  return sha256(parts);
}

export async function sha256(parts: readonly Uint8Array[]): Promise<string> {
  const digests = await Promise.all(
    parts.map((part) => crypto.subtle.digest('SHA-256', part as Uint8Array<ArrayBuffer>)),
  );
  // The hash of the hashes: the parts need not lie in one piece of memory.
  const joined = new Uint8Array(digests.length * 32);
  digests.forEach((digest, i) => {
    joined.set(new Uint8Array(digest), 32 * i);
  });
  const bytes = new Uint8Array(digests.length === 1 ? digests[0]! : await crypto.subtle.digest('SHA-256', joined));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The data as inputs of the model. */
export function feedFor(model: Model, { set, scaling }: Pick<ShelvedData, 'set' | 'scaling'>): Feed {
  // More than one where the file fixes the first dimension.
  const whole = feedOf(model, set).batch;
  return {
    count: set.count,
    ...(whole > 1 ? { whole } : {}),
    batch: (from, count) => {
      const feed = { ...feedOf(model, set), batch: Math.max(whole, count) };
      const [batch] = batchesOf(set, feed, scaling, { from, to: from + count, fixed: whole > 1 });
      return batch!.inputs;
    },
  };
}
