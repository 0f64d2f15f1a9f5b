/** Faults of models and graphs: versions, names, values that nothing produces, cycles, attributes. */
import { create } from '@bufbuild/protobuf';
import { FunctionProtoSchema } from '../../../src/models/onnx/gen/onnx_pb.js';
import { type Fault, fault, node, tensor, value } from '../../support/onnx-model.js';

export const models: readonly Fault[] = [
  fault('no IR version', 'missing-field', 'ir_version', ({ model }) => delete model.irVersion),
  fault('an IR version of the future', 'unsupported-version', 'ir_version', ({ model }) => (model.irVersion = 99n)),
  fault('an IR version before opsets', 'unsupported-version', 'ir_version', ({ model }) => (model.irVersion = 2n)),
  fault('no operator set', 'missing-field', 'opset_import', ({ model }) => (model.opsetImport = [])),
  fault(
    'an operator set without version',
    'missing-field',
    'opset_import[0].version',
    ({ model }) => delete model.opsetImport[0]!.version,
  ),
  fault(
    'operator set 0',
    'unsupported-version',
    'opset_import[0].version',
    ({ model }) => (model.opsetImport[0]!.version = 0n),
  ),
  fault('two versions of one operator set', 'duplicate-name', 'opset_import[1]', ({ model }) => {
    model.opsetImport.push({ ...model.opsetImport[0]!, domain: 'ai.onnx', version: 20n });
  }),
  fault(
    'standard operators without their set',
    'missing-field',
    'opset_import',
    ({ model }) => (model.opsetImport[0]!.domain = 'other'),
  ),
  fault('no graph', 'missing-field', 'graph', ({ model }) => delete model.graph),
  fault('metadata with a key twice', 'duplicate-name', 'metadata_props[1] "made by"', ({ model }) =>
    model.metadataProps.push(model.metadataProps[0]!),
  ),
  fault('a function that calls itself', 'cycle', 'functions', ({ model }) => model.functions.push(calling('f', 'f'))),
  fault('functions that call each other', 'cycle', 'functions', ({ model }) =>
    model.functions.push(calling('f', 'g'), calling('g', 'f')),
  ),
  fault('two functions of one name', 'duplicate-name', 'functions[1] "f"', ({ model }) =>
    model.functions.push(calling('f', 'Abs'), calling('f', 'Abs')),
  ),
  fault('a function without name', 'missing-field', 'functions[0].name', ({ model }) =>
    model.functions.push(calling('', 'Abs')),
  ),
  fault(
    'a function that uses what it is not given',
    'dangling',
    'functions[0] "f".node[0].input[0] "x"',
    ({ model }) => {
      model.functions.push({ ...calling('f', 'Abs'), input: [] });
    },
  ),
  fault('a function with an input twice', 'duplicate-name', 'functions[0] "f".input[1] "x"', ({ model }) => {
    model.functions.push({ ...calling('f', 'Abs'), input: ['x', 'x'] });
  }),
];

function calling(name: string, opType: string) {
  const body = [node(opType, ['x'], ['y'], '', { domain: opType === 'Abs' ? '' : 'own' })];
  return create(FunctionProtoSchema, { name, domain: 'own', input: ['x'], output: ['y'], node: body });
}

