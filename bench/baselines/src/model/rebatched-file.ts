/** A model that was opened to batches, as a file: what other runtimes are given where the original takes one item. */
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import type { Model } from '../../../../src/models/graph.js';
import { ModelProtoSchema, type ValueInfoProto } from '../../../../src/models/onnx/gen/onnx_pb.js';
import { joined, splice } from '../../../../src/models/quantize/write.js';
import type { Given } from './contestant.js';

/**
 * @param open the model with its first dimensions left to the caller, as `rebatched` makes it.
 * @throws QuantizeError, RangeError where the file cannot be put together anew.
 */
export function rebatchedFile({ file, model }: Given, open: Model): Uint8Array<ArrayBuffer> {
  const proto = fromBinary(ModelProtoSchema, joined(splice(file, model, open, model.opsets.get('') ?? 1)));
  const { graph } = proto;
  if (graph !== undefined) {
    for (const value of [...graph.input, ...graph.output]) openFirst(value);
    // Shapes that the file states of values within it hold for one item only.
    graph.valueInfo = [];
  }
  return Uint8Array.from(toBinary(ModelProtoSchema, proto));
}

/** A first dimension of 1 becomes one with a name, the same for all. */
function openFirst({ type }: ValueInfoProto): void {
  if (type?.value.case !== 'tensorType') return;
  const first = type.value.value.shape?.dim[0];
  if (first?.value.case === 'dimValue' && first.value.value === 1n) first.value = { case: 'dimParam', value: 'batch' };
}
