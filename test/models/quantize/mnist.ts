/** The MNIST fixtures as tests of quantization use them: model, images, labels, and scores of a model by the interpreter. */
import { readFileSync } from 'node:fs';
import type { ModelFile } from '../../../src/models/file.js';
import type { Model } from '../../../src/models/graph.js';
import { readOnnx } from '../../../src/models/onnx/read.js';
import type { Scores } from '../../../src/models/quantize/accuracy.js';
import { batchesOf, type DataSet, feedOf, readDataSet } from '../../../src/models/quantize/data.js';
import { interpret } from '../../../src/models/run/interpret.js';
import type { HostTensor } from '../../../src/models/run/values.js';
import { fixture, missing } from '../../support/fixtures.js';

const names = { model: 'mnist-8/model.onnx', images: 't10k-images-idx3-ubyte.gz', labels: 't10k-labels-idx1-ubyte.gz' };

/** Why these tests cannot run, or undefined. */
export const mnistMissing = Object.values(names)
  .map(missing)
  .find((reason) => reason !== undefined);

function file(name: string): ModelFile {
  return { name, bytes: Uint8Array.from(readFileSync(fixture(name))) };
}

export function mnist(): { readonly file: ModelFile; readonly model: Model; readonly set: DataSet } {
  const model = file(names.model);
  return { file: model, model: readOnnx(model), set: readDataSet(file(names.images), file(names.labels)) };
}

/** Scores of examples `from` to `to`, by the interpreter. */
export function scoresOf(model: Model, set: DataSet, from: number, to: number): Scores {
  const feed = feedOf(model, set);
  const output = model.graph.outputs[0]!.name;
  const rows: number[] = [];
  for (const { inputs } of batchesOf(set, feed, { kind: '0…255' }, { from, to })) {
    rows.push(...(interpret(model, inputs).get(output) as HostTensor).data);
  }
  return { classes: rows.length / (to - from), data: rows };
}
