/** Writes a quantized model as a file that others open. */
import { type Outcome, unsupported } from '../../kernel/outcome.js';
import { batchedSession } from '../../models/evaluate.js';
import type { ModelFile } from '../../models/file.js';
import type { Model } from '../../models/graph.js';
import type { Quantized } from '../../models/quantize/quantize.js';
import { parseScheme } from '../../models/quantize/schemes.js';
import { joined, writeQuantizedOnnx } from '../../models/quantize/write.js';
import { quantizedTensors, writeQuantizedSafetensors } from '../../models/quantize/write-safetensors.js';
import type { SessionParts } from '../../models/run/program.js';
import { writeSafetensors } from '../../models/safetensors/write.js';
import type { Context } from '../context.js';
import type { Exported, ExportRequest, OnModelProgress, QuantizeSettings } from '../models-api.js';
import { feedFor, type ShelvedData } from './data.js';
import { refusalOf, refusing } from './open.js';
import { type Made, needsCalibration, quantizedWithout, quantizerOf } from './quantizer.js';
import { layerOutcomes } from './schemes-job.js';
import type { ShelvedModel } from './shelf.js';

export interface ExportSubject {
  readonly shelved: ShelvedModel;
  readonly model: Model;
  /** For schemes that need calibration. */
  readonly data?: ShelvedData;
}

export async function exportModel(
  context: Context,
  { shelved, model, data }: ExportSubject,
  { job, settings, form }: ExportRequest,
  onProgress: OnModelProgress,
  signal: AbortSignal,
): Promise<Outcome<Exported>> {
  const { device, pipelines } = context;
  const parts: SessionParts = { device: device.gpu, facts: device.facts, pipelines };
  onProgress({ job, text: `quantizing to ${settings.scheme}`, fraction: 0 });
  const say = (text: string): void => onProgress({ job, text, fraction: 0.2 });
  try {
    if (data === undefined && needsCalibration(settings)) {
      return unsupported(`${settings.scheme} has to look at data: give some, then write it again.`);
    }
    const made = data
      ? await quantizedOn(data, model, settings, parts, signal, say)
      : await quantizedWithout(model, settings);
    if (made.status !== 'ok') return made;
    onProgress({ job, text: 'writing', fraction: 0.8 });
    const name = nameFor(shelved.file.name, settings.scheme, form);
    const { bytes, plain } = written(shelved.file, made.quantized, form);
    const remark = remarkOn(made.quantized, plain, form);
    const layers = layerOutcomes(made.quantized);
    return { status: 'ok', file: { name, bytes }, layers, ...(remark ? { remark } : {}) };
  } catch (error) {
    return refusalOf(`writing ${settings.scheme}`, error);
  }
}

/** A file of tensors without a graph: its matrices quantized by rounding to nearest, the rest as it was. */
export function exportTensors({ file, opened }: ShelvedModel, { settings, form }: ExportRequest): Outcome<Exported> {
  if (opened.format !== 'safetensors' || form !== 'safetensors') {
    const what =
      opened.format === 'safetensors' ? 'safetensors alone (form safetensors)' : 'no file that is written here';
    return unsupported(`${file.name} holds tensors and no graph: they can be written as ${what}.`);
  }
  return refusing(`writing ${settings.scheme}`, () => {
    const { exclude = [] } = settings;
    const { parts } = writeQuantizedSafetensors(file, parseScheme(settings.scheme), { exclude });
    const name = nameFor(file.name, settings.scheme, form);
    // Views of the file's bytes and new ones; a Blob is none of them, since the file was given as bytes.
    return { status: 'ok', file: { name, bytes: joined(parts as readonly ModelFile['bytes'][]) } };
  });
}

/** Looks at the data in batches where the model takes them; layers keep their names, so the model as given is quantized. */
async function quantizedOn(
  data: ShelvedData,
  model: Model,
  settings: QuantizeSettings,
  parts: SessionParts,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<Outcome<Made>> {
  const feed = feedFor(model, data);
  const opened = await batchedSession(model, parts, feed, 16);
  if (opened.status !== 'ok') return opened;
  opened.batched.session.destroy();
  return quantizerOf(opened.batched, parts, feed, signal)(settings, say, model);
}

interface WrittenFile {
  readonly bytes: ModelFile['bytes'];
  /** Layers that stay f32, because the form has nothing smaller for them. */
  readonly plain: readonly string[];
}

function written(file: ModelFile, quantized: Quantized, form: ExportRequest['form']): WrittenFile {
  if (form !== 'safetensors') {
    const { parts, plain } = writeQuantizedOnnx(file, quantized, form === 'matmulnbits' ? 'nbits' : 'qdq');
    return { bytes: joined(parts), plain };
  }
  const { tensors, metadata } = quantizedTensors(quantized);
  return {
    bytes: joined(writeSafetensors('the weights', tensors, metadata) as readonly ModelFile['bytes'][]),
    plain: [],
  };
}

function remarkOn({ scheme }: Quantized, plain: readonly string[], form: ExportRequest['form']): string | undefined {
  if (form === 'safetensors') return undefined;
  if (scheme.prune)
    return 'Pruned weights are stored in f32 with their zeros: ONNX has no sparse form that runtimes multiply.';
  return plain.length > 0
    ? `ONNX has no smaller form for these layers, which stay f32: ${plain.join(', ')}.`
    : undefined;
}

/** `model.onnx` → `model.int8.onnx`. */
function nameFor(name: string, scheme: string, form: ExportRequest['form']): string {
  const base = name.slice(name.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  return `${base}.${scheme}.${form === 'safetensors' ? 'safetensors' : 'onnx'}`;
}
