/** Opens a file that the user gave by what is in it, whatever its name says. */
import { ModelFileError } from './errors.js';
import type { ModelFile } from './file.js';
import { readGguf } from './gguf/read.js';
import type { Model } from './graph.js';
import { externalFilesOf, readOnnx } from './onnx/read.js';
import { readSafetensors } from './safetensors/read.js';
import { readShardedSafetensors, readShardMap, shardsOf } from './safetensors/shards.js';
import type { TensorFile } from './tensor.js';

export type Opened = Model | TensorFile;

type ModelFormat = 'onnx' | 'safetensors' | 'sharded safetensors' | 'gguf';

/** Formats that are told apart; what is no model is recognised so that a refusal can say what the file is. */
type FileFormat = ModelFormat | 'npy' | 'idx' | 'zip' | 'gzip' | 'hdf5' | 'tflite' | 'html' | 'json';

interface Reader {
  readonly read: (file: ModelFile, companions: readonly ModelFile[]) => Opened;
  /** Paths, from the folder of the file, of further files that it needs. */
  readonly needs: (file: ModelFile) => readonly string[];
}

const alone = (): readonly string[] => [];

const readers: Readonly<Record<ModelFormat, Reader>> = {
  onnx: { read: readOnnx, needs: externalFilesOf },
  safetensors: { read: readSafetensors, needs: alone },
  'sharded safetensors': { read: readShardedSafetensors, needs: (file) => shardsOf(readShardMap(file)) },
  gguf: { read: readGguf, needs: alone },
};

/** What to do with a file that is no model. */
const advice: Readonly<Partial<Record<FileFormat, string>>> = {
  npy: 'is an array (.npy): data for a model, not a model',
  idx: 'is an IDX file: data for a model, not a model',
  zip: 'is a zip, as .npz and PyTorch files are: unpack it, or export the model to ONNX or safetensors',
  gzip: 'is compressed with gzip: unpack it first',
  hdf5: 'is HDF5, as Keras writes it: export the model to ONNX',
  tflite: 'is a TensorFlow Lite model: convert it to ONNX',
  json: 'is JSON, but no index of safetensors, which has a "weight_map"',
  html: 'is a page of HTML, not a model; the download may have been of the page about it',
};

/**
 * @param companions files given together with it: external data of ONNX, shards of safetensors.
 * @throws ModelFileError naming file, field and rule.
 */
export function readModel(file: ModelFile, companions: readonly ModelFile[] = []): Opened {
  return readerOf(file).read(file, companions);
}

/**
 * Further files that a model needs, as paths from its folder, so that they can be asked for before it is opened.
 * @throws ModelFileError
 */
export function neededBy(file: ModelFile): readonly string[] {
  return readerOf(file).needs(file);
}

function readerOf(file: ModelFile): Reader {
  if (file.bytes.length === 0) throw new ModelFileError('truncated', file.name, 'the file', 'is empty');
  const format = formatOf(file.bytes);
  if (format !== undefined && isModelFormat(format)) return readers[format];
  const found = format && advice[format];
  const rule = found ?? `is in no format that is read here (${Object.keys(readers).join(', ')})`;
  throw new ModelFileError('unknown-format', file.name, 'the file', rule);
}

function isModelFormat(format: FileFormat): format is ModelFormat {
  return Object.hasOwn(readers, format);
}

/** @returns undefined where the first bytes fit nothing that is known. */
function formatOf(bytes: Uint8Array): FileFormat | undefined {
  const magic = magics.find(({ at, text }) => [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0)));
  if (magic !== undefined) return magic.format;
  if (isSafetensors(bytes)) return 'safetensors';
  if (isIdx(bytes)) return 'idx';
  const start = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart().toLowerCase();
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return 'html';
  if (start.startsWith('{')) return holdsWeightMap(bytes) ? 'sharded safetensors' : 'json';
  return startsLikeOnnx(bytes) ? 'onnx' : undefined;
}

const magics: readonly { readonly format: FileFormat; readonly at: number; readonly text: string }[] = [
  { format: 'gguf', at: 0, text: 'GGUF' },
  { format: 'npy', at: 0, text: '\x93NUMPY' },
  { format: 'zip', at: 0, text: 'PK\x03\x04' },
  { format: 'zip', at: 0, text: 'PK\x05\x06' },
  { format: 'gzip', at: 0, text: '\x1f\x8b' },
  { format: 'hdf5', at: 0, text: '\x89HDF\r\n' },
  { format: 'tflite', at: 4, text: 'TFL3' },
];

/** A 64-bit header length, then JSON. */
function isSafetensors(bytes: Uint8Array): boolean {
  return bytes.length > 8 && bytes[8] === 0x7b && bytes[6] === 0 && bytes[7] === 0;
}

/** Two zeros, one of the element types from 8 to 14, a rank. */
function isIdx(bytes: Uint8Array): boolean {
  const [first, second, type = 0, rank = 0] = bytes;
  return first === 0 && second === 0 && type >= 8 && type <= 14 && rank > 0;
}

/** The map lies behind the metadata, which may be long, or in front of it. */
function holdsWeightMap(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, 2 ** 20)).includes('"weight_map"');
}

/** Wire types of the first 14 fields of ModelProto: 0 a varint, 2 delimited. */
const onnxFields: ReadonlyMap<number, number> = new Map([
  [1, 0],
  [2, 2],
  [3, 2],
  [4, 2],
  [5, 0],
  [6, 2],
  [7, 2],
  [8, 2],
  [14, 2],
]);

/** ONNX has no magic number: a file counts as ONNX where its first record could be one of a model. */
function startsLikeOnnx([tag = 0]: Uint8Array): boolean {
  return onnxFields.get(tag >> 3) === (tag & 7);
}
