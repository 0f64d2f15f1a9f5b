/** Runs operator tests in the layout of the ONNX project: a model, its inputs, and the outputs that it must have. */
import { errorText } from '../../kernel/outcome.js';
import { ModelFileError } from '../errors.js';
import type { ModelFile } from '../file.js';
import type { Model } from '../graph.js';
import { readOnnx } from '../onnx/read.js';
import { readValueFile } from '../onnx/values.js';
import { describeType } from '../tensor.js';
import { ModelRunError } from './errors.js';
import type { RunFacts, SessionParts } from './program.js';
import { createModelSession } from './session.js';
import { type HostTensor, type HostValue, isFloat } from './values.js';

/** One folder: `model.onnx` and `test_data_set_*` with `input_*.pb` and `output_*.pb`. */
export interface ConformanceCase {
  readonly name: string;
  readonly model: ModelFile;
  readonly sets: readonly DataSet[];
}

export interface DataSet {
  readonly name: string;
  /** In the order of the model's inputs and outputs. */
  readonly inputs: readonly ModelFile[];
  readonly outputs: readonly ModelFile[];
}

/** `unsupported`: refused by name before or while planning; `wrong`: an output misses the tolerance; `failed`: did not end. */
export interface ConformanceRow {
  readonly name: string;
  readonly status: 'ok' | 'unsupported' | 'wrong' | 'failed';
  readonly reason?: string;
  /** Largest |difference| / tolerance over all outputs; at most 1 where ok. */
  readonly worst?: number;
  readonly deviceNodes?: number;
  readonly hostNodes?: RunFacts['hostNodes'];
}

interface Folder {
  model?: ModelFile;
  readonly sets: Map<string, { readonly inputs: ModelFile[]; readonly outputs: ModelFile[] }>;
}

/**
 * Groups files by folder into cases.
 * @param files with their paths; anything that is no part of a case is left out.
 */
export function casesOf(files: Iterable<ModelFile>): readonly ConformanceCase[] {
  const folders = new Map<string, Folder>();
  const folder = (path: string): Folder => {
    const known: Folder = folders.get(path) ?? { sets: new Map() };
    folders.set(path, known);
    return known;
  };
  for (const file of files) {
    const model = /^(?:(.*)\/)?model\.onnx$/.exec(file.name);
    if (model) folder(model[1] ?? '').model = file;
    const data = /^(?:(.*)\/)?(test_data_set_\d+)\/(input|output)_(\d+)\.pb$/.exec(file.name);
    if (!data) continue;
    const [, path = '', name, side, index] = data;
    const { sets } = folder(path);
    const set = sets.get(name!) ?? { inputs: [], outputs: [] };
    sets.set(name!, set);
    set[side === 'input' ? 'inputs' : 'outputs'][Number(index)] = file;
  }
  return [...folders]
    .flatMap(([path, { model, sets }]): ConformanceCase[] => {
      if (model === undefined || sets.size === 0) return [];
      const named = [...sets].map(([name, set]) => ({ name, ...set }));
      return [{ name: path.slice(path.lastIndexOf('/') + 1), model, sets: named }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Runs every data set of a case on the device. Never throws for what is in the files. */
export async function runCase(
  { name, model: file, sets }: ConformanceCase,
  parts: SessionParts,
): Promise<ConformanceRow> {
  try {
    const model = readOnnx(file);
    const session = createModelSession(model, parts);
    try {
      let row: ConformanceRow = { name, status: 'ok', worst: 0 };
      for (const set of sets) {
        const next = await runSet(name, model, set, session);
        if (next.status !== 'ok') return next;
        row = { ...next, worst: Math.max(row.worst ?? 0, next.worst ?? 0) };
      }
      return row;
    } finally {
      session.destroy();
    }
  } catch (error) {
    if (error instanceof ModelFileError || error instanceof ModelRunError) {
      return { name, status: 'unsupported', reason: error.message };
    }
    return { name, status: 'failed', reason: errorText(error) };
  }
}

async function runSet(
  name: string,
  model: Model,
  set: DataSet,
  session: ReturnType<typeof createModelSession>,
): Promise<ConformanceRow> {
  const inputs = new Map<string, HostValue>();
  model.graph.inputs.forEach(({ name: input, type }, i) => {
    const given = set.inputs[i];
    if (given !== undefined) inputs.set(input, readValueFile(given, type));
  });
  const outcome = await session.run(inputs);
  if (outcome.status !== 'ok') return { name, status: outcome.status, reason: outcome.reason };
  const { outputs, facts } = outcome.run;
  const counts = { deviceNodes: facts.deviceNodes, hostNodes: facts.hostNodes };
  let worst = 0;
  for (const [i, { name: output, type }] of model.graph.outputs.entries()) {
    const wanted = set.outputs[i];
    if (wanted === undefined) continue;
    const difference = compareValues(outputs.get(output), readValueFile(wanted, type), toleranceOf(name));
    if (typeof difference === 'string') return { name, status: 'wrong', reason: `${output}: ${difference}`, ...counts };
    worst = Math.max(worst, difference);
  }
  return { name, status: 'ok', worst, ...counts };
}

interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** As the ONNX project compares: 1e-3 and 1e-7; looser for the few tests that it names itself. */
function toleranceOf(_name: string): Tolerance {
  return { relative: 1e-3, absolute: 1e-7 };
}

/** @returns the largest |difference| / tolerance, at most 1, or a clause on where they part. */
function compareValues(found: HostValue | undefined, wanted: HostValue, tolerance: Tolerance): number | string {
  if (found === undefined) return 'was not made';
  if (wanted.kind === 'optional') {
    if (wanted.value === undefined)
      return found.kind === 'optional' && found.value === undefined ? 0 : 'should be empty';
    return compareValues(found.kind === 'optional' ? found.value : found, wanted.value, tolerance);
  }
  if (wanted.kind === 'sequence') {
    if (found.kind !== 'sequence') return `is a ${found.kind}, not a sequence`;
    if (found.items.length !== wanted.items.length)
      return `has ${found.items.length} items, not ${wanted.items.length}`;
    return wanted.items.reduce((worst: number | string, item, i) => {
      if (typeof worst === 'string') return worst;
      const next = compareValues(found.items[i], item, tolerance);
      return typeof next === 'string' ? `item ${i} ${next}` : Math.max(worst, next);
    }, 0);
  }
  if (found.kind !== 'tensor') return `is a ${found.kind}, not a tensor`;
  return compareTensors(found, wanted, tolerance);
}

function compareTensors(found: HostTensor, wanted: HostTensor, { relative, absolute }: Tolerance): number | string {
  const [is, should] = [found, wanted].map(({ type, dims }) => describeType(type, dims));
  if (is !== should) return `is ${is}, not ${should}`;
  if (wanted.strings) {
    const at = wanted.strings.findIndex((text, i) => text !== found.strings?.[i]);
    return at < 0 ? 0 : `element ${at} is "${found.strings?.[at]}", not "${wanted.strings[at]}"`;
  }
  let worst = 0;
  for (const [i, exact] of wanted.data.entries()) {
    const value = found.data[i]!;
    if (Object.is(value, exact) || value === exact || (Number.isNaN(value) && Number.isNaN(exact))) continue;
    const allowed = isFloat(wanted.type) ? absolute + relative * Math.abs(exact) : 0;
    const ratio = Math.abs(value - exact) / allowed;
    // Also true for NaN where a number is wanted.
    if (!(ratio <= 1)) return `element ${i} is ${value}, not ${exact}`;
    worst = Math.max(worst, ratio);
  }
  return worst;
}