export const graphs: readonly Fault[] = [
  fault(
    'a node without operator',
    'missing-field',
    'graph.node[1].op_type',
    ({ graph }) => (graph.node[1]!.opType = ''),
  ),
  fault('two initializers of one name', 'duplicate-name', 'graph.initializer[4] "W"', ({ graph }) =>
    graph.initializer.push(graph.initializer[0]!),
  ),
  fault(
    'an initializer without name',
    'missing-field',
    'graph.initializer[0].name',
    ({ graph }) => (graph.initializer[0]!.name = ''),
  ),
  fault('an input without name', 'missing-field', 'graph.input[0].name', ({ graph }) => (graph.input[0]!.name = '')),
  fault('two inputs of one name', 'duplicate-name', 'graph.input[1] "X"', ({ graph }) => graph.input.push(value('X'))),
  fault('two outputs of one name', 'duplicate-name', 'graph.output[1] "Z"', ({ graph }) =>
    graph.output.push(value('Z')),
  ),
  fault(
    'a value that two nodes produce',
    'duplicate-name',
    'graph.node[1].output[0] "XW"',
    ({ graph }) => (graph.node[1]!.output = ['XW']),
  ),
  fault(
    'a node that produces an initializer',
    'duplicate-name',
    'graph.node[2].output[0] "W"',
    ({ graph }) => (graph.node[2]!.output = ['W']),
  ),
  fault(
    'a node that takes what is not there',
    'dangling',
    'graph.node[1].input[1] "bias"',
    ({ graph }) => (graph.node[1]!.input[1] = 'bias'),
  ),
  fault('an output that nothing produces', 'dangling', 'graph.output[1] "Q"', ({ graph }) =>
    graph.output.push(value('Q')),
  ),
  fault(
    'a branch that takes what is not there',
    'dangling',
    'g.node[0].input[0] "nowhere"',
    ({ graph }) => (graph.node[3]!.attribute[0]!.g!.node[0]!.input = ['nowhere']),
  ),
  fault(
    'a branch whose output is not there',
    'dangling',
    'g.output[0] "nothing"',
    ({ graph }) => (graph.node[3]!.attribute[1]!.g!.output = [value('nothing')]),
  ),
  fault(
    'a value of one branch used in the other',
    'dangling',
    'g.node[0].input[0] "N"',
    ({ graph }) => (graph.node[3]!.attribute[1]!.g!.node[0]!.input = ['N']),
  ),
  fault('a node that needs its own output', 'cycle', 'graph.node', ({ graph }) => (graph.node[2]!.input = ['R'])),
  fault('two nodes that need each other', 'cycle', 'graph.node', ({ graph }) => (graph.node[1]!.input[1] = 'R')),
  fault(
    'a branch that needs the output of its If',
    'cycle',
    'graph.node',
    ({ graph }) => (graph.node[3]!.attribute[0]!.g!.node[0]!.input = ['C']),
  ),
  fault(
    'a cycle within a branch',
    'cycle',
    'g.node',
    ({ graph }) => (graph.node[3]!.attribute[0]!.g!.node[0]!.input = ['N']),
  ),
  fault('an attribute twice', 'duplicate-name', 'graph.node[5].attribute[1] "allowzero"', ({ graph }) =>
    graph.node[5]!.attribute.push(graph.node[5]!.attribute[0]!),
  ),
  fault(
    'an attribute without name',
    'missing-field',
    'graph.node[5].attribute[0].name',
    ({ graph }) => (graph.node[5]!.attribute[0]!.name = ''),
  ),
  fault('an attribute without type and value', 'missing-field', 'graph.node[5].attribute[0] "allowzero"', ({ graph }) =>
    Object.assign(graph.node[5]!.attribute[0]!, { type: 0, i: undefined }),
  ),
  fault(
    'an attribute of an unknown type',
    'bad-value',
    '"allowzero".type',
    ({ graph }) => (graph.node[5]!.attribute[0]!.type = 99),
  ),
  fault(
    'an attribute with a value of another type',
    'bad-value',
    '"allowzero"',
    ({ graph }) => (graph.node[5]!.attribute[0]!.floats = [1]),
  ),
  fault(
    'an attribute whose graph is absent',
    'missing-field',
    '"then_branch".g',
    ({ graph }) => delete graph.node[3]!.attribute[0]!.g,
  ),
  fault('a list of sparse tensors', 'unsupported-type', '"allowzero".sparseTensors', ({ graph }) =>
    Object.assign(graph.node[5]!.attribute[0]!, { type: 12, i: undefined }),
  ),
  fault('a sparse tensor with too few indices', 'bad-shape', '"sparse".sparseTensor.indices', ({ graph }) => {
    const indices = tensor('', 7, [1n], { int64Data: [Uint8Array.of(0)] });
    const values = tensor('v', 1, [2n], { rawData: new Uint8Array(8) });
    const attribute = { name: 'sparse', type: 11, sparseTensor: { values, indices, dims: [9n] } };
    graph.node.push(node('Constant', [], ['sparse'], '', { attribute: [attribute] }));
  }),
  fault('a sparse initializer', 'unsupported-type', 'graph.sparse_initializer[0]', ({ graph }) =>
    graph.sparseInitializer.push({ $typeName: 'tilewatt.onnx.SparseTensorProto', dims: [4n] }),
  ),
  fault(
    'a value of an unknown element type',
    'unsupported-type',
    'graph.input[0] "X".type.tensor_type.elem_type',
    ({ graph }) => (graph.input[0] = value('X', 99)),
  ),
  fault(
    'a value with a dimension of 2⁶⁰',
    'bad-shape',
    'graph.input[0] "X".type.tensor_type.shape',
    ({ graph }) => (graph.input[0] = value('X', 1, [2n ** 60n])),
  ),
];
