/** `tilewatt inspect`: what is in a model file, without running it. */
import { formatBytes, formatCount, plain, significant } from '../../bench/format.js';
import { shown } from '../../models/errors.js';
import { type Inspection, inspect as inspectModel, type ModelPart, type TensorRow } from '../../models/inspect.js';
import { readModel } from '../../models/read.js';
import { inferredShapes } from '../../models/run/infer.js';
import { unsupportedIn } from '../../models/support.js';
import { describeType, type MetadataValue } from '../../models/tensor.js';
import type { Command } from '../command.js';
import { companionsOf, loadFile, only, refusing } from '../model-files.js';
import { print, write } from '../output.js';
import { renderTable } from '../text-table.js';

export const inspect: Command = {
  synopsis: 'inspect FILE',
  about: 'what is in a model file: operators, tensors, parameters, multiply-adds, memory',
  detail: [
    'The format is told by what is in the file. External data of ONNX is read from beside the model. Shapes are inferred with open',
    'dimensions at 1; costs of nodes without a shape count as unknown. Operators that cannot be run are named on stderr. NaN and infinite weights are reported.',
  ].join('\n'),
  options: ['json'],
  examples: [
    ['tilewatt inspect model.onnx', 'operators, nodes, tensors'],
    ['tilewatt inspect model.onnx --json -', 'the same for programs, with histograms'],
  ],
  run({ positionals, settings }) {
    const file = loadFile(only('inspect', 'a file such as model.onnx', positionals));
    const opened = refusing(() => readModel(file, companionsOf(file)));
    const shapes = 'graph' in opened ? { shapes: inferredShapes(opened) } : {};
    const result = inspectModel(opened, { name: file.name, bytes: file.bytes.length }, shapes);
    if ('graph' in opened) for (const sentence of unsupportedIn(opened)) console.error(sentence);
    const { json } = settings.outputs;
    if (json !== undefined) write(json, `${JSON.stringify(result, withBigints, 2)}\n`);
    if (json !== '-') print(plain(describe(result)));
    return 0;
  },
};

/** JSON has no bigint: 64-bit metadata that no double holds becomes text. */
function withBigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function describe(inspection: Inspection): string {
  const { file, format, bytes, parameters, tensors, model, metadata, remarks } = inspection;
  const head = `${file}  ${format}, ${formatBytes(bytes)}, ${formatCount(parameters)} parameters in ${tensors.length} tensors`;
  const parts = [head, describeMetadata(metadata), ...(model ? describeModel(model) : []), describeTensors(tensors)];
  if (remarks.length > 0) parts.push(remarks.map((remark) => shown(remark)).join('\n'));
  return parts.filter((part) => part !== '').join('\n\n');
}

function describeMetadata(metadata: Inspection['metadata']): string {
  const width = Math.max(0, ...metadata.map(([key]) => Math.min(key.length, 40)));
  const text = (value: MetadataValue): string => (Array.isArray(value) ? `${value.length} values` : String(value));
  return metadata.map(([key, value]) => `${shown(key, 80).padEnd(width)}  ${shown(text(value), 80)}`).join('\n');
}

function describeModel(model: ModelPart): readonly string[] {
  const { producer, irVersion, opsets, inputs, outputs, operators, functions, macs, unknownCosts, memory } = model;
  const sets = opsets.map(({ domain, version }) => `${domain || 'ai.onnx'} ${version}`).join(', ');
  const lines = [
    `written by  ${producer || 'unknown'}; IR ${irVersion}; operator sets ${sets}`,
    ...inputs.map((input) => `input       ${input}`),
    ...outputs.map((output) => `output      ${output}`),
    `operators   ${operators.map(({ domain, op, count }) => `${domain && `${domain}.`}${op} ×${count}`).join(', ')}`,
    ...(functions.length > 0 ? [`functions   ${functions.join(', ')}`] : []),
    `cost        ${formatCount(macs)} multiply-adds${unknownCosts > 0 ? `, without ${unknownCosts} nodes of unknown cost` : ''}`,
    `memory      weights ${formatBytes(memory.weights)}, values at once ${formatBytes(memory.activations)}${
      memory.unknown > 0 ? `, without ${memory.unknown} values of unknown shape` : ''
    }`,
  ];
  return [lines.map((line) => shown(line, 4000)).join('\n'), describeNodes(model)];
}

function describeNodes({ nodes }: ModelPart): string {
  const columns = [
    { title: 'node', align: 'left' },
    { title: 'operator', align: 'left' },
    { title: 'output', align: 'left' },
    { title: 'multiply-adds', align: 'right' },
    { title: 'share', align: 'right' },
    { title: 'bytes', align: 'right' },
    { title: 'FLOP/B', align: 'right' },
  ] as const;
  const rows = nodes.map(({ name, op, domain, output, macs, share, bytes, intensity }) => [
    cell(name),
    cell(domain ? `${domain}.${op}` : op),
    output ?? '?',
    macs === undefined ? '?' : formatCount(macs),
    share ? `${significant(100 * share)} %` : '',
    bytes === undefined ? '?' : plain(formatBytes(bytes)),
    intensity ? significant(intensity) : '',
  ]);
  return rows.length === 0 ? '' : renderTable({ columns, rows });
}

function describeTensors(tensors: readonly TensorRow[]): string {
  const columns = [
    { title: 'tensor', align: 'left' },
    { title: 'type', align: 'left' },
    { title: 'bytes', align: 'right' },
    { title: 'least', align: 'right' },
    { title: 'greatest', align: 'right' },
    { title: 'zeros', align: 'right' },
    { title: 'NaN, ∞', align: 'right' },
  ] as const;
  const rows = tensors.map(({ name, type, dims, bytes, distribution }) => [
    cell(name),
    describeType(type, dims),
    plain(formatBytes(bytes)),
    ...(distribution?.range ?? ['', '']).map((value) => (value === '' ? '' : significant(Number(value)))),
    distribution ? formatCount(distribution.zeros) : '',
    distribution ? formatCount(distribution.nonFinite) : '',
  ]);
  return rows.length === 0 ? '' : renderTable({ columns, rows });
}

/** A name from the file, on one line and not too wide. */
function cell(name: string): string {
  return shown(name, 48);
}
