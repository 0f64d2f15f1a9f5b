/** Quantized weights as safetensors, spliced into the old file: codes, scales and a note on how to read them. */
import * as v from 'valibot';
import { packBits, unpackBits } from '../../numerics/bits.js';
import type { ModelFile } from '../file.js';
import { indexOf, readSafetensors } from '../safetensors/read.js';
import { type Part, spliceSafetensors, type WritableTensor } from '../safetensors/write.js';
import { elementCount, type Tensor, type TensorFile } from '../tensor.js';
import { numbersOf } from '../values.js';
import { QuantizeError } from './errors.js';
import { dequantized, groupsPerRow, packedBytes, type QuantizedMatrix, roundToNearest } from './matrix.js';
import { type Quantized, qualityOf, type WeightQuality } from './quantize.js';
import { inLayout, isRowMajor } from './rows.js';
import { parseScheme, type Scheme } from './schemes.js';
import { turned } from './stored.js';

export interface TensorReport {
  readonly name: string;
  readonly dims: readonly number[];
  readonly before: number;
  readonly after: number;
  /** Absent where the tensor is left as it is. */
  readonly weights?: WeightQuality;
  /** Why it is left. */
  readonly kept?: string;
}

export interface WrittenTensors {
  readonly parts: readonly Part[];
  readonly bytes: number;
  readonly tensors: readonly TensorReport[];
}

export interface TensorOptions {
  /** Tensors that stay, by name. */
  readonly exclude?: Iterable<string>;
  /** Quantizes tables of embeddings too. */
  readonly embeddings?: boolean;
}

/** Metadata key of the note, a JSON text by `noteSchema`. */
export const noteKey = 'tilewatt.quantization';

const noteSchema = v.object({
  version: v.literal(1),
  scheme: v.string(),
  /**
   * By the name that the tensor had: its dimensions. Codes lie under `name.codes`, and so on: a matrix [first dimension, rest], or,
   * where it is turned, [last, first] of two. A scheme of its own stands beside it.
   */
  tensors: v.record(
    v.string(),
    v.object({
      dims: v.array(v.pipe(v.number(), v.integer(), v.minValue(1))),
      turned: v.optional(v.boolean()),
      scheme: v.optional(v.string()),
    }),
  ),
});

type Note = v.InferOutput<typeof noteSchema>;

/**
 * A copy of a file in which matrices of floats are quantized by rounding to nearest, as [first dimension, rest].
 * 16-bit formats replace the tensor. Others give `name.codes` (u8[rows, ⌈columns · bits / 32⌉ · 4], each row's codes packed densely
 * from the low bits up), `name.scales` (f32[rows, groups]) and, with zero points, `name.zeros` (u8[rows, groups]).
 * @throws QuantizeError for schemes that are not about weights alone, `non-finite` naming the tensor; ModelFileError for the file.
 */
export function writeQuantizedSafetensors(
  file: ModelFile,
  scheme: Scheme,
  options: TensorOptions = {},
): WrittenTensors {
  const { weights } = scheme;
  if (weights === undefined || scheme.activations !== undefined)
    throw new QuantizeError(
      'not-writable',
      `Scheme "${scheme.id}"`,
      'is not about weights alone, and safetensors hold nothing else',
    );
  const index = indexOf(file);
  const { tensors } = readSafetensors(file);
  const excluded = new Set(options.exclude);
  const replacements = new Map<string, readonly WritableTensor[]>();
  const dims: Record<string, TensorNote> = {};
  const reports = tensors.map((tensor): TensorReport => {
    const { name, bytes } = tensor;
    const head = { name, dims: tensor.dims, before: bytes.length };
    const kept = excluded.has(name) ? 'it is excluded' : keptWhy(tensor, options);
    if (kept !== undefined) return { ...head, after: bytes.length, kept };
    const given = matrixOf(tensor);
    const matrix = roundToNearest(given, weights, `Tensor "${name}"`);
    replacements.set(name, stored(tensor, matrix));
    if (weights.bits < 16) dims[name] = { dims: tensor.dims };
    return { ...head, after: packedBytes(matrix), weights: qualityOf(given, dequantized(matrix)) };
  });
  const texts = [...index.metadata].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const note = noteText(scheme, dims);
  const metadata = new Map([...texts, ...(weights.bits < 16 ? [[noteKey, note] as const] : [])]);
  const parts = spliceSafetensors(
    file.name,
    index,
    (_, from, to) => file.bytes.subarray(from, to),
    replacements,
    metadata,
  );
  return {
    parts,
    bytes: parts.reduce((sum, part) => sum + (part instanceof Uint8Array ? part.length : part.size), 0),
    tensors: reports,
  };
}

