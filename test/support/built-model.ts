/** Small float models made in code, with seeded weights, as files: what quantization is tried on where no fixture is needed. */
import { create, toBinary } from '@bufbuild/protobuf';
import type { ModelFile } from '../../src/models/file.js';
import { ModelProtoSchema, type NodeProto, type TensorProto } from '../../src/models/onnx/gen/onnx_pb.js';
import { seededRandom } from '../../src/numerics/random.js';
import { bytesOf, node, tensor, value } from './onnx-model.js';

/** Normal weights over √(number of inputs). */
export function weights(name: string, dims: readonly number[], fanIn: number, seed: number): TensorProto {
  const count = dims.reduce((product, size) => product * size, 1);
  const data = seededRandom(seed)
    .values(count)
    .map((each) => each / Math.sqrt(fanIn));
  return tensor(name, 1, dims.map(BigInt), { rawData: bytesOf(data) });
}

export function modelFile(
  nodes: NodeProto[],
  initializer: TensorProto[],
  input: readonly number[],
  output: readonly number[],
  opset = 17,
): ModelFile {
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: 'test',
    opsetImport: [{ version: BigInt(opset) }],
    graph: {
      name: 'built',
      input: [value('x', 1, input.map(BigInt))],
      output: [value('y', 1, output.map(BigInt))],
      initializer,
      node: nodes,
    },
  });
  return { name: 'built.onnx', bytes: toBinary(ModelProtoSchema, model) };
}

/**
 * x[1,4,8,8] → Conv 4→8 (bias, padded) → Relu → grouped Conv 8→8 in 2 groups → Relu → Flatten → Gemm 512→64 (transB, bias) → Relu
 * → MatMul 64→96 → Add → MatMul 96→10.
 */
export function builtModel(opset = 17): ModelFile {
  const attribute = [{ name: 'pads', type: 7, ints: [1n, 1n, 1n, 1n] }];
  const group = { name: 'group', type: 2, i: 2n };
  return modelFile(
    [
      node('Conv', ['x', 'w1', 'b1'], ['c1'], 'first', { attribute }),
      node('Relu', ['c1'], ['r1'], 'relu1'),
      node('Conv', ['r1', 'w2'], ['c2'], 'grouped', { attribute: [...attribute, group] }),
      node('Relu', ['c2'], ['r2'], 'relu2'),
      node('Flatten', ['r2'], ['flat'], 'flatten'),
      node('Gemm', ['flat', 'w3', 'b3'], ['g'], 'dense', { attribute: [{ name: 'transB', type: 2, i: 1n }] }),
      node('Relu', ['g'], ['r3'], 'relu3'),
      node('MatMul', ['r3', 'w4'], ['m'], 'product'),
      node('Add', ['m', 'b4'], ['a'], 'add'),
      node('MatMul', ['a', 'w5'], ['y'], 'last'),
    ],
    [
      weights('w1', [8, 4, 3, 3], 36, 1),
      weights('b1', [8], 8, 2),
      weights('w2', [8, 4, 3, 3], 36, 3),
      weights('w3', [64, 512], 512, 4),
      weights('b3', [64], 8, 5),
      weights('w4', [64, 96], 64, 6),
      weights('b4', [96], 8, 7),
      weights('w5', [96, 10], 96, 8),
    ],
    [1, 4, 8, 8],
    [1, 10],
    opset,
  );
}

/** x[1,12,64] → queries, keys and values → softmax of the products of the first two → mix of the third → 64 → 128 → 64, and x again. */
export function attentionModel(): ModelFile {
  const turn = { attribute: [{ name: 'perm', type: 7, ints: [0n, 2n, 1n] }] };
  const scale = tensor('scale', 1, [], { rawData: bytesOf(Float32Array.of(1 / 8)) });
  return modelFile(
    [
      node('MatMul', ['x', 'wq'], ['q'], 'queries'),
      node('MatMul', ['x', 'wk'], ['k'], 'keys'),
      node('MatMul', ['x', 'wv'], ['v'], 'values'),
      node('Transpose', ['k'], ['kt'], 'turn', turn),
      node('MatMul', ['q', 'kt'], ['qk'], 'scores'),
      node('Mul', ['qk', 'scale'], ['scaled'], 'scaling'),
      node('Softmax', ['scaled'], ['p'], 'softmax'),
      node('MatMul', ['p', 'v'], ['o'], 'mix'),
      node('MatMul', ['o', 'w1'], ['h'], 'up'),
      node('Relu', ['h'], ['r'], 'relu'),
      node('MatMul', ['r', 'w2'], ['d'], 'down'),
      node('Add', ['d', 'x'], ['y'], 'residual'),
    ],
    [
      ...['wq', 'wk', 'wv'].map((name, i) => weights(name, [64, 64], 64, 20 + i)),
      weights('w1', [64, 128], 64, 30),
      weights('w2', [128, 64], 128, 31),
      scale,
    ],
    [1, 12, 64],
    [1, 12, 64],
  );
}
