/** `tilewatt inspect`: what is in a model file, without running it. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatBytes, formatCount, plain, significant } from '../../bench/format.js';
import { ModelFileError, shown } from '../../models/errors.js';
import type { ModelFile } from '../../models/file.js';
import { type Inspection, inspect as inspectModel, type ModelPart, type TensorRow } from '../../models/inspect.js';
import { neededBy, type Opened, readModel } from '../../models/read.js';
import { describeType, type MetadataValue } from '../../models/tensor.js';
import type { Command } from '../command.js';
import { write } from '../output.js';
import { RuntimeFailure } from '../runtime.js';
import { renderTable } from '../text-table.js';
import { UsageError } from '../usage.js';

export const inspect: Command = {
  synopsis: 'inspect FILE',
  about: 'what is in a model file: operators, tensors, parameters, multiply-adds, memory',
  detail: [
    'The format is told by what is in the file. External data of ONNX is read from beside the model. Multiply-adds and bytes are',
    'those of nodes whose shapes the file states; the rest is counted as unknown. NaN and infinite weights are reported.',
  ].join('\n'),
  options: ['json'],
  examples: [
    ['tilewatt inspect model.onnx', 'operators, nodes, tensors'],
    ['tilewatt inspect model.onnx --json -', 'the same for programs, with histograms'],
  ],
  run({ positionals, settings }) {
    const [path, extra] = positionals;
    if (path === undefined) throw new UsageError('inspect needs a file: tilewatt inspect model.onnx.');
    if (extra !== undefined) throw new UsageError(`inspect takes one file, but was given ${extra} too.`);
    const file = load(path);
    const result = inspectModel(open(file), { name: file.name, bytes: file.bytes.length });
    const { json } = settings.outputs;
    if (json !== undefined) write(json, `${JSON.stringify(result, withBigints, 2)}\n`);
    if (json !== '-') console.log(plain(describe(result)));
    return 0;
  },
};

/** JSON has no bigint: 64-bit metadata that no double holds becomes text. */
function withBigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** @throws UsageError where there is no such file. */
function load(path: string): ModelFile {
  if (!existsSync(path)) throw new UsageError(`There is no file ${path}.`);
  if (!statSync(path).isFile()) throw new UsageError(`${path} is no file.`);
  const { buffer, byteOffset, length } = readFileSync(path);
  return { name: path, bytes: new Uint8Array(buffer as ArrayBuffer, byteOffset, length) };
}

/** Opens a model together with the files beside it that hold its weights. @throws RuntimeFailure saying what is wrong with it. */
function open(file: ModelFile): Opened {
  try {
    const companions = neededBy(file).flatMap((name) => {
      const path = join(dirname(file.name), name);
      return existsSync(path) ? [{ name, bytes: load(path).bytes }] : [];
    });
    return readModel(file, companions);
  } catch (error) {
    if (error instanceof ModelFileError) throw new RuntimeFailure(error.message);
    throw error;
  }
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
