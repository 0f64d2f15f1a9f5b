/** Data sets in the worker: read once, held against the model's input, fed in batches. */
import type { Outcome } from '../../kernel/outcome.js';
import type { Feed } from '../../models/evaluate.js';
import type { Model } from '../../models/graph.js';
import { batchesOf, type DataSet, feedOf, readDataSet, type Scaling } from '../../models/quantize/data.js';
import { elementCount } from '../../models/tensor.js';
import { numbersOf } from '../../models/values.js';
import type { DataCard, OpenDataRequest } from '../models-api.js';
import { refusalOf } from './open.js';
import type { Shelf } from './shelf.js';

export interface ShelvedData {
  readonly set: DataSet;
  readonly scaling: Scaling;
  readonly card: DataCard;
}

/** Reads the data and sees that it fits the model, so that a wrong file is told at once. */
export async function openData(
  { file, labels, scaling, limit }: OpenDataRequest,
  model: Model,
  shelf: Shelf<ShelvedData>,
): Promise<Outcome<{ readonly card: DataCard }>> {
  try {
    const set = limited(readDataSet(file, labels), limit);
    const { type } = feedOf(model, set);
    const tokens = set.labels === undefined && (type === 'i64' || type === 'i32');
    const card = {
      items: set.count,
      dims: set.dims,
      labelled: set.labels !== undefined,
      ...(set.labels ? { classes: classesIn(set.labels) } : {}),
      hash: await hashOf(set, scaling),
      kind: tokens ? ('tokens' as const) : ('items' as const),
    };
    const id = shelf.put({ set, scaling, card: { id: '', ...card } });
    return { status: 'ok', card: { id, ...card } };
  } catch (error) {
    return refusalOf(`opening ${file.name}`, error);
  }
}

/** The first items of a set. */
export function limited(set: DataSet, limit = set.count): DataSet {
  if (limit >= set.count) return set;
  const tensor = { ...set.tensor, dims: [limit, ...set.tensor.dims.slice(1)] };
  return { ...set, count: limit, tensor, ...(set.labels ? { labels: set.labels.slice(0, limit) } : {}) };
}

function classesIn(labels: Int32Array): number {
  return labels.reduce((most, label) => Math.max(most, label), -1) + 1;
}

/** SHA-256 over the items as stored, the labels, and how the items are scaled. */
async function hashOf({ tensor, count, dims, labels }: DataSet, scaling: Scaling): Promise<string> {
  const items = Float64Array.from(numbersOf(tensor, 0, count * elementCount(dims)));
  const text = new TextEncoder().encode(JSON.stringify({ dims: [count, ...dims], scaling }));
  const parts = [new Uint8Array(items.buffer), text, ...(labels ? [new Uint8Array(labels.buffer)] : [])];
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
