/** Opens a model for everyone: how many items a run takes, and which file the rivals are given for that. */

import { messageOf } from '../../../../src/gpu/device.js';
import { batchedSession } from '../../../../src/models/evaluate.js';
import { batchesOf, type DataSet, feedOf, readDataSet } from '../../../../src/models/quantize/data.js';
import { readModel } from '../../../../src/models/read.js';
import { takesAnyBatch } from '../../../../src/models/run/rebatch.js';
import { createModelSession, type ModelSession } from '../../../../src/models/run/session.js';
import { feedFor, limited } from '../../../../src/worker/models/data.js';
import type { Hall } from '../run-work.js';
import type { Backend, Given } from './contestant.js';
import type { ModelRequest } from './contract.js';
import { partsOf } from './ours.js';
import { agreement, type Batch, outputsOf } from './outputs.js';
import { rebatchedFile } from './rebatched-file.js';

export interface Subject extends Given {
  readonly set: DataSet;
  /** Whether the file leaves its first dimension to the caller. */
  readonly anyBatch: boolean;
  /** Items in order, so many at once; the last may be fewer. */
  readonly batches: (size: number, to?: number) => Iterable<Batch>;
}

export interface Field {
  readonly batch: number;
  readonly note?: string;
  /** What the rivals open. */
  readonly file: Uint8Array<ArrayBuffer>;
  readonly session: ModelSession;
}

/** @throws ModelFileError, QuantizeError where files are wrong or do not fit each other. */
export function subjectOf({ model: file, data, labels, scaling, items }: ModelRequest): Subject {
  const model = readModel(file);
  if (!('graph' in model)) throw new RangeError(`${file.name} holds tensors and no graph; only ONNX models can be run`);
  const set = limited(readDataSet(data, labels), items);
  const feed = feedOf(model, set);
  if (feed.batch > 1)
    throw new RangeError(
      `${file.name} takes ${feed.batch} items at once; here its first dimension has to be open, or 1`,
    );
  return {
    file,
    model,
    set,
    anyBatch: takesAnyBatch(model),
    batches: (size, to = set.count) => batchesOf(set, { ...feed, batch: size }, scaling, { to, fixed: false }),
  };
}

/**
 * A model that was exported for one item is opened to batches for everyone or for no one: where our executor or the first
 * backend does not take it so, all run it as it is given.
 */
export async function fieldOf(hall: Hall, subject: Subject, request: ModelRequest, backend: Backend): Promise<Field> {
  const { model, set, file, anyBatch } = subject;
  const parts = partsOf(hall);
  const alone = (note?: string): Field => ({
    batch: 1,
    file: file.bytes,
    session: createModelSession(model, parts),
    ...(note === undefined ? {} : { note }),
  });
  const wanted = Math.min(request.batch, set.count);
  if (anyBatch) return { ...alone(), batch: wanted };
  if (wanted === 1) return alone();
  const opened = await batchedSession(model, parts, feedFor(model, { set, scaling: request.scaling }), wanted);
  if (opened.status !== 'ok') return alone(`Item by item: ${opened.reason}`);
  const { batched } = opened;
  if (batched.batch === 1) {
    batched.session.destroy();
    return alone(batched.note);
  }
  try {
    const rebatched = rebatchedFile(subject, batched.model);
    await holdTogether(subject, rebatched, backend);
    const note = 'The file takes one item; its first dimension was opened, and everyone runs that.';
    return { batch: batched.batch, file: rebatched, session: batched.session, note };
  } catch (error) {
    batched.session.destroy();
    return alone(`Item by item: as a file for batches, ${backend.name} does not take it (${messageOf(error)}).`);
  }
}

/** Share of the largest magnitude by which a batch and its items may differ. */
const sameWithin = 1e-3;

/** @throws Error where two items together give another output than one by one from the file as given. */
async function holdTogether(subject: Subject, rebatched: Uint8Array<ArrayBuffer>, backend: Backend): Promise<void> {
  const count = Math.min(2, subject.set.count);
  const firstOf = async (bytes: Uint8Array<ArrayBuffer>, size: number) => {
    const contestant = await backend.open(bytes);
    try {
      return await outputsOf(contestant, subject.batches(size, count), count, () => {});
    } finally {
      contestant.destroy();
    }
  };
  const { relative } = agreement(await firstOf(rebatched, count), await firstOf(subject.file.bytes, 1));
  if (!(relative <= sameWithin)) throw new Error('a batch gives another output than its items');
}