interface TensorNote {
  readonly dims: readonly number[];
  readonly turned?: boolean;
  readonly scheme?: string;
}

function noteText({ id }: Scheme, tensors: Readonly<Record<string, TensorNote>>): string {
  return JSON.stringify({ version: 1, scheme: id, tensors });
}

/**
 * The weights of a quantized model with a graph in the same form, for `writeSafetensors`: what a layer's codes cannot say as a
 * matrix, and what is pruned, stands as f32 of the values.
 * @throws QuantizeError `not-writable` where weights mean nothing without nodes beside them.
 */
export function quantizedTensors({ original, quantized, scheme }: Quantized): {
  readonly tensors: readonly WritableTensor[];
  readonly metadata: ReadonlyMap<string, string>;
} {
  const refuse = (place: string, rule: string): never => {
    throw new QuantizeError('not-writable', place, rule);
  };
  if (scheme.lmul !== undefined) refuse(`Scheme "${scheme.id}"`, 'is about products, not weights');
  const tensors = new Map<string, readonly WritableTensor[]>();
  for (const [name, tensor] of original.graph.initializers) if (tensor.type !== 'string') tensors.set(name, [tensor]);
  const notes: Record<string, TensorNote> = {};
  for (const { layer, matrix, weights, prepared, scheme: own } of quantized) {
    if (weights === undefined) continue;
    if (prepared) refuse(`Layer "${layer.name}"`, 'has weights that fit scaled or rotated inputs alone; write ONNX');
    for (const { inputs } of layer.wrapping) for (const name of inputs) tensors.delete(name);
    const { weightName: name, dims } = layer;
    const across = !isRowMajor(layer);
    const whole = matrix && (!across || (layer.op !== 'ConvTranspose' && dims.length === 2));
    if (matrix?.weights.bits === 16) {
      tensors.set(name, stored({ name, dims }, { ...matrix, codes: inLayout(layer, matrix.codes) }));
    } else if (whole) {
      tensors.set(name, stored({ name, dims }, matrix));
      notes[name] = { dims, ...(across ? { turned: true } : {}), ...(own.id === scheme.id ? {} : { scheme: own.id }) };
    } else {
      tensors.set(name, [{ name, type: 'f32', dims, bytes: bytesOf(inLayout(layer, weights.data)) }]);
    }
  }
  const noted = Object.keys(notes).length > 0 ? [[noteKey, noteText(scheme, notes)] as const] : [];
  return { tensors: [...tensors.values()].flat(), metadata: new Map([['format', 'tilewatt'], ...noted]) };
}

const floats: ReadonlySet<string> = new Set(['f32', 'f16', 'bf16']);

function keptWhy({ name, type, dims }: Tensor, { embeddings = false }: TensorOptions): string | undefined {
  if (!floats.has(type)) return `it is ${type}`;
  if (dims.length < 2 || dims[0]! < 2 || elementCount(dims) / dims[0]! < 2) return 'it is no matrix';
  // Names are all there is to go by: a file of tensors has no graph.
  return !embeddings && /embed|(^|\.)(wte|wpe)(\.|$)/i.test(name) ? 'its name says that it is an embedding' : undefined;
}

function matrixOf(tensor: Tensor) {
  const rows = tensor.dims[0]!;
  const data = Float32Array.from(numbersOf(tensor));
  return { rows, columns: data.length / rows, data };
}

function stored({ name, dims }: Pick<Tensor, 'name' | 'dims'>, matrix: QuantizedMatrix): readonly WritableTensor[] {
  const { rows, columns, codes, scales, zeros, weights } = matrix;
  if (weights.bits === 16)
    return [{ name, type: weights.format as 'f16' | 'bf16', dims, bytes: bytesOf(Uint16Array.from(codes)) }];
  const rowBytes = 4 * Math.ceil((columns * weights.bits) / 32);
  const packed = new Uint8Array(rows * rowBytes);
  const mask = 2 ** weights.bits - 1;
  for (let row = 0; row < rows; row++) {
    const own = Uint8Array.from(codes.subarray(row * columns, (row + 1) * columns), (code) => code & mask);
    packed.set(bytesOf(packBits(own, weights.bits)), row * rowBytes);
  }
  const groups = groupsPerRow(matrix);
  return [
    { name: `${name}.codes`, type: 'u8', dims: [rows, rowBytes], bytes: packed },
    { name: `${name}.scales`, type: 'f32', dims: [rows, groups], bytes: bytesOf(scales) },
    // Symmetric 4-bit codes have a fixed zero point of 8, which need not be stored.
    ...(weights.symmetric ? [] : [{ name: `${name}.zeros`, type: 'u8' as const, dims: [rows, groups], bytes: zeros }]),
  ];
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * A file that was written so, with weights as f32 again.
 * @throws QuantizeError `bad-report` where the note or the tensors that it names do not fit; ModelFileError for the file.
 */
export function readQuantizedSafetensors(file: ModelFile): TensorFile {
  const read = readSafetensors(file);
  const text = read.metadata.get(noteKey);
  if (typeof text !== 'string') return read;
  const note = noteOf(file.name, text);
  const fail = (name: string): never => {
    throw new QuantizeError(
      'bad-report',
      `Tensor "${name}" of ${file.name}`,
      'does not fit the note on its quantization',
    );
  };
  const byName = new Map(read.tensors.map((tensor) => [tensor.name, tensor]));
  const parts = new Set<string>();
  const restored = Object.entries(note.tensors).map(([name, { dims, turned: isTurned = false, scheme }]): Tensor => {
    const { weights } = parseScheme(scheme ?? note.scheme);
    const part = (suffix: string): Tensor | undefined => {
      const tensor = byName.get(`${name}.${suffix}`);
      if (tensor) parts.add(tensor.name);
      return tensor;
    };
    const [codes, scales, zeros] = [part('codes'), part('scales'), part('zeros')];
    if (!weights || codes?.type !== 'u8' || scales?.type !== 'f32') return fail(name);
    if (isTurned && dims.length !== 2) return fail(name);
    const matrix = unpacked(isTurned ? dims.toReversed() : dims, { weights, codes, scales, zeros }) ?? fail(name);
    const { rows, columns, data } = dequantized(matrix);
    return { name, type: 'f32', dims, bytes: bytesOf(isTurned ? turned(data, rows, columns) : data) };
  });
  return { ...read, tensors: [...read.tensors.filter(({ name }) => !parts.has(name)), ...restored] };
}

function noteOf(file: string, text: string): Note {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    data = undefined;
  }
  const parsed = v.safeParse(noteSchema, data);
  if (!parsed.success) throw new QuantizeError('bad-report', file, `has a note under ${noteKey} that is not read here`);
  return parsed.output;
}

interface StoredParts extends Pick<QuantizedMatrix, 'weights'> {
  readonly codes: Tensor;
  readonly scales: Tensor;
  readonly zeros: Tensor | undefined;
}

function unpacked(
  dims: readonly number[],
  { weights, codes, scales, zeros }: StoredParts,
): QuantizedMatrix | undefined {
  const rows = dims[0] ?? 0;
  const columns = elementCount(dims) / rows;
  const { bits, granularity, groupSize = columns } = weights;
  const size = granularity === 'group' ? Math.min(groupSize, columns) : columns;
  const groups = Math.ceil(columns / size);
  const rowBytes = 4 * Math.ceil((columns * bits) / 32);
  if (codes.bytes.length !== rows * rowBytes || scales.bytes.length !== 4 * rows * groups) return undefined;
  if (!weights.symmetric && zeros?.bytes.length !== rows * groups) return undefined;
  const all = new Int32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const words = new Uint32Array(codes.bytes.slice(row * rowBytes, (row + 1) * rowBytes).buffer);
    const own = unpackBits(words, bits, columns);
    const signed = weights.format === 'int8' && weights.symmetric;
    for (let i = 0; i < columns; i++) all[row * columns + i] = signed ? (own[i]! << 24) >> 24 : own[i]!;
  }
  const fixed = weights.format === 'int4' && weights.symmetric ? 8 : 0;
  return {
    rows,
    columns,
    weights,
    codes: all,
    groupSize: size,
    scales: new Float32Array(scales.bytes.slice().buffer),
    zeros: zeros && !weights.symmetric ? zeros.bytes.slice() : new Uint8Array(rows * groups).fill(fixed),
  };
}
